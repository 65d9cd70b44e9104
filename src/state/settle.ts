/** Finds out how a run ended whose end ops did not see. */
import {
  type Run,
  RunEnd,
  SessionState,
  type SessionStatus,
} from "../core/status.ts";
import { countRestarts, type NotedEnd, type Outcome } from "./history.ts";

/** What tells how a run ended. */
export interface Evidence {
  /** What the engine has of this very run; `null`: it has it no more. */
  readonly held: SessionStatus | null;
  /** What its launcher noted. */
  readonly notes: readonly NotedEnd[];
  /** Whether that engine is the one that had it. */
  readonly engineLives: boolean;
  /** When the machine was started, in ms since 1970; `null`: not known. */
  readonly bootedAt: number | null;
}

/** How the run ended, or `null` while it has not. */
export function outcomeOfRun(
  run: Run,
  { held, notes, engineLives, bootedAt }: Evidence,
): Outcome | null {
  const isAlive = held !== null && held.state !== SessionState.EXITED;
  if (isAlive) return null;
  // Engines and launchers tell whole seconds.
  const sinceStart = (time: string) =>
    time < run.startedAt ? run.startedAt : time;
  const final = notes.findLast(({ isFinal }) => isFinal);
  const restartCount = held?.restartCount ?? countRestarts(notes);
  // The engine may have lost sight of the code, and the launcher be killed. If the
  // launcher has lost its pane, the engine tells of what took its place.
  const isTold = held !== null && (held.exitCode ?? held.signal) !== null;
  if (isTold && !final?.isGone) {
    const endedAt = held.finishedAt ?? final?.endedAt;
    return {
      endedAt: endedAt === undefined ? null : sinceStart(endedAt),
      endedBy: enderOf(final),
      exitCode: held.exitCode,
      signal: held.signal,
      oomKilled: held.oomKilled,
      restartCount,
    };
  }
  if (final !== undefined) {
    return {
      endedAt: sinceStart(final.endedAt),
      endedBy: enderOf(final),
      exitCode: final.exitCode,
      signal: final.signal,
      oomKilled: null,
      restartCount,
    };
  }
  return {
    endedAt: null,
    endedBy: endOf(run, held !== null || engineLives, bootedAt),
    exitCode: null,
    signal: null,
    oomKilled: null,
    restartCount,
  };
}

/** Who ended a run whose launcher saw its end. */
function enderOf(final: NotedEnd | undefined): RunEnd {
  if (final?.isStopped) return RunEnd.STOP;
  return final?.isGone ? RunEnd.ENGINE_GONE : RunEnd.ITSELF;
}

/** Who ended a run whose end its launcher did not see. */
function endOf(
  { startedAt, command }: Run,
  engineLives: boolean,
  bootedAt: number | null,
): RunEnd {
  // First of all: a server that lives now may have the number of one then.
  if (bootedAt !== null && Date.parse(startedAt) < bootedAt) {
    return RunEnd.REBOOT;
  }
  if (engineLives) return RunEnd.ITSELF;
  // A shell leaves nothing behind, and its server goes with its last session.
  return command === null ? RunEnd.ITSELF : RunEnd.ENGINE_GONE;
}
