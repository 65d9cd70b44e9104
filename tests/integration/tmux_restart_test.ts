/** Commands that are started again, by their policy or by ops. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreaterOrEqual,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { SessionStartError } from "../../src/core/errors.ts";
import { listRuns } from "../../src/fleet/history.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { inTerminal, ops, opsArgv, tmuxSandbox } from "../helpers/cli.ts";
import { Durable } from "../helpers/durable.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { isAlive, processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";

tmuxTest("on-failure:3 tries three times more, later and later", async () => {
  await using sandbox = tmuxSandbox();
  const durable = new Durable(sandbox);
  // As a user: nothing of it is left that could look after the session.
  const start = await ops(
    sandbox,
    ...["start", "bot", "--restart", "on-failure:3"],
    ...["--", "sh", "-c", "echo up; exit 5"],
  );
  assertEquals(start.code, 0, start.stderr);
  const { runner } = durable;
  const waiting = await runner.status("bot");
  assertEquals([waiting.state, waiting.detail], [
    "running",
    "waiting to be started again; last ended with 5",
  ]);
  const inSeconds = Date.parse(waiting.nextRestartAt!) - Date.now();
  assert(inSeconds < 5_000, `next in ${inSeconds} ms`);
  // Read as it ends, and not in between: that could be what does the work.
  const end = await until(() => {
    const text = Deno.readTextFileSync(`${durable.of("bot").prefix(1)}.end`);
    assertEquals(denos(sandbox), []);
    return text.includes("final") && text;
  }, { timeoutMs: 20_000 });
  const notes = end.trim().split("\n").map((line) => line.split(" "));
  assertEquals(notes.map(([code, signal, , what]) => [code, signal, what]), [
    ["5", "-", "again"],
    ["5", "-", "again"],
    ["5", "-", "again"],
    ["5", "-", "final"],
  ]);
  const times = notes.map(([, , epoch]) => Number(epoch));
  // Whole seconds, and a machine that has more to do.
  for (const [i, delay] of [1, 2, 4].entries()) {
    const passed = times[i + 1]! - times[i]!;
    assertGreaterOrEqual(passed, delay);
    assertLess(passed, delay + 2);
  }
  const status = await ended(runner, "bot");
  assertEquals(
    [status.exitCode, status.restartCount, status.detail],
    [5, 3, "gave up after 3 restarts"],
  );
  assertEquals(durable.log("bot"), "up\r\n".repeat(4));
  const { endedBy, exitCode, restartCount } = await durable.last("bot");
  assertEquals([endedBy, exitCode, restartCount], ["itself", 5, 3]);
});

tmuxTest("a crash loop tells how often, and how it ended", async () => {
  await using sandbox = new Sandbox();
  const { runner, root: stateFolder } = new Durable(sandbox);
  await runner.start(
    new SessionConfig({
      name: "bot",
      command: "sleep 0.7; kill -s KILL $$",
      restart: "always",
    }),
  );
  const seen = new Set<string | null>();
  await until(async () => {
    const { state, detail, restartCount } = await runner.status("bot");
    const [[run], { runs: [listed] }] = await Promise.all([
      runner.history("bot"),
      listRuns({ stateFolder }),
    ]);
    assertEquals(state, "running");
    for (const { restartCount: told } of [run!, listed!]) {
      assertGreaterOrEqual(told, restartCount!);
      assertLess(told, restartCount! + 2);
    }
    seen.add(detail);
    return restartCount! >= 2 && seen.size >= 3;
  });
  assertEquals(
    [...seen].sort(),
    [
      null,
      "last ended by SIGKILL",
      "waiting to be started again; last ended by SIGKILL",
    ].sort(),
  );
});

tmuxTest("what ends well is started again only if always wanted", async () => {
  await using sandbox = new Sandbox();
  const { runner } = new Durable(sandbox);
  const start = (name: string, restart: string) =>
    runner.start(new SessionConfig({ name, command: "echo up", restart }));
  await Promise.all([
    start("failure", "on-failure"),
    start("always", "always"),
  ]);
  const { exitCode, restartCount, detail } = await ended(runner, "failure");
  assertEquals([exitCode, restartCount, detail], [0, 0, null]);
  await logged(runner, "always", "up\nup");
  const again = await runner.status("always");
  assertEquals(again.state, "running");
  assertGreaterOrEqual(again.restartCount!, 1);
  assertEquals((await runner.status("failure")).restartCount, 0);
});

tmuxTest("a stop while it waits is the end of it", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  const TREE = sandbox.path("tree");
  await runner.start(
    new SessionConfig({
      name: "bot",
      command: `export TREE=${TREE}; echo up; exit 5`,
      restart: "always",
    }),
  );
  // The longer the wait, the surer it is in the middle of it.
  const { nextRestartAt } = await until(async () => {
    const status = await runner.status("bot");
    return status.restartCount === 2 && status.nextRestartAt !== null && status;
  });
  const ups = durable.log("bot");
  const { stopped, durationMs } = await runner.stop("bot");
  assert(stopped);
  assertLess(durationMs, 2_000);
  assertFalse(await runner.exists("bot"));
  await until(() => Date.now() > Date.parse(nextRestartAt!) + 500);
  assertEquals(durable.log("bot"), ups);
  assertEquals(processesWith("TREE", TREE), []);
  const { endedBy, restartCount, endedAt } = await durable.last("bot");
  assertEquals([endedBy, restartCount], ["stop", 2]);
  assert(endedAt !== null);
});

tmuxTest("a stop is no failure, whatever the policy", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  for (
    const [i, restart] of ["always", "on-failure", "unless-stopped"].entries()
  ) {
    await runner.start(
      new SessionConfig({
        name: "bot",
        command: "echo up; trap 'exit 3' INT; while :; do sleep 0.05; done",
        restart,
      }),
    );
    await logged(runner, "bot", "up");
    const { exitCode, signals } = await runner.stop("bot");
    assertEquals([exitCode, signals], [3, ["SIGINT"]], restart);
    assertFalse(await runner.exists("bot"));
    const run = await durable.last("bot");
    assertEquals([run.run, run.endedBy, run.exitCode], [i + 1, "stop", 3]);
    assertEquals(durable.log("bot", run.run), "up\r\n");
    const notes = durable.of("bot").notes(run.run);
    assertEquals(notes.map(({ isStopped }) => isStopped), [true], restart);
  }
});

tmuxTest("a restart is another run in the same place", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  const workingDir = sandbox.path("a #{pid} dir");
  await Deno.mkdir(workingDir);
  const first = await runner.start(
    new SessionConfig({
      name: "bot",
      command: 'echo "$A in $PWD"; exec sleep 1000',
      env: { A: "it's; $B\n2" },
      workingDir,
    }),
  );
  const expected = `it's; $B\r\n2 in ${workingDir}\r\n`;
  await until(() => durable.log("bot", 1) === expected);
  const terminal = await inTerminal(sandbox, [...[
    "env",
    "-u",
    "TMUX",
    "tmux",
    "-L",
    "default",
  ], ...["attach-session", "-t", "=bot"]]);
  await until(async () => (await runner.status("bot")).attached === 1);

  const second = await runner.restart("bot");
  assertEquals(second.state, "running");
  assertNotEquals(second.panePid, first.panePid);
  assertFalse(isAlive(first.panePid!));
  await until(() => durable.log("bot", 2) === expected);
  assertEquals(durable.log("bot", 1), expected);
  const runs = await runner.history("bot");
  assertEquals(runs.map(({ run, endedBy, signal }) => [run, endedBy, signal]), [
    [1, "stop", "SIGINT"],
    [2, null, null],
  ]);
  assertEquals((await runner.listSessions()).length, 1);
  // Those attached are sent home when a command ends, also for this.
  await terminal.shows("[exit 0, as it was]");

  // What has ended is started again as well, and again with its environment.
  Deno.kill(second.panePid!, "SIGKILL");
  await ended(runner, "bot");
  const third = await runner.restart("bot");
  assertEquals([third.state, third.signal], ["running", null]);
  await until(() => durable.log("bot", 3) === expected);
  const [, run2] = await runner.history("bot");
  assertEquals([run2?.endedBy, run2?.signal], ["itself", "SIGKILL"]);
  assertEquals((await runner.stop("bot")).signals, ["SIGINT"]);
  assertEquals(durable.warnings, []);
});

tmuxTest("a restart begins to count, and to wait, anew", async () => {
  await using sandbox = new Sandbox();
  const { runner } = new Durable(sandbox);
  await runner.start(
    new SessionConfig({
      name: "bot",
      command: "sleep 1; exit 5",
      restart: "on-failure:1",
    }),
  );
  const gaveUp = { restartCount: 1, detail: "gave up after 1 restarts" };
  const before = await ended(runner, "bot");
  assertEquals(
    { restartCount: before.restartCount, detail: before.detail },
    gaveUp,
  );
  const restarted = await runner.restart("bot");
  assertEquals([restarted.state, restarted.restartCount], ["running", 0]);
  const after = await ended(runner, "bot");
  assertEquals(
    { restartCount: after.restartCount, detail: after.detail },
    gaveUp,
  );
  const counts = (await runner.history("bot")).map((it) => it.restartCount);
  assertEquals(counts, [1, 1]);
});

tmuxTest(
  "a session of somebody else is not restarted, nor stopped",
  async () => {
    await using sandbox = new Sandbox();
    const { runner } = new Durable(sandbox);
    const pid = await sandbox.tmux(
      ...["new-session", "-d", "-P", "-F", "#{pane_pid}", "-s", "0"],
      ...["--", "env", "sleep", "1000"],
    );
    const error = await assertRejects(
      () => runner.restart("0"),
      SessionStartError,
    );
    assertMatch(error.message, /ops did not start it/);
    assert(isAlive(Number(pid)), "it has been stopped");
  },
);

/** What runs of ops; this process is not in the sandbox. */
function denos(sandbox: Sandbox): readonly string[][] {
  const [program] = opsArgv([]);
  return processesWith("TMUX_TMPDIR", sandbox.dir)
    .filter(({ argv }) => argv[0] === program).map(({ argv }) => [...argv]);
}

tmuxTest(
  "two restarts at once are one, and a stop then leaves nothing",
  async () => {
    await using sandbox = new Sandbox();
    const { runner } = new Durable(sandbox);
    const MARK = sandbox.path("mark");
    const command =
      `export MARK='${MARK}'; trap '' HUP; while :; do sleep 0.1; done`;
    await runner.start(new SessionConfig({ name: "bot", command }));
    await Promise.all([
      runner.restart("bot", { timeout: 2 }),
      runner.restart("bot", { timeout: 2 }),
    ]);
    await runner.stop("bot", { timeout: 2 });
    assertEquals(processesWith("MARK", MARK), []);
    const runs = await runner.history("bot");
    assertEquals(runs.map(({ endedBy }) => endedBy), ["stop", "stop"]);
  },
);

tmuxTest(
  "a launcher keeps off the server that comes after its own",
  async () => {
    await using sandbox = new Sandbox();
    const { runner } = new Durable(sandbox);
    const done = sandbox.path("done");
    const { pid } = await runner.start(
      new SessionConfig({
        name: "old",
        // Its hang-up is passed on, and it is terminated.
        command: `trap '' HUP TERM; sleep 2 & wait; echo >>'${done}'`,
        restart: "always",
      }),
    );
    Deno.kill(pid!, "SIGKILL");
    await until(async () => !(await runner.exists("old")));
    const next = new SessionConfig({ name: "next", command: "sleep 1000" });
    const { panePid } = await runner.start(next);
    await until(() => Deno.statSync(done).size > 0, { timeoutMs: 20_000 });
    // Longer than the pause before it would have started the command again.
    await until(
      () =>
        processesWith("OPS_TEST_SANDBOX", sandbox.dir).every((it) =>
          !it.argv.some((word) => word.includes("sleep 2 & wait"))
        ),
      { timeoutMs: 20_000 },
    );
    const status = await runner.status("next");
    assertEquals([status.panePid, status.restartCount], [panePid, 0]);
    assertEquals(Deno.statSync(done).size, 1);
  },
);
