/** What a stop waits for, as people read it. */
import type { StopWait } from "../../fleet/stop_wait.ts";
import { sanitize } from "./text.ts";

/** What is waited for, in words; nothing if nothing is. */
export function waitingText(waits: readonly StopWait[]): string {
  const [first] = waits;
  if (first === undefined) return "";
  const longest = Math.max(...waits.map(({ waitedMs }) => waitedMs));
  const waited = Math.round(longest / 1000);
  if (waits.length > 1) {
    return `waiting for ${waits.length} sessions to end (${waited} s)…`;
  }
  const { name, timeout } = first;
  const limit = timeout === null ? "" : ` of at most ${timeout}`;
  return `waiting for "${sanitize(name)}" to end (${waited}${limit} s)…`;
}
