/** What a session is: its configuration, and, from `status.ts`, its status. */
import { BackendType, ContainerRuntime } from "./status.ts";
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

export * from "./status.ts";

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
