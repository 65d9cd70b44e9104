/** Everything on the host and everything defined, as one list. */
import type { OpsConfig, SessionDefinition } from "../config/model.ts";
import { BackendNotFoundError, EngineError, OpsError } from "../core/errors.ts";
import {
  originalName,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../core/status.ts";
import { hasChanged, specOf } from "../core/spec.ts";
import { isAt, type Place } from "../core/place.ts";
import {
  isWithin,
  type Listing,
  ownFields,
  placesIn,
  type Scope,
  sessionsAt,
} from "../engines/registry.ts";
import { memoryOf, type MemoryOptions } from "../state/memory.ts";
import { openRuns } from "../state/marks.ts";
import type { LostSessions } from "./lost.ts";
import type { Uses } from "./needs.ts";

/** What one engine answered: no sessions if it did not. */
export interface Answer extends Listing {
  /** Which engine was asked. */
  readonly place: Place;
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
 * passed over, and so is one that does not run and that nobody needs, if another
 * one answers; any other that does not answer is among the failures.
 *
 * @param uses What tells who needs it.
 * @throws {BackendNotFoundError} If none is installed.
 */
export async function survey(scope: Scope, uses: Uses = {}): Promise<Survey> {
  const { places, failures } = await placesIn(scope);
  const answers = await Promise.all(
    places.map(async (place): Promise<Answer> => {
      try {
        return { place, ...await sessionsAt(place, scope), failure: null };
      } catch (error) {
        if (!(error instanceof OpsError)) throw error;
        return { place, sessions: [], handleOf: () => null, failure: error };
      }
    }),
  );
  const installed = answers.filter(({ failure }) =>
    !(failure instanceof BackendNotFoundError)
  );
  if (installed.length === 0) throw answers[0]?.failure ?? failures[0];
  const used = await withoutUnused(installed, uses);
  return {
    answers: used,
    failures: [...used.flatMap(({ failure }) => failure ?? []), ...failures],
  };
}

/** Passes over the runtimes that do not run and that nobody needs. */
async function withoutUnused(
  answers: readonly Answer[],
  uses: Uses,
): Promise<readonly Answer[]> {
  const isOff = ({ failure }: Answer) =>
    failure instanceof EngineError && failure.isOff;
  const isAnswered = answers.some(({ failure }) => failure === null);
  if (!isAnswered || !answers.some(isOff)) return answers;
  const { isNeeded } = await import("./needs.ts");
  const runtimes = answers.flatMap(({ place }) => place.runtime ?? []);
  return answers.filter((answer) => {
    const { runtime } = answer.place;
    return runtime === null || !isOff(answer) ||
      isNeeded(runtime, runtime === runtimes[0], uses);
  });
}

/** The sessions of a host, and what could not be asked. */
export interface Inventory {
  /** What is on the host, then what is defined and not started. */
  readonly sessions: readonly SessionStatus[];
  /**
   * Why engines did not answer: their sessions may be missing here. None of a
   * container runtime that does not run, and that nothing defined or remembered
   * needs.
   */
  readonly warnings: readonly OpsError[];
}

/** What is to be listed. */
export interface ListOptions extends Scope, Pick<MemoryOptions, "stateFolder"> {
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
  const { config } = options;
  const {
    tmuxBinary = config?.tmuxBinary,
    engines = config?.engines,
  } = options;
  const scope = { ...options, tmuxBinary, engines };
  const { answers, failures } = await survey(scope, scope);
  if (answers.every(({ failure }) => failure !== null)) throw failures[0];
  const listed = answers.flatMap((answer) => answer.sessions)
    .map((status) => withChange(status, config));
  const lost = await lostOf(answers, listed, scope);
  const sessions = [...listed, ...lost.sessions];
  const defined = [...config?.sessions.values() ?? []]
    .map((definition) => definedStatus(definition))
    .filter((status) => isWithin(status, scope))
    .filter((status) =>
      !sessions.some((s) => isNamed(s, status.name) && isAt(s, status))
    )
    .map((status) =>
      answers.some(({ failure, place }) => failure && isAt(place, status))
        ? { ...status, state: SessionState.UNKNOWN }
        : status
    );
  return {
    sessions: [...sessions, ...defined],
    warnings: [...failures, ...lost.warnings],
  };
}

/** Whether what runs has been defined anew since it was started. */
function withChange(
  status: SessionStatus,
  config: OpsConfig | null | undefined,
): SessionStatus {
  if (status.spec === null) return status;
  const definition = config?.sessions.get(originalName(status));
  if (definition === undefined) return status;
  const place = ownFields(definition.config, definition.socketName);
  if (!isAt(status, place)) return status;
  const changed = hasChanged(status, specOf(definition));
  return { ...status, changed };
}

/** What runs and is not listed, of engines that have answered. */
async function lostOf(
  answers: readonly Answer[],
  listed: readonly SessionStatus[],
  { stateFolder, ...scope }: ListOptions,
): Promise<LostSessions> {
  const warnings: OpsError[] = [];
  const warn = (warning: OpsError) => warnings.push(warning);
  const memory = memoryOf({ stateFolder, warn });
  const silent = answers.filter(({ failure }) => failure !== null);
  const missing = openRuns(memory).filter(({ key }) =>
    isWithin(key, scope) && !silent.some(({ place }) => isAt(place, key)) &&
    !listed.some((it) => isNamed(it, key.name) && isAt(it, key))
  );
  if (missing.length === 0) return { sessions: [], warnings };
  const { findLostRuns } = await import("./lost.ts");
  const lost = await findLostRuns(missing, memory, scope);
  return { ...lost, warnings: [...warnings, ...lost.warnings] };
}

/** Whether a session has that name, or had it when it was started. */
function isNamed({ name, startedAs }: SessionStatus, wanted: string): boolean {
  return name === wanted || startedAs === wanted;
}

/** The status of a definition that is not started. */
export function definedStatus(
  { config, socketName }: SessionDefinition,
): SessionStatus {
  const { command } = config;
  return sessionStatus({
    name: config.name,
    state: SessionState.DEFINED,
    ...ownFields(config, socketName),
    command: typeof command === "string" ? command : command?.join(" ") ?? null,
  });
}
