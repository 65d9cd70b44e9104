import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { ContainerRunner } from "../../src/engines/container/runner.ts";
import {
  type OpsError,
  SessionLogError,
  SessionNotFoundError,
  StateError,
} from "../../src/core/errors.ts";
import type { SessionConfigOptions } from "../../src/core/definition.ts";
import { Containers, forEachRuntime } from "../helpers/containers.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

/** Runners that share a state folder, and are made anew for each question. */
function remembering(it: Containers, sandbox: Sandbox) {
  const stateFolder = sandbox.path("state");
  const warnings: OpsError[] = [];
  const warn = (warning: OpsError) => warnings.push(warning);
  return {
    stateFolder,
    warnings,
    runner: (): ContainerRunner => it.runner({ stateFolder, warn }),
    start: (
      what: string,
      command: string | readonly string[],
      options: Partial<SessionConfigOptions> = {},
    ) =>
      it.runner({ stateFolder, warn }).start(it.config(what, command, options)),
    folder: (what: string) => `${stateFolder}/${it.runtime}/${it.name(what)}`,
  };
}

forEachRuntime(
  "history: a stopped one has its log and its outcome",
  async (it, sandbox) => {
    const { runner, start, warnings, folder } = remembering(it, sandbox);
    const name = it.name("ours");
    const script = "trap 'echo bye; exit 7' TERM; seq 1 500; echo ready; " +
      "while :; do sleep 0.05; done";
    const { lastRun } = await start("ours", ["sh", "-c", script]);
    assertObjectMatch(lastRun ?? {}, { run: 1, endedBy: null, endedAt: null });
    await it.says("ours", "ready");
    assertEquals((await runner().status(name)).lastRun, lastRun);

    await runner().stop(name);
    assertFalse(await runner().exists(name));
    const [run, ...others] = await runner().history(name);
    assertEquals(others, []);
    assertObjectMatch(run ?? {}, {
      ...lastRun,
      endedBy: "stop",
      exitCode: 7,
      signal: null,
      oomKilled: false,
      restartCount: 0,
      endedAt: run?.endedAt,
    });
    assert(run!.startedAt <= run!.endedAt!);
    const numbers = Array.from({ length: 500 }, (_, i) => `${i + 1}`);
    const all = [...numbers, "ready", "bye"];
    const read = async (lines?: number) =>
      (await runner().logs(name, lines)).split("\n").map((l) => l.trimEnd());
    assertEquals(await read(), all.slice(-100));
    assertEquals(await read(1_000), all);
    const bytes = await Deno.readTextFile(
      `${folder("ours")}/000001.000001.log`,
    );
    assertEquals(bytes, all.map((line) => `${line}\r\n`).join(""));
    const { mode } = await Deno.stat(`${folder("ours")}/000001.000001.log`);
    assertEquals((mode ?? 0) & 0o777, 0o600);

    for (const refused of [{ since: new Date(0) }, { timestamps: true }]) {
      await assertRejects(
        () => runner().logs(name, 1, refused),
        SessionLogError,
        "the saved log has no times",
      );
    }
    await assertRejects(() => runner().status(name), SessionNotFoundError);
    await assertRejects(
      () => runner().logs(it.name("no")),
      SessionNotFoundError,
    );
    await assertRejects(
      () => runner().logs(name, 1, { run: 7 }),
      SessionLogError,
      "there is no run 7",
    );
    assertEquals(await runner().history(it.name("no")), []);
    assertEquals(warnings, []);
  },
);

forEachRuntime(
  "history: what ended by itself, and each run by itself",
  async (it, sandbox) => {
    const { runner, start, warnings } = remembering(it, sandbox);
    const name = it.name("ours");
    await start("ours", ["sh", "-c", "echo $$ one; exit 3"]);
    const { finishedAt } = await it.ended("ours");
    const { lastRun } = await runner().status(name);
    const ended = {
      run: 1,
      endedBy: "itself",
      exitCode: 3,
      endedAt: finishedAt,
    };
    assertObjectMatch(lastRun ?? {}, ended);

    // The same container again, and then a new one.
    await start("ours", "not looked at");
    await it.ended("ours");
    await runner().stop(name);
    await start("ours", ["sh", "-c", "echo three; sleep 1000"]);
    const runs = await runner().history(name);
    assertEquals(
      runs.map(({ run, endedBy, exitCode }) => [run, endedBy, exitCode]),
      [[1, "itself", 3], [2, "itself", 3], [3, null, null]],
    );
    const logs = (run?: number) => runner().logs(name, 100, { run });
    assertMatch(await logs(1), /^\d+ one$/);
    assertMatch(await logs(2), /^\d+ one$/);
    assertEquals(await logs(3), "three");
    assertEquals(await logs(), "three");

    // Somebody else removes it.
    await it.engine("rm", "--force", name);
    const [, , last] = await runner().history(name);
    assertObjectMatch(last ?? {}, { endedBy: "engine_gone", exitCode: null });
    assertEquals(warnings, []);
  },
);

forEachRuntime("history: a program that cannot be run", async (it, sandbox) => {
  const { runner, start } = remembering(it, sandbox);
  const { lastRun } = await start("ours", ["no-such-program"]);
  const expected = { run: 1, endedBy: "itself", exitCode: 127 };
  assertObjectMatch(lastRun ?? {}, expected);
  assert(lastRun?.endedAt);
  assertEquals(await runner().history(it.name("ours")), [lastRun!]);
  await assertRejects(
    () => runner().logs(it.name("ours")),
    SessionLogError,
    "nothing of run 1 is kept",
  );

  // What is refused has never been.
  await assertRejects(() =>
    start("port", "true", { volumes: ["/etc/passwd:/tmp"] })
  );
  assertEquals(await runner().history(it.name("port")), []);
});

forEachRuntime(
  "history: logs have a limit, and can be off",
  async (it, sandbox) => {
    const { runner, start, folder } = remembering(it, sandbox);
    const limits = { logMaxSize: 65_536, logFiles: 3 };
    const options = { restart: "no", ...limits };
    await start("big", ["sh", "-c", "seq 1 100000; sleep 1000"], options);
    await it.says("big", "100000");
    await runner().stop(it.name("big"), { graceful: false });
    const files = [...Deno.readDirSync(folder("big"))]
      .map(({ name }) => name).filter((name) => name.endsWith(".log")).sort();
    const sizes = files.map((file) =>
      Deno.statSync(`${folder("big")}/${file}`).size
    );
    assertEquals(sizes.slice(0, -1), [65_536, 65_536]);
    assert(sizes[2]! <= 65_536, `${sizes}`);
    const logs = (await runner().logs(it.name("big"), 5_000)).split("\n");
    const last = Array.from({ length: 5_000 }, (_, i) => `${95_001 + i}`);
    assertEquals(logs.map((line) => line.trimEnd()), last);

    await start("off", ["sh", "-c", "echo secret"], { log: "none" });
    await it.ended("off");
    await runner().stop(it.name("off"));
    assertEquals((await runner().history(it.name("off"))).length, 1);
    await assertRejects(() => runner().logs(it.name("off")), SessionLogError);
    assertFalse(
      [...Deno.readDirSync(folder("off"))].some(({ name }) =>
        name.endsWith(".log")
      ),
    );
  },
);

forEachRuntime(
  "history: nothing is remembered of what is not ours",
  async (it, sandbox) => {
    const { runner, stateFolder } = remembering(it, sandbox);
    await it.foreign("foreign", Containers.trap("TERM", 7));
    await it.says("foreign", "ready");
    const name = it.name("foreign");
    assertEquals((await runner().status(name)).lastRun, null);
    await runner().stop(name);
    assertEquals(await runner().history(name), []);
    assertStringIncludes(await runner().logs(name), "ready");
    await assertRejects(() => Deno.stat(stateFolder), Deno.errors.NotFound);
  },
);

forEachRuntime(
  "history: without a state folder sessions start and stop",
  async (it, sandbox) => {
    const file = await sandbox.write("file", "");
    const warnings: OpsError[] = [];
    const warn = (warning: OpsError) => warnings.push(warning);
    const runner = it.runner({ stateFolder: `${file}/state`, warn });
    const started = await runner.start(
      it.config("ours", Containers.trap("TERM", 7)),
    );
    assertObjectMatch(started, { state: "running", lastRun: null });
    await it.says("ours", "ready");
    assertEquals((await runner.restart(it.name("ours"))).state, "running");
    const { stopped, exitCode } = await runner.stop(it.name("ours"), {
      graceful: false,
    });
    assertEquals([stopped, exitCode], [true, 137]);
    assertFalse(await runner.exists(it.name("ours")));
    assertEquals(warnings.length, 1);
    assert(warnings[0] instanceof StateError, `${warnings[0]}`);
  },
);

forEachRuntime(
  "history: started when nothing could be remembered",
  async (it, sandbox) => {
    const { runner } = remembering(it, sandbox);
    await it.start("ours", ["sh", "-c", "echo hello; sleep 1000"]);
    const { startedAt } = await runner().status(it.name("ours"));
    await it.says("ours", "hello");
    await runner().stop(it.name("ours"), { graceful: false });
    const [run] = await runner().history(it.name("ours"));
    assertObjectMatch(run ?? {}, {
      run: 1,
      endedBy: "stop",
      exitCode: 137,
      startedAt,
    });
    assertEquals(await runner().logs(it.name("ours")), "hello");
  },
);

forEachRuntime("history: two stops at once", async (it, sandbox) => {
  const { runner, start, warnings } = remembering(it, sandbox);
  await start("ours", [
    "sh",
    "-c",
    "seq 1 20000; trap 'exit 4' TERM; echo ready; while :; do sleep 0.05; done",
  ]);
  await it.says("ours", "ready");
  const name = it.name("ours");
  await Promise.allSettled([1, 2, 3].map(() => runner().stop(name)));
  assertFalse(await runner().exists(name));
  const runs = await runner().history(name);
  assertEquals(runs.map(({ endedBy, exitCode }) => [endedBy, exitCode]), [[
    "stop",
    4,
  ]]);
  const logs = await runner().logs(name, 100_000);
  assertEquals(logs.split("\n").length, 20_001);
  void warnings;
});

forEachRuntime(
  "history: looked at while it is being stopped",
  async (it, sandbox) => {
    const { runner, start } = remembering(it, sandbox);
    const name = it.name("ours");
    await start("ours", Containers.trap("TERM", 6));
    await it.says("ours", "ready");
    let isOver = false;
    const looking = (async () => {
      const seen = new Set<unknown>();
      while (!isOver) {
        for (const run of await runner().history(name)) seen.add(run.endedBy);
      }
      return seen;
    })();
    // It has ended by its stop signal, and nobody has heard of it yet.
    await runner().restart(name);
    isOver = true;
    assertFalse((await looking).has("itself"));
    const [first] = await runner().history(name);
    assertObjectMatch(first ?? {}, { endedBy: "stop", exitCode: 6 });
  },
);

forEachRuntime(
  "history: started again by somebody else",
  async (it, sandbox) => {
    const { runner, start } = remembering(it, sandbox);
    const name = it.name("ours");
    const script = "if [ -e /tmp/x ]; then echo two; sleep 1000; fi; " +
      "touch /tmp/x; echo one; exit 3";
    await start("ours", ["sh", "-c", script]);
    await it.ended("ours");
    await runner().status(name);
    await it.engine("start", name);
    await it.says("ours", "two");
    await runner().stop(name, { graceful: false });
    const runs = await runner().history(name);
    assertEquals(
      runs.map(({ endedBy, exitCode }) => [endedBy, exitCode]),
      [["itself", 3], ["stop", 137]],
    );
    assertStringIncludes(await runner().logs(name), "two");
  },
);
