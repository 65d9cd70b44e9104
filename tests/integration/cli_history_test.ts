/** What is known of sessions that have ended, or are gone. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import { listed, ops, opsInTerminal, opsJson } from "../helpers/cli.ts";
import { tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { ended, logged } from "../helpers/sessions.ts";

tmuxTest("history: a session that is gone is known by its past", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "echo last words; read x; exit 7");
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");
  assertEquals((await ops(sandbox, "stop", "bot", "-q")).code, 0);

  assertEquals(await listed(sandbox), []);
  const status = await opsJson(sandbox, "status", "bot");
  assertObjectMatch(status, {
    state: "stopped",
    detail: "removed",
    managed: true,
    exit_code: 7,
    pid: null,
    last_run: { run: 1, exit_code: 7, ended_by: "itself" },
  });
  assertEquals(status.finished_at, status.last_run.ended_at);
  const { stdout } = await ops(sandbox, "status", "bot");
  assertMatch(stdout, /^State\tstopped \(removed\)$/m);
  assertMatch(stdout, /^Last Run\t7, 2\d{3}-.*Z, itself$/m);
  assertEquals(await opsJson(sandbox, "history", "bot"), [status.last_run]);
  assertMatch((await ops(sandbox, "logs", "bot")).stdout, /last words/);

  // There is nothing left to act on.
  for (const args of [["stop"], ["attach"], ["send"], ["restart"]]) {
    const words = args[0] === "send" ? ["bot", "x"] : ["bot"];
    const { code, stderr } = await ops(sandbox, args[0]!, ...words);
    assertEquals([args, code], [args, 3]);
    assertMatch(stderr, /session "bot" was not found \(tmux\)/);
  }
  // Nor is one found that is merely similar.
  assertEquals((await ops(sandbox, "status", "bo")).code, 3);
});

for (const make of ["mkfifo", "mkdir"]) {
  tmuxTest(
    `history: what is no file (${make}) keeps nobody waiting`,
    async () => {
      await using sandbox = tmuxSandbox();
      for (const name of ["bot", "other"]) {
        await ops(sandbox, "start", name, "-c", "echo hello; exit 7");
        await ended(sandbox.runner(), name);
        assertEquals((await ops(sandbox, "stop", name, "-q")).code, 0);
      }
      const folder = sandbox.path(
        "home/.local/state/kstlib/ops/tmux/default/bot",
      );
      const replace = async (file: string) => {
        await Deno.remove(`${folder}/${file}`);
        const { code } = await sandbox.run(make, [`${folder}/${file}`]);
        assertEquals(code, 0);
      };
      await replace("000001.000001.log");
      const logs = await ops(sandbox, "logs", "bot");
      assertEquals([logs.code, logs.stdout], [1, ""]);
      assertMatch(logs.stderr, /000001\.000001\.log is not a regular file/);
      await replace("000001.json");
      const warning =
        /warning: \S+\/bot cannot be used \(000001\.json is not a /;
      // The other one is remembered all the same.
      const all = await ops(sandbox, "history");
      assertEquals([all.code, all.stdout.split("\t")[0]], [0, "other"]);
      assertMatch(all.stderr, warning);
      assertMatch((await ops(sandbox, "history", "bot")).stderr, warning);
      // Nor is it in the way of what is to be done now.
      const start = await ops(sandbox, "start", "bot", "-c", "sleep 1000");
      assertEquals(start.code, 0);
      assertMatch(start.stderr, warning);
      const status = await ops(sandbox, "status", "bot");
      assertMatch(status.stdout, /^State\trunning$/m);
      assertEquals((await ops(sandbox, "stop", "bot")).code, 0);
    },
  );
}

tmuxTest("history: what is damaged is named, and shown nowhere", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "exit 7");
  await ended(sandbox.runner(), "bot");
  assertEquals((await ops(sandbox, "stop", "bot", "-q")).code, 0);
  const folder = "home/.local/state/kstlib/ops/tmux/default/bot";
  for (const [i, text] of ['{"run":1}', "{", "[]", '"x"'].entries()) {
    await sandbox.write(`${folder}/00000${i + 2}.json`, text);
  }
  for (const args of [["history"], ["history", "bot"], ["status", "bot"]]) {
    const { code, stdout, stderr } = await ops(sandbox, ...args);
    assertEquals(code, 0);
    assertMatch(stdout, args[0] === "status" ? /^Last Run\t7/m : /^bot\t1\t/);
    assertEquals(`${stdout}${stderr}`.includes("undefined"), false);
    for (const i of [2, 3, 4, 5]) {
      const path = sandbox.path(`${folder}/00000${i}.json`);
      const lines = stderr.split("\n").filter((line) => line.includes(path));
      assertEquals(lines.length, 1, stderr);
      assertMatch(lines[0]!, /^warning: \S+ cannot be used \(.*; remove it$/);
    }
  }
  const none = await ops(sandbox, "history", "bot", "-n", "0");
  assertEquals([none.code, none.stdout], [0, ""]);
  assertEquals(none.stderr.includes("No runs are remembered"), false);
});

tmuxTest("history: several sessions, the last run first", async () => {
  await using sandbox = tmuxSandbox();
  const run = async (name: string, ...flags: string[]) => {
    await ops(sandbox, "start", name, "-c", "sleep 1000", ...flags);
    assertEquals((await ops(sandbox, "stop", name, "-f")).code, 0);
  };
  await run("bot");
  await run("worker", "-L", "work");
  await run("bot");
  await ops(sandbox, "start", "other", "-c", "sleep 1000");

  const rows = async (...args: string[]) => {
    const { code, stdout, stderr } = await ops(sandbox, "history", ...args);
    assertEquals([code, stderr], [0, ""]);
    return stdout.trimEnd().split("\n").map((line) => line.split("\t"));
  };
  const all = await rows();
  assertEquals(all.map(([name, run]) => `${name} ${run}`), [
    "other 1",
    "bot 2",
    "worker 1",
    "bot 1",
  ]);
  // The one that runs has neither an end nor an outcome.
  assertEquals(all[0]!.slice(3), ["", "", "", "0", "tmux"]);
  assertEquals(all[2]!.slice(4), ["SIGKILL", "ops stop", "0", "tmux:work"]);
  assertEquals(await rows("-n", "2"), all.slice(0, 2));
  assertEquals(await rows("bot"), [all[1], all[3]]);
  assertEquals(await rows("worker", "bot", "-n2"), all.slice(1, 3));
  assertEquals(await rows("-L", "work"), [all[2]]);

  const json = await opsJson(sandbox, "history");
  assertEquals(json.map((run: { run: number }) => run.run), [1, 2, 1, 1]);
  const terminal = await opsInTerminal(sandbox, "history", "-n1");
  assertMatch(
    await terminal.shows("[exit 0, as it was]"),
    /^NAME +RUN +STARTED +RESTARTS +PLACE$/m,
  );
});

tmuxTest("history: a run that nobody saw end is settled", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "echo up; exec sleep 1000");
  const { pid } = await opsJson(sandbox, "status", "bot");
  await logged(sandbox.runner(), "bot", "up");
  Deno.kill(pid, "SIGKILL");

  const [run] = await opsJson(sandbox, "history");
  assertEquals([run.name, run.run], ["bot", 1]);
  assertEquals([run.ended_by, run.exit_code], ["engine_gone", null]);
  assertEquals(await opsJson(sandbox, "history", "bot"), [run]);
  assertEquals((await opsJson(sandbox, "status", "bot")).last_run, run);
});

tmuxTest("history: of several places, the last one counts", async () => {
  await using sandbox = tmuxSandbox();
  for (const socket of ["work", "default"]) {
    const where = ["-L", socket, "-c", `echo on ${socket}; exec sleep 1000`];
    await ops(sandbox, "start", "bot", ...where);
    await ops(sandbox, "stop", "bot", "-f");
  }
  assertEquals((await opsJson(sandbox, "status", "bot")).socket_name, null);
  const there = await opsJson(sandbox, "status", "bot", "-L", "work");
  assertEquals(there.socket_name, "work");
  assertEquals((await ops(sandbox, "status", "bot", "-L", "else")).code, 3);
});

tmuxTest("history: a definition knows its last run", async () => {
  await using sandbox = tmuxSandbox();
  const config = "ops: {sessions: {bot: {command: sleep 1000}}}";
  await sandbox.write("kstlib.conf.yml", config);
  const before = await opsJson(sandbox, "status", "bot");
  assertEquals([before.state, before.last_run], ["defined", null]);
  assertEquals(await ops(sandbox, "history", "bot"), {
    code: 0,
    stdout: "",
    stderr: "No runs are remembered.\n",
  });
  await ops(sandbox, "start", "bot");
  await ops(sandbox, "stop", "bot", "-f");
  const after = await opsJson(sandbox, "status", "bot");
  assertEquals([after.state, after.detail], ["defined", null]);
  assertObjectMatch(after.last_run, { signal: "SIGKILL", ended_by: "stop" });
});

tmuxTest("history: without a folder, one warning and no past", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("home/.local/state", "is a file");
  const start = ["start", "bot", "-c", "echo up; exec sleep 1000"];
  const started = await ops(sandbox, ...start);
  assertEquals(started.code, 0, started.stderr);
  assertEquals(started.stderr.match(/^warning: /gm)?.length, 1);
  assertMatch(started.stderr, /logs and history of this session are lost/);
  const stopped = await ops(sandbox, "stop", "bot", "-f");
  assertEquals(stopped.code, 0, stopped.stderr);
  const { code, stderr } = await ops(sandbox, "status", "bot");
  assertEquals(code, 3);
  assert(stderr.includes("error: "), stderr);
});
