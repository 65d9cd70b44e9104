import { assertEquals } from "@std/assert";
import { formatAge, formatDuration } from "../../../../src/cli/render/time.ts";

const now = Date.parse("2026-11-23T12:00:00Z");

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
