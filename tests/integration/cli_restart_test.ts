import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
} from "@std/assert";
import { onEachRuntime, ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { IMAGE } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { logged } from "../helpers/sessions.ts";

const defines = (word: string) =>
  `ops: {sessions: {bot: {command: "echo ${word}; exec sleep 1000"}}}`;

tmuxTest("restart: a changed configuration applies", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", defines("one"));
  // It was not running: then it is started.
  const { code, stdout } = await ops(sandbox, "restart", "bot");
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /^Session 'bot' restarted \(tmux\)\. PID \d+\.\n/,
  );
  await logged(sandbox.runner(), "bot", "one");
  const before = await opsJson(sandbox, "status", "bot");

  await sandbox.write("kstlib.conf.yml", defines("two"));
  const after = await opsJson(sandbox, "restart", "bot", "--force");
  assertEquals([after.state, after.command], [
    "running",
    "echo two; exec sleep 1000",
  ]);
  assertNotEquals(after.pane_pid, before.pane_pid);
  await logged(sandbox.runner(), "bot", "two");
  const [, first] = await opsJson(sandbox, "history", "bot");
  assertObjectMatch(first, { run: 1, ended_by: "stop", signal: "SIGKILL" });

  // What cannot be read is no reason to lose what runs.
  await sandbox.write("kstlib.conf.yml", "ops: {sessions: 7}");
  const broken = await ops(sandbox, "restart", "bot");
  assertEquals([broken.code, broken.stdout], [4, ""]);
  await Deno.remove(sandbox.path("kstlib.conf.yml"));
  const { pane_pid } = await opsJson(sandbox, "status", "bot");
  assertEquals(pane_pid, after.pane_pid);
});

tmuxTest(
  "restart: nothing is stopped for a folder that is not there",
  async () => {
    await using sandbox = tmuxSandbox();
    const define = (name: string, folder: string) =>
      `${name}: {command: exec sleep 1000, working_dir: ${folder}}`;
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${define("bot", "/tmp")}}}`,
    );
    await ops(sandbox, "start", "bot");
    const before = await opsJson(sandbox, "status", "bot");
    await sandbox.write("file", "");
    for (const folder of ["./gone", "./file", "./file/x"]) {
      const both = `${define("bot", folder)}, ${define("other", folder)}`;
      await sandbox.write("kstlib.conf.yml", `ops: {sessions: {${both}}}`);
      const asStart = await ops(sandbox, "start", "other");
      const { stderr } = await ops(sandbox, "restart", "bot");
      assertEquals(stderr, asStart.stderr.replace('"other"', '"bot"'), folder);
      assertEquals([asStart.code, asStart.stdout], [1, ""]);
      assertMatch(asStart.stderr, /working_dir: .*; create it or name another/);
      assertEquals(await opsJson(sandbox, "history", "other"), []);
    }
    const { pane_pid } = await opsJson(sandbox, "status", "bot");
    assertEquals(pane_pid, before.pane_pid);
  },
);

tmuxTest("restart: what is defined nowhere has what it had", async () => {
  await using sandbox = tmuxSandbox();
  const command = 'echo "<$KEY> $PWD"; exec sleep 1000';
  await Promise.all(
    ["bot", "worker"].map((name) =>
      ops(sandbox, "start", name, "-e", "KEY=a b", "-w", "/tmp", "-c", command)
    ),
  );
  const before = await opsJson(sandbox, "status", "bot");
  const words = ["restart", "-q", "bot", "nobody", "worker"];
  const { code, stdout, stderr } = await ops(sandbox, ...words);
  assertEquals([code, stdout], [3, "bot\nworker\n"]);
  assertEquals(stderr, 'error: session "nobody" was not found (tmux)\n');
  const after = await opsJson(sandbox, "status", "bot");
  assertEquals([after.state, after.command], ["running", command]);
  assertNotEquals(after.pane_pid, before.pane_pid);
  await logged(sandbox.runner(), "bot", "<a b> /tmp");
});

tmuxTest("restart: one that fails at once has failed", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", defines("one"));
  await ops(sandbox, "start", "bot");
  const dies = 'ops: {sessions: {bot: {command: "echo why; exit 7"}}}';
  await sandbox.write("kstlib.conf.yml", dies);
  const { code, stdout, stderr } = await ops(sandbox, "restart", "-f", "bot");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^bot \| why\nerror: .* it exited \(7\) at once\n$/);
});

tmuxTest("restart: one that is done at once has been restarted", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "job", "-c", "echo ready");
  const { code, stdout } = await ops(sandbox, "restart", "job");
  assertEquals(
    [code, stdout],
    [0, "Session 'job' restarted, and done (0).\n"],
  );
});

tmuxTest("restart: it gets the time that its definition says", async () => {
  await using sandbox = tmuxSandbox();
  const command = "trap : INT TERM HUP; echo up; while :; do sleep 0.05; done";
  await sandbox.write(
    "kstlib.conf.yml",
    `ops: {sessions: {bot: {stop_timeout: 0.6, command: "${command}"}}}`,
  );
  await ops(sandbox, "start", "bot");
  await logged(sandbox.runner(), "bot", "up");
  const { duration_ms, signals } = await opsJson(sandbox, "stop", "bot");
  assertEquals(signals.at(-1), "SIGKILL");
  // Half a second less than this would be the kill of --force.
  assertEquals(duration_ms >= 600 && duration_ms < 5_000, true, duration_ms);
});

onEachRuntime(
  "restart, wait and history of a container",
  async (sandbox, it) => {
    const web = it.name("web");
    const script = 'echo "<$KEY>"; exec sleep 1000';
    const where = ["-i", IMAGE, "--runtime", it.runtime, "-e", "KEY=a b"];
    await ops(sandbox, "start", web, ...where, "--", "sh", "-c", script);
    const before = await opsJson(sandbox, "status", web);
    const after = await opsJson(sandbox, "restart", web, "--force");
    assertEquals([after.state, after.runtime], ["running", it.runtime]);
    assertNotEquals(after.pid, before.pid);
    await it.says("web", "<a b>");

    const waiting = ops(sandbox, "wait", web, "--for=exited", "--timeout=60");
    assertEquals((await ops(sandbox, "stop", web, "-q", "-f")).code, 0);
    assertEquals((await waiting).code, 137);
    const runs = await opsJson(sandbox, "history", web);
    const [last, first] = runs;
    assertEquals([last.run, first.run, runs.length], [2, 1, 2]);
    for (const run of runs) {
      assertObjectMatch(run, {
        name: web,
        runtime: it.runtime,
        exit_code: 137,
        ended_by: "stop",
      });
    }
    assertEquals(
      await opsJson(sandbox, "history", "--runtime", it.runtime),
      runs,
    );
    const gone = await opsJson(sandbox, "status", web);
    assertEquals([gone.detail, gone.last_run], ["removed", last]);
    assertEquals((await ops(sandbox, "restart", web)).code, 3);
  },
);
