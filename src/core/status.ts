/**
 * What an engine says of a session, and what acting on it came to. This is all
 * that showing sessions takes, and so it is kept light.
 */

/** The kinds of engine a session can live on, as values. */
export const BackendType = { TMUX: "tmux", CONTAINER: "container" } as const;
/** The kinds of engine a session can live on. */
export type BackendType = typeof BackendType[keyof typeof BackendType];

/** The container runtimes, as values, in the order they are tried. */
export const ContainerRuntime = { PODMAN: "podman", DOCKER: "docker" } as const;
/** The container runtimes. */
export type ContainerRuntime =
  typeof ContainerRuntime[keyof typeof ContainerRuntime];

/** The engines that there are. */
export type EngineName = "tmux" | ContainerRuntime;

/** The engines that there are, as values. */
export const ENGINE_NAMES: readonly EngineName[] = [
  BackendType.TMUX,
  ...Object.values(ContainerRuntime),
];

/** The engines of a kind. */
export function enginesOf(backend: BackendType): readonly EngineName[] {
  return ENGINE_NAMES.filter((it) =>
    (it === BackendType.TMUX) === (backend === BackendType.TMUX)
  );
}

/** The states of a session, as values. */
export const SessionState = {
  /** Its process lives. */
  RUNNING: "running",
  /** It exists but neither runs nor has ended; see {@linkcode SessionStatus.detail}. */
  STOPPED: "stopped",
  /** Its process has ended and the engine still holds it. */
  EXITED: "exited",
  /** It is in the configuration only. */
  DEFINED: "defined",
  /** Its engine did not answer, or not well. */
  UNKNOWN: "unknown",
} as const;
/** The states of a session. */
export type SessionState = typeof SessionState[keyof typeof SessionState];

/** Who ended a run, as values. */
export const RunEnd = {
  /** The command, or what killed it. */
  ITSELF: "itself",
  /** `ops stop` or `ops restart`. */
  STOP: "stop",
  /** The engine went away with it. */
  ENGINE_GONE: "engine_gone",
  /** The machine was restarted. */
  REBOOT: "reboot",
} as const;
/** Who ended a run. */
export type RunEnd = typeof RunEnd[keyof typeof RunEnd];

/** One run of a session: from a start to its end for good. */
export interface Run {
  /** The session's name. */
  readonly name: string;
  /** Its number: 1 is the first that is remembered of the session. */
  readonly run: number;
  /** The kind of engine. */
  readonly backend: BackendType;
  /** Label of the tmux socket; `null` for the default one, or a container. */
  readonly socketName: string | null;
  /** The container runtime. */
  readonly runtime: ContainerRuntime | null;
  /** The command, for people to read. */
  readonly command: string | null;
  /** When it was started, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** When it ended; `null` while it runs, or where that is not known. */
  readonly endedAt: string | null;
  /** Who ended it; `null` while it runs. */
  readonly endedBy: RunEnd | null;
  /** Exit code of the command, if it ended by itself. */
  readonly exitCode: number | null;
  /** Signal that ended the command, such as `"SIGKILL"`. */
  readonly signal: string | null;
  /** Whether it was killed for want of memory; `null` where that is not known. */
  readonly oomKilled: boolean | null;
  /** How often its command was started again. */
  readonly restartCount: number;
}

/** What an engine said of a session when it was asked. */
export interface SessionStatus {
  /** The session's name, exactly as the engine has it. */
  readonly name: string;
  /** Derived from the engine at the time of asking. */
  readonly state: SessionState;
  /** The kind of engine. */
  readonly backend: BackendType;
  /**
   * Process id of the tmux server, which has all of its sessions, or of the
   * container's first process. To signal a session's own, take
   * {@linkcode SessionStatus.commandPid}.
   */
  readonly pid: number | null;
  /** When it was made, ISO 8601 in UTC. */
  readonly createdAt: string | null;
  /** Number of tmux windows; 0 for a container. */
  readonly windowCount: number;
  /** Label of the tmux socket; `null` for the default one. */
  readonly socketName: string | null;
  /** Image of the container. */
  readonly image: string | null;
  /** Exit code of a command that ended by itself. */
  readonly exitCode: number | null;
  /** Process id of the command itself under tmux; it may have ended. */
  readonly panePid: number | null;
  /**
   * Process id of the command while it lives: under tmux its own, in a container
   * that of the first process (an init, if it has one), as the engine's machine
   * numbers it.
   */
  readonly commandPid: number | null;
  /** Signal that ended the command, such as `"SIGKILL"`. */
  readonly signal: string | null;
  /** When the command started, ISO 8601 in UTC. */
  readonly startedAt: string | null;
  /** When the command ended, ISO 8601 in UTC. */
  readonly finishedAt: string | null;
  /** The container runtime. */
  readonly runtime: ContainerRuntime | null;
  /** The engine's own word where {@linkcode state} is coarser. */
  readonly detail: string | null;
  /** Whether ops started it: it carries our mark. */
  readonly managed: boolean;
  /** The command, for people to read. */
  readonly command: string | null;
  /** Number of terminals attached; `null` where the engine does not tell. */
  readonly attached: number | null;
  /** Whether the container was killed for want of memory, if that was asked. */
  readonly oomKilled: boolean | null;
  /**
   * What the health check of a running container says, if it has one:
   * `"healthy"`, `"unhealthy"` or `"starting"`.
   */
  readonly health: string | null;
  /** Published ports of the container, as `[ip:]host:container/protocol`. */
  readonly ports: readonly string[];
  /** How often its restart policy has started it again; `null`: not asked. */
  readonly restartCount: number | null;
  /** When it is started again, ISO 8601 in UTC, where the engine tells. */
  readonly nextRestartAt: string | null;
  /** Why its durable log has stopped; `null` while it has not. */
  readonly logError: string | null;
  /**
   * The name that ops started it under, where somebody has renamed it in its
   * engine since; else `null`.
   */
  readonly startedAs: string | null;
  /**
   * By what the definition is known that it was started from: a hash for each key
   * that this sets. `null` where there is none, or it is not known.
   */
  readonly spec: string | null;
  /** Whether it runs, and its definition has changed since it was started. */
  readonly changed: boolean;
  /** The last run that is remembered, if that was asked. */
  readonly lastRun: Run | null;
}

/** Nothing known; the order is that of a status as JSON. */
const UNKNOWN = {
  name: "",
  state: SessionState.UNKNOWN,
  backend: BackendType.TMUX,
  pid: null,
  createdAt: null,
  windowCount: 0,
  socketName: null,
  image: null,
  exitCode: null,
  panePid: null,
  commandPid: null,
  signal: null,
  startedAt: null,
  finishedAt: null,
  runtime: null,
  detail: null,
  managed: false,
  command: null,
  attached: null,
  oomKilled: null,
  health: null,
  ports: [],
  restartCount: null,
  nextRestartAt: null,
  logError: null,
  startedAs: null,
  spec: null,
  changed: false,
  lastRun: null,
} as const satisfies SessionStatus;

/** The name that a session was started under. */
export function originalName(
  { name, startedAs }: Pick<SessionStatus, "name" | "startedAs">,
): string {
  return startedAs ?? name;
}

/** A status in which everything that is not given is unknown. */
export function sessionStatus(
  known:
    & Pick<SessionStatus, "name" | "state" | "backend">
    & Partial<SessionStatus>,
): SessionStatus {
  const status: SessionStatus = { ...UNKNOWN, ...known };
  const { backend, state, nextRestartAt, panePid, pid } = status;
  // The number of a process that has ended may be another's by now.
  const lives = state !== SessionState.EXITED && nextRestartAt === null;
  const commandPid = backend === BackendType.TMUX ? panePid : pid;
  return lives ? { ...status, commandPid } : status;
}

/**
 * What {@linkcode SessionStatus.detail} says when an attempt before the present
 * one has ended: `restarting; last ended with 1`.
 */
export function lastEndText(
  detail: string | null,
  { exitCode, signal }: Pick<SessionStatus, "exitCode" | "signal">,
): string | null {
  const how = signal === null
    ? exitCode === null ? null : `with ${exitCode}`
    : `by ${signal}`;
  const parts = [detail, how === null ? null : `last ended ${how}`];
  return parts.filter((part) => part !== null).join("; ") || null;
}

/** A process that outlived a stop. */
export interface Survivor {
  /** Its process id. */
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

/** Survivors, as an error names them. */
export function survivorNames(survivors: readonly Survivor[]): string {
  return survivors.map(({ pid, command }) => `${pid} (${command})`).join(", ");
}

/** What a stop did. */
export interface StopResult {
  /** Whether it was running and no longer is. */
  readonly stopped: boolean;
  /** The signals that were sent, in order, such as `["SIGINT", "SIGTERM"]`. */
  readonly signals: readonly string[];
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Exit code of the command, if it ended by itself. */
  readonly exitCode: number | null;
  /** Signal that ended the command. */
  readonly signal: string | null;
  /** What is still alive; empty unless something cannot be killed. */
  readonly survivors: readonly Survivor[];
  /** What a command that had ended had left running, and was ended. */
  readonly leftBehind: readonly Survivor[];
}

/** What a stop comes to of what does not run, as it has ended by itself. */
export function notRunning(
  { exitCode, signal }: Pick<SessionStatus, "exitCode" | "signal">,
): StopResult {
  return {
    stopped: false,
    signals: [],
    durationMs: 0,
    exitCode,
    signal,
    survivors: [],
    leftBehind: [],
  };
}

/** How an attach ended. */
export interface AttachResult {
  /** Whether the tmux client we are in was switched to the session instead. */
  readonly switched: boolean;
  /** Whether the session ended; `false` when the user detached. */
  readonly ended: boolean;
  /** Whether it ended and was, or is about to be, started again. */
  readonly restarted: boolean;
  /** Exit code of the command, if it ended by itself. */
  readonly exitCode: number | null;
  /** Signal that ended the command. */
  readonly signal: string | null;
}
