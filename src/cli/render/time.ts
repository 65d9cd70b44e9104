/** Times for people. */

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

/**
 * How long ago a time was, in one unit, rounded down: `3 min ago`.
 *
 * @param iso The time, ISO 8601.
 * @param now The time now, in milliseconds since 1970.
 */
export function formatAge(iso: string, now: number): string {
  const age = Math.floor((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(age)) return "";
  for (const [name, seconds] of UNITS) {
    if (age >= seconds) return `${Math.floor(age / seconds)} ${name} ago`;
  }
  // A clock that runs behind the engine's is no reason to speak of the future.
  return `${Math.max(0, age)} s ago`;
}

/** A duration, as coarse as one cares: `0.1 s`, `12 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}
