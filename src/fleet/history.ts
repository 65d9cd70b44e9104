/** The runs of all sessions that are remembered, as one list. */
import { OpsError } from "../core/errors.ts";
import { isAt } from "../core/place.ts";
import { isWithin, type Scope } from "../engines/registry.ts";
import { type Answer, survey } from "./survey.ts";
import { SessionManager } from "./session.ts";
import {
  allRemembered,
  newestFirst,
  type Remembered,
} from "../state/lookup.ts";
import { type Memory, memoryOf, type MemoryOptions } from "../state/memory.ts";
import { originalName, type Run, SessionState } from "../core/status.ts";

/** Which runs are listed. */
export interface ListRunsOptions extends Scope, MemoryOptions {
  /** How many at most, the last ones to begin. @default {Infinity} */
  readonly limit?: number | undefined;
}

/** Runs, and what could not be found out about them. */
export interface RunList {
  /** The runs, the last one to begin first. */
  readonly runs: readonly Run[];
  /** Why engines did not answer: runs on them may have ended since. */
  readonly warnings: readonly OpsError[];
}

/**
 * Lists the runs of all sessions that are remembered, also of those that are
 * gone. An engine is asked only where a run is not known to have ended.
 *
 * @example
 * ```ts ignore
 * import { listRuns } from "@kstlib/ops";
 *
 * const { runs } = await listRuns({ limit: 20 });
 * for (const { name, run, exitCode } of runs) console.log(name, run, exitCode);
 * ```
 */
export async function listRuns(
  { limit = Infinity, stateFolder, warn, ...scope }: ListRunsOptions = {},
): Promise<RunList> {
  const memory = memoryOf({ stateFolder, warn });
  const remembered = allRemembered(
    memory,
    (place) => isWithin(place, scope),
    limit,
  );
  const warnings: OpsError[] = [];
  const answers = await askOf(remembered.filter(isOpen), scope, warnings);
  const histories = await Promise.all(
    remembered.map(async (it) => {
      if (!isOpen(it) || isKnown(it, answers)) return it.runs;
      try {
        return await settled(it, memory, scope);
      } catch (error) {
        if (!(error instanceof OpsError)) throw error;
        warnings.push(error);
        return it.runs;
      }
    }),
  );
  const runs = histories.flat().sort(newestFirst).slice(0, limit);
  const counted = await Promise.all(
    runs.map((run) => withRestarts(run, answers, memory, scope)),
  );
  return { runs: counted, warnings };
}

/** Whether its last run is not known to have ended. */
function isOpen({ runs }: Remembered): boolean {
  return runs.at(-1)?.endedBy === null;
}

/** Asks the engines of these sessions; other engines may be silent. */
async function askOf(
  sessions: readonly Remembered[],
  scope: Scope,
  warnings: OpsError[],
): Promise<readonly Answer[]> {
  const [backend, ...others] = new Set(
    sessions.map(({ key }) => key.backend),
  );
  if (backend === undefined) return [];
  try {
    const { answers, failures } = await survey(
      others.length === 0 ? { ...scope, backend } : scope,
    );
    const isBeside = (failure: OpsError) =>
      answers.some((answer) =>
        answer.failure === failure &&
        !sessions.some(({ key }) => isAt(answer.place, key))
      );
    warnings.push(...failures.filter((it) => !isBeside(it)));
    return answers;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    warnings.push(error);
    return [];
  }
}

/** Whether it still runs, or its engine cannot tell. */
function isKnown({ key }: Remembered, answers: readonly Answer[]): boolean {
  const answer = answers.find(({ place }) => isAt(place, key));
  if (answer === undefined) return false;
  return answer.failure !== null ||
    answer.sessions.some((it) =>
      originalName(it) === key.name && it.managed &&
      it.state !== SessionState.EXITED
    );
}

/** A run that goes on, with how often it was started again until now. */
async function withRestarts(
  run: Run,
  answers: readonly Answer[],
  memory: Memory,
  scope: Scope,
): Promise<Run> {
  if (run.endedBy !== null) return run;
  const session = answers.find(({ place }) => isAt(place, run))?.sessions
    .find((it) => originalName(it) === run.name && it.managed);
  if (session === undefined) return run;
  const { restartCount } = session;
  if (restartCount !== null) return { ...run, restartCount };
  // Podman's list does not tell.
  try {
    const runs = await settled({ key: run, runs: [] }, memory, scope);
    return runs.find((it) => it.run === run.run) ?? run;
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return run;
  }
}

/** Its runs once the engine has told how the last one ended. */
async function settled(
  { key: { name, backend, socketName, runtime } }: Remembered,
  memory: Memory,
  { host, tmuxBinary }: Scope,
): Promise<readonly Run[]> {
  const manager = new SessionManager(name, {
    ...memory,
    backend,
    socketName,
    runtime: runtime ?? undefined,
    host,
    tmuxBinary,
  });
  return await manager.history();
}
