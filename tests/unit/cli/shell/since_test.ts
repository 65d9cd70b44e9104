import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../src/cli/errors.ts";
import { parseSince } from "../../../../src/cli/shell/since.ts";

const NOW = Date.parse("2026-05-10T12:00:00Z");

const times: [text: string, time: string][] = [
  ["30s", "2026-05-10T11:59:30.000Z"],
  ["10m", "2026-05-10T11:50:00.000Z"],
  ["2h", "2026-05-10T10:00:00.000Z"],
  ["1d", "2026-05-09T12:00:00.000Z"],
  ["1h30m", "2026-05-10T10:30:00.000Z"],
  ["0s", "2026-05-10T12:00:00.000Z"],
  ["2026-05-01T10:00Z", "2026-05-01T10:00:00.000Z"],
  ["2026-05-01T10:00:05.25Z", "2026-05-01T10:00:05.250Z"],
  ["2026-05-01T10:00:00+02:00", "2026-05-01T08:00:00.000Z"],
  // Local time, whatever that is here.
  ["2026-05-01", new Date(2026, 4, 1).toISOString()],
  ["2026-05-01T10:00", new Date(2026, 4, 1, 10).toISOString()],
  ["2026-05-01 10:00:07", new Date(2026, 4, 1, 10, 0, 7).toISOString()],
];

for (const [text, time] of times) {
  Deno.test(`parseSince() ${text}`, () => {
    assertEquals(parseSince(text, NOW, "--since").toISOString(), time);
  });
}

const wrong = [
  ...["", "10", "m", "10x", "-10m", "1.5h", "10 m", "yesterday", "May 1"],
  ...["2026-13-01", "2026-05-01T25:00", "2026", "9999999999999d"],
];

for (const text of wrong) {
  Deno.test(`parseSince() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => parseSince(text, NOW, "--since"),
      UsageError,
      `--since: ${JSON.stringify(text)} is no time; write how long ago`,
    );
  });
}
