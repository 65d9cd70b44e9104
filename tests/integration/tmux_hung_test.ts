/** A tmux server that does not answer: stopped, but still listening. */
import { assertEquals, assertLess, assertRejects } from "@std/assert";
import { EngineTimeoutError } from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { ourChildren } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** The promise of DESIGN 6, plus a moment for a busy machine. */
const LIMIT_MS = 6_000;

tmuxTest("a hung server makes every question fail in time", async (t) => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner("hung");
  const bot = new SessionConfig({ name: "bot", command: "cat" });
  const { pid } = await runner.start(bot);
  Deno.kill(pid!, "SIGSTOP");

  // No pipe holds this: the rest of it waits for a reader that never reads.
  const env = { LONG: "x".repeat(90_000) };
  const long = new SessionConfig({ name: "new", command: "cat", env });
  const asks: Array<[what: string, ask: () => Promise<unknown>]> = [
    ["status", () => runner.status("bot")],
    ["list", () => runner.listSessions()],
    ["exists", () => runner.exists("bot")],
    ["logs", () => runner.logs("bot")],
    ["send", () => runner.sendKeys("bot", "x")],
    ["stop", () => runner.stop("bot")],
    ["attach", () => runner.attach("bot")],
    ["start", () => runner.start(new SessionConfig({ name: "new" }))],
    ["start with a long environment", () => runner.start(long)],
  ];
  const started = performance.now();
  const outcomes = await Promise.all(asks.map(async ([, ask]) => {
    const error = await ask().catch((error) => error);
    return { error, ms: performance.now() - started };
  }));
  assertEquals(ourChildren(), [], "no client is left behind");

  for (const [i, [what]] of asks.entries()) {
    await t.step(what, async () => {
      const { error, ms } = outcomes[i]!;
      await assertRejects(
        () => Promise.reject(error),
        EngineTimeoutError,
        "tmux (socket hung): no answer within",
      );
      assertLess(ms, LIMIT_MS);
    });
  }
  // Another server is another matter; and this one goes on as it was.
  assertEquals((await sandbox.runner("other").start(bot)).state, "running");
  Deno.kill(pid!, "SIGCONT");
  assertEquals((await runner.status("bot")).state, "running");
});
