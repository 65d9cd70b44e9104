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
import { validateContainerName } from "../core/validate/container.ts";
import { ENV_FILE_KEY, readEnvFiles } from "./env_file.ts";
import {
  entriesOf,
  entryOf,
  type Field,
  inFile,
  keyOf,
  presentEntryOf,
  readMapping,
  readText,
  refuse,
  refuseUnknown,
} from "./fields.ts";
import { fill, fillSession } from "./fill.ts";
import { GROUP_KEY, readOwnGroups } from "./groups.ts";
import { SESSION_KEY_ROWS, type SessionDefaults } from "./keys.ts";
import type { SessionDefinition } from "./model.ts";
import { eachOf, NEEDS_KEY, readNeeds, refuseBadNeeds } from "./needs.ts";
import { below } from "./position.ts";
import {
  numbered,
  readReplicas,
  refuseTakenNames,
  type Replica,
  REPLICA_VARIABLE,
  replicaName,
  REPLICAS_KEY,
  withOwnPorts,
} from "./replicas.ts";
import { Problems, readEach } from "./problems.ts";
import { isNull, type Mapping, mergeNodes } from "./tree.ts";
import {
  readReady,
  readSuccessCodes,
  READY_KEY,
  refuseUnlogged,
  SUCCESS_KEY,
} from "./ready.ts";
import { asked, readBackend, readRuntime } from "./values.ts";

/** What the other keys mean depends on it, so it is read first. */
export const BACKEND_KEY = "backend";
/** Places a session; it is no part of what the session is. */
export const SOCKET_KEY = "socket_name";

const ROWS = Object.entries(SESSION_KEY_ROWS);

/** The keys of a session. */
export const SESSION_KEYS: readonly string[] = [
  BACKEND_KEY,
  ...ROWS.map(([key]) => key),
  SOCKET_KEY,
  NEEDS_KEY,
  ENV_FILE_KEY,
  READY_KEY,
  SUCCESS_KEY,
  GROUP_KEY,
  REPLICAS_KEY,
];

/** Keys that people know from elsewhere, and what ops has instead. */
export const MEANT: Readonly<Record<string, string>> = {
  cwd: 'the key is "working_dir"',
  workdir: 'the key is "working_dir"',
  environment: 'the key is "env"',
  socket: 'the key is "socket_name"',
  volumes_from: "list the mounts under volumes",
  autostart: "ops starts what it is told to: ops start NAME, at boot from cron",
  groups: 'the key is "group"',
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
  const { variables } = defaults;
  const entries = entriesOf(readMapping(field));
  const all = new Problems();
  const filled = new Map<string, Field<Mapping>>();
  const counts = new Map<string, number | undefined>();
  const replicas = new Map<string, readonly string[]>();
  const sessions = all.attempt(() =>
    readEach(entries, ([name, entry]) => {
      const problems = new Problems();
      const named = { ...keyOf(entry), key: field.key };
      problems.attempt(() => inFile(named, () => validateNewName(name, "")));
      return problems.finish(() => {
        const own = readMapping(entry);
        const merged = underlaid(own, defaults.common);
        const said = entryOf(merged, REPLICAS_KEY);
        const count = said && (defaults.replicas?.get(name) ??
          readReplicas(fill(said, variables)));
        counts.set(name, count);
        if (count === undefined) {
          return [readOne(name, { merged, own }, defaults, filled)];
        }
        const numbers = Array.from({ length: count }, (_, i) => i + 1);
        replicas.set(name, numbers.map((it) => replicaName(name, it)));
        return readEach(
          numbers,
          (number) =>
            readOne(
              name,
              { merged, own, replica: { number, count } },
              defaults,
              filled,
            ),
        );
      });
    })
  ) ?? [];
  all.attempt(() => refuseTakenNames(counts, new Map(entries)));
  // Those that are wrong are there, too.
  for (const [name, entry] of entries) {
    if (filled.has(name) || replicas.has(name)) continue;
    all.attempt(() => filled.set(name, readMapping(entry)));
  }
  if (defaults.isWhole) {
    all.attempt(() => refuseBadNeeds(filled, replicas));
  }
  return all.finish(() =>
    new Map(
      sessions.flat().filter((it) => it !== undefined)
        .map((it) => [it.config.name, withReplicas(it, replicas)]),
    )
  );
}

/** A session with what all have in common, and which replica of it is read. */
interface Merged {
  readonly merged: Field<Mapping>;
  readonly own: Field<Mapping>;
  readonly replica?: Replica | undefined;
}

/** Reads a definition, or that of a replica. */
function readOne(
  name: string,
  { merged, own, replica }: Merged,
  defaults: SessionDefaults,
  filled: Map<string, Field<Mapping>>,
): SessionDefinition | undefined {
  const problems = new Problems();
  const text = replica ? numbered(merged, replica) : merged;
  const all = fillSession(text, defaults.variables, problems);
  const session = replica
    ? problems.attempt(() => withOwnPorts(all, replica)) ?? all
    : all;
  const itsName = replica ? replicaName(name, replica.number) : name;
  filled.set(itsName, session);
  const isWhole = defaults.isWhole && problems.isEmpty;
  const given = { session, own, replica };
  const its = { ...defaults, isWhole };
  const definition = readSession(itsName, given, its, problems);
  return definition && replica
    ? { ...definition, replicaOf: name }
    : definition;
}

/** A definition that depends on each replica where it depends on all. */
function withReplicas(
  definition: SessionDefinition,
  replicas: ReadonlyMap<string, readonly string[]>,
): SessionDefinition {
  const { needs } = definition;
  return needs === undefined
    ? definition
    : { ...definition, needs: needs.flatMap((it) => eachOf(it, replicas)) };
}

/** A session with what all have in common, where it says nothing itself. */
function underlaid(
  own: Field<Mapping>,
  common: Mapping | undefined,
): Field<Mapping> {
  if (common === undefined) return own;
  const { entries } = mergeNodes(common, own.node) as Mapping;
  return { ...own, node: { ...own.node, entries } };
}

/** A session, and what of it stands in its own entry. */
interface Given {
  readonly session: Field<Mapping>;
  readonly own: Field<Mapping>;
  readonly replica?: Replica | undefined;
}

/** Reads a definition; `undefined` if that takes files that are missing. */
function readSession(
  name: string,
  { session, own, replica }: Given,
  defaults: SessionDefaults,
  problems: Problems,
): SessionDefinition | undefined {
  problems.attempt(() => refuseUnknown(own, SESSION_KEYS, MEANT));
  const said = problems.attempt(() => backendOf(session, own, defaults)) ??
    null;
  const backend = defaults.isWhole ? said : null;
  problems.attempt(() => refuseInapplicable(own, backend));
  problems.attempt(() => refuseLeftOut(session, backend, defaults));
  problems.attempt(() => refuseEmptyCommand(session));

  const context = { home: defaults.home, backend };
  const fields: Record<string, unknown> = {};
  for (const [key, row] of ROWS) {
    if (!applies(row.only, backend)) continue;
    const entry = entryOf(session, key);
    fields[row.field] = entry === undefined
      ? row.inherited?.(defaults)
      : problems.attempt(() => row.read(entry, context));
  }
  const envFile = entryOf(session, ENV_FILE_KEY);
  const inFiles = envFile &&
    problems.attempt(() => readEnvFiles(envFile, defaults));
  if (inFiles) fields["env"] = { ...inFiles, ...fields["env"] ?? {} };
  if (replica) {
    const number = { [REPLICA_VARIABLE]: `${replica.number}` };
    fields["env"] = { ...fields["env"] ?? {}, ...number };
  }
  // What is said of all is not said of a shell, which is not started again.
  const isShell = backend === BackendType.TMUX &&
    fields["command"] === undefined;
  if (isShell && !own.node.entries.has("restart")) delete fields["restart"];
  const socket = entryOf(session, SOCKET_KEY);
  const socketName = socket && applies(BackendType.TMUX, backend)
    ? problems.attempt(() => readSocketName(socket)) ?? null
    : null;
  const needs = problems.attempt(() => readNeeds(session)) ?? [];
  const ready = problems.attempt(() => readReady(session));
  const successExitCodes = problems.attempt(() => readSuccessCodes(session));
  const groups = problems.attempt(() => readOwnGroups(session)) ?? [];
  return problems.finish(() => {
    // What is left out here was refused above; a command makes a difference.
    const isKnown = !problems.concerns(below(session.key, "command"));
    if (backend === null || !isKnown) return undefined;
    const options: SessionConfigOptions = { name, backend, ...fields };
    const checkName = () => validateContainerName(name, options.runtime, "");
    inFile(keyOf(session), checkName);
    const config = inFile(session, () => new SessionConfig(options));
    refuseUnlogged(session, ready, config);
    return {
      config,
      socketName,
      ...(needs.length === 0 ? undefined : { needs }),
      ...(ready === undefined ? undefined : { ready }),
      ...(successExitCodes === undefined ? undefined : { successExitCodes }),
      ...(groups.length === 0 ? undefined : { groups }),
    };
  });
}

/**
 * What is said, else a container if there is an image, else the default. What
 * the session says itself comes before what is said of all.
 */
function backendOf(
  session: Field<Mapping>,
  own: Field<Mapping>,
  { defaultBackend }: SessionDefaults,
): BackendType | null {
  const isContainer = entryOf(own, BACKEND_KEY) === undefined &&
    entryOf(own, "image") !== undefined;
  if (isContainer) return BackendType.CONTAINER;
  const entry = entryOf(session, BACKEND_KEY);
  if (entry !== undefined) return readBackend(entry);
  return entryOf(session, "image") === undefined
    ? defaultBackend
    : BackendType.CONTAINER;
}

/** Refuses a session whose engine may not be asked. */
function refuseLeftOut(
  session: Field<Mapping>,
  backend: BackendType | null,
  { engines }: SessionDefaults,
): void {
  const runtime = entryOf(session, "runtime");
  if (backend === BackendType.CONTAINER && runtime !== undefined) {
    asked(runtime, readRuntime(runtime), engines);
  } else if (backend !== null) {
    asked(entryOf(session, BACKEND_KEY) ?? keyOf(session), backend, engines);
  }
}

/** Whether what only one kind of engine has, if so, is there on this one. */
function applies(
  only: BackendType | undefined,
  backend: BackendType | null,
): boolean {
  return only === undefined || backend === null || only === backend;
}

/** Refuses a command that is there and says nothing. */
export function refuseEmptyCommand(session: Field<Mapping>): void {
  const command = presentEntryOf(session, "command");
  if (command === undefined || !isNull(command.node)) return;
  refuse(
    command,
    "is empty: write a command, or leave the key out for an interactive " +
      "shell or the image's own command",
  );
}

/** Refuses what the session's kind of engine does not have. */
function refuseInapplicable(
  session: Field<Mapping>,
  backend: BackendType | null,
): void {
  readEach([...session.node.entries], ([key, node]) => {
    const only = key === SOCKET_KEY
      ? BackendType.TMUX
      : SESSION_KEY_ROWS[key]?.only;
    if (applies(only, backend) || isNull(node)) return;
    refuse(
      keyOf(presentEntryOf(session, key)!),
      only === BackendType.TMUX
        ? "is for tmux, and this is a container: leave it out"
        : "is for containers, and this session is on tmux: write " +
          "backend: container, or leave it out",
    );
  });
}

/** Reads the label of a tmux socket; `null` is the default one. */
export function readSocketName(field: Field): string | null {
  const name = readText(field);
  inFile(field, () => validateSocketName(name, ""));
  // So tmux calls the socket that is meant where none is named.
  return name === "default" ? null : name;
}
