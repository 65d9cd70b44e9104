/** One entry of `ops.sessions`. */
import {
  BackendType,
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
  presentEntryOf,
  readMapping,
  readText,
  refuse,
  refuseUnknown,
} from "./fields.ts";
import { SESSION_KEY_ROWS, type SessionDefaults } from "./keys.ts";
import type { SessionDefinition } from "./model.ts";
import { isNull, type Mapping } from "./tree.ts";
import { readBackend } from "./values.ts";

/** What the other keys mean depends on it, so it is read first. */
const BACKEND_KEY = "backend";
/** Places a session; it is no part of what the session is. */
const SOCKET_KEY = "socket_name";

/** The keys of a session. */
export const SESSION_KEYS: readonly string[] = [
  BACKEND_KEY,
  ...Object.keys(SESSION_KEY_ROWS),
  SOCKET_KEY,
];

/** Keys that people know from elsewhere, and what ops has instead. */
const MEANT: Readonly<Record<string, string>> = {
  cwd: 'the key is "working_dir"',
  workdir: 'the key is "working_dir"',
  environment: 'the key is "env"',
  socket: 'the key is "socket_name"',
  volumes_from: "list the mounts under volumes",
  autostart: "ops starts what it is told to: ops start NAME, at boot from cron",
  schedule: "ops has no timer: have cron call ops start NAME",
};

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
  refuseUnknown(session, SESSION_KEYS, MEANT);
  const context = {
    home: defaults.home,
    backend: backendOf(session, defaults.defaultBackend),
  };
  refuseInapplicable(session, context.backend);
  const command = presentEntryOf(session, "command");
  if (command !== undefined && isNull(command.node)) {
    refuse(
      command,
      "is empty: write a command, or leave the key out for an interactive " +
        "shell or the image's own command",
    );
  }
  const fields = Object.entries(SESSION_KEY_ROWS)
    .filter(([, { only }]) => applies(only, context.backend))
    .map(([key, row]) => {
      const entry = entryOf(session, key);
      return [
        row.field,
        entry ? row.read(entry, context) : row.inherited?.(defaults),
      ];
    });
  const options: SessionConfigOptions = {
    name,
    backend: context.backend,
    ...Object.fromEntries(fields),
  };
  const socket = entryOf(session, SOCKET_KEY);
  return {
    config: inFile(session, () => new SessionConfig(options)),
    socketName: socket ? readSocketName(socket) : null,
  };
}

/** What is said, else a container if there is an image, else the default. */
function backendOf(
  session: Field<Mapping>,
  otherwise: BackendType,
): BackendType {
  const entry = entryOf(session, BACKEND_KEY);
  if (entry !== undefined) return readBackend(entry);
  return entryOf(session, "image") === undefined
    ? otherwise
    : BackendType.CONTAINER;
}

/** Whether what only one kind of engine has, if so, is there on this one. */
function applies(only: BackendType | undefined, backend: BackendType): boolean {
  return only === undefined || only === backend;
}

/** Refuses what the session's kind of engine does not have. */
function refuseInapplicable(
  session: Field<Mapping>,
  backend: BackendType,
): void {
  for (const [key, entry] of entriesOf(session)) {
    const only = key === SOCKET_KEY
      ? BackendType.TMUX
      : SESSION_KEY_ROWS[key]?.only;
    if (applies(only, backend) || isNull(entry.node)) continue;
    refuse(
      entry,
      only === BackendType.TMUX
        ? "is for tmux, and this is a container: leave it out"
        : "is for containers, and this session is on tmux: write " +
          "backend: container, or leave it out",
    );
  }
}

function readSocketName(field: Field): string | null {
  const name = readText(field);
  inFile(field, () => validateSocketName(name, ""));
  // So tmux calls the socket that is meant where none is named.
  return name === "default" ? null : name;
}
