/** Turns the tree of `ops` into a configuration. */
import { DEFAULTS } from "./defaults.ts";
import type { Field } from "./fields.ts";
import { entryOf, readMapping, refuseUnknown } from "./fields.ts";
import type { OpsConfig } from "./model.ts";
import { readSessions } from "./session.ts";
import type { Node } from "./tree.ts";
import type { HomeReader } from "./values.ts";
import {
  readBackend,
  readLogFiles,
  readLogMaxSize,
  readLogMode,
  readProgram,
  readRuntime,
} from "./values.ts";

export type { OpsConfig, SessionDefinition } from "./model.ts";

/** The keys of `ops`. */
export const OPS_KEYS: readonly string[] = [
  "default_backend",
  "tmux_binary",
  "container_runtime",
  "log",
  "log_max_size",
  "log_files",
  "sessions",
];

/**
 * Reads the value of `ops`.
 *
 * @param ops The merged value; `undefined` if no file has one.
 * @param home Reads the home folder; asked only where a path starts with `~`.
 * @throws {SessionConfigError} If a value is wrong; it names key and file.
 */
export function toOpsConfig(
  ops: Node | undefined,
  home: HomeReader,
): OpsConfig {
  if (ops === undefined) return DEFAULTS;
  const field = readMapping({ node: ops, key: "ops" });
  refuseUnknown(field, OPS_KEYS);

  function read<T>(key: string, reader: (entry: Field) => T, otherwise: T): T {
    const entry = entryOf(field, key);
    return entry ? reader(entry) : otherwise;
  }

  const settings: Omit<OpsConfig, "sessions"> = {
    defaultBackend: read(
      "default_backend",
      readBackend,
      DEFAULTS.defaultBackend,
    ),
    tmuxBinary: read("tmux_binary", readProgram, DEFAULTS.tmuxBinary),
    containerRuntime: read<OpsConfig["containerRuntime"]>(
      "container_runtime",
      readRuntime,
      DEFAULTS.containerRuntime,
    ),
    log: read<OpsConfig["log"]>("log", readLogMode, DEFAULTS.log),
    logMaxSize: read("log_max_size", readLogMaxSize, DEFAULTS.logMaxSize),
    logFiles: read("log_files", readLogFiles, DEFAULTS.logFiles),
  };
  const sessions = entryOf(field, "sessions");
  return {
    ...settings,
    sessions: sessions
      ? readSessions(sessions, { ...settings, home })
      : DEFAULTS.sessions,
  };
}
