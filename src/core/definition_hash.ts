/** By what a running session is told from what its definition says by now. */
import type { SessionConfig } from "./definition.ts";
import { SessionState, type SessionStatus } from "./status.ts";

/**
 * The hash of a definition: six hexadecimal digits. It stands where others may
 * come to see it, and covers the values of variables: so it begins with the name,
 * and is so short that of any secrets one might guess many have the same.
 */
export function hashDefinition(definition: SessionConfig): string {
  return hash24(textOf(definition));
}

/** Whether a session runs that was started from another definition. */
export function hasChanged(
  { state, definitionHash }: Pick<SessionStatus, "definitionHash" | "state">,
  hash: string | undefined,
): boolean {
  return state === SessionState.RUNNING && definitionHash !== null &&
    hash !== undefined && definitionHash !== hash;
}

/** What to do about a session that is to be started, and runs. */
export function runningReason(
  status: Pick<SessionStatus, "definitionHash" | "name" | "state">,
  hash: string | undefined,
): string {
  return hasChanged(status, hash)
    ? "it is running, and its definition has changed since: " +
      `"ops restart ${status.name}" applies it`
    : "it is running; stop it first, or attach to it";
}

/**
 * All that a restart would change, as text. What is unset is left out, so that
 * a field of a later version changes nothing.
 */
function textOf(
  {
    name,
    env,
    backend: _backend,
    runtime: _runtime,
    definitionHash: _hash,
    ...rest
  }: SessionConfig,
): string {
  const fields = Object.entries({ ...rest, env: sorted(env) })
    .filter(([, value]) => value !== undefined);
  return JSON.stringify([name, ...fields.sort(byName)]);
}

function sorted(env: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(env).sort(byName);
}

function byName(
  [a]: readonly [string, unknown],
  [b]: readonly [string, unknown],
): number {
  return a < b ? -1 : 1;
}

/** FNV-1a of UTF-16, folded to 24 bits: a list hashes hundreds of definitions. */
function hash24(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  const folded = (hash >>> 24) ^ (hash & 0xffffff);
  return folded.toString(16).padStart(6, "0");
}
