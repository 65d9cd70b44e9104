/** What tmux says, as values. */
import {
  BackendType,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../../core/status.ts";
import type { LogLimits } from "../../state/history.ts";
import { signalName } from "../../core/signals.ts";
import { COMMON_FIELDS, PANE_FIELDS } from "./listing.ts";

type PaneField = typeof PANE_FIELDS[number];

/** One pane as tmux lists it; what is not known is the empty string. */
export type Pane = Readonly<Record<PaneField, string>>;

/** A session: its status, and where its own process is. */
export interface TmuxSession {
  /** tmux's id of the session, such as `$3`. */
  readonly id: string;
  /** The panes that stand for the session: ours alone if we started it. */
  readonly panes: readonly Pane[];
  /** Whether a launcher of ours runs its command. */
  readonly isLaunched: boolean;
  /** What callers get. */
  readonly status: SessionStatus;
}

/** Reads the answer to `listPanes`, among which other lines may stand. */
export function parsePanes(stdout: string): Pane[] {
  return stdout.split("\n").map((line) => line.split("\t"))
    .filter(({ length }) =>
      length === COMMON_FIELDS.length || length === PANE_FIELDS.length
    )
    .map(toPane);
}

/** A pane of which nothing is known. */
const UNKNOWN = Object.fromEntries(
  PANE_FIELDS.map((field) => [field, ""]),
) as Pane;

// A plain loop into a full object, since a host may have thousands of panes.
function toPane(values: readonly string[]): Pane {
  const pane: Record<PaneField, string> = { ...UNKNOWN };
  for (let i = 0; i < values.length; i++) pane[PANE_FIELDS[i]!] = values[i]!;
  return pane;
}

/** Whether the pane's process has ended. */
export function isDead(pane: Pane): boolean {
  return pane.pane_dead === "1" || hasOutcome(pane);
}

/** The same, or its command: the launcher of what is being stopped stays. */
function hasEnded(pane: Pane): boolean {
  return isDead(pane) || pane["@kstlib_ended"] !== "";
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
  const renamed = renamedIn(panes);
  return Array.from(bySession, ([id, inSession]) => {
    const first = inSession[0]!;
    const mark = first["@kstlib_pane"];
    const own = mark === "" ? inSession : ownPane(mark, inSession, panes);
    const isLaunched = mark !== "" && first["@kstlib_command"] !== "";
    const status = withRenaming(
      statusOf(first, own, isLaunched, socketName),
      inSession,
      renamed,
    );
    return { id, panes: own, isLaunched, status };
  });
}

/** The pane of that id, in its session or where the user has moved it to. */
function ownPane(
  id: string,
  inSession: readonly Pane[],
  all: readonly Pane[],
): readonly Pane[] {
  const isOurs = (pane: Pane) => pane.pane_id === id;
  const ours = inSession.find(isOurs) ?? all.find(isOurs);
  return ours === undefined ? [] : [ours];
}

function statusOf(
  first: Pane,
  own: readonly Pane[],
  isLaunched: boolean,
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
    spec: first["@kstlib_spec"] || null,
    command: isLaunched
      ? decodeURIComponent(first["@kstlib_command"])
      : shown?.pane_current_command || null,
    attached: number(first.session_attached),
    startedAt: managed ? createdAt : null,
    ...(alive.length > 0 ? undefined : outcomeOf(shown)),
    panePid: panePidOf(shown, isLaunched),
    ...(managed && shown !== undefined
      ? lifeOf(shown, alive.length > 0)
      : undefined),
  });
}

/** The command's own pid, which its launcher tells; never that of the launcher. */
function panePidOf(
  pane: Pane | undefined,
  isLaunched: boolean,
): number | null {
  if (pane === undefined) return null;
  const told = pane["@kstlib_pid"];
  return number(told !== "" || isLaunched ? told : pane.pane_pid);
}

/** What became of a session's restart policy, its program and its log. */
function lifeOf(
  pane: Pane,
  isAlive: boolean,
): Partial<SessionStatus> {
  const [count = "", next = ""] = pane["@kstlib_restarts"].split(" ");
  // A launcher that was killed while it waited has given up nothing.
  const isTold = isAlive ? next !== "" : next === "used-up";
  const hasStopped = isAlive && runOf(pane)?.log != null &&
    (pane.pane_pipe === "0" || pane["@kstlib_log_error"] !== "");
  const waits = isAlive
    ? "waiting to be started again"
    : `gave up after ${count} restarts`;
  const details = [isTold ? waits : "", pane["@kstlib_fault"]];
  return {
    restartCount: number(count) ?? 0,
    nextRestartAt: isAlive ? time(next) : null,
    detail: details.filter((it) => it !== "").join("; ") || null,
    logError: hasStopped
      ? pane["@kstlib_log_error"] || "its writer is gone"
      : null,
  };
}

/** The run that a pane is. */
export interface PaneRun {
  /** What its processes carry in their environment. */
  readonly tag: string;
  /** Its number, if it is remembered. */
  readonly run: number | null;
  /** The session's name when it was started: somebody may have renamed it. */
  readonly name: string;
  /** How much it may log; `null`: it logs nothing. */
  readonly log: LogLimits | null;
}

/** The run that a pane is; `null` where ops has not started it. */
export function runOf(pane: Pane): PaneRun | null {
  const [tag, run, name = "", maxSize, maxFiles] = pane["@kstlib_run"].split(
    " ",
  );
  // It ends up in a shell's command line.
  if (!/^[\w-]+$/.test(tag!)) return null;
  return {
    tag: tag!,
    run: number(run ?? ""),
    name,
    log: maxFiles === undefined
      ? null
      : { maxSize: Number(maxSize), maxFiles: Number(maxFiles) },
  };
}

/**
 * Panes that run on in a session of another name, by the name that theirs had
 * when it was started: it was renamed, or they were moved.
 */
export function renamedIn(panes: readonly Pane[]): Map<string, Pane> {
  const renamed = new Map<string, Pane>();
  // Other sessions may show the windows of one that has kept its name.
  const atHome = new Set<string>();
  for (const pane of panes) {
    const name = pane["@kstlib_run"] === "" ? "" : runOf(pane)?.name ?? "";
    if (name === "" || hasEnded(pane)) continue;
    if (name === pane.session_name) atHome.add(pane.pane_id);
    else renamed.set(name, pane);
  }
  for (const [name, { pane_id }] of renamed) {
    if (atHome.has(pane_id)) renamed.delete(name);
  }
  return renamed;
}

/** The status of a session, which may have the pane of another one. */
function withRenaming(
  status: SessionStatus,
  inSession: readonly Pane[],
  renamed: ReadonlyMap<string, Pane>,
): SessionStatus {
  for (const [name, pane] of renamed) {
    if (!inSession.includes(pane)) continue;
    const isOwn = pane["@kstlib_pane"] === pane.pane_id;
    const how = isOwn ? "started as" : "has the pane of";
    const detail = status.detail ?? `${how} ${JSON.stringify(name)}`;
    return { ...status, startedAs: name, detail };
  }
  return status;
}

/** How a session is to be stopped, as it was started with. */
export interface StopRule {
  /** The first signal. */
  readonly signal: Deno.Signal;
  /** How long it gets to clean up, in seconds. */
  readonly timeout: number;
}

/** How a pane's command is to be stopped. */
export function stopRuleOf(pane: Pane | undefined): StopRule {
  const [signal, timeout] = (pane?.["@kstlib_stop"] ?? "").split(" ");
  return {
    signal: (signal || "SIGINT") as Deno.Signal,
    timeout: number(timeout ?? "") ?? 10,
  };
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
  const [, code, told, epoch = ""] =
    /^(\d+) (\S+) (\d+)$/.exec(pane["@kstlib_ended"]) ?? [];
  if (code !== undefined && !isDead(pane)) {
    return {
      exitCode: told === "-" ? Number(code) : null,
      signal: told === "-" ? null : `SIG${told}`,
      finishedAt: time(epoch),
      detail: null,
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
