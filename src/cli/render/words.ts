/** Single facts of a session, in words and colors. */
import { SessionState, type SessionStatus } from "../../core/status.ts";
import type { Brush, Paint } from "./text.ts";

/** The state, with how it came about: `exited (7)`, `stopped (paused)`. */
export function stateText(status: SessionStatus): string {
  const outcome = status.state === SessionState.EXITED
    ? [outcomeText(status), status.oomKilled ? "out of memory" : ""]
    : [];
  const known = [...outcome, changeText(status), status.detail ?? ""]
    .filter((it) => it !== "").join(", ");
  return known === "" ? status.state : `${status.state} (${known})`;
}

function changeText({ changed }: SessionStatus): string {
  return changed ? "changed" : "";
}

/** What is behind a detail that goes on and on, in a word. */
const SHORT_DETAILS: readonly (readonly [start: string, word: string])[] = [
  ["waiting to be started again", "restarting"],
  ["gave up", "gave up"],
  ["left running", "left running"],
  ["there is no ", "no program"],
];
/** A detail that is longer is no word. */
const LONGEST_WORD = 12;

/**
 * The state for a table: `exited (7)`, `running (unhealthy)`; an ellipsis
 * stands for a detail that takes more than a word to tell.
 */
export function shortStateText(status: SessionStatus): string {
  const { state, health, detail, oomKilled } = status;
  const isExited = state === SessionState.EXITED;
  const known = [
    isExited ? outcomeText(status) : "",
    isExited && oomKilled ? "oom" : "",
    changeText(status),
    health ?? "",
    shortDetail(detail ?? ""),
  ].filter((it) => it !== "").join(", ");
  return known === "" ? state : `${state} (${known})`;
}

function shortDetail(detail: string): string {
  const [known] = SHORT_DETAILS.filter(([start]) => detail.startsWith(start));
  if (known !== undefined) return known[1];
  const word = detail.split(";")[0]!;
  return word.length <= LONGEST_WORD && !word.includes(" ") ? word : "…";
}

/** How a command ended: `7`, `SIGKILL`, or nothing where it is not known. */
export function outcomeText(
  { exitCode, signal }: Pick<SessionStatus, "exitCode" | "signal">,
): string {
  return signal ?? exitCode?.toString() ?? "";
}

/** The color of a state: green is well, red went wrong, yellow is not sure. */
export function stateBrush(status: SessionStatus, paint: Paint): Brush {
  switch (status.state) {
    case SessionState.RUNNING:
      return status.health === "unhealthy" ? paint.red : paint.green;
    case SessionState.EXITED:
      return status.exitCode === 0 ? paint.dim : paint.red;
    case SessionState.DEFINED:
      return paint.dim;
    default:
      return paint.yellow;
  }
}

/** The process of the command, never that of a tmux server. */
export function processText(
  { commandPid }: Pick<SessionStatus, "commandPid">,
): string {
  return commandPid?.toString() ?? "";
}

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
