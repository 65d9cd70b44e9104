/** Finds the place of a session among those that are, or were. */
import { EngineError, SessionNotFoundError } from "../core/errors.ts";
import type { SessionDefinition } from "../config/model.ts";
import type { Place } from "../core/place.ts";
import { engineOf, isWithin, type Scope } from "../engines/registry.ts";
import { type Survey, survey } from "./survey.ts";
import { type Ask, locate } from "./locate.ts";
import { BackendType, type ContainerRuntime } from "../core/definition.ts";
import { lastRunOf, type Memory } from "../state/lookup.ts";

/** For those who look at nothing but what is there. */
export const NO_MEMORY: Memory = { stateFolder: null };

/**
 * Asks the engines once for all who want to know in the same turn, in scopes
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
    // Who wants to know later must not hear how it was before.
    queueMicrotask(() => asked.delete(backend));
    return answer;
  };
}

/** The place that has a session, or had it last. */
export async function locateOrRemember(
  name: string,
  scope: Scope,
  memory: Memory,
  ask: Ask,
  alsoKnown?: Iterable<string>,
): Promise<Place> {
  try {
    return await locate(name, scope, alsoKnown, ask);
  } catch (error) {
    const isSilent = error instanceof EngineError;
    if (!isSilent && !(error instanceof SessionNotFoundError)) throw error;
    const run = lastRunOf(name, memory, (place) => isWithin(place, scope));
    if (run === null || isOf(run, error)) throw error;
    // What is silent elsewhere hides no past, and nobody has mistyped it.
    if (isSilent) {
      memory.warn?.(error.cause instanceof EngineError ? error.cause : error);
    }
    return run;
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
): Promise<ContainerRuntime | undefined> {
  const wanted = runtime ?? scope.runtime;
  if (backend === BackendType.TMUX || wanted !== undefined) return wanted;
  try {
    const within = { ...scope, backend };
    const place = await locateOrRemember(name, within, memory, ask);
    return place.runtime ?? undefined;
  } catch (error) {
    if (error instanceof SessionNotFoundError) return undefined;
    throw error;
  }
}
