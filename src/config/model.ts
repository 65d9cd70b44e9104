/** A configuration that has been read. */
import type {
  BackendType,
  ContainerRuntime,
  EngineName,
  LogMode,
  SessionConfig,
} from "../core/definition.ts";

/** What the configuration says. */
export interface OpsConfig {
  /** The engines that are asked; no others are. */
  readonly engines: readonly EngineName[];
  /** The backend of sessions that name none. */
  readonly defaultBackend: BackendType;
  /** The tmux program. */
  readonly tmuxBinary: string;
  /** The runtime of containers that name none; `null`: Podman, then Docker. */
  readonly containerRuntime: ContainerRuntime | null;
  /**
   * Where ops keeps the output of sessions that do not set it; `null`: in
   * files, but nowhere for interactive shells.
   */
  readonly log: LogMode | null;
  /** The size at which their log files are rotated, in bytes. */
  readonly logMaxSize: number;
  /** How many log files of each are kept. */
  readonly logFiles: number;
  /** The defined sessions by name, in the order of the files. */
  readonly sessions: ReadonlyMap<string, SessionDefinition>;
}

/** A session as the configuration defines it. */
export interface SessionDefinition {
  /** How to start it; paths on the host are absolute. */
  readonly config: SessionConfig;
  /** Label of its tmux socket; `null` for the default one. */
  readonly socketName: string | null;
}

/** A configuration, and where it comes from. */
export interface LoadedConfig extends OpsConfig {
  /** The paths of the files that were read; later ones win. */
  readonly files: readonly string[];
}
