/** A stop that is itself killed leaves nothing that is not as it says. */
import { assertEquals, assertMatch } from "@std/assert";
import { ops, opsJson, RunningOps, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";
import { SessionManager } from "../../mod.ts";

/** Has `ops stop bot` killed once the bot has heard of it. */
async function killStop(sandbox: Sandbox): Promise<void> {
  const stop = new RunningOps(sandbox, "stop", "bot");
  await logged(sandbox.runner(), "bot", "asked");
  stop.kill("SIGKILL");
  await stop.output;
}

for (const restart of ["no", "always"]) {
  tmuxTest(`a killed stop: the end is seen, restart: ${restart}`, async () => {
    await using sandbox = tmuxSandbox();
    const bot = new SessionManager("bot", {
      command: "trap 'echo asked; sleep 1; exit 5' INT; " +
        "while :; do sleep 0.1; done",
      restart,
      stopTimeout: 100,
    });
    await bot.start();
    await killStop(sandbox);
    const status = await bot.wait("exited", { timeout: 20 });
    assertEquals([status.exitCode, status.signal], [5, null]);
    assertEquals((await bot.lastRun())?.endedBy, "stop");
    const [listed] = await opsJson(sandbox, "list");
    assertEquals([listed.state, listed.exit_code], ["exited", 5]);

    // Its place is free.
    assertEquals((await bot.start()).state, "running");
    assertEquals(await bot.stop({ graceful: false }), true);
  });
}

tmuxTest("a killed stop: what the command has left is ended", async () => {
  await using sandbox = tmuxSandbox();
  const bot = new SessionManager("bot", {
    command: `(trap '' INT TERM; exec env LEFT=${sandbox.dir} sleep 1000) & ` +
      "trap 'echo asked; exit 5' INT; while :; do sleep 0.1; done",
    stopTimeout: 100,
  });
  await bot.start();
  await killStop(sandbox);
  await bot.wait("exited", { timeout: 20 });
  const left = () => processesWith("LEFT", sandbox.dir).length;
  assertEquals(left(), 1);
  const { code, stdout } = await ops(sandbox, "stop", "bot", "--timeout", "1");
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /^Session 'bot' was not running; ended what it had left: \d+ \(sleep\)\.\n$/,
  );
  await until(() => left() === 0);
  assertEquals(await bot.exists(), false);
});
