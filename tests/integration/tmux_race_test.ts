import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import {
  SessionExistsError,
  SessionNotFoundError,
  SessionStartError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { localHost } from "../../src/host/local/local.ts";
import { Durable } from "../helpers/durable.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { isAlive } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended } from "../helpers/sessions.ts";

/** The winners and the losers of calls that are made at the same time. */
async function race<T>(...calls: ReadonlyArray<() => Promise<T>>) {
  const settled = await Promise.allSettled(calls.map((call) => call()));
  return {
    won: settled.flatMap((s) => s.status === "fulfilled" ? [s.value] : []),
    lost: settled.flatMap((s) => s.status === "rejected" ? [s.reason] : []),
  };
}

/** Calls it for each of the numbers below n, side by side. */
function rounds(n: number, round: (i: number) => Promise<void>) {
  return Promise.all(Array.from({ length: n }, (_, i) => round(i)));
}

tmuxTest("of two starts of one name, one wins and one is told", async () => {
  await using sandbox = new Sandbox();
  await rounds(20, async (i) => {
    // A server of its own for every second round, so that some of them race
    // for the server too.
    const runner = sandbox.runner(i % 2 ? `own${i}` : null);
    const start = () =>
      runner.start(new SessionConfig({ name: `bot${i}`, command: "cat" }));
    const { won, lost } = await race(start, start);
    assertEquals([won.length, lost.length], [1, 1], String(lost));
    assertInstanceOf(lost[0], SessionExistsError, String(lost[0]));
    assertEquals(won[0]?.state, "running");
    assert(isAlive(won[0]!.panePid!));
    assertEquals((await runner.status(`bot${i}`)).panePid, won[0]?.panePid);
  });
});

tmuxTest("of two restarts of an ended session, too", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await rounds(10, async (i) => {
    const name = `bot${i}`;
    await runner.start(new SessionConfig({ name, command: "exit 1" }));
    await ended(runner, name);
    const restart = () =>
      runner.start(new SessionConfig({ name, command: "cat" }));
    const { won, lost } = await race(restart, restart);
    assertEquals([won.length, lost.length], [1, 1], String(lost));
    assertInstanceOf(lost[0], SessionExistsError, String(lost[0]));
    assert(isAlive(won[0]!.panePid!));
    assertEquals((await runner.status(name)).panePid, won[0]?.panePid);
  });
});

for (const command of ["echo up; exec sleep 1000", "exec sleep 1000", null]) {
  tmuxTest(`a start is told of a stop meanwhile (${command})`, async () => {
    await using sandbox = new Sandbox();
    const { runner: other, root: stateFolder } = new Durable(sandbox);
    const runner = sandbox.runner(null, {
      stateFolder,
      host: {
        ...localHost,
        run: async (invocation, options) => {
          const result = await localHost.run(invocation, options);
          if (!options.stdin?.includes("'new-session'")) return result;
          // Just before tmux was to say what it has: then it has it no more.
          if (await other.exists("bot")) await other.stop("bot");
          const said = result.stdout.split("\n");
          const done = said.filter((line) => line.startsWith("kstlib-"));
          return { ...result, stdout: done.join("\n") };
        },
      },
    });
    await assertRejects(
      () =>
        runner.start(
          new SessionConfig({ name: "bot", command: command ?? undefined }),
        ),
      SessionStartError,
      "somebody else stopped it meanwhile",
    );
    const [run] = await other.history("bot");
    assertEquals(run?.endedBy, "stop");
  });
}

tmuxTest("of two stops, both find it gone", async () => {
  await using sandbox = new Sandbox();
  await rounds(10, async (i) => {
    // Alone on its server for every second round: it ends with its session.
    const runner = sandbox.runner(i % 2 ? `own${i}` : null);
    const name = `bot${i}`;
    const { panePid } = await runner.start(
      new SessionConfig({ name, command: "cat" }),
    );
    const stop = () => runner.stop(name);
    const { won, lost } = await race(stop, stop);
    for (const error of lost) {
      assertInstanceOf(error, SessionNotFoundError, String(error));
    }
    assert(won.length >= 1);
    assertFalse(isAlive(panePid!));
    assertFalse(await runner.exists(name));
  });
});

tmuxTest(
  "a stop and the user's own kill-session do not disturb each other",
  async () => {
    await using sandbox = new Sandbox();
    await sandbox.tmux("new-session", "-d", "-s", "other");
    const runner = sandbox.runner();
    await rounds(10, async (i) => {
      const name = `bot${i}`;
      const { panePid } = await runner.start(
        new SessionConfig({ name, command: "cat" }),
      );
      const { lost } = await race<unknown>(
        () => runner.stop(name),
        () => sandbox.tmux("kill-session", "-t", `=${name}`).catch(() => ""),
      );
      for (const error of lost) {
        assertInstanceOf(error, SessionNotFoundError, String(error));
      }
      assertFalse(isAlive(panePid!));
      assertFalse(await runner.exists(name));
    });
  },
);
