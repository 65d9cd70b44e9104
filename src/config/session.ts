/** One entry of `ops.sessions`. */
import { BackendType, SessionConfig } from "../core/definition.ts";
import {
  validateNewName,
  validateSocketName,
} from "../core/validate/fields.ts";
import type { Field } from "./fields.ts";
import {
  entriesOf,
  entryOf,
  inFile,
  readList,
  readMapping,
  readText,
  readTextOrNumber,
  refuseUnknown,
} from "./fields.ts";
import type { OpsConfig, SessionDefinition } from "./model.ts";
import type { HomeReader } from "./values.ts";
import {
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

/** The keys of a session. */
export const SESSION_KEYS: readonly string[] = [
  "backend",
  "command",
  "working_dir",
  "env",
  "image",
  "volumes",
  "ports",
  "runtime",
  "log_volume",
  "log",
  "log_max_size",
  "log_files",
  "stop_signal",
  "stop_timeout",
  "restart",
  "socket_name",
];

/** What a session takes over where it says nothing itself. */
export interface SessionDefaults extends Omit<OpsConfig, "sessions"> {
  /** Reads the home folder; asked only where a path starts with `~`. */
  readonly home: HomeReader;
}

/**
 * Reads the definitions of sessions.
 *
 * @param field The value of `ops.sessions`.
 * @param defaults What a session takes over where it says nothing itself.
 * @throws {SessionConfigError} If a value is wrong; it names key and file.
 */
export function readSessions(
  field: Field,
  defaults: SessionDefaults,
): Map<string, SessionDefinition> {
  const sessions = entriesOf(readMapping(field)).map(([name, entry]) => {
    const named = { node: entry.node, key: field.key };
    inFile(named, () => validateNewName(name, ""));
    return [name, readSession(name, entry, defaults)] as const;
  });
  return new Map(sessions);
}

function readSession(
  name: string,
  field: Field,
  defaults: SessionDefaults,
): SessionDefinition {
  const { home } = defaults;
  const session = readMapping(field);
  refuseUnknown(session, SESSION_KEYS);

  function read<T>(key: string, reader: (entry: Field) => T): T | undefined {
    const entry = entryOf(session, key);
    return entry && reader(entry);
  }

  const mount = (entry: Field) => readMount(entry, home);
  const backend = read("backend", readBackend) ?? defaults.defaultBackend;
  const options = {
    name,
    backend,
    command: read("command", readCommand),
    workingDir: read(
      "working_dir",
      backend === BackendType.TMUX
        ? (entry) => readHostDir(entry, home)
        : readContainerDir,
    ),
    env: read("env", readEnv),
    image: read("image", readText),
    volumes: read("volumes", (entry) => readList(entry, mount)),
    ports: read("ports", (entry) => readList(entry, readTextOrNumber)),
    runtime: read("runtime", readRuntime) ?? defaults.containerRuntime ??
      undefined,
    logVolume: read("log_volume", mount),
    log: read("log", readLogMode) ?? defaults.log ?? undefined,
    logMaxSize: read("log_max_size", readLogMaxSize) ?? defaults.logMaxSize,
    logFiles: read("log_files", readLogFiles) ?? defaults.logFiles,
    stopSignal: read("stop_signal", readStopSignal),
    stopTimeout: read("stop_timeout", readStopTimeout),
    restart: read("restart", readRestart),
  };
  return {
    config: inFile(session, () => new SessionConfig(options)),
    socketName: read("socket_name", readSocketName) ?? null,
  };
}

function readSocketName(field: Field): string | null {
  const name = readText(field);
  inFile(field, () => validateSocketName(name, ""));
  // So tmux calls the socket that is meant where none is named.
  return name === "default" ? null : name;
}
