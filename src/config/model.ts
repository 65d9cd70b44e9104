/** A configuration that has been read. */
import type {
  BackendType,
  ContainerRuntime,
  EngineName,
  LogMode,
  SessionConfig,
} from "../core/definition.ts";
import type { Readiness } from "../core/ready.ts";

/** What the configuration says. */
export interface OpsConfig {
  /**
   * The name of this configuration, by which the sessions that it has started
   * are told from those of others; `null`: the path of its last file.
   */
  readonly name: string | null;
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
  /** The groups with the names of their sessions, in the order of these. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** What a session waits for that it depends on. */
export const Condition = {
  /** That it was started. */
  STARTED: "started",
  /** That it is ready, as it says itself, or its health check; else started. */
  READY: "ready",
  /** That it has ended, however it did. */
  EXITED: "exited",
  /** That it has ended well. */
  EXITED_OK: "exited_ok",
  /** That the health check of its container is content. */
  HEALTHY: "healthy",
} as const;
/** One of the values of {@linkcode Condition}. */
export type Condition = typeof Condition[keyof typeof Condition];

/** A session that another one depends on. */
export interface Need {
  /** Its name. */
  readonly name: string;
  /** What is waited for before the other one is started. */
  readonly condition: Condition;
  /** Whether the other one is not started if that does not come. */
  readonly required: boolean;
  /** Whether the other one is made anew when this one is. */
  readonly restart: boolean;
}

/** A session as the configuration defines it. */
export interface SessionDefinition {
  /** How to start it; paths on the host are absolute. */
  readonly config: SessionConfig;
  /** Label of its tmux socket; `null` for the default one. */
  readonly socketName: string | null;
  /** The configuration that defines it, by name or path. */
  readonly owner?: string | undefined;
  /** What it depends on. @default {undefined} nothing */
  readonly needs?: readonly Need[] | undefined;
  /** When it is ready. @default {undefined} by its health check, or at once */
  readonly ready?: Readiness | undefined;
  /** The exit codes that are no failure. @default {[0]} */
  readonly successExitCodes?: readonly number[] | undefined;
  /** The name that its replicas share. @default {undefined} it is none */
  readonly replicaOf?: string | undefined;
  /** The groups that it says it is in. @default {undefined} none */
  readonly groups?: readonly string[] | undefined;
}

/** A configuration, and where it comes from. */
export interface LoadedConfig extends OpsConfig {
  /** The paths of the files that were read; later ones win. */
  readonly files: readonly string[];
}
