import { placeText } from "../../../../src/core/place.ts";
import { assertEquals } from "@std/assert";
import { colorPaint } from "../../../../src/cli/render/text.ts";
import {
  formatAge,
  formatDuration,
  outcomeText,
  processText,
  shortStateText,
  stateBrush,
  stateText,
} from "../../../../src/cli/render/words.ts";
import type {
  SessionState,
  SessionStatus,
} from "../../../../src/core/definition.ts";
import { running } from "../fakes.ts";

const now = Date.parse("2026-11-23T12:00:00Z");

Deno.test("stateText() tells how the state came about", () => {
  const exited = { state: "exited" } as const;
  const cases = [
    [running("a"), "running"],
    [
      running("a", { changed: true, detail: "restarting" }),
      "running (changed, restarting)",
    ],
    [running("a", { ...exited, exitCode: 0 }), "exited (0)"],
    [running("a", { ...exited, signal: "SIGKILL" }), "exited (SIGKILL)"],
    [running("a", exited), "exited"],
    [
      running("a", { ...exited, exitCode: 137, oomKilled: true }),
      "exited (137, out of memory)",
    ],
    [
      running("a", { ...exited, exitCode: 3, detail: "gave up" }),
      "exited (3, gave up)",
    ],
    [running("a", { state: "stopped", detail: "paused" }), "stopped (paused)"],
  ] as const;
  for (const [status, text] of cases) assertEquals(stateText(status), text);
});

Deno.test("shortStateText() is short, whatever there is to tell", () => {
  const exited = { state: "exited" } as const;
  const cases: [Partial<SessionStatus>, text: string][] = [
    [{}, "running"],
    [{ changed: true }, "running (changed)"],
    [{ health: "unhealthy" }, "running (unhealthy)"],
    [{ health: "starting" }, "running (starting)"],
    [{ detail: "restarting; last ended with 1" }, "running (restarting)"],
    [
      { detail: "waiting to be started again; last ended by SIGKILL" },
      "running (restarting)",
    ],
    [{ ...exited, exitCode: 7 }, "exited (7)"],
    [{ ...exited, exitCode: 137, oomKilled: true }, "exited (137, oom)"],
    [
      { ...exited, exitCode: 1, detail: "gave up after 3 restarts" },
      "exited (1, gave up)",
    ],
    [
      { ...exited, exitCode: 127, detail: "OCI runtime: no such file" },
      "exited (127, …)",
    ],
    [
      { ...exited, exitCode: 0, detail: "left running: 14212 (sleep)" },
      "exited (0, left running)",
    ],
    [
      {
        ...exited,
        exitCode: 127,
        detail: 'there is no program "x" (PATH: /usr/bin:/bin)',
      },
      "exited (127, no program)",
    ],
    [{ state: "stopped", detail: "paused" }, "stopped (paused)"],
    [{ detail: 'started as "bot"' }, "running (…)"],
  ];
  for (const [status, text] of cases) {
    assertEquals(shortStateText(running("a", status)), text);
  }
});

Deno.test("outcomeText() prefers the signal", () => {
  assertEquals(outcomeText({ exitCode: 137, signal: "SIGKILL" }), "SIGKILL");
  assertEquals(outcomeText({ exitCode: null, signal: null }), "");
});

Deno.test("stateBrush() is red only for what went wrong", () => {
  const brush = (state: SessionState, exitCode: number | null = null) =>
    stateBrush(running("a", { state, exitCode }), colorPaint);
  assertEquals(brush("running"), colorPaint.green);
  assertEquals(brush("exited", 0), colorPaint.dim);
  assertEquals(brush("exited", 1), colorPaint.red);
  assertEquals(brush("exited"), colorPaint.red);
  assertEquals(brush("defined"), colorPaint.dim);
  assertEquals(brush("unknown"), colorPaint.yellow);
  const unhealthy = running("a", { health: "unhealthy" });
  assertEquals(stateBrush(unhealthy, colorPaint), colorPaint.red);
});

Deno.test("placeText() is where to look for it", () => {
  assertEquals(placeText(running("a")), "tmux");
  assertEquals(placeText(running("a", { socketName: "work" })), "tmux:work");
  const container = { backend: "container" } as const;
  assertEquals(placeText(running("a", container)), "podman/docker");
  const docker = { ...container, runtime: "docker" } as const;
  assertEquals(placeText(running("a", docker)), "docker");
});

Deno.test("processText() does not tell a process that has ended", () => {
  assertEquals(processText(running("a", { state: "exited" })), "");
});

Deno.test("processText() tells the command's process, never the server's", () => {
  assertEquals(processText(running("a")), "42");
  assertEquals(processText(running("a", { panePid: null })), "");
  assertEquals(processText(running("a", { backend: "container" })), "1");
  const nextRestartAt = "2026-11-23T12:00:00Z";
  assertEquals(processText(running("a", { nextRestartAt })), "");
});

Deno.test("formatAge() uses one unit, rounded down", () => {
  const cases: [iso: string, age: string][] = [
    ["2026-11-23T12:00:00Z", "0 s ago"],
    ["2026-11-23T11:59:01Z", "59 s ago"],
    ["2026-11-23T11:58:01Z", "1 min ago"],
    ["2026-11-23T09:00:01Z", "2 h ago"],
    ["2026-11-20T12:00:00Z", "3 d ago"],
    ["2026-11-23T12:00:09Z", "0 s ago"],
    ["yesterday", ""],
  ];
  for (const [iso, age] of cases) assertEquals(formatAge(iso, now), age, iso);
});

Deno.test("formatDuration() is as coarse as one cares", () => {
  assertEquals(formatDuration(150), "0.1 s");
  assertEquals(formatDuration(2100), "2.1 s");
  assertEquals(formatDuration(12_400), "12 s");
});
