/** The keys of a session: one row for each, with all that reading it takes. */
import { BackendType, type SessionConfigOptions } from "../core/definition.ts";
import { type Field, readList, readText, readTextOrNumber } from "./fields.ts";
import type { OpsConfig } from "./model.ts";
import {
  type HomeReader,
  readBackend,
  readCommand,
  readContainerDir,
  readEnv,
  readHostDir,
  readLogFiles,
  readLogMaxSize,
  readLogMode,
  readMount,
  readRestart,
  readRuntime,
  readStopSignal,
  readStopTimeout,
} from "./values.ts";

/** What a session takes over where it says nothing itself. */
export interface SessionDefaults extends Omit<OpsConfig, "sessions"> {
  /** Reads the home folder; asked only where a path starts with `~`. */
  readonly home: HomeReader;
}

/** What the meaning of a value depends on. */
export interface ReadContext {
  /** Reads the home folder. */
  readonly home: HomeReader;
  /** The kind of engine that the session is for. */
  readonly backend: BackendType;
}

/** What there is to know of a key. */
export interface SessionKeyRow {
  /** The field of the session's configuration that it sets. */
  readonly field: keyof SessionConfigOptions;
  /** Reads its value. */
  readonly read: (entry: Field, context: ReadContext) => unknown;
  /** What holds where the session does not have it. */
  readonly inherited?: (defaults: SessionDefaults) => unknown;
}

/** A row whose reader and default fit its field. */
function row<Name extends keyof SessionConfigOptions>(
  field: Name,
  read: (entry: Field, context: ReadContext) => SessionConfigOptions[Name],
  inherited?: (defaults: SessionDefaults) => SessionConfigOptions[Name],
): SessionKeyRow {
  return inherited === undefined ? { field, read } : { field, read, inherited };
}

/** The keys that describe a session, in the order of messages. */
export const SESSION_KEY_ROWS: Readonly<Record<string, SessionKeyRow>> = {
  backend: row("backend", readBackend, (it) => it.defaultBackend),
  command: row("command", readCommand),
  working_dir: row(
    "workingDir",
    (entry, { backend, home }) =>
      backend === BackendType.TMUX
        ? readHostDir(entry, home)
        : readContainerDir(entry),
  ),
  env: row("env", readEnv),
  image: row("image", readText),
  volumes: row(
    "volumes",
    (entry, { home }) => readList(entry, (item) => readMount(item, home)),
  ),
  ports: row("ports", (entry) => readList(entry, readTextOrNumber)),
  runtime: row(
    "runtime",
    readRuntime,
    (it) => it.containerRuntime ?? undefined,
  ),
  log_volume: row("logVolume", (entry, { home }) => readMount(entry, home)),
  log: row("log", readLogMode, (it) => it.log ?? undefined),
  log_max_size: row("logMaxSize", readLogMaxSize, (it) => it.logMaxSize),
  log_files: row("logFiles", readLogFiles, (it) => it.logFiles),
  stop_signal: row("stopSignal", readStopSignal),
  stop_timeout: row("stopTimeout", readStopTimeout),
  restart: row("restart", readRestart),
};
