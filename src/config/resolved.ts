/** The configuration as it holds, with the place that each value comes from. */
import { resolve } from "@std/path/posix/resolve";
import { dirname } from "@std/path/posix/dirname";
import { BackendType } from "../core/status.ts";
import { ENV_FILE_KEY } from "./env_file.ts";
import { SESSION_KEY_ROWS } from "./keys.ts";
import type { LoadedConfig, SessionDefinition } from "./model.ts";
import { replicaName } from "./replicas.ts";
import { OPS_KEYS } from "./schema.ts";
import { BACKEND_KEY, SOCKET_KEY } from "./session.ts";
import { isNull, type Mapping, mergeNodes, type Node } from "./tree.ts";
import type { Writable, Written } from "./yaml_text.ts";

/** What stands for the value of a variable of a session, whatever it is. */
export const HIDDEN = "***";

/** Where a value comes from that no file says. */
const DEFAULT = "default";

/** Its values may be secrets. */
const ENV_KEY = "env";
const SESSIONS_KEY = "sessions";
/** It is shown where it holds: in each session. */
const DEFAULTS_KEY = "defaults";

/**
 * The value of `ops`: what several files say is one, what is left out has its
 * default, and paths of this host are absolute. A text with variables is as it
 * is written, and values of `env` are hidden.
 *
 * @param ops The merged value; `undefined` if no file has one.
 * @param config What it was read as.
 * @returns The values; the remark of each says where it comes from.
 */
export function resolvedOps(
  ops: Node | undefined,
  config: LoadedConfig,
): Map<string, Written> {
  const said = ops?.kind === "mapping" ? ops.entries : new Map<string, Node>();
  const shown = new Map<string, Written>();
  for (const key of OPS_KEYS) {
    if (key === SESSIONS_KEY || key === DEFAULTS_KEY) continue;
    const node = said.get(key);
    const value = settingOf(key, node, config);
    if (value !== undefined) shown.set(key, value);
  }
  const sessions = said.get(SESSIONS_KEY);
  if (sessions?.kind !== "mapping") return shown;
  shown.set(SESSIONS_KEY, {
    value: new Map(
      Array.from(sessions.entries, ([name, node]) => {
        const common = said.get(DEFAULTS_KEY);
        return [name, sessionOf(node, common, definitionOf(name, config))];
      }),
    ),
  });
  return shown;
}

/** A key of `ops` as it was read, or as it is written; `undefined`: nothing. */
function settingOf(
  key: string,
  node: Node | undefined,
  config: LoadedConfig,
): Written | undefined {
  const isSaid = node !== undefined && !isNull(node);
  const remark = isSaid ? placeOf(node) : DEFAULT;
  const field = key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  const value = (config as unknown as Record<string, Writable>)[field];
  const isShown = Array.isArray(value) ||
    typeof value === "string" || typeof value === "number";
  if (isShown && !(isSaid && hasVariables(node))) return { value, remark };
  return isSaid ? writtenOf(node, key) : undefined;
}

/** What a session was read as: if it has replicas, the first of them. */
function definitionOf(
  name: string,
  { sessions }: LoadedConfig,
): SessionDefinition | undefined {
  return sessions.get(name) ?? sessions.get(replicaName(name, 1));
}

function sessionOf(
  node: Node,
  common: Node | undefined,
  definition: SessionDefinition | undefined,
): Written {
  const merged = common === undefined ? node : mergeNodes(common, node);
  const entries = merged.kind === "mapping" ? merged.entries : new Map();
  const shown = new Map<string, Written>();
  if (definition !== undefined && isUnsaid(entries.get(BACKEND_KEY))) {
    const value = definition.config.backend;
    shown.set(BACKEND_KEY, { value, remark: DEFAULT });
  }
  for (const [key, entry] of entries) {
    if (isNull(entry)) continue;
    const value = entryOf(key, entry, definition);
    if (value !== null) shown.set(key, value);
  }
  return { value: shown };
}

function isUnsaid(node: Node | undefined): boolean {
  return node === undefined || isNull(node);
}

/**
 * A key of a session: as it was read, or as it is written; `null` if it is said
 * of all and means nothing to this one.
 */
function entryOf(
  key: string,
  node: Node,
  definition: SessionDefinition | undefined,
): Written | null {
  if (definition === undefined) return writtenOf(node, key);
  const { config, replicaOf } = definition;
  if (key === BACKEND_KEY) {
    return { value: config.backend, remark: placeOf(node) };
  }
  const row = SESSION_KEY_ROWS[key];
  const only = key === SOCKET_KEY ? BackendType.TMUX : row?.only;
  if (only !== undefined && only !== config.backend) return null;
  if (row === undefined) return writtenOf(node, key);
  const value = config[row.field];
  if (value === undefined) return null;
  const isWritten = key === ENV_KEY || replicaOf !== undefined ||
    hasVariables(node);
  return isWritten
    ? writtenOf(node, key)
    : { value: value as Writable, remark: placeOf(node) };
}

/** Whether variables are filled into a text of it. */
function hasVariables(node: Node): boolean {
  if (node.kind === "list") return node.items.some(hasVariables);
  if (node.kind === "mapping") return entriesOf(node).some(hasVariables);
  return typeof node.value === "string" && node.value.includes("${");
}

function entriesOf(node: Mapping): Node[] {
  return [...node.entries.values()];
}

/**
 * Texts that are paths relative to the file that says them, by key; what begins
 * otherwise is a path in full, one to be known by variables, or a volume.
 */
const RELATIVE: Readonly<Record<string, RegExp>> = {
  working_dir: /^(?![/~]|\$\{)/,
  [ENV_FILE_KEY]: /^(?![/~]|\$\{)/,
  volumes: /^\.{1,2}(?:\/|$)/,
  log_volume: /^\.{1,2}(?:\/|$)/,
};

/** A value as it is written; only what `env` says is hidden. */
function writtenOf(node: Node, key: string): Written {
  if (node.kind !== "mapping") {
    return { value: writable(node, key), remark: placeOf(node) };
  }
  const value = writable(node, key);
  return { value, remark: node.entries.size === 0 ? placeOf(node) : undefined };
}

function writable(node: Node, key: string): Writable {
  if (node.kind === "list") {
    return node.items.map((item) => writable(item, key));
  }
  if (node.kind === "mapping") {
    return new Map(
      Array.from(node.entries, ([name, entry]): [string, Written] => {
        if (key === ENV_KEY) {
          return [name, { value: HIDDEN, remark: placeOf(entry) }];
        }
        return [name, writtenOf(entry, key === ENV_FILE_KEY ? key : name)];
      }),
    );
  }
  const { value, origin } = node;
  return typeof value === "string" && RELATIVE[key]?.test(value)
    ? resolve(dirname(origin.path), value)
    : value as Writable;
}

/** Where a value stands: `file:line`. */
function placeOf({ origin, keyAt, at }: Node): string {
  const { line } = origin.lines.positionOf(keyAt ?? at);
  return `${origin.label}:${line}`;
}
