import { assertEquals } from "@std/assert";
import { stepsFor } from "../../../src/tmux/end_processes.ts";

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
