import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import {
  SessionConfigError,
  SessionNotFoundError,
} from "../../src/core/errors.ts";
import { SessionConfig, type StopResult } from "../../src/core/definition.ts";
import type { StopOptions } from "../../src/engines/runner.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { isAlive, processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";

/** Says "ready", then waits for ever. */
const READY = "echo ready; while :; do sleep 0.05; done";

const stops: Array<
  [
    what: string,
    command: string,
    options: StopOptions,
    expected: Partial<StopResult>,
    seconds: [min: number, max: number],
  ]
> = [
  [
    "one that ends on an interrupt",
    READY,
    {},
    { signals: ["SIGINT"], exitCode: null, signal: "SIGINT" },
    [0, 3],
  ],
  [
    "one that needs 2 s to clean up",
    `trap 'sleep 2; echo clean >"$DONE"; exit 5' INT; ${READY}`,
    {},
    { signals: ["SIGINT"], exitCode: 5, signal: null },
    [2, 5],
  ],
  [
    "one that heeds only TERM",
    `trap '' INT; trap 'echo clean >"$DONE"; exit 6' TERM; ${READY}`,
    { timeout: 2 },
    { signals: ["SIGINT", "SIGTERM"], exitCode: 6 },
    [1, 4],
  ],
  [
    "one that ignores INT, TERM and HUP",
    `trap '' INT TERM HUP; ${READY}`,
    { timeout: 1 },
    {
      signals: ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"],
      exitCode: null,
      signal: "SIGKILL",
    },
    [1, 4],
  ],
  [
    "one that is to be killed at once",
    `trap 'echo clean >"$DONE"; exit 5' INT TERM HUP; ${READY}`,
    { graceful: false },
    { signals: ["SIGKILL"], signal: "SIGKILL" },
    [0, 3],
  ],
  [
    "one without any time",
    `trap '' INT TERM; ${READY}`,
    { timeout: 0 },
    { signals: ["SIGINT", "SIGTERM", "SIGHUP"] },
    [0, 3],
  ],
  [
    "one that has been stopped by a signal",
    "echo ready; kill -s STOP $$; while :; do sleep 0.05; done",
    {},
    { signals: ["SIGINT"], signal: "SIGINT" },
    [0, 3],
  ],
  [
    "one that reads the keyboard raw, where Ctrl-C is a mere key",
    "stty raw -echo; echo ready; exec cat",
    {},
    { signals: ["SIGINT"], signal: "SIGINT" },
    [0, 3],
  ],
];

/** Which of them write their file. */
const cleaned = /needs 2 s|heeds only TERM/;

tmuxTest("stop", async (t) => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  // Side by side, since most of the time is waiting.
  const outcomes = await Promise.all(
    stops.map(async ([, command, options], i) => {
      const name = `stop${i}`;
      const env = { DONE: sandbox.path(`done${i}`) };
      const { panePid } = await runner.start(
        new SessionConfig({ name, command, env }),
      );
      await logged(runner, name, "ready");
      const result = await runner.stop(name, options);
      const isThere = isAlive(panePid!) || await runner.exists(name);
      return { result, isThere };
    }),
  );
  for (const [i, [what, , , expected, [min, max]]] of stops.entries()) {
    await t.step(what, async () => {
      const { result, isThere } = outcomes[i]!;
      assertObjectMatch({ ...result }, { stopped: true, ...expected });
      assertFalse(isThere);
      assertGreater(result.durationMs, min * 1_000);
      assertLess(result.durationMs, max * 1_000);
      const done = await Deno.readTextFile(sandbox.path(`done${i}`))
        .catch(() => "");
      assertEquals(done, cleaned.test(what) ? "clean\n" : "");
    });
  }
});

tmuxTest("stop is heard in copy mode too", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const { panePid } = await runner.start(
    new SessionConfig({ name: "bot", command: READY }),
  );
  await sandbox.tmux("copy-mode", "-t", "=bot:");
  assertEquals((await runner.stop("bot")).signals, ["SIGINT"]);
  assertFalse(isAlive(panePid!));
});

tmuxTest(
  "stop ends all that the command has started",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const env = { TREE: sandbox.path("tree") };
    const command = "sleep 1000 & nohup sleep 1001 >/dev/null 2>&1 & " +
      "(trap '' INT TERM HUP; sleep 1002) & " +
      "sh -c 'sleep 1003 & sleep 1004' & setsid sleep 1005 & wait";
    await runner.start(new SessionConfig({ name: "bot", command, env }));
    assertEquals(
      processesWith("TREE", env.TREE).filter(({ argv }) => argv[0] === "sleep")
        .map(({ argv }) => argv[1]).toSorted(),
      ["1000", "1001", "1002", "1003", "1004", "1005"],
    );
    const result = await runner.stop("bot", { timeout: 1 });
    assertEquals(processesWith("TREE", env.TREE), []);
    assertObjectMatch({ ...result }, { stopped: true, survivors: [] });
  },
);

tmuxTest("stop of a shell hangs up, and interrupts what it runs", async () => {
  await using sandbox = new Sandbox({ SHELL: "/bin/bash" });
  const runner = sandbox.runner();
  const start = (name: string) => runner.start(new SessionConfig({ name }));
  const [idle, busy] = await Promise.all([start("idle"), start("busy")]);
  const file = sandbox.path("clean");
  await runner.sendKeys(
    "busy",
    `sh -c 'trap "echo clean >${file}; exit" INT; echo rea""dy; while :; do sleep 0.05; done'`,
  );
  await logged(runner, "busy", "ready");
  await runner.sendKeys("idle", "echo at the pro''mpt");
  await logged(runner, "idle", "at the prompt");

  assertEquals((await runner.stop("idle")).signals, ["SIGHUP"]);
  assertEquals((await runner.stop("busy")).signals, ["SIGINT", "SIGHUP"]);
  assertEquals(await Deno.readTextFile(file), "clean\n");
  assertFalse(isAlive(idle.panePid!) || isAlive(busy.panePid!));
});

tmuxTest("stop of a foreign session ends all of its panes", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const pids = [
    await sandbox.tmux(
      ...["new-session", "-d", "-P", "-F", "#{pane_pid}", "-s", "0"],
      ...["--", "env", "sleep", "1000"],
    ),
    await sandbox.tmux(
      ...["split-window", "-P", "-F", "#{pane_pid}", "-t", "=0:"],
      ...["--", "sh", "-c", `trap '' INT TERM HUP; ${READY}`],
    ),
    await sandbox.tmux("new-window", "-P", "-F", "#{pane_pid}", "-t", "=0:"),
  ].map(Number);
  await sandbox.tmux("new-session", "-d", "-s", "other");
  assert((await runner.stop("0", { timeout: 1 })).stopped);
  assertEquals(pids.filter(isAlive), []);
  const names = (await runner.listSessions()).map(({ name }) => name);
  assertEquals(names, ["other"]);
});

tmuxTest(
  "stop of what has ended clears ours away, and leaves others'",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    await runner.start(new SessionConfig({ name: "bot", command: "exit 4" }));
    await sandbox.tmux("set-option", "-g", "remain-on-exit", "on");
    await sandbox.tmux(
      "new-session",
      "-d",
      "-s",
      "0",
      "--",
      "sh",
      "-c",
      "exit 3",
    );
    await ended(runner, "0");

    const expected = { stopped: false, signals: [], survivors: [] };
    const ours = await runner.stop("bot");
    assertObjectMatch({ ...ours }, { ...expected, exitCode: 4 });
    const theirs = await runner.stop("0");
    assertObjectMatch({ ...theirs }, { ...expected, exitCode: 3 });
    assertFalse(await runner.exists("bot"));
    assert(await runner.exists("0"));
  },
);

tmuxTest("stop of nothing, or with a time that cannot be, fails", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await assertRejects(() => runner.stop("bot"), SessionNotFoundError);
  for (const timeout of [-1, NaN, Infinity]) {
    await assertRejects(
      () => runner.stop("bot", { timeout }),
      SessionConfigError,
    );
  }
});
