/** Everything on the host and everything defined, as one list. */
import { DIALECTS } from "./container/dialect.ts";
import type { OpsConfig, SessionDefinition } from "./config/model.ts";
import { BackendNotFoundError, OpsError } from "./errors.ts";
import {
  BackendType,
  ContainerRuntime,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "./status.ts";
import type { ProcessHost } from "./process/host.ts";
import { localHost } from "./process/local.ts";
import { clientOf } from "./tmux/client.ts";
import { canonicalLabel, discoverSockets } from "./tmux/sockets.ts";

/** Which engines are meant; what is unset means any. */
export interface Scope {
  /** The kind of engine. */
  readonly backend?: BackendType | undefined;
  /** The container runtime; implies the container backend. */
  readonly runtime?: ContainerRuntime | undefined;
  /** Label of the tmux socket; implies the tmux backend. */
  readonly socketName?: string | undefined;
  /** The tmux program. @default {"tmux"} */
  readonly tmuxBinary?: string | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
}

/** Where a session can be. A {@linkcode SessionStatus} tells its own. */
export type Place = Pick<
  SessionStatus,
  "backend" | "socketName" | "runtime"
>;

/** What one engine answered. */
export interface Answer {
  /** Which engine was asked. */
  readonly place: Place;
  /** Its sessions; none if it did not answer. */
  readonly sessions: readonly SessionStatus[];
  /** Why it did not answer. */
  readonly failure: OpsError | null;
}

/** What the engines in a scope answered. */
export interface Survey {
  /** The engines that are installed. */
  readonly answers: readonly Answer[];
  /** Why something could not be asked, or did not answer. */
  readonly failures: readonly OpsError[];
}

/**
 * Asks every engine in the scope, side by side. One that is not installed is
 * passed over; one that does not answer is among the failures.
 *
 * @throws {BackendNotFoundError} If none is installed.
 */
export async function survey(scope: Scope): Promise<Survey> {
  const missing: BackendNotFoundError[] = [];
  const { places, failures } = await placesIn(scope);
  const answers = await Promise.all(
    places.map(async (place): Promise<Answer | null> => {
      try {
        const sessions = await sessionsAt(place, scope);
        return { place, sessions, failure: null };
      } catch (error) {
        if (error instanceof BackendNotFoundError) missing.push(error);
        else if (error instanceof OpsError) {
          return { place, sessions: [], failure: error };
        } else throw error;
        return null;
      }
    }),
  );
  const installed = answers.filter((answer) => answer !== null);
  if (installed.length === 0) throw missing[0];
  return {
    answers: installed,
    failures: [
      ...installed.flatMap(({ failure }) => failure ?? []),
      ...failures,
    ],
  };
}

// What a listing needs of an engine, without all that acting on it takes.
async function sessionsAt(
  { backend, socketName, runtime }: Place,
  { tmuxBinary = "tmux", host = localHost }: Scope,
): Promise<SessionStatus[]> {
  if (backend === BackendType.TMUX) {
    const client = clientOf(tmuxBinary, socketName, host);
    return (await client.sessions()).map(({ status }) => status);
  }
  const { ContainerClient } = await import("./container/client.ts");
  const client = new ContainerClient(DIALECTS[runtime ?? "podman"], host);
  return (await client.list()).map(({ status }) => status);
}

async function placesIn(
  scope: Scope,
): Promise<{ places: readonly Place[]; failures: readonly OpsError[] }> {
  const places: Place[] = [];
  const failures: OpsError[] = [];
  if (scope.backend !== BackendType.CONTAINER && scope.runtime === undefined) {
    for (const socketName of await socketsIn(scope, failures)) {
      places.push({ backend: BackendType.TMUX, socketName, runtime: null });
    }
  }
  if (scope.backend !== BackendType.TMUX && scope.socketName === undefined) {
    for (const runtime of Object.values(ContainerRuntime)) {
      if (runtime !== (scope.runtime ?? runtime)) continue;
      places.push({
        backend: BackendType.CONTAINER,
        socketName: null,
        runtime,
      });
    }
  }
  return { places, failures };
}

async function socketsIn(
  scope: Scope,
  failures: OpsError[],
): Promise<(string | null)[]> {
  const { socketName } = scope;
  if (socketName !== undefined) {
    const { validateSocketName } = await import("./validation.ts");
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

/** The sessions of a host, and what could not be asked. */
export interface Inventory {
  /** What is on the host, then what is defined and not started. */
  readonly sessions: readonly SessionStatus[];
  /** Why engines did not answer: their sessions may be missing here. */
  readonly warnings: readonly OpsError[];
}

/** What is to be listed. */
export interface ListOptions extends Scope {
  /** Whose definitions are listed too. @default {null} none */
  readonly config?: OpsConfig | null | undefined;
}

/**
 * Lists the sessions of every tmux socket of this user, of Podman and of
 * Docker, asked side by side, and the definitions that are not started.
 *
 * @throws {BackendNotFoundError} If no engine is installed.
 * @throws {OpsError} If no engine answers.
 *
 * @example
 * ```ts ignore
 * import { listAll } from "@kstlib/ops";
 *
 * const { sessions, warnings } = await listAll();
 * for (const { name, state } of sessions) console.log(name, state);
 * for (const warning of warnings) console.warn(warning.message);
 * ```
 */
export async function listAll(options: ListOptions = {}): Promise<Inventory> {
  const { tmuxBinary = options.config?.tmuxBinary } = options;
  const { answers, failures } = await survey({ ...options, tmuxBinary });
  if (answers.every(({ failure }) => failure !== null)) throw failures[0];
  const sessions = answers.flatMap((answer) => answer.sessions);
  const defined = [...options.config?.sessions.values() ?? []]
    .map((definition) => definedStatus(definition))
    .filter((status) => isWithin(status, options))
    .filter((status) =>
      !sessions.some((s) => s.name === status.name && isAt(s, status))
    )
    .map((status) =>
      answers.some(({ failure, place }) => failure && isAt(place, status))
        ? { ...status, state: SessionState.UNKNOWN }
        : status
    );
  return { sessions: [...sessions, ...defined], warnings: failures };
}

/** The status of a definition that is not started. */
export function definedStatus(
  { config, socketName }: SessionDefinition,
): SessionStatus {
  const { command } = config;
  // A definition may also hold what only the other backend goes by.
  const isTmux = config.backend === BackendType.TMUX;
  return sessionStatus({
    name: config.name,
    state: SessionState.DEFINED,
    backend: config.backend,
    socketName: isTmux ? socketName : null,
    runtime: isTmux ? null : config.runtime ?? null,
    image: isTmux ? null : config.image ?? null,
    command: typeof command === "string" ? command : command?.join(" ") ?? null,
  });
}

/** Whether a place is the wanted one, which may leave the runtime open. */
export function isAt(place: Place, wanted: Place): boolean {
  return place.backend === wanted.backend &&
    place.socketName === wanted.socketName &&
    (wanted.runtime === null || place.runtime === wanted.runtime);
}

/** Whether a place is in the scope; one that is left open may come to be. */
export function isWithin(place: Place, scope: Scope): boolean {
  const isTmux = place.backend === BackendType.TMUX;
  return (scope.backend ?? place.backend) === place.backend &&
    (scope.socketName === undefined ||
      isTmux && canonicalLabel(scope.socketName) === place.socketName) &&
    (scope.runtime === undefined ||
      !isTmux && scope.runtime === (place.runtime ?? scope.runtime));
}
