import { assertEquals } from "@std/assert";
import type { Condition } from "../../../../src/config/model.ts";
import { Phase } from "../../../../src/plan/apply.ts";
import { Act, type Step } from "../../../../src/plan/plan.ts";
import {
  progressLines,
  type StepState,
} from "../../../../src/cli/render/progress.ts";

const place = { backend: "tmux", socketName: null, runtime: null } as const;

function step(
  name: string,
  needs: Record<string, Condition> = {},
  act: Act = Act.START,
): Step {
  return {
    act,
    name,
    place,
    because: [],
    needs: Object.entries(needs).map(([name, condition]) => ({
      name,
      condition,
      required: true,
      restart: false,
    })),
  };
}

function state(
  it: Step,
  phase: Phase | null,
  more: Partial<StepState> = {},
): StepState {
  return { step: it, phase, since: 0, ...more };
}

const cases: [what: string, states: StepState[], lines: string[]][] = [
  ["nothing", [], []],
  ["what is over is not shown", [
    state(step("a"), Phase.DONE),
    state(step("b"), Phase.FAILED),
    state(step("c"), Phase.SKIPPED),
  ], []],
  ["what is done comes first", [
    state(step("app", { db: "ready", cache: "started" }), null),
    state(step("db"), Phase.BEGUN, { since: 2_500 }),
    state(step("old", {}, Act.RECREATE), Phase.BEGUN),
    state(step("cache"), Phase.BEGUN),
  ], [
    "db: starting",
    "old: recreating (3 s)",
    "cache: starting (3 s)",
    "app: waiting for db, cache",
  ]],
  ["what is started is waited for no more, but until it is ready", [
    state(step("db"), Phase.DONE),
    state(step("cache"), Phase.STARTED),
    state(
      step("app", { db: "ready", cache: "started", kept: "started" }),
      null,
    ),
  ], [
    "cache: started, waiting until it is ready (3 s)",
    "app: waiting for db",
  ]],
  ["what was kept", [
    state(step("db", {}, Act.KEEP), Phase.STARTED),
  ], ["db: waiting until it is ready (3 s)"]],
  ["a stop that takes its time", [
    state(step("db", {}, Act.STOP), Phase.BEGUN, {
      stop: { name: "db", waitedMs: 2_003, timeout: 10 },
    }),
  ], ['waiting for "db" to end (2 of at most 10 s)…']],
  ["what could draw on the terminal", [
    state(step("a\x1b[2J"), Phase.BEGUN, { since: 3_000 }),
  ], ["a\\x1b[2J: starting"]],
  [
    "no more than ten",
    Array.from({ length: 12 }, (_, i) => state(step(`s${i}`), null)),
    [
      ...Array.from({ length: 9 }, (_, i) => `s${i}: waiting`),
      "and 3 more",
    ],
  ],
];

for (const [what, states, lines] of cases) {
  Deno.test(`progressLines(): ${what}`, () => {
    assertEquals(progressLines(states, 3_000), lines);
  });
}
