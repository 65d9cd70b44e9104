/** Finds the place of a session among those that are, or were. */
import {
  BackendNotFoundError,
  EngineError,
  type OpsError,
  SessionNotFoundError,
} from "../core/errors.ts";
import type { SessionDefinition } from "../config/model.ts";
import { isAt, type Place } from "../core/place.ts";
import {
  type Capability,
  engineOf,
  isWithin,
  type Scope,
  scopeOf,
} from "../engines/registry.ts";
import { type Survey, survey } from "./survey.ts";
import { type Ask, locate } from "./locate.ts";
import { BackendType, type ContainerRuntime } from "../core/definition.ts";
import type { Seen } from "../engines/runner.ts";
import { lastRunsOf } from "../state/lookup.ts";
import type { Memory } from "../state/memory.ts";

/** No memory: only sessions that an engine has are found. */
export const NO_MEMORY: Memory = { stateFolder: null };

/**
 * Asks the engines once for all callers in the same turn, in scopes
 * that differ in nothing but the backend: what that costs does not grow with the
 * number of names that are looked for.
 */
export function askTogether(ask: Ask = survey): Ask {
  const asked = new Map<BackendType | undefined, Promise<Survey>>();
  return (scope) => {
    const { backend } = scope;
    const before = asked.get(backend);
    if (before !== undefined) return before;
    const answer = ask(scope);
    asked.set(backend, answer);
    // A later caller must not get this older answer.
    queueMicrotask(() => asked.delete(backend));
    return answer;
  };
}

/**
 * Asks those engines first that are there for it; the others are asked only if
 * none of these has a session of that name.
 */
export function askFirst(capability: Capability, name: string, ask: Ask): Ask {
  return async (scope) => {
    const within = scopeOf(capability, scope);
    if (within === scope) return await ask(scope);
    try {
      const survey = await ask(within);
      const sessions = survey.answers.flatMap((answer) => answer.sessions);
      if (sessions.some((it) => it.name === name)) return survey;
    } catch (error) {
      // None of these is installed.
      if (!(error instanceof BackendNotFoundError)) throw error;
    }
    return await ask(scope);
  };
}

/** Where a session is or was. */
export interface Whereabouts {
  /** The place. */
  readonly place: Place;
  /** The session, if an engine has it. */
  readonly seen: Seen | null;
}

/** The place that has a session, or had it last. */
export async function locateOrRemember(
  name: string,
  scope: Scope,
  memory: Memory,
  ask: Ask,
  alsoKnown?: Iterable<string>,
): Promise<Whereabouts> {
  // Before the engines are asked: what begins meanwhile is not what they have.
  // That it cannot be read matters only if it is needed.
  const unread: OpsError[] = [];
  const runs = lastRunsOf(name, {
    ...memory,
    warn: (warning) => unread.push(warning),
  });
  try {
    const { status, handle } = await locate(name, scope, alsoKnown, ask);
    const before = runs.find((run) => isAt(run, status)) ?? null;
    const seen = handle === null ? null : { status, before, handle };
    return { place: status, seen };
  } catch (error) {
    const isSilent = error instanceof EngineError;
    if (!isSilent && !(error instanceof SessionNotFoundError)) throw error;
    for (const warning of unread) memory.warn?.(warning);
    const run = runs.find((place) => isWithin(place, scope));
    if (run === undefined || isOf(run, error)) throw error;
    // Another engine is silent, but the past of this session is known.
    if (isSilent) {
      memory.warn?.(error.cause instanceof EngineError ? error.cause : error);
    }
    return { place: run, seen: null };
  }
}

/** Whether it is the failure of a place's own engine. */
function isOf(place: Place, error: unknown): boolean {
  return error instanceof EngineError && error.engine === engineOf(place);
}

/** The runtime that has the defined container, had it, or is to have it. */
export async function runtimeOf(
  { config: { name, backend, runtime } }: SessionDefinition,
  scope: Scope,
  memory: Memory,
  ask: Ask,
): Promise<{ runtime: ContainerRuntime | undefined; seen: Seen | null }> {
  const wanted = runtime ?? scope.runtime;
  if (backend === BackendType.TMUX || wanted !== undefined) {
    return { runtime: wanted, seen: null };
  }
  try {
    const within = { ...scope, backend };
    const { place, seen } = await locateOrRemember(name, within, memory, ask);
    return { runtime: place.runtime ?? undefined, seen };
  } catch (error) {
    if (!(error instanceof SessionNotFoundError)) throw error;
    return { runtime: undefined, seen: null };
  }
}
