/** What a session is: its configuration, its state, its status. */
import {
  validateChoice,
  validateCommand,
  validateEnv,
  validateKnownName,
  validateWorkingDir,
} from "./validation.ts";
import {
  validateContainerPath,
  validateImage,
  validatePorts,
  validateVolume,
  validateVolumes,
} from "./validation_container.ts";

/** The kinds of engine a session can live on, as values. */
export const BackendType = { TMUX: "tmux", CONTAINER: "container" } as const;
/** The kinds of engine a session can live on. */
export type BackendType = typeof BackendType[keyof typeof BackendType];

/** The container runtimes, as values, in the order they are tried. */
export const ContainerRuntime = { PODMAN: "podman", DOCKER: "docker" } as const;
/** The container runtimes. */
export type ContainerRuntime =
  typeof ContainerRuntime[keyof typeof ContainerRuntime];

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

/** What a {@linkcode SessionConfig} is made from. */
export interface SessionConfigOptions {
  /** The session's name. */
  readonly name: string;
  /** The kind of engine. @default {"tmux"} */
  readonly backend?: BackendType | undefined;
  /**
   * What runs in the session. A string is a shell command under tmux and split
   * by POSIX quoting rules for a container; a list is the exact argv on both.
   * Without one, tmux runs an interactive shell, a container its image's own.
   */
  readonly command?: string | readonly string[] | undefined;
  /**
   * Where the command runs. Under tmux relative to the working directory of
   * this process; in a container an absolute path inside it.
   */
  readonly workingDir?: string | undefined;
  /** Environment variables of the session. @default {{}} */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The image of a container. */
  readonly image?: string | undefined;
  /** Mounts of a container: `host:container[:options]` or `name:container`. */
  readonly volumes?: readonly string[] | undefined;
  /** Published ports of a container: `[ip:][host:]container[/protocol]`. */
  readonly ports?: readonly string[] | undefined;
  /** The container runtime. Unset: Podman, then Docker. */
  readonly runtime?: ContainerRuntime | undefined;
  /** A mount for logs, `host:container`; the host folder is made if missing. */
  readonly logVolume?: string | undefined;
}

/**
 * How a session is to be started. Every field is checked on creation, except
 * that the name may be any that an engine can hold: the rule for names of new
 * sessions is applied when one is started or defined.
 *
 * @example A session on tmux
 * ```ts
 * import { SessionConfig } from "@kstlib/ops";
 *
 * const config = new SessionConfig({ name: "bot", command: "python bot.py" });
 * console.log(config.backend); // "tmux"
 * ```
 */
export class SessionConfig {
  /** The session's name. */
  readonly name: string;
  /** The kind of engine. */
  readonly backend: BackendType;
  /** Shell command or exact argv; `undefined` for an interactive shell. */
  readonly command: string | readonly string[] | undefined;
  /** Where the command runs. */
  readonly workingDir: string | undefined;
  /** Environment variables of the session. */
  readonly env: Readonly<Record<string, string>>;
  /** The image of a container. */
  readonly image: string | undefined;
  /** Mounts of a container. */
  readonly volumes: readonly string[];
  /** Published ports of a container. */
  readonly ports: readonly string[];
  /** The container runtime; `undefined` for Podman, then Docker. */
  readonly runtime: ContainerRuntime | undefined;
  /** A mount for logs. */
  readonly logVolume: string | undefined;

  /**
   * Checks the fields.
   *
   * @param options The fields.
   * @throws {SessionConfigError} If a field is wrong.
   */
  constructor(options: SessionConfigOptions) {
    this.name = options.name;
    this.backend = options.backend ?? BackendType.TMUX;
    this.command = options.command;
    this.workingDir = options.workingDir;
    this.env = { ...options.env };
    this.image = options.image;
    this.volumes = [...options.volumes ?? []];
    this.ports = [...options.ports ?? []];
    this.runtime = options.runtime;
    this.logVolume = options.logVolume;

    validateKnownName(this.name);
    validateChoice(this.backend, Object.values(BackendType), "backend");
    if (this.command !== undefined) validateCommand(this.command);
    if (this.workingDir !== undefined) {
      const isInside = this.backend === BackendType.CONTAINER;
      const validate = isInside ? validateContainerPath : validateWorkingDir;
      validate(this.workingDir, "working_dir");
    }
    validateEnv(this.env);
    if (this.image !== undefined) validateImage(this.image);
    validateVolumes(this.volumes);
    validatePorts(this.ports);
    if (this.runtime !== undefined) {
      validateChoice(this.runtime, Object.values(ContainerRuntime), "runtime");
    }
    if (this.logVolume !== undefined) {
      validateVolume(this.logVolume, "log_volume");
    }
  }
}

/** What an engine said of a session when it was asked. */
export interface SessionStatus {
  /** The session's name, exactly as the engine has it. */
  readonly name: string;
  /** Derived from the engine at the time of asking. */
  readonly state: SessionState;
  /** The kind of engine. */
  readonly backend: BackendType;
  /** Process id of the tmux server, or of the container's main process. */
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
  /** Process id of the command itself under tmux. */
  readonly panePid: number | null;
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
  /** What the container's health check says, if it has one. */
  readonly health: string | null;
  /** Published ports of the container, as `[ip:]host:container/protocol`. */
  readonly ports: readonly string[];
}

/** A status in which everything that is not given is unknown. */
export function sessionStatus(
  known:
    & Pick<SessionStatus, "name" | "state" | "backend">
    & Partial<SessionStatus>,
): SessionStatus {
  const { name, state, backend, ...rest } = known;
  return {
    name,
    state,
    backend,
    pid: null,
    createdAt: null,
    windowCount: 0,
    socketName: null,
    image: null,
    exitCode: null,
    panePid: null,
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
    ...rest,
  };
}

/** A process that outlived a stop. */
export interface Survivor {
  /** Its process id. */
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
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
}

/** How an attach ended. */
export interface AttachResult {
  /** Whether the tmux client we are in was switched to the session instead. */
  readonly switched: boolean;
  /** Whether the session ended; `false` when the user detached. */
  readonly ended: boolean;
  /** Exit code of the command, if it ended by itself. */
  readonly exitCode: number | null;
  /** Signal that ended the command. */
  readonly signal: string | null;
}
