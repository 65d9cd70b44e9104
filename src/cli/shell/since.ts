/** How people write a time. */
import { UsageError } from "../errors.ts";

const MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const SPAN = /^(?:\d+[smhd])+$/;
const TIME =
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads `10m`, `1h30m`, `2d` as so long before now, and an ISO 8601 date and
 * time as that; one without a zone is local time.
 *
 * @param text What was written.
 * @param now In milliseconds since 1970.
 * @param flag Where it was written.
 * @throws {UsageError} If it is neither.
 */
export function parseSince(text: string, now: number, flag: string): Date {
  const time = new Date(SPAN.test(text) ? now - spanOf(text) : timeOf(text));
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError(
    `${flag}: ${JSON.stringify(text)} is no time`,
    "write how long ago, such as 30s, 10m, 2h or 1d, or a time such as " +
      "2026-05-01T10:00",
  );
}

function spanOf(text: string): number {
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, count, unit]) => {
    return sum + Number(count) * MS[unit as keyof typeof MS];
  }, 0);
}

function timeOf(text: string): number {
  if (!TIME.test(text)) return NaN;
  // A date alone would be midnight in Greenwich.
  return Date.parse(text.length === 10 ? `${text}T00:00` : text);
}
