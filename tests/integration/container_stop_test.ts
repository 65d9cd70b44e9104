import {
  assert,
  assertEquals,
  assertFalse,
  assertGreaterOrEqual,
  assertLess,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import { SessionNotFoundError } from "../../src/core/errors.ts";
import type { StopOptions } from "../../src/engines/runner.ts";
import { Containers, forEachRuntime } from "../helpers/containers.ts";
import { until } from "../helpers/wait.ts";

interface Case {
  readonly command: readonly string[];
  readonly options?: StopOptions;
  readonly flags?: readonly string[];
  readonly signals: readonly string[];
  readonly exitCode: number;
  /** At least and at most, in seconds. */
  readonly takes: readonly [number, number];
}

const { trap, ignore } = Containers;
const TERM_KILL = ["SIGTERM", "SIGKILL"];

const stops: Readonly<Record<string, Case>> = {
  "it cleans up on TERM": {
    command: trap("TERM", 7),
    signals: ["SIGTERM"],
    exitCode: 7,
    takes: [0, 8],
  },
  "it takes its time": {
    command: [
      "sh",
      "-c",
      "trap 'sleep 2; exit 3' TERM; echo ready; sleep 9 & wait",
    ],
    signals: ["SIGTERM"],
    exitCode: 3,
    takes: [2, 8],
  },
  "it ignores TERM": {
    command: ignore("TERM"),
    options: { timeout: 1 },
    signals: TERM_KILL,
    exitCode: 137,
    takes: [1, 8],
  },
  "its own signal is another": {
    command: trap("INT", 9),
    flags: ["--stop-signal", "SIGINT"],
    signals: ["SIGINT"],
    exitCode: 9,
    takes: [0, 8],
  },
  "it is not asked": {
    command: trap("TERM", 7),
    options: { graceful: false },
    signals: ["SIGKILL"],
    exitCode: 137,
    takes: [0, 8],
  },
  "it has no time at all": {
    command: ignore("TERM"),
    options: { timeout: 0 },
    signals: TERM_KILL,
    exitCode: 137,
    takes: [0, 8],
  },
};

forEachRuntime("stop: what it takes, and what is left", async (it) => {
  const runner = it.runner();
  await Promise.all(
    Object.entries(stops).map(async ([why, stop], i) => {
      const name = it.name(`stop${i}`);
      await it.foreign(`stop${i}`, stop.command, { flags: stop.flags ?? [] });
      await it.says(`stop${i}`, "ready");
      const { durationMs, ...result } = await runner.stop(name, stop.options);
      assertEquals(result, {
        stopped: true,
        signals: stop.signals,
        exitCode: stop.exitCode,
        signal: null,
        survivors: [],
        leftBehind: [],
      }, why);
      const [least, most] = stop.takes;
      assertGreaterOrEqual(durationMs, least * 1000, why);
      assertLess(durationMs, most * 1000, why);
      const { state, exitCode } = await runner.status(name);
      assertEquals([state, exitCode], ["exited", stop.exitCode], why);
    }),
  );
});

forEachRuntime("stop: what handles no signal ends by it", async (it) => {
  const runner = it.runner();
  const stopped = async (what: string, init?: boolean, stopSignal?: string) => {
    const status = await it.start(what, ["sleep", "1000"], {
      ...{ init, stopSignal, stopTimeout: 2 },
    });
    assertEquals([status.state, status.command], ["running", "sleep 1000"]);
    const { signals, exitCode } = await runner.stop(it.name(what));
    return [signals, exitCode];
  };
  assertEquals(
    await Promise.all([
      stopped("usual"),
      stopped("int", true, "INT"),
      stopped("without", false),
    ]),
    [[["SIGTERM"], 143], [["SIGINT"], 130], [TERM_KILL, 137]],
  );
});

forEachRuntime("stop: the image's own signal", async (it) => {
  const flags = ["--stop-signal", "SIGQUIT"];
  await it.foreign("base", ["true"], { verb: "create", flags });
  const image = it.name("image");
  // Docker takes it over from the container.
  const change = it.runtime === "podman"
    ? ["--change", "STOPSIGNAL SIGQUIT"]
    : [];
  await it.engine("commit", ...change, it.name("base"), image);
  try {
    await it.start("quit", trap("QUIT", 5), { image });
    await it.says("quit", "ready");
    const { signals, exitCode } = await it.runner().stop(it.name("quit"));
    assertEquals([signals, exitCode], [["SIGQUIT"], 5]);
  } finally {
    await it.engine("rmi", "--force", image);
  }
});

forEachRuntime(
  "stop: ours is gone afterwards, a foreign one stays",
  async (it) => {
    const runner = it.runner();
    await it.start("ours", trap("TERM", 7));
    await it.foreign("foreign", trap("TERM", 7));
    await it.foreign("brief", trap("TERM", 7), { flags: ["--rm"] });
    const stops = await Promise.all(
      ["ours", "foreign", "brief"].map(async (what) => {
        await it.says(what, "ready");
        return await runner.stop(it.name(what));
      }),
    );
    assertEquals(stops.map(({ stopped }) => stopped), [true, true, true]);
    assertEquals(stops.slice(0, 2).map(({ exitCode }) => exitCode), [7, 7]);
    await assertRejects(
      () => runner.stop(it.name("ours")),
      SessionNotFoundError,
    );
    await until(async () => !await runner.exists(it.name("brief")));

    const { startedAt } = await runner.status(it.name("foreign"));
    const again = await runner.stop(it.name("foreign"));
    assertEquals([again.stopped, again.signals], [false, []]);
    assertObjectMatch(
      await runner.status(it.name("foreign")),
      { state: "exited", exitCode: 7, managed: false, startedAt },
    );
  },
);

forEachRuntime("stop: an ended one of ours is cleared away", async (it) => {
  const runner = it.runner();
  await it.start("ended", "sh -c 'exit 3'");
  await it.ended("ended");
  const { stopped, signals, exitCode } = await runner.stop(it.name("ended"));
  assertEquals([stopped, signals, exitCode], [false, [], 3]);
  assertFalse(await runner.exists(it.name("ended")));
});

forEachRuntime("stop: a paused one hears the signal", async (it) => {
  const runner = it.runner();
  await it.start("ours", trap("TERM", 7));
  await it.foreign("foreign", trap("TERM", 7));
  await Promise.all(["ours", "foreign"].map(async (what) => {
    const name = it.name(what);
    await it.says(what, "ready");
    await it.engine("pause", name);
    const { stopped, exitCode } = await runner.stop(name);
    assertEquals([stopped, exitCode], [true, 7], what);
  }));
  assertFalse(await runner.exists(it.name("ours")));
  assertEquals((await runner.status(it.name("foreign"))).state, "exited");
});

forEachRuntime("stop: one that never ran", async (it) => {
  const runner = it.runner();
  const flags = ["--label", "io.kstlib.ops.managed=true"];
  await it.foreign("foreign", ["true"], { verb: "create" });
  await it.foreign("ours", ["true"], { verb: "create", flags });
  for (const what of ["foreign", "ours"]) {
    const { stopped, signals, exitCode } = await runner.stop(it.name(what));
    assertEquals([stopped, signals, exitCode], [false, [], null]);
  }
  assertObjectMatch(
    await runner.status(it.name("foreign")),
    { state: "stopped", detail: "created" },
  );
  assertFalse(await runner.exists(it.name("ours")));
});

forEachRuntime("stop: one that is restarted again and again", async (it) => {
  const runner = it.runner();
  const flags = ["--restart", "always"];
  const stops = [["asked", true], ["killed", false]] as const;
  // First, as Docker waits longer each time: so it waits longest with this one.
  for (const what of ["other", "asked", "killed"]) {
    await it.foreign(what, ["sh", "-c", "sleep 0.1; exit 1"], { flags });
  }
  const counts = await Promise.all(stops.map(async ([what, graceful]) => {
    await until(async () => await restarts(it, what) > 1);
    // Its state is one while it lives and the other in between.
    const name = it.name(what);
    assertEquals((await runner.status(name)).state, "running");
    const listed = (await runner.listSessions()).find((s) => s.name === name);
    assertEquals(listed?.state, "running");

    assert((await runner.stop(name, { graceful })).stopped);
    assertEquals((await runner.status(name)).state, "exited");
    return await restarts(it, what);
  }));
  // Between two restarts of the one that was left alone, all that was to come
  // of the others has come.
  const most = Math.max(...counts, await restarts(it, "other"));
  await until(
    async () => await restarts(it, "other") >= most + 2,
    { timeoutMs: 60_000, intervalMs: 100 },
  );
  for (const [i, [what]] of stops.entries()) {
    assertEquals(await restarts(it, what), counts[i]);
    assertEquals((await runner.status(it.name(what))).state, "exited");
  }
});

/** How often a container was restarted. */
async function restarts(it: Containers, what: string): Promise<number> {
  const args = ["container", "inspect", "--format", "{{.RestartCount}}"];
  return Number(await it.engine(...args, it.name(what)));
}
