/** What is known of runs after they have ended, however they did. */
import { assert, assertEquals } from "@std/assert";
import { type Run, RunEnd, SessionConfig } from "../../src/core/definition.ts";
import { outcomeOfRun } from "../../src/state/settle.ts";
import { Durable, numbered } from "../helpers/durable.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended } from "../helpers/sessions.ts";
import { allOf, until } from "../helpers/wait.ts";

/** More of them prove more, and take longer. */
const RUNS = Number(Deno.env.get("OPS_TEST_RUNS") ?? 20);
const BATCH = 10;
const LINES = 200;
const KILLS = 5;

const endings = [
  ["exit 9", { exitCode: 9, signal: null }],
  ["kill -9 $$", { exitCode: null, signal: "SIGKILL" }],
] as const;

for (const [end, expected] of endings) {
  tmuxTest(`each line and the end of ${RUNS} runs: ${end}`, async () => {
    await using sandbox = new Sandbox();
    const durable = new Durable(sandbox);
    for (let first = 0; first < RUNS; first += BATCH) {
      await rounds(BATCH, async (i) => {
        const name = `run${first + i}`;
        const command = `seq 1 ${LINES}; ${end}`;
        await durable.runner.start(new SessionConfig({ name, command }));
        await ended(durable.runner, name);
        const { endedBy, exitCode, signal } = await durable.last(name);
        assertEquals({ exitCode, signal }, expected);
        assertEquals(endedBy, "itself");
        await hasLogged(durable, name, 1, numbered(1, LINES));
      });
    }
    assertEquals(durable.warnings, []);
  });
}

tmuxTest(`the same, ${RUNS} times through one name`, async () => {
  await using sandbox = new Sandbox();
  await rounds(endings.length, async (i) => {
    const [end, expected] = endings[i]!;
    const durable = new Durable(sandbox, { socketName: `server${i}` });
    const command = `seq 1 ${LINES}; ${end}`;
    for (let run = 1; run <= RUNS; run++) {
      const config = new SessionConfig({ name: "bot", command });
      const { state } = await durable.runner.start(config);
      // That the run before has ended is noted by nobody but the next start.
      if (state === "exited") continue;
      await until(async () =>
        (await durable.runner.listSessions())[0]?.state === "exited"
      );
    }
    const runs = await durable.runner.history("bot");
    assertEquals(runs.map(({ run }) => run), range(RUNS));
    for (const run of runs) {
      const { exitCode, signal, endedBy, startedAt, endedAt } = run;
      assertEquals({ exitCode, signal }, expected, Deno.inspect(run));
      assertEquals(endedBy, "itself");
      assert(endedAt! >= startedAt, Deno.inspect(run));
      await hasLogged(durable, "bot", run.run, numbered(1, LINES));
    }
    assertEquals(durable.warnings, []);
  });
});

tmuxTest("a server that is killed takes no line that was before", async () => {
  await using sandbox = new Sandbox();
  await rounds(KILLS, async (round) => {
    const socketName = `server${round}`;
    const durable = new Durable(sandbox, { socketName });
    const { runner } = durable;
    const { pid } = await runner.start(
      new SessionConfig({ name: "bot", command: "seq 1 1000000000" }),
    );
    await until(() => durable.log("bot").length > 100_000);
    Deno.kill(pid!, "SIGKILL");
    await until(async () => (await runner.listSessions()).length === 0);
    // A server that comes after it is not the one that had it.
    if (round % 2 === 1) {
      await sandbox.tmux("-L", socketName, "new-session", "-d");
    }
    await until(async () => {
      const { endedBy, exitCode, signal } = await durable.last("bot");
      return endedBy === "engine_gone" && (exitCode ?? signal) !== null;
    });

    const log = await settled(() => durable.log("bot"));
    const whole = log.slice(0, log.lastIndexOf("\n") + 1);
    const lines = whole.split("\n").length - 1;
    assert(lines > 10_000);
    assert(whole === numbered(1, lines), "a line is missing or changed");
    assert(`${lines + 1}\r\n`.startsWith(log.slice(whole.length)));
    assertEquals(durable.warnings, []);
  });
});

tmuxTest("a run counts, though who began it was killed at once", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  const start = () =>
    runner.start(
      // With a log it would leave traces.
      new SessionConfig({ name: "bot", command: "sleep 1000", log: "none" }),
    );
  for (const run of [1, 2]) {
    await start();
    // As it was before tmux had answered: it names no engine.
    const path = `${durable.of("bot").prefix(run)}.json`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(
      path,
      JSON.stringify({ ...JSON.parse(text), engine: null }),
    );
    assertEquals(durable.of("bot").all().length, run - 1);
    const { endedBy, run: last } = await durable.last("bot");
    assertEquals([last, endedBy], [run, null]);
    await runner.stop("bot");
    assertEquals((await durable.last("bot")).endedBy, "stop");
  }
  assertEquals(durable.warnings, []);
});

tmuxTest("a late word on a stop is not about the run after it", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  const start = () =>
    runner.start(new SessionConfig({ name: "bot", command: "sleep 1000" }));
  await start();
  // Begins another run as soon as the first has ended: whoever stops that has
  // not said so yet.
  const again = until(start, { timeoutMs: 30_000, intervalMs: 0 });
  await Promise.all([again, runner.stop("bot"), runner.stop("bot")]);
  const runs = await runner.history("bot");
  assertEquals(runs.map(({ endedBy }) => endedBy), ["stop", null]);
  assertEquals((await runner.status("bot")).state, "running");
});

Deno.test("what began before the machine did was ended by a reboot", () => {
  const run: Run = {
    name: "bot",
    run: 1,
    backend: "tmux",
    socketName: null,
    runtime: null,
    command: "./bot",
    startedAt: "2026-01-01T00:00:00Z",
    endedAt: null,
    endedBy: null,
    exitCode: null,
    signal: null,
    oomKilled: null,
    restartCount: 0,
  };
  const endedBy = (bootedAt: string, engineLives: boolean) =>
    outcomeOfRun(run, {
      held: null,
      notes: [],
      engineLives,
      bootedAt: Date.parse(bootedAt),
    })?.endedBy;
  assertEquals(endedBy("2025-12-31T00:00:00Z", false), RunEnd.ENGINE_GONE);
  assertEquals(endedBy("2026-01-02T00:00:00Z", false), RunEnd.REBOOT);
  // Machines that start alike may give a server the number of the last one.
  assertEquals(endedBy("2026-01-02T00:00:00Z", true), RunEnd.REBOOT);
  assertEquals(endedBy("2025-12-31T00:00:00Z", true), RunEnd.ITSELF);
});

/** Waits for what the writer still has in hand. */
async function hasLogged(
  durable: Durable,
  name: string,
  run: number,
  text: string,
): Promise<void> {
  await until(() => durable.log(name, run).length >= text.length)
    .catch(() => undefined); // what is missing is told next
  assertEquals(durable.log(name, run), text);
}

/** A text, once it grows no more. */
async function settled(look: () => string): Promise<string> {
  let before = "";
  let same = 0;
  return await until(() => {
    const now = look();
    same = now === before ? same + 1 : 0;
    before = now;
    return same > 10 && now;
  });
}

/** Does something so many times, side by side. */
async function rounds(n: number, round: (i: number) => Promise<void>) {
  await allOf(Array.from({ length: n }, (_, i) => round(i)));
}

function range(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}
