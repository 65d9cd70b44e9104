/** The keys of a session: one row for each, with all that reading it takes. */
import { BackendType, type SessionConfigOptions } from "../core/definition.ts";
import { type Field, readBoolean, readList, readText } from "./fields.ts";
import type { OpsConfig } from "./model.ts";
import type { Mapping } from "./tree.ts";
import {
  type HomeReader,
  readCommand,
  readContainerDir,
  readEnv,
  readHostDir,
  readImage,
  readLogFiles,
  readLogMaxSize,
  readLogMode,
  readMount,
  readPorts,
  readRestart,
  readRuntime,
  readStopSignal,
  readStopTimeout,
} from "./values.ts";
import type { Variables } from "./variables.ts";

/** What a session takes over where it says nothing itself. */
export interface SessionDefaults
  extends Omit<OpsConfig, "sessions" | "groups" | "defaultBackend"> {
  /** The backend of sessions that name none; `null`: what names it is wrong. */
  readonly defaultBackend: BackendType | null;
  /** Reads the home folder; asked only where a path starts with `~`. */
  readonly home: HomeReader;
  /**
   * Whether every file could be read. If not, what one key says is not held
   * against another, which may be in the file that is missing.
   */
  readonly isWhole: boolean;
  /** What is merged under every session. */
  readonly common?: Mapping | undefined;
  /** How many replicas there are, where not as many as a session says. */
  readonly replicas?: ReadonlyMap<string, number> | undefined;
  /** The variables that values may name. */
  readonly variables: Variables;
}

/** What the meaning of a value depends on. */
export interface ReadContext {
  /** Reads the home folder. */
  readonly home: HomeReader;
  /** The kind of engine that the session is for; `null`: it is not known. */
  readonly backend: BackendType | null;
}

/** What there is to know of a key. */
export interface SessionKeyRow {
  /** The field of the session's configuration that it sets. */
  readonly field: keyof SessionConfigOptions;
  /** Reads its value. */
  readonly read: (entry: Field, context: ReadContext) => unknown;
  /** What holds where the session does not have it. */
  readonly inherited?: (defaults: SessionDefaults) => unknown;
  /** The one kind of engine that has such a thing. */
  readonly only?: BackendType;
}

/** A row whose reader and default fit its field. */
function row<Name extends keyof SessionConfigOptions>(
  field: Name,
  read: (entry: Field, context: ReadContext) => SessionConfigOptions[Name],
  more: {
    inherited?: (defaults: SessionDefaults) => SessionConfigOptions[Name];
    only?: BackendType;
  } = {},
): SessionKeyRow {
  return { field, read, ...more };
}

const IN_CONTAINERS = { only: BackendType.CONTAINER };

/** Keys that describe a session on its backend, in the order of messages. */
export const SESSION_KEY_ROWS: Readonly<Record<string, SessionKeyRow>> = {
  command: row("command", readCommand),
  working_dir: row(
    "workingDir",
    (entry, { backend, home }) => {
      if (backend === null) return readText(entry);
      return backend === BackendType.TMUX
        ? readHostDir(entry, home)
        : readContainerDir(entry);
    },
  ),
  env: row("env", readEnv),
  image: row("image", readImage, IN_CONTAINERS),
  volumes: row(
    "volumes",
    (entry, { home }) => readList(entry, (item) => readMount(item, home)),
    IN_CONTAINERS,
  ),
  ports: row("ports", readPorts, IN_CONTAINERS),
  runtime: row(
    "runtime",
    readRuntime,
    {
      ...IN_CONTAINERS,
      inherited: (it) => it.containerRuntime ?? undefined,
    },
  ),
  log_volume: row(
    "logVolume",
    (entry, { home }) => readMount(entry, home),
    IN_CONTAINERS,
  ),
  init: row("init", readBoolean, IN_CONTAINERS),
  log: row("log", readLogMode, {
    inherited: (it) => it.log ?? undefined,
  }),
  log_max_size: row("logMaxSize", readLogMaxSize, {
    inherited: (it) => it.logMaxSize,
  }),
  log_files: row("logFiles", readLogFiles, {
    inherited: (it) => it.logFiles,
  }),
  stop_signal: row("stopSignal", readStopSignal),
  stop_timeout: row("stopTimeout", readStopTimeout),
  restart: row("restart", readRestart),
};
