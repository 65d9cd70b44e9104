/** Turns the tree of `ops` into a configuration. */
import { BackendType, ContainerRuntime } from "../core/status.ts";
import { DEFAULTS } from "./defaults.ts";
import type { Field } from "./fields.ts";
import { entryOf, readMapping, refuseUnknown } from "./fields.ts";
import { GROUPS_KEY, readGroups } from "./groups.ts";
import type { OpsConfig } from "./model.ts";
import { fill } from "./fill.ts";
import { Problems } from "./problems.ts";
import { readDefaults } from "./session_defaults.ts";
import { readSessions } from "./session.ts";
import type { Node } from "./tree.ts";
import { NO_VARIABLES, type Variables } from "./variables.ts";
import type { HomeReader } from "./values.ts";
import {
  asked,
  readBackend,
  readEngines,
  readLogFiles,
  readLogMaxSize,
  readLogMode,
  readOwnName,
  readProgram,
  readRuntime,
} from "./values.ts";

export type { OpsConfig, SessionDefinition } from "./model.ts";

/** The keys of `ops`. */
export const OPS_KEYS: readonly string[] = [
  "name",
  "engines",
  "default_backend",
  "tmux_binary",
  "container_runtime",
  "log",
  "log_max_size",
  "log_files",
  "defaults",
  "sessions",
  GROUPS_KEY,
];

/** What of the surroundings the meaning of the values depends on. */
export interface OpsSurroundings {
  /** Reads the home folder; asked only where a path starts with `~`. */
  readonly home: HomeReader;
  /** Whether every file could be read. @default {true} */
  readonly isWhole?: boolean;
  /** The variables that values may name. @default {new Variables()} none */
  readonly variables?: Variables;
  /** See `replicas` of LoadOptions. */
  readonly replicas?: ReadonlyMap<string, number> | undefined;
}

/**
 * Reads the value of `ops`.
 *
 * @param ops The merged value; `undefined` if no file has one.
 * @param surroundings What the meaning of the values depends on.
 * @throws {SessionConfigError} If values are wrong; it names key and place of
 * each.
 */
export function toOpsConfig(
  ops: Node | undefined,
  { home, isWhole = true, variables = NO_VARIABLES, replicas }: OpsSurroundings,
): OpsConfig {
  if (ops === undefined) return DEFAULTS;
  const problems = new Problems();
  const field = readMapping({ node: ops, key: "ops" });
  problems.attempt(() => refuseUnknown(field, OPS_KEYS));

  /** What a key says; a value that is wrong counts as `otherwise` as well. */
  function read<T>(key: string, reader: (entry: Field) => T, otherwise: T): T {
    const entry = entryOf(field, key);
    if (entry === undefined) return otherwise;
    return problems.attempt(() => reader(fill(entry, variables))) ?? otherwise;
  }

  const engines = read("engines", readEngines, DEFAULTS.engines);
  const settings: Omit<OpsConfig, "sessions" | "groups"> = {
    name: read<OpsConfig["name"]>("name", readOwnName, DEFAULTS.name),
    engines,
    defaultBackend: read(
      "default_backend",
      (entry) => asked(entry, readBackend(entry), engines),
      engines.includes(BackendType.TMUX)
        ? DEFAULTS.defaultBackend
        : BackendType.CONTAINER,
    ),
    tmuxBinary: read("tmux_binary", readProgram, DEFAULTS.tmuxBinary),
    containerRuntime: read<OpsConfig["containerRuntime"]>(
      "container_runtime",
      (entry) => asked(entry, readRuntime(entry), engines),
      onlyRuntime(engines),
    ),
    log: read<OpsConfig["log"]>("log", readLogMode, DEFAULTS.log),
    logMaxSize: read("log_max_size", readLogMaxSize, DEFAULTS.logMaxSize),
    logFiles: read("log_files", readLogFiles, DEFAULTS.logFiles),
  };
  const isKnown = !problems.concerns("ops.default_backend");
  const defaultBackend = isKnown ? settings.defaultBackend : null;
  const given = entryOf(field, "defaults");
  const common = given &&
    problems.attempt(() => readDefaults(given, { home, variables }));
  const defaults = {
    ...settings,
    defaultBackend,
    home,
    isWhole: isWhole && !problems.concerns("ops.defaults"),
    variables,
    replicas,
    common,
  };
  const sessions = entryOf(field, "sessions");
  return problems.finish(() => {
    const defined = sessions
      ? readSessions(sessions, defaults)
      : DEFAULTS.sessions;
    const listed = entryOf(field, GROUPS_KEY);
    const groups = readGroups(
      listed && fill(listed, variables),
      defined,
      defaults.isWhole,
    );
    return { ...settings, sessions: defined, groups };
  });
}

/** The one runtime that may be asked; `null`: there are more, or none. */
function onlyRuntime(
  engines: OpsConfig["engines"],
): OpsConfig["containerRuntime"] {
  const [only, ...others] = Object.values(ContainerRuntime)
    .filter((it) => engines.includes(it));
  return others.length === 0 ? only ?? null : null;
}
