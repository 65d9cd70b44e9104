import { assert, assertEquals, assertMatch } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { ended, logged } from "../helpers/sessions.ts";

tmuxTest("wait: it ends as the session did", async () => {
  await using sandbox = tmuxSandbox();
  const command = "read x; exit 7";
  for (const name of ["job", "killed", "gone"]) {
    await ops(sandbox, "start", name, "-c", command);
  }
  const { pane_pid } = await opsJson(sandbox, "status", "killed");
  const waits = ["job", "killed", "gone"].map((name) =>
    ops(sandbox, "wait", name, "--for", "exited", "--timeout", "60")
  );
  await ops(sandbox, "send", "job", "now");
  Deno.kill(pane_pid, "SIGKILL");
  await ops(sandbox, "stop", "gone", "-f");
  const [job, killed, gone] = await Promise.all(waits);
  assertEquals(job, { code: 7, stdout: "job: exited (7)\n", stderr: "" });
  assertEquals(killed, {
    code: 137,
    stdout: "killed: exited (SIGKILL)\n",
    stderr: "",
  });
  // It may be seen before it is cleared away, or after.
  assertEquals([gone?.code, gone?.stderr], [137, ""]);
  assertMatch(
    gone!.stdout,
    /^gone: (stopped \(removed\), )?exited \(SIGKILL\)\n$/,
  );
});

tmuxTest("wait: for one that is yet to be started", async () => {
  await using sandbox = tmuxSandbox();
  const config = "ops: {sessions: {bot: {command: sleep 1000}}}";
  await sandbox.write("kstlib.conf.yml", config);
  const up = ops(sandbox, "wait", "bot", "--for", "running");
  await ops(sandbox, "start", "bot");
  assertEquals((await up).stdout, "bot: running\n");

  const down = ops(sandbox, "wait", "bot", "--for=stopped", "--json");
  await ops(sandbox, "stop", "bot", "-f");
  const { code, stdout } = await down;
  assertEquals(code, 0);
  assertMatch(JSON.parse(stdout).state, /^(exited|defined)$/);
});

tmuxTest("wait: what is so already is not waited for", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "read x; exit 3");
  const wait = async (state: string) =>
    (await ops(sandbox, "wait", "bot", "--for", state, "-t", "0")).code;
  assertEquals(await wait("running"), 0);
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");
  assertEquals([await wait("exited"), await wait("stopped")], [3, 0]);
  await ops(sandbox, "stop", "bot");
  assertEquals([await wait("exited"), await wait("stopped")], [3, 0]);
  assertEquals(await wait("running"), 1);
});

tmuxTest("wait: in vain", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "echo up; exec sleep 1000");
  await logged(sandbox.runner(), "bot", "up");
  const started = performance.now();
  const late = await ops(sandbox, ..."wait bot --for exited -t 0.5".split(" "));
  assert(performance.now() - started >= 500);
  assertEquals(late, {
    code: 1,
    stdout: "",
    stderr: 'error: session "bot" was waited for in vain (tmux): after 0.5 s ' +
      "it is running, not exited\n",
  });
  const nobody = await ops(sandbox, "wait", "nobody", "--for", "running");
  assertEquals([nobody.code, nobody.stdout], [3, ""]);
  const what = await ops(sandbox, "wait", "bot");
  assertEquals(what.code, 2);
  assertMatch(
    what.stderr,
    /add --for running or --for ready or --for exited or --for stopped/,
  );
});
