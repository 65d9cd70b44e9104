/** What tmux says, as values. */
import {
  BackendType,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../status.ts";
import { PANE_FIELDS } from "./listing.ts";

type PaneField = typeof PANE_FIELDS[number];

/** One pane as tmux lists it; what is not known is the empty string. */
export type Pane = Readonly<Record<PaneField, string>>;

/** A session: its status, and where its own process is. */
export interface TmuxSession {
  /** tmux's id of the session, such as `$3`. */
  readonly id: string;
  /** The panes that stand for the session: ours alone if we started it. */
  readonly panes: readonly Pane[];
  /** What a caller is told. */
  readonly status: SessionStatus;
}

/** Reads the answer to `listPanes`, among which other lines may stand. */
export function parsePanes(stdout: string): Pane[] {
  return stdout.split("\n").map((line) => line.split("\t"))
    .filter((values) => values.length === PANE_FIELDS.length)
    .map(toPane);
}

// A plain loop, since a host may have thousands of panes.
function toPane(values: readonly string[]): Pane {
  const pane: Partial<Record<PaneField, string>> = {};
  for (let i = 0; i < values.length; i++) pane[PANE_FIELDS[i]!] = values[i]!;
  return pane as Pane;
}

/** Whether the pane's process has ended. */
export function hasEnded(pane: Pane): boolean {
  return pane.pane_dead === "1" || hasOutcome(pane);
}

function hasOutcome(pane: Pane): boolean {
  return pane.pane_dead_status !== "" || pane.pane_dead_signal !== "";
}

/** Whether tmux has lost sight of how some pane ended. */
export function outcomeIsMissing(panes: readonly Pane[]): boolean {
  return panes.some((pane) => pane.pane_dead === "1" && !hasOutcome(pane));
}

/** The sessions that the panes belong to, in tmux's order. */
export function sessionsOf(
  panes: readonly Pane[],
  socketName: string | null,
): TmuxSession[] {
  const bySession = Map.groupBy(panes, (pane) => pane.session_id);
  return Array.from(bySession, ([id, inSession]) => {
    const first = inSession[0]!;
    const mark = first["@kstlib_pane"];
    // By its id wherever it is: the user may have moved it elsewhere.
    const isOurs = (pane: Pane) => pane.pane_id === mark;
    const ours = inSession.find(isOurs) ?? panes.find(isOurs);
    const own = mark === "" ? inSession : ours === undefined ? [] : [ours];
    return { id, panes: own, status: statusOf(first, own, socketName) };
  });
}

function statusOf(
  first: Pane,
  own: readonly Pane[],
  socketName: string | null,
): SessionStatus {
  const alive = own.filter((pane) => !hasEnded(pane));
  const shown = pickShown(alive.length > 0 ? alive : own);
  const managed = first["@kstlib_pane"] !== "";
  const createdAt = time(first.session_created);
  return sessionStatus({
    name: first.session_name,
    state: alive.length > 0 ? SessionState.RUNNING : SessionState.EXITED,
    backend: BackendType.TMUX,
    pid: number(first.pid),
    createdAt,
    windowCount: number(first.session_windows) ?? 0,
    socketName,
    managed,
    command: managed && first["@kstlib_command"] !== ""
      ? decodeURIComponent(first["@kstlib_command"])
      : shown?.pane_current_command || null,
    attached: number(first.session_attached),
    startedAt: managed ? createdAt : null,
    ...(alive.length > 0 ? undefined : outcomeOf(shown)),
    panePid: shown === undefined
      ? null
      : number(shown["@kstlib_pid"] || shown.pane_pid),
  });
}

/** Of several panes, the one a user would see. */
function pickShown(panes: readonly Pane[]): Pane | undefined {
  return panes.find((p) => p.window_active === "1" && p.pane_active === "1") ??
    panes[0];
}

/** How a session ended. */
export function outcomeOf(
  pane: Pane | undefined,
): Pick<SessionStatus, "exitCode" | "signal" | "finishedAt" | "detail"> {
  if (pane === undefined) {
    return {
      exitCode: null,
      signal: null,
      finishedAt: null,
      detail: "its pane was closed",
    };
  }
  const signal = pane.pane_dead_signal;
  return {
    exitCode: signal === "" ? number(pane.pane_dead_status) : null,
    signal: signal === "" ? null : signalName(signal),
    finishedAt: time(pane.pane_dead_time),
    detail: null,
  };
}

function number(text: string): number | null {
  const value = Number(text);
  return text !== "" && Number.isSafeInteger(value) ? value : null;
}

function time(epochSeconds: string): string | null {
  const seconds = number(epochSeconds);
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

/** Linux's numbering; where tmux knows names, as on BSD, it tells those. */
const SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR1",
  "SIGSEGV",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
  "SIGSTKFLT",
  "SIGCHLD",
  "SIGCONT",
  "SIGSTOP",
  "SIGTSTP",
  "SIGTTIN",
  "SIGTTOU",
  "SIGURG",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGVTALRM",
  "SIGPROF",
  "SIGWINCH",
  "SIGIO",
  "SIGPWR",
  "SIGSYS",
];

/** The name of a signal that tmux tells by number or by name. */
export function signalName(signal: string): string {
  const value = number(signal);
  if (value === null) return `SIG${signal.toUpperCase().replace(/^SIG/, "")}`;
  return SIGNALS[value - 1] ?? `signal ${value}`;
}
