/** Where a session still runs that is defined at another place by now. */
import { BackendNotFoundError, SessionNotFoundError } from "../core/errors.ts";
import { isAt, type Place } from "../core/place.ts";
import { haveSameOwner } from "../core/spec.ts";
import { SessionState, type SessionStatus } from "../core/status.ts";
import { connect, type ConnectOptions } from "../engines/registry.ts";
import { lastRunsOf } from "../state/lookup.ts";
import type { Memory } from "../state/memory.ts";

/**
 * Finds it where its last run elsewhere is not known to have ended.
 *
 * @param place Where it is defined now.
 * @param spec By what its definition is known: others may have one of that name.
 * @returns Its status there; `null` where it does not run elsewhere.
 * @throws {EngineError} If an engine that may have it does not answer.
 */
export async function runningElsewhere(
  name: string,
  place: Place,
  spec: string,
  memory: Memory,
  options: ConnectOptions,
): Promise<SessionStatus | null> {
  const open = lastRunsOf(name, memory)
    .filter((run) => run.endedBy === null && !isAt(run, place));
  for (const run of open) {
    const { backend, socketName, runtime } = run;
    const runner = await connect({ backend, socketName, runtime }, options);
    try {
      const status = await runner.status(name);
      if (isMeant(status, spec)) return status;
    } catch (error) {
      const isGone = error instanceof SessionNotFoundError ||
        error instanceof BackendNotFoundError;
      if (!isGone) throw error;
    }
  }
  return null;
}

/** Whether it runs, or may, and was started for the same configuration. */
function isMeant(
  { state, managed, spec }: SessionStatus,
  wanted: string,
): boolean {
  if (!managed) return false;
  return state === SessionState.UNKNOWN ||
    state === SessionState.RUNNING && spec !== null &&
      haveSameOwner(spec, wanted);
}
