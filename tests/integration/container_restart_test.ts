import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import { listRuns } from "../../src/fleet/history.ts";
import { forEachRuntime } from "../helpers/containers.ts";
import { until } from "../helpers/wait.ts";

/** Longer than a restarting engine waits between its first few attempts. */
const A_WHILE_MS = 2_000;
const aWhile = () => new Promise((resolve) => setTimeout(resolve, A_WHILE_MS));

forEachRuntime(
  "restart policy: what failed is tried again, so often",
  async (it, sandbox) => {
    const runner = it.runner({ stateFolder: sandbox.path("state") });
    const policy = { restart: "on-failure:3" };
    await runner.start(
      it.config("fails", ["sh", "-c", "echo try; exit 9"], policy),
    );
    await runner.start(it.config("works", ["sh", "-c", "exit 0"], policy));
    const ended = await until(async () => {
      const status = await runner.status(it.name("fails"));
      return status.state === "exited" && status;
    }, { timeoutMs: 30_000, intervalMs: 100 });
    assertObjectMatch(ended, {
      exitCode: 9,
      restartCount: 3,
      nextRestartAt: null,
      detail: "gave up after 3 restarts",
      lastRun: { run: 1, endedBy: "itself", exitCode: 9, restartCount: 3 },
    });
    const tries = await runner.logs(it.name("fails"));
    assertEquals(tries.split("\n").length, 4);

    await aWhile();
    assertEquals((await runner.history(it.name("fails"))).length, 1);
    assertObjectMatch(await runner.status(it.name("works")), {
      state: "exited",
      exitCode: 0,
      restartCount: 0,
      detail: null,
    });
  },
);

forEachRuntime(
  "restart policy: a crash loop tells how often, and how it ended",
  async (it, sandbox) => {
    const stateFolder = sandbox.path("state");
    const runner = it.runner({ stateFolder });
    const name = it.name("loop");
    await runner.start(
      it.config("loop", ["sh", "-c", "sleep 0.4; exit 9"], {
        restart: "always",
      }),
    );
    const { restartCount } = await until(async () => {
      const status = await runner.status(name);
      return (status.restartCount ?? 0) >= 2 && status;
    }, { timeoutMs: 30_000, intervalMs: 100 });
    const [run] = await runner.history(name);
    assertGreaterOrEqual(run!.restartCount, restartCount!);
    const { runs: [listed] } = await listRuns({ stateFolder });
    assertGreaterOrEqual(listed!.restartCount, restartCount!);
    // Whether it runs or waits: it is asked several times.
    for (let i = 0; i < 5; i++) {
      const { state, detail } = await runner.status(name);
      assertEquals(state, "running");
      assertMatch(detail ?? "", /^(restarting; )?last ended with 9$/);
    }
  },
);

forEachRuntime(
  "restart policy: always, until it is stopped for good",
  async (it, sandbox) => {
    const stateFolder = sandbox.path("state");
    const runner = it.runner({ stateFolder });
    const name = it.name("ours");
    await runner.start(it.config("ours", ["sh", "-c", "echo try; sleep 0.2"], {
      restart: "always",
    }));
    const { restartCount } = await until(async () => {
      const status = await runner.status(name);
      return (status.restartCount ?? 0) >= 3 && status;
    }, { timeoutMs: 30_000, intervalMs: 100 });
    assert(restartCount! >= 3);
    // Most of its life it waits: this stop comes in between.
    assert((await it.runner({ stateFolder }).stop(name)).stopped);
    assert(!await runner.exists(name));
    await aWhile();
    assert(!await runner.exists(name));
    const [run] = await runner.history(name);
    assertObjectMatch(run ?? {}, { endedBy: "stop" });
    assert(run!.restartCount >= 3, `${run?.restartCount}`);
    // It may have been stopped before the last attempt.
    assert((await runner.logs(name)).split("\n").length >= 3);
  },
);

forEachRuntime(
  "stop: the signal and the time it was started with",
  async (it) => {
    const ignore = "trap '' INT; echo ready; while :; do sleep 0.05; done";
    const flags = { stopSignal: "int", stopTimeout: 1 };
    await it.start("ours", ["sh", "-c", ignore], flags);
    await it.foreign("foreign", ["sh", "-c", ignore], {
      flags: ["--stop-signal", "SIGINT", "--stop-timeout", "2"],
    });
    const takes = { ours: 1_000, foreign: 2_000 };
    for (const [what, least] of Object.entries(takes)) {
      await it.says(what, "ready");
      const { signals, durationMs } = await it.runner().stop(it.name(what));
      assertEquals(signals, ["SIGINT", "SIGKILL"], what);
      assert(
        durationMs >= least && durationMs < 9_000,
        `${what}: ${durationMs}`,
      );
    }
  },
);

forEachRuntime(
  "restart: the same container, and a new run",
  async (it, sandbox) => {
    const runner = it.runner({ stateFolder: sandbox.path("state") });
    const name = it.name("ours");
    const script =
      "touch /tmp/seen; trap 'echo bye; exit 5' TERM; echo hello; " +
      "ls /tmp; echo ready; while :; do sleep 0.05; done";
    const command = ["sh", "-c", script];
    await runner.start(it.config("ours", command, { restart: "always" }));
    await it.says("ours", "ready");
    const { createdAt, pid } = await runner.status(name);
    const status = await runner.restart(name);
    assertObjectMatch(status, {
      state: "running",
      createdAt,
      managed: true,
      lastRun: { run: 2, endedBy: null },
    });
    assert(status.pid !== pid);
    await until(async () =>
      (await runner.logs(name)).split("ready").length === 3
    );
    const lines = ["hello", "seen", "ready"];
    assertEquals((await runner.logs(name)).split("\n"), [
      ...lines,
      "bye",
      ...lines,
    ]);
    const run = async (number: number) =>
      new TextDecoder().decode(
        await runner.rawLogs(name, 100, { run: number }),
      ).trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
    const trimmed = lines.map((line) => line.trimEnd());
    assertEquals(await run(1), [...trimmed, "bye"]);
    assertEquals(await run(2), trimmed);
    assertObjectMatch((await runner.history(name))[0] ?? {}, {
      endedBy: "stop",
      exitCode: 5,
    });

    // Of one that has ended it is a start; of the second run, only its own log.
    await it.engine("stop", name);
    assertObjectMatch(await runner.restart(name), { state: "running" });
    await until(async () => (await run(3)).includes("ready"));
    assertEquals(await run(2), [...trimmed, "bye"]);
    assertEquals((await runner.history(name)).map(({ endedBy }) => endedBy), [
      "stop",
      "itself",
      null,
    ]);
  },
);

forEachRuntime("restart: a foreign container keeps what it has", async (it) => {
  const id = await it.foreign("foreign", [
    "sh",
    "-c",
    "date +%s >>/tmp/starts; sleep 1000",
  ]);
  const name = it.name("foreign");
  const options = { graceful: false };
  assertObjectMatch(await it.runner().restart(name, options), {
    state: "running",
    managed: false,
    lastRun: null,
  });
  assertEquals(
    await it.engine("container", "inspect", "--format", "{{.Id}}", name),
    id,
  );
  const starts = await until(async () => {
    const { stdout } = await it.runner().exec(name, ["cat", "/tmp/starts"]);
    return stdout.trimEnd().split("\n").length === 2;
  });
  assert(starts);
  await it.engine("pause", name);
  assertObjectMatch(await it.runner().restart(name, options), {
    state: "running",
  });
});
