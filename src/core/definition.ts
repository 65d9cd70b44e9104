/** A session: its configuration and, from `status.ts`, its status. */
import {
  DEFAULT_LOG_FILES,
  DEFAULT_LOG_MAX_SIZE,
  LogMode,
  type StopSignal,
} from "./lifecycle.ts";
import { BackendType, ContainerRuntime } from "./status.ts";
import {
  validateBoolean,
  validateChoice,
  validateCommand,
  validateEnv,
  validateKnownName,
  validateSpec,
  validateTimeout,
  validateWorkingDir,
} from "./validate/fields.ts";
import {
  validateContainerPath,
  validateImage,
  validatePorts,
  validateVolume,
  validateVolumes,
} from "./validate/container.ts";
import {
  parseRestart,
  parseStopSignal,
  refuseShellRestart,
  validateLogFiles,
  validateLogMaxSize,
} from "./validate/lifecycle.ts";

export * from "./lifecycle.ts";
export * from "./status.ts";

/** The fields from which a {@linkcode SessionConfig} is made. */
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
  /**
   * Runs a small init as the first process of a container, with the command as
   * its child: it passes signals on and reaps orphans. A command that is itself
   * the first process ignores what it does not handle, so that a stop of it
   * takes its whole time and a kill. `false` is for an image with an init of its
   * own that must be the first process, such as s6-overlay or systemd.
   *
   * @default {true}
   */
  readonly init?: boolean | undefined;
  /**
   * Where ops keeps the session's output. Unset: in files for a command or a
   * container, nowhere for an interactive shell.
   */
  readonly log?: LogMode | undefined;
  /**
   * The size at which a log file is rotated, in bytes, from 64 KiB to 1 TiB.
   * This size times {@linkcode logFiles} bounds the disk space of the session's
   * logs; for a container, that of the saved logs of its runs.
   *
   * @default {10_485_760} 10 MiB
   */
  readonly logMaxSize?: number | undefined;
  /**
   * How many log files are kept, the current one included, from 1 to 1000.
   *
   * @default {5}
   */
  readonly logFiles?: number | undefined;
  /**
   * The signal that a stop begins with, as `SIGINT`, `INT` or `int`. Unset: INT
   * under tmux, the image's own for a container.
   */
  readonly stopSignal?: string | undefined;
  /**
   * How long a stop lets the session clean up, in seconds, from 0 to 86400.
   * Unset: 10.
   */
  readonly stopTimeout?: number | undefined;
  /**
   * When the session starts again after it ended: `no`, `on-failure` or
   * `on-failure:N` (at most N times, 1 to 1000), `always`, `unless-stopped`.
   * Under tmux all but `no` need a command. Unset: no.
   */
  readonly restart?: string | undefined;
  /**
   * By what the definition is known that this comes from, as
   * {@linkcode SessionStatus.spec} has it. A manager of a definition sets it.
   */
  readonly spec?: string | undefined;
}

/**
 * How to start a session. The constructor checks every field, but accepts any
 * name that an engine can hold: the rule for new names applies when a session
 * is started or defined.
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
   * Whether a container's first process is a small init; `undefined` for yes.
   */
  readonly init: boolean | undefined;
  /**
   * Where ops keeps the session's output; `undefined`: in files, or nowhere for
   * an interactive shell.
   */
  readonly log: LogMode | undefined;
  /** The size at which a log file is rotated, in bytes. */
  readonly logMaxSize: number;
  /** How many log files are kept, the current one included. */
  readonly logFiles: number;
  /**
   * The signal that a stop begins with; `undefined` for INT under tmux, and for
   * the image's own in a container.
   */
  readonly stopSignal: StopSignal | undefined;
  /**
   * How long a stop lets the session clean up, in seconds; `undefined` for 10.
   */
  readonly stopTimeout: number | undefined;
  /** When the session starts again after it ended; `undefined` for never. */
  readonly restart: string | undefined;
  /** By what the definition is known that this comes from, if it does. */
  readonly spec: string | undefined;

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
    this.init = options.init;
    this.log = options.log;
    this.logMaxSize = options.logMaxSize ?? DEFAULT_LOG_MAX_SIZE;
    this.logFiles = options.logFiles ?? DEFAULT_LOG_FILES;
    this.stopSignal = options.stopSignal === undefined
      ? undefined
      : parseStopSignal(options.stopSignal);
    this.stopTimeout = options.stopTimeout;
    this.restart = options.restart;
    this.spec = options.spec;

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
    if (this.init !== undefined) validateBoolean(this.init, "init");
    validateLifecycle(this);
  }
}

function validateLifecycle(config: SessionConfig): void {
  const { log, logMaxSize, logFiles, stopTimeout, restart } = config;
  if (config.spec !== undefined) validateSpec(config.spec);
  if (log !== undefined) validateChoice(log, Object.values(LogMode), "log");
  validateLogMaxSize(logMaxSize);
  validateLogFiles(logFiles);
  if (stopTimeout !== undefined) validateTimeout(stopTimeout, "stop_timeout");
  if (restart !== undefined) {
    parseRestart(restart);
    const isShell = config.backend === BackendType.TMUX &&
      config.command === undefined;
    if (isShell) refuseShellRestart(restart);
  }
}
