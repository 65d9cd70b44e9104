/** What a manager knows of the past, and makes of it. */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import {
  type OpsError,
  SessionNotFoundError,
  SessionWaitError,
} from "../../src/core/errors.ts";
import { SessionManager } from "../../src/fleet/session.ts";
import { listRuns } from "../../src/fleet/history.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";

const UP = "echo up; exec sleep 1000";

tmuxTest("manager: each start is a run", async () => {
  await using _sandbox = new Sandbox();
  const bot = new SessionManager("bot", { command: UP });
  assertEquals([await bot.history(), await bot.lastRun()], [[], null]);
  await assertRejects(() => bot.status(), SessionNotFoundError);

  const { panePid } = await bot.start();
  assertObjectMatch((await bot.lastRun())!, { run: 1, endedBy: null });
  const again = await bot.restart({ graceful: false });
  assertEquals(again.state, "running");
  assertNotEquals(again.panePid, panePid);
  assertEquals(await bot.stop({ graceful: false }), true);
  const runs = await bot.history();
  assertEquals(runs.map(({ run, endedBy }) => [run, endedBy]), [
    [1, "stop"],
    [2, "stop"],
  ]);
  const { state, detail, lastRun } = await bot.status();
  assertEquals([state, detail, lastRun], ["stopped", "removed", runs[1]]);
  assertEquals([await bot.exists(), await bot.isRunning()], [false, false]);
  await assertRejects(() => bot.stop(), SessionNotFoundError);

  // Whoever knows no more than the name finds what is remembered.
  const found = await SessionManager.find("bot");
  assertEquals(await found.history(), runs);
  await assertRejects(() => found.restart(), SessionNotFoundError);
  for (const options of [{ remembered: false }, { stateFolder: null }]) {
    await assertRejects(
      () => SessionManager.find("bot", { ...options, backend: "tmux" }),
      SessionNotFoundError,
    );
  }
});

tmuxTest("manager: a shell is started where one is asked for", async () => {
  await using sandbox = new Sandbox();
  const notes = new SessionManager("notes", { shell: true });
  const { state, panePid } = await notes.start();
  assertEquals(state, "running");
  const again = await notes.restart({ graceful: false });
  assertEquals(again.state, "running");
  assertNotEquals(again.panePid, panePid);
  await notes.stop();
  const found = new SessionManager("notes");
  await assertRejects(() => found.start(), SessionNotFoundError, "shell: true");
  assertEquals(
    (await found.start(undefined, { shell: true })).state,
    "running",
  );
  // What is defined without a command is one.
  const file = await sandbox.write("ops.yml", "ops: {sessions: {box: {}}}\n");
  const box = SessionManager.fromConfig("box", { config: file });
  assertEquals((await box.start()).state, "running");
});

tmuxTest("manager: what has a command is started by a restart", async () => {
  await using sandbox = new Sandbox();
  const one = new SessionManager("bot", { command: `echo one; ${UP}` });
  assertEquals((await one.restart()).state, "running");
  await logged(sandbox.runner(), "bot", "one");
  const two = new SessionManager("bot", { command: `echo two; ${UP}` });
  await two.restart({ graceful: false });
  await logged(sandbox.runner(), "bot", "two");
  await assertRejects(
    () => new SessionManager("ghost").restart(),
    SessionNotFoundError,
  );
});

tmuxTest(
  "manager: nothing is remembered where that is not wanted",
  async () => {
    await using sandbox = new Sandbox();
    const warnings: OpsError[] = [];
    const bot = new SessionManager("bot", {
      command: UP,
      stateFolder: null,
      warn: (warning) => warnings.push(warning),
    });
    await bot.start();
    await bot.stop({ graceful: false });
    assertEquals([await bot.history(), warnings], [[], []]);
    await assertRejects(() => bot.status(), SessionNotFoundError);
    await assertRejects(() => Deno.stat(sandbox.path("home/.local/state")));
  },
);

tmuxTest("manager: another folder has another past", async () => {
  await using sandbox = new Sandbox();
  const stateFolder = sandbox.path("elsewhere");
  const bot = new SessionManager("bot", { command: UP, stateFolder });
  await bot.start();
  await bot.stop({ graceful: false });
  assertEquals((await bot.history()).length, 1);
  const found = await SessionManager.find("bot", { stateFolder });
  assertEquals((await found.status()).detail, "removed");
  await assertRejects(
    () => SessionManager.find("bot", { backend: "tmux" }),
    SessionNotFoundError,
  );
  assertEquals((await listRuns({ stateFolder })).runs.length, 1);
  assertEquals((await listRuns()).runs, []);
});

tmuxTest("manager: wait has the outcome, or says what is", async () => {
  await using sandbox = new Sandbox();
  const job = new SessionManager("job", { command: "read x; exit 7" });
  await job.start();
  const error = await assertRejects(
    () => job.wait("exited", { timeout: 0.1 }),
    SessionWaitError,
  );
  assertEquals(error.reason, "after 0.1 s it is running, not exited");
  const waiting = job.wait("exited", { timeout: 60 });
  await job.sendKeys("now");
  assertEquals((await waiting).exitCode, 7);
  await ended(sandbox.runner(), "job");
  await job.stop();
  assertEquals((await job.wait("exited", { timeout: 0 })).exitCode, 7);
  assertEquals((await job.wait("stopped", { timeout: 0 })).detail, "removed");
  await assertRejects(
    () => job.wait("running", { signal: AbortSignal.abort() }),
    DOMException,
  );
});

tmuxTest("manager: one warning where the folder cannot be used", async () => {
  await using sandbox = new Sandbox();
  const stateFolder = await sandbox.write("file", "");
  const warnings: OpsError[] = [];
  const bot = new SessionManager("bot", {
    command: UP,
    stateFolder,
    warn: (warning) => warnings.push(warning),
  });
  assertEquals((await bot.start()).state, "running");
  assertEquals((await bot.status()).state, "running");
  assertEquals(await bot.stop({ graceful: false }), true);
  assertEquals(warnings.map(({ name }) => name), ["StateError"]);
});

tmuxTest("listRuns() leaves what runs, and settles what does not", async () => {
  await using _sandbox = new Sandbox();
  const lost = new SessionManager("lost", { command: UP, socketName: "work" });
  const bot = new SessionManager("bot", { command: UP });
  const { pid } = await lost.start();
  await bot.start();
  Deno.kill(pid!, "SIGKILL");
  const { runs } = await listRuns({ backend: "tmux" });
  assertEquals(runs.map(({ name, endedBy }) => [name, endedBy]), [
    ["bot", null],
    ["lost", "engine_gone"],
  ]);
  assertEquals((await listRuns({ limit: 1, backend: "tmux" })).runs.length, 1);
  const { runs: onWork } = await listRuns({ socketName: "work" });
  assertEquals(onWork.map(({ name }) => name), ["lost"]);
});

forEachRuntime("manager: the past of a container", async (it) => {
  const name = it.name("job");
  const job = new SessionManager(name, {
    backend: "container",
    runtime: it.runtime,
    image: IMAGE,
    command: ["sh", "-c", "echo last words; exit 7"],
  });
  await job.start();
  await job.wait("exited", { timeout: 30 });
  assertEquals(await job.stop(), false);
  const found = await SessionManager.find(name);
  const status = await found.status();
  assertEquals([status.detail, status.exitCode], ["removed", 7]);
  assertEquals(status.runtime, it.runtime);
  assert((await found.logs()).includes("last words"));
  assertEquals((await found.wait("exited", { timeout: 0 })).exitCode, 7);
  const { runs } = await listRuns({ runtime: it.runtime });
  assertEquals(runs, [status.lastRun!]);

  // By its description it can be started again; by its name alone it cannot.
  await assertRejects(() => found.restart(), SessionNotFoundError);
  assertEquals((await job.restart()).exitCode, 7);
  assertEquals((await job.history()).map(({ run }) => run), [1, 2]);
});
