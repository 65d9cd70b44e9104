import { assertEquals } from "@std/assert";
import {
  type Run,
  type RunEnd,
  sessionStatus,
} from "../../../src/core/definition.ts";
import { type NotedEnd, parseNotes } from "../../../src/state/history.ts";
import { type Evidence, outcomeOfRun } from "../../../src/state/settle.ts";

const startedAt = "2026-11-23T12:00:00.500Z";
const run: Run = {
  name: "bot",
  run: 7,
  backend: "tmux",
  socketName: null,
  runtime: null,
  command: "./bot",
  startedAt,
  endedAt: null,
  endedBy: null,
  exitCode: null,
  signal: null,
  oomKilled: null,
  restartCount: 0,
};
const exited = sessionStatus({
  name: "bot",
  state: "exited",
  backend: "tmux",
  exitCode: 9,
  finishedAt: "2026-11-23T12:30:00Z",
  restartCount: 2,
});
const noted: NotedEnd = {
  endedAt: "2026-11-23T12:20:00.000Z",
  exitCode: 4,
  signal: null,
  isFinal: true,
  isStopped: false,
  isGone: false,
};
const nothing: Evidence = {
  held: null,
  notes: [],
  engineLives: false,
  bootedAt: null,
};

function outcome(evidence: Partial<Evidence>, differs: Partial<Run> = {}) {
  return outcomeOfRun({ ...run, ...differs }, { ...nothing, ...evidence });
}

Deno.test("a run that its engine has alive has not ended", () => {
  const held = { ...exited, state: "running" } as const;
  assertEquals(outcome({ held, notes: [noted] }), null);
});

Deno.test("the engine's word counts, then the launcher's", () => {
  assertEquals(outcome({ held: exited, notes: [noted] }), {
    endedAt: "2026-11-23T12:30:00Z",
    endedBy: "itself",
    exitCode: 9,
    signal: null,
    oomKilled: null,
    restartCount: 2,
  });
  const lost = { ...exited, exitCode: null };
  assertEquals(outcome({ held: lost, notes: [noted] })?.exitCode, 4);
  assertEquals(outcome({ notes: [noted] }), {
    endedAt: "2026-11-23T12:20:00.000Z",
    endedBy: "itself",
    exitCode: 4,
    signal: null,
    oomKilled: null,
    restartCount: 0,
  });
});

Deno.test("a stop that the launcher saw was a stop", () => {
  const notes = [{ ...noted, isFinal: false }, { ...noted, isStopped: true }];
  const { endedBy, restartCount } = outcome({ notes }) ?? {};
  assertEquals([endedBy, restartCount], ["stop", 1]);
});

Deno.test("whole seconds make no run end before it began", () => {
  const notes = [{ ...noted, endedAt: "2026-11-23T12:00:00.000Z" }];
  assertEquals(outcome({ notes })?.endedAt, startedAt);
});

const unseen: [string, RunEnd, Partial<Evidence>, Partial<Run>][] = [
  ["its engine is gone", "engine_gone", {}, {}],
  ["its engine lives on", "itself", { engineLives: true }, {}],
  ["the engine knows no code", "itself", {
    held: { ...exited, exitCode: null },
  }, {}],
  ["the machine was restarted", "reboot", {
    bootedAt: Date.parse(startedAt) + 1,
  }, {}],
  ["the machine is older", "engine_gone", {
    bootedAt: Date.parse(startedAt) - 1,
  }, {}],
  ["a shell takes its server along", "itself", {}, { command: null }],
];
for (const [what, endedBy, evidence, differs] of unseen) {
  Deno.test(`nobody saw it end: ${what}`, () => {
    const found = outcome(evidence, differs);
    assertEquals([found?.endedBy, found?.exitCode], [endedBy, null]);
  });
}

Deno.test("what a launcher has noted of a lost engine is gone with it", () => {
  const [gone] = parseNotes("129 HUP 1700000001 gone\n");
  assertEquals([gone?.isFinal, gone?.isGone, gone?.signal], [
    true,
    true,
    "SIGHUP",
  ]);
  const outcome = outcomeOfRun(run, {
    held: null,
    notes: [{ ...noted, isGone: true }],
    engineLives: false,
    bootedAt: null,
  });
  assertEquals([outcome?.endedBy, outcome?.exitCode], ["engine_gone", 4]);
});

Deno.test("parseNotes() reads whole lines only", () => {
  const text = "3 - 1700000000 again\n137 KILL 1700000001 final\n" +
    "garbage\n0 - 17000";
  assertEquals(parseNotes(text), [
    {
      endedAt: "2023-11-14T22:13:20.000Z",
      exitCode: 3,
      signal: null,
      isFinal: false,
      isStopped: false,
      isGone: false,
    },
    {
      endedAt: "2023-11-14T22:13:21.000Z",
      exitCode: null,
      signal: "SIGKILL",
      isFinal: true,
      isStopped: false,
      isGone: false,
    },
  ]);
});
