/** One entry of `ops.sessions`. */
import {
  SessionConfig,
  type SessionConfigOptions,
} from "../core/definition.ts";
import {
  validateNewName,
  validateSocketName,
} from "../core/validate/fields.ts";
import {
  entriesOf,
  entryOf,
  type Field,
  inFile,
  readMapping,
  readText,
  refuseUnknown,
} from "./fields.ts";
import { SESSION_KEY_ROWS, type SessionDefaults } from "./keys.ts";
import type { SessionDefinition } from "./model.ts";
import { readBackend } from "./values.ts";

/** Places a session; it is no part of what the session is. */
const SOCKET_KEY = "socket_name";

/** The keys of a session. */
export const SESSION_KEYS: readonly string[] = [
  ...Object.keys(SESSION_KEY_ROWS),
  SOCKET_KEY,
];

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
  const session = readMapping(field);
  refuseUnknown(session, SESSION_KEYS);
  // First: what other values mean depends on it.
  const backendEntry = entryOf(session, "backend");
  const context = {
    home: defaults.home,
    backend: backendEntry ? readBackend(backendEntry) : defaults.defaultBackend,
  };
  const fields = Object.entries(SESSION_KEY_ROWS).map(([key, row]) => {
    const entry = entryOf(session, key);
    return [
      row.field,
      entry ? row.read(entry, context) : row.inherited?.(defaults),
    ];
  });
  const options: SessionConfigOptions = { name, ...Object.fromEntries(fields) };
  const socket = entryOf(session, SOCKET_KEY);
  return {
    config: inFile(session, () => new SessionConfig(options)),
    socketName: socket ? readSocketName(socket) : null,
  };
}

function readSocketName(field: Field): string | null {
  const name = readText(field);
  inFile(field, () => validateSocketName(name, ""));
  // So tmux calls the socket that is meant where none is named.
  return name === "default" ? null : name;
}
