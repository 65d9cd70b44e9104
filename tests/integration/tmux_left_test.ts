/** What a command has left running when it ended is not unseen. */
import { assertEquals, assertMatch } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";
import { SessionManager } from "../../mod.ts";

/** Starts a service as scripts do, and is done. */
function daemonize(sandbox: Sandbox): SessionManager {
  return new SessionManager("bot", {
    command: `LEFT=${sandbox.dir} setsid sleep 1000 & sleep 0.2; exit 3`,
    stopTimeout: 1,
  });
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
