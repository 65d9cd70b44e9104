/**
 * The kinds of engines there are: the one place that knows each of them. What
 * acts on an engine is loaded when it is needed.
 */
import type { SessionConfig } from "../core/definition.ts";
import { OpsError } from "../core/errors.ts";
import { lazy } from "../core/lazy.ts";
import { canonicalLabel, type Place } from "../core/place.ts";
import {
  BackendType,
  type ContainerRuntime,
  ENGINE_NAMES,
  type EngineName,
  enginesOf,
  type SessionStatus,
} from "../core/status.ts";
import type { Invocation, ProcessHost } from "../host/host.ts";
import { localHost } from "../host/local/local.ts";
import type { RecorderOptions } from "../state/recorder.ts";
import { DIALECTS } from "./container/dialect.ts";
import type { Described } from "./described.ts";
import type { Runner, Seen } from "./runner.ts";
import { engineName, listPanes, serverArgs } from "./tmux/listing.ts";
import { discoverSockets } from "./tmux/sockets.ts";

export { QUESTION_LABEL } from "./tmux/sockets.ts";

const tmuxClient = lazy(() => import("./tmux/client.ts"));
const tmuxRunner = lazy(() => import("./tmux/runner.ts"));
const containerClient = lazy(() => import("./container/client.ts"));
const containerRunner = lazy(() => import("./container/runner.ts"));

/** Which engines are meant; what is unset means any. */
export interface Scope {
  /** The kind of engine. */
  readonly backend?: BackendType | undefined;
  /** The container runtime; implies the container backend. */
  readonly runtime?: ContainerRuntime | undefined;
  /** Label of the tmux socket; implies the tmux backend. */
  readonly socketName?: string | undefined;
  /**
   * The engines that may be asked, as `ops.engines` has them. One that is named
   * by `runtime` or `socketName` is asked nevertheless, and so are those of a
   * `backend` that has none in common with these.
   *
   * @default {undefined} all
   */
  readonly engines?: readonly EngineName[] | undefined;
  /** The tmux program. @default {"tmux"} */
  readonly tmuxBinary?: string | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
}

/** How an engine is reached, and what it is remembered by. */
export interface ConnectOptions extends RecorderOptions {
  /** The tmux program. @default {"tmux"} */
  readonly tmuxBinary?: string | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /** Shows a text to the person at the terminal while the work goes on. */
  readonly notify?: ((text: string) => void) | undefined;
  /** The session as it was just found: the first question is not put again. */
  readonly seen?: Seen | undefined;
}

/** What acts on the sessions of a place. */
export async function connect(
  { backend, socketName, runtime }: Place,
  options: ConnectOptions,
): Promise<Runner> {
  if (backend === BackendType.TMUX) {
    const { TmuxRunner } = await tmuxRunner();
    const { tmuxBinary: binary } = options;
    return new TmuxRunner({ ...options, binary, socketName });
  }
  const { ContainerRunner } = await containerRunner();
  return new ContainerRunner({ ...options, runtime: runtime ?? undefined });
}

/** What of a configuration places a session, and tells what it is made from. */
export type Configured = Pick<
  SessionStatus,
  "backend" | "socketName" | "runtime" | "image"
>;

/** Leaves out what a configuration holds for another kind of engine. */
export function ownFields(
  { backend, runtime, image }: Pick<
    SessionConfig,
    "backend" | "runtime" | "image"
  >,
  socketName: string | null,
): Configured {
  return backend === BackendType.TMUX
    ? { backend, socketName, runtime: null, image: null }
    : {
      backend,
      socketName: null,
      runtime: runtime ?? null,
      image: image ?? null,
    };
}

/** What errors call the engine of a place. */
export function engineOf({ socketName, runtime }: Place): string {
  return runtime ?? engineName(socketName);
}

/**
 * The questions of a listing of everything, those that take longest first: each
 * is made when the one before has been asked, so that none waits for the next.
 */
export function* listQuestions(
  backends: readonly BackendType[],
): Generator<Invocation> {
  if (backends.includes(BackendType.CONTAINER)) {
    const { podman, docker } = DIALECTS;
    for (const { runtime, list } of [docker, podman]) {
      yield { binary: runtime, args: list, engine: runtime };
    }
  }
  if (backends.includes(BackendType.TMUX)) {
    yield tmuxQuestion(null);
    for (const socket of otherSockets()) yield tmuxQuestion(socket);
  }
}

function tmuxQuestion(socket: string | null): Invocation {
  return {
    binary: "tmux",
    args: [...serverArgs(socket), "-N", ...listPanes()],
    engine: engineName(socket),
  };
}

function otherSockets(): string[] {
  try {
    return discoverSockets().filter((label) => label !== null);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return []; // the listing itself will report it
  }
}

/** The sessions of a place. */
export interface Listing {
  /** What the engine told of each. */
  readonly sessions: readonly SessionStatus[];
  /** See {@linkcode Seen.handle}; `null` where the listing tells too little. */
  readonly handleOf: (session: SessionStatus) => unknown;
}

/** Lists the sessions of a place; what acts on them is not loaded. */
export async function sessionsAt(
  { backend, socketName, runtime }: Place,
  { tmuxBinary = "tmux", host = localHost }: Scope,
): Promise<Listing> {
  if (backend === BackendType.TMUX) {
    const { clientOf } = await tmuxClient();
    const listed = await clientOf(tmuxBinary, socketName, host).list();
    const sessions = listed.all.map(({ status }) => status);
    return { sessions, handleOf: () => listed };
  }
  const { ContainerClient } = await containerClient();
  const client = new ContainerClient(DIALECTS[runtime ?? "podman"], host);
  const containers = await client.list();
  return {
    sessions: containers.map(({ status }) => status),
    // Podman's listing leaves out what a stop has to know.
    handleOf: (session) =>
      containers.find(({ status, isRestarted }) =>
        status === session && isRestarted !== null
      ) ?? null,
  };
}

/**
 * How sessions of a place were made, as far as their engine tells: one or two
 * questions, however many they are.
 */
export async function describedAt(
  { backend, socketName, runtime }: Place,
  sessions: readonly SessionStatus[],
  { tmuxBinary = "tmux", host = localHost }: Scope,
): Promise<Described[]> {
  if (backend === BackendType.TMUX) {
    const { clientOf } = await tmuxClient();
    const { describeSessions } = await import("./tmux/describe.ts");
    return await describeSessions(
      clientOf(tmuxBinary, socketName, host),
      sessions,
    );
  }
  const { ContainerClient } = await containerClient();
  const { describeContainers } = await import("./container/describe.ts");
  const dialect = DIALECTS[runtime ?? "podman"];
  return await describeContainers(new ContainerClient(dialect, host), sessions);
}

/** The error for the old name of a container that somebody has renamed. */
export async function renamedContainer(
  name: string,
  status: SessionStatus,
): Promise<OpsError> {
  const { renamedError } = await import("./container/record.ts");
  return renamedError(name, status);
}

/** A session that runs and that its engine does not tell of. */
export interface LostSession {
  /** What is known of it. */
  readonly status: SessionStatus;
  /** What errors call its engine. */
  readonly engine: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * What runs of sessions that tmux has lost. Containers are in every list of
 * their engine.
 *
 * @param sockets The labels of sockets where sessions are missed.
 */
export async function lostSessions(
  sockets: readonly (string | null)[],
  { tmuxBinary = "tmux", host = localHost }: Scope,
): Promise<LostSession[]> {
  const { clientOf } = await tmuxClient();
  const { findLost, lostStatus } = await import("./tmux/strays.ts");
  const labels = new Set([...sockets, null, ...otherSockets()]);
  const clients = [...labels].map((it) => clientOf(tmuxBinary, it, host));
  const lost = (await findLost(clients)).map((it) => {
    const place = { name: it.name, socketName: canonicalLabel(it.label) };
    const { socketName } = place;
    const status = lostStatus(place, it);
    return { status, engine: engineName(socketName), remedy: it.remedy };
  });
  return lost.filter(({ status }) => sockets.includes(status.socketName));
}

/** The places of a scope, and why some cannot be known. */
export async function placesIn(
  scope: Scope,
): Promise<{ places: readonly Place[]; failures: readonly OpsError[] }> {
  const places: Place[] = [];
  const failures: OpsError[] = [];
  for (const engine of enginesIn(scope)) {
    if (engine === BackendType.TMUX) {
      for (const socketName of await socketsIn(scope, failures)) {
        places.push({ backend: engine, socketName, runtime: null });
      }
    } else {
      const backend = BackendType.CONTAINER;
      places.push({ backend, socketName: null, runtime: engine });
    }
  }
  return { places, failures };
}

/** The engines of a scope. */
function enginesIn(
  { backend, runtime, socketName, engines }: Scope,
): readonly EngineName[] {
  const isNamed = runtime !== undefined || socketName !== undefined;
  const named = ENGINE_NAMES.filter((it) =>
    (backend === undefined || enginesOf(backend).includes(it)) &&
    (runtime === undefined || it === runtime) &&
    (socketName === undefined || it === BackendType.TMUX)
  );
  const allowed = named.filter((it) => engines?.includes(it) ?? true);
  return isNamed || allowed.length === 0 ? named : allowed;
}

async function socketsIn(
  scope: Scope,
  failures: OpsError[],
): Promise<(string | null)[]> {
  const { socketName } = scope;
  if (socketName !== undefined) {
    const { validateSocketName } = await import("../core/validate/fields.ts");
    validateSocketName(socketName);
    return [canonicalLabel(socketName)];
  }
  try {
    return discoverSockets();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    failures.push(error);
    return [null];
  }
}

/** What one kind of engine is there for, rather than others. */
export type Capability = "sendKeys" | "exec";

/** That part of a scope in which sessions are meant that do something. */
export function scopeOf(capability: Capability, scope: Scope): Scope {
  const backend = capability === "sendKeys"
    ? BackendType.TMUX
    : BackendType.CONTAINER;
  const isOpen = scope.backend === undefined && scope.runtime === undefined &&
    scope.socketName === undefined;
  const isAsked = enginesIn(scope).some((it) =>
    enginesOf(backend).includes(it)
  );
  return isOpen && isAsked ? { ...scope, backend } : scope;
}

/** Whether a place is in the scope; a runtime that is left open may become one. */
export function isWithin(place: Place, scope: Scope): boolean {
  const candidates = place.runtime === null
    ? enginesOf(place.backend)
    : [place.runtime];
  return enginesIn(scope).some((it) => candidates.includes(it)) &&
    (scope.socketName === undefined ||
      canonicalLabel(scope.socketName) === place.socketName);
}
