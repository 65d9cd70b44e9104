/** What a command has left running when it ended is not unseen. */
import { assertEquals, assertMatch } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";
import { SessionManager } from "../../mod.ts";

/** Starts a service as scripts do, and is done. */
function daemonize(sandbox: Sandbox): SessionManager {
  return new SessionManager("bot", {
    command: `LEFT=${sandbox.dir} setsid sleep 1000 & sleep 0.2; exit 3`,
    stopTimeout: 1,
  });
}

/** Kills the launcher of the one session. */
async function killLauncher(sandbox: Sandbox): Promise<void> {
  const pid = await sandbox.tmux("list-panes", "-a", "-F", "#{pane_pid}");
  Deno.kill(Number(pid), "SIGKILL");
}

const left = (sandbox: Sandbox) => processesWith("LEFT", sandbox.dir).length;

tmuxTest("what is left running is in list and status", async () => {
  await using sandbox = tmuxSandbox();
  const bot = daemonize(sandbox);
  await bot.start();
  await bot.wait("exited");
  const [listed] = await opsJson(sandbox, "list");
  assertEquals([listed.state, listed.exit_code], ["exited", 3]);
  assertMatch(listed.detail, /^left running: \d+ \(sleep\)$/);
  assertMatch((await bot.status()).detail!, /^left running: \d+ \(sleep\)$/);

  const stop = await ops(sandbox, "stop", "bot");
  assertMatch(
    stop.stdout,
    /^Session 'bot' was not running; ended what it had left: \d+ \(sleep\)\.$/m,
  );
  assertEquals(left(sandbox), 0);
});

tmuxTest("a start tells what it has ended of the run before", async () => {
  await using sandbox = tmuxSandbox();
  const bot = daemonize(sandbox);
  await bot.start();
  await bot.wait("exited");
  const { detail } = await bot.start("exec sleep 1000");
  assertMatch(detail!, /^ended what an earlier run had left: \d+ \(sleep\)$/);
  assertEquals(left(sandbox), 0);
});

tmuxTest("what has ended since is not told", async () => {
  await using sandbox = tmuxSandbox();
  const bot = daemonize(sandbox);
  await bot.start();
  await bot.wait("exited");
  for (const { pid } of processesWith("LEFT", sandbox.dir)) {
    Deno.kill(pid, "SIGKILL");
  }
  await until(() => left(sandbox) === 0);
  assertEquals((await bot.status()).detail, null);
});

tmuxTest("what a killed launcher has left is told, and ended", async () => {
  await using sandbox = tmuxSandbox();
  const bot = new SessionManager("bot", {
    command: "trap '' HUP TERM INT; echo ready; while :; do sleep 0.2; done",
    env: { LEFT: sandbox.dir },
    restart: "always",
    stopTimeout: 1,
  });
  await bot.start();
  await logged(sandbox.runner(), "bot", "ready");
  await killLauncher(sandbox);
  const exited = await until(async () => {
    const status = await bot.status();
    return status.state === "exited" && status;
  });
  assertEquals(exited.signal, "SIGKILL");
  assertMatch(exited.detail!, /^left running: \d+ \(sh\)/);
  const [listed] = await opsJson(sandbox, "list");
  assertMatch(listed.detail, /^left running: \d+ \(sh\)/);
  await bot.stop();
  assertEquals(left(sandbox), 0);
});

tmuxTest("a signal of the command's own makes nobody look again", async () => {
  await using sandbox = tmuxSandbox();
  const bot = new SessionManager("bot", { command: "kill -s KILL $$" });
  await bot.start();
  await bot.wait("exited");
  const told = await sandbox.tmux("list-panes", "-aF", "#{@kstlib_left}");
  assertEquals(told.trim(), "0");
});

tmuxTest(
  "a launcher that was killed between two starts gave up nothing",
  async () => {
    await using sandbox = tmuxSandbox();
    const bot = new SessionManager("bot", {
      command: "exit 3",
      restart: "always",
    });
    await bot.start();
    await until(async () => (await bot.status()).nextRestartAt !== null);
    await killLauncher(sandbox);
    const exited = await until(async () => {
      const status = await bot.status();
      return status.state === "exited" && status;
    });
    assertEquals([exited.signal, exited.detail], ["SIGKILL", null]);
  },
);

tmuxTest("what a respawn with another command has left is told", async () => {
  await using sandbox = tmuxSandbox();
  const bot = new SessionManager("bot", {
    command: "exec sleep 1000",
    env: { LEFT: sandbox.dir },
    stopTimeout: 1,
  });
  await bot.start();
  await until(() =>
    processesWith("LEFT", sandbox.dir).some(({ argv }) => argv[0] === "sleep")
  );
  await sandbox.tmux("respawn-pane", "-k", "-t", "=bot:", "exec sleep 1001");
  const status = await bot.status();
  const detail = /^left running when its pane was respawned: \d+ \(sleep\)$/;
  assertEquals(status.state, "running");
  assertMatch(status.detail!, detail);
  const [listed] = await opsJson(sandbox, "list");
  assertMatch(listed.detail, detail);

  // Also once that has come to its end.
  await sandbox.tmux("respawn-pane", "-k", "-t", "=bot:", "exit 0");
  const exited = await until(async () => {
    const now = await bot.status();
    return now.state === "exited" && now;
  });
  assertEquals(exited.exitCode, 0);
  assertMatch(exited.detail!, detail);
  await bot.stop();
  // The launcher ends a moment after its command.
  await until(() => left(sandbox) === 0);
});
