import { assertEquals } from "@std/assert";
import {
  stepsFor,
  Stop,
  strayOf,
} from "../../../../src/engines/tmux/decide_stop.ts";
import type { Subject } from "../../../../src/engines/tmux/decide_stop.ts";
import {
  type Process,
  ProcessTable,
} from "../../../../src/engines/tmux/processes.ts";

type Steps = Array<[atMs: number, signal: Deno.Signal | null]>;

const schedules: Array<[graceMs: number | null, steps: Steps]> = [
  [10_000, [
    [0, "SIGINT"],
    [5_000, "SIGTERM"],
    [10_000, "SIGHUP"],
    [10_100, "SIGKILL"],
    [13_100, null],
  ]],
  [0, [
    [0, "SIGINT"],
    [0, "SIGTERM"],
    [0, "SIGHUP"],
    [100, "SIGKILL"],
    [3_100, null],
  ]],
  [null, [[0, "SIGKILL"], [3_000, null]]],
];

for (const [graceMs, steps] of schedules) {
  Deno.test(`what a stop sends, and when, with ${graceMs} ms of grace`, () => {
    assertEquals(
      stepsFor(graceMs).map(({ atMs, signal }) => [atMs, signal]),
      steps,
    );
  });
}

const TAG = "t-1";
const LAUNCHER = 10;
const COMMAND = 11;

const subject: Subject = {
  leader: LAUNCHER,
  tag: TAG,
  command: COMMAND,
  isLaunched: true,
  isShell: false,
};

function process(pid: number, differs: Partial<Process> = {}): Process {
  return {
    pid,
    command: `p${pid}`,
    parent: 1,
    group: LAUNCHER,
    terminalSession: LAUNCHER,
    foreground: LAUNCHER,
    started: pid * 100,
    caught: 0,
    tag: null,
    owner: null,
    ...differs,
  };
}

const launcher = process(LAUNCHER);
const command = process(COMMAND, { parent: LAUNCHER, tag: TAG });
const helper = process(12, { parent: LAUNCHER });
const stray = process(20, { group: 20, terminalSession: 20, tag: TAG });

/** The signals that a stop sends, given what is alive at which time. */
function stopped(
  stop: Stop,
  ...looks: readonly (readonly [ms: number, alive: readonly Process[]])[]
) {
  return looks.map(([ms, alive]) => {
    const { sendings, ending } = stop.decide(new ProcessTable(alive), ms);
    return ending === null
      ? sendings.map(({ signal }) => signal).join(" ")
      : ending;
  });
}

Deno.test("a stop asks, and lets the launcher go once it is alone", () => {
  const stop = new Stop([subject], 10_000, "SIGINT");
  assertEquals(
    stopped(
      stop,
      [0, [launcher, command]],
      [20, [launcher, command]],
      [40, [launcher, helper]],
      [60, []],
    ),
    ["SIGINT", "", "SIGURG", { signals: ["SIGINT"], survivors: [] }],
  );
});

Deno.test("what does not heed it is terminated, hung up on and killed", () => {
  const stop = new Stop([subject], 1_000, "SIGINT");
  const all = [launcher, command];
  assertEquals(
    stopped(stop, [0, all], [500, all], [1_000, all], [1_100, all], [4_200, [
      command,
    ]]),
    ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", {
      signals: ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"],
      survivors: [{ pid: COMMAND, command: "p11" }],
    }],
  );
});

Deno.test("what has lost its pane is terminated at once", () => {
  const stop = new Stop([strayOf(TAG)], 10_000, "SIGTERM");
  assertEquals(stopped(stop, [0, [stray]], [20, []]), [
    "SIGTERM",
    { signals: ["SIGTERM"], survivors: [] },
  ]);
});

Deno.test("without time it is killed at once", () => {
  const stop = new Stop([subject], null, "SIGINT");
  assertEquals(stopped(stop, [0, [launcher, command]]), ["SIGKILL"]);
});

Deno.test("a command that hides its environment is no helper of its launcher", () => {
  const stop = new Stop([subject], 10_000, "SIGINT");
  const hidden = process(COMMAND, { parent: LAUNCHER, tag: null });
  assertEquals(
    stopped(stop, [0, [launcher, hidden]], [20, [launcher, hidden]]),
    ["SIGINT", ""],
  );
});
