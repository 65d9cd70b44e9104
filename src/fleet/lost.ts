/** Sessions that run, and that no engine tells of. */
import { EngineError, type OpsError } from "../core/errors.ts";
import type { SessionStatus } from "../core/status.ts";
import { lostSessions, type Scope } from "../engines/registry.ts";
import type { Memory } from "../state/memory.ts";
import type { OpenRun } from "../state/marks.ts";
import { Recorder } from "../state/recorder.ts";

/** What was found, and what to do about it. */
export interface LostSessions {
  readonly sessions: readonly SessionStatus[];
  readonly warnings: readonly OpsError[];
}

/**
 * Looks for runs that were marked as begun, and that no engine has.
 *
 * @param missing Those runs.
 */
export async function findLostRuns(
  missing: readonly OpenRun[],
  memory: Memory,
  scope: Scope,
): Promise<LostSessions> {
  const recorder = new Recorder(memory);
  const runs = missing.flatMap(({ key, run }) => recorder.read(key, run) ?? [])
    .filter((run) => recorder.mayLive(run));
  if (runs.length === 0) return { sessions: [], warnings: [] };

  const sockets = new Set(runs.map(({ socketName }) => socketName));
  const lost = await lostSessions([...sockets], scope);
  const byRemedy = Map.groupBy(lost, ({ remedy }) => remedy);
  return {
    sessions: lost.map(({ status }) => {
      const lastRun = runs.find(({ name, socketName }) =>
        name === status.name && socketName === status.socketName
      ) ?? null;
      const { command, startedAt } = lastRun ?? status;
      return { ...status, command, startedAt, lastRun };
    }),
    warnings: Array.from(byRemedy, ([remedy, all]) => {
      const names = all.map(({ status }) => status.name).join(", ");
      const [{ engine, status }] = all as [typeof all[0]];
      return new EngineError(engine, `${names}: ${status.detail}; ${remedy}`);
    }),
  };
}
