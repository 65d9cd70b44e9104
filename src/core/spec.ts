/**
 * By what a running session is told from what its definition says by now: a hash
 * for each key that the definition sets, which its engine carries.
 *
 *     owner=1f0c2a9b command=3a91c0 env=b0447e
 */
import type { SessionConfig } from "./definition.ts";
import { DEFAULT_LOG_FILES, DEFAULT_LOG_MAX_SIZE } from "./lifecycle.ts";
import { SessionState, type SessionStatus } from "./status.ts";

const OWNER = "owner";

/** What is defined, and by whom. */
export interface Definition {
  /** How to start it. */
  readonly config: SessionConfig;
  /** The configuration that defines it, by name or path. */
  readonly owner?: string | undefined;
}

/**
 * The spec of a definition. It stands where others may come to see it, and covers
 * the values of variables: so each hash begins with the name of the session, and
 * is so short that of any secrets one might guess many have the same.
 *
 * What is unset is left out, so that a key of a later version changes nothing.
 */
export function specOf({ config, owner = "" }: Definition): string {
  const { name } = config;
  const hashes = fieldsOf(config).map(([key, value]) =>
    `${key}=${hash24(JSON.stringify([name, key, value]))}`
  );
  return [`${OWNER}=${ownerHash(owner)}`, ...hashes].join(" ");
}

/** Whether that configuration has started it. */
export function isOwnedBy(spec: string, owner: string): boolean {
  return hashesIn(spec).get(OWNER) === ownerHash(owner);
}

/** Whether two sessions were started for the same configuration. */
export function haveSameOwner(one: string, other: string): boolean {
  return hashesIn(one).get(OWNER) === hashesIn(other).get(OWNER);
}

/** The keys in which two specs differ. */
export function differences(before: string, now: string): string[] {
  const [old, wanted] = [hashesIn(before), hashesIn(now)];
  return [...new Set([...wanted.keys(), ...old.keys()])]
    .filter((key) => key !== OWNER && old.get(key) !== wanted.get(key));
}

/** Whether a session runs that was started from another definition. */
export function hasChanged(
  { state, spec }: Pick<SessionStatus, "spec" | "state">,
  wanted: string | undefined,
): boolean {
  return state === SessionState.RUNNING && spec !== null &&
    wanted !== undefined && differences(spec, wanted).length > 0;
}

/** What to do about a session that is to be started, and runs. */
export function runningReason(
  status: Pick<SessionStatus, "name" | "spec" | "state">,
  wanted: string | undefined,
): string {
  return hasChanged(status, wanted)
    ? "it is running, and its definition has changed since: " +
      `"ops restart ${status.name}" applies it`
    : "it is running; stop it first, or attach to it";
}

/** All that a restart would change, by the keys of the configuration. */
function fieldsOf(
  {
    name: _name,
    backend: _backend,
    runtime: _runtime,
    spec: _spec,
    env,
    volumes,
    ports,
    logMaxSize,
    logFiles,
    ...rest
  }: SessionConfig,
): [key: string, value: unknown][] {
  const variables = Object.entries(env).sort(([a], [b]) => a < b ? -1 : 1);
  const fields = {
    ...rest,
    env: variables.length === 0 ? undefined : variables,
    volumes: volumes.length === 0 ? undefined : volumes,
    ports: ports.length === 0 ? undefined : ports,
    logMaxSize: logMaxSize === DEFAULT_LOG_MAX_SIZE ? undefined : logMaxSize,
    logFiles: logFiles === DEFAULT_LOG_FILES ? undefined : logFiles,
  };
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]): [string, unknown] => [keyOf(field), value])
    .sort(([a], [b]) => a < b ? -1 : 1);
}

/** `workingDir` is the key `working_dir`. */
function keyOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function hashesIn(spec: string): Map<string, string> {
  return new Map(
    spec.split(" ").map((part) => part.split("=") as [string, string]),
  );
}

function ownerHash(owner: string): string {
  return fnv1a(owner).toString(16).padStart(8, "0");
}

/** FNV-1a, folded to 24 bits: a list hashes hundreds of definitions. */
function hash24(text: string): string {
  const hash = fnv1a(text);
  const folded = (hash >>> 24) ^ (hash & 0xffffff);
  return folded.toString(16).padStart(6, "0");
}

/** FNV-1a of UTF-16: an encoder would take most of the time. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}
