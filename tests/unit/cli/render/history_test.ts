import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  durationText,
  renderRuns,
} from "../../../../src/cli/render/history.ts";
import { colorPaint } from "../../../../src/cli/render/text.ts";
import { run } from "../fakes.ts";
import { recorder } from "../recorder.ts";

const open = { endedAt: null, endedBy: null, exitCode: null } as const;
const runs = [
  run("bot", { ...open, run: 3, startedAt: "2026-11-23T13:59:00.000Z" }),
  run("bot", { run: 2, signal: "SIGKILL", exitCode: null, restartCount: 3 }),
  run("web", {
    ...open,
    backend: "container",
    runtime: "docker",
    endedBy: "engine_gone",
  }),
];

Deno.test("renderRuns() gives programs the times", async () => {
  const text = await renderRuns(runs, recorder());
  assertEquals(text.trimEnd().split("\n").map((line) => line.split("\t")), [
    ["bot", "3", "2026-11-23T13:59:00.000Z", "", "", "", "0", "tmux"],
    [
      "bot",
      "2",
      "2026-11-23T12:00:00.000Z",
      "2026-11-23T12:00:05.000Z",
      "SIGKILL",
      "itself",
      "3",
      "tmux",
    ],
    [
      "web",
      "1",
      "2026-11-23T12:00:00.000Z",
      "",
      "",
      "engine gone",
      "0",
      "docker",
    ],
  ]);
});

Deno.test("renderRuns() gives people ages and durations", async () => {
  const now = Date.parse("2026-11-23T14:00:00Z");
  const context = recorder({ isTerminal: true, now });
  assertEquals((await renderRuns(runs, context)).split("\n"), [
    "NAME  RUN  STARTED    DURATION  OUTCOME  ENDED BY     RESTARTS  PLACE",
    "bot   3    1 min ago  -         -        -            0         tmux",
    "bot   2    2 h ago    5 s       SIGKILL  itself       3         tmux",
    "web   1    2 h ago    -         -        engine gone  0         docker",
    "",
  ]);
  assertEquals(await renderRuns([], context), "");
});

Deno.test("renderRuns() is red only for what ended badly by itself", async () => {
  const cases: [Parameters<typeof run>[1], painted: string][] = [
    [{ exitCode: 7 }, colorPaint.red("7")],
    [{ exitCode: null, signal: "SIGINT" }, colorPaint.red("SIGINT")],
    [{ exitCode: 7, endedBy: "stop" }, colorPaint.dim("7")],
    [{ exitCode: 0, restartCount: 1 }, colorPaint.dim("0")],
  ];
  for (const [known, painted] of cases) {
    const context = recorder({ isTerminal: true, hasColor: true });
    const text = await renderRuns([run("a", known)], context);
    assertStringIncludes(text, painted);
  }
});

Deno.test("durationText() has two units at most", () => {
  const startedAt = "2026-01-01T00:00:00.000Z";
  const cases: [ended: string | null, text: string][] = [
    [null, ""],
    ["2025-12-31T23:59:59.000Z", "0 s"],
    ["2026-01-01T00:00:00.400Z", "0 s"],
    ["2026-01-01T00:00:59.400Z", "59 s"],
    ["2026-01-01T00:02:00.000Z", "2 min"],
    ["2026-01-01T01:00:30.000Z", "1 h"],
    ["2026-01-01T02:05:30.000Z", "2 h 5 min"],
    ["2026-01-04T04:05:00.000Z", "3 d 4 h"],
  ];
  for (const [endedAt, text] of cases) {
    assertEquals(durationText({ startedAt, endedAt }), text, `${endedAt}`);
  }
});
