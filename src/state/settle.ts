/** How a run that nobody saw end has ended. */
import {
  type Run,
  RunEnd,
  SessionState,
  type SessionStatus,
} from "../status.ts";
import type { NotedEnd, Outcome } from "./history.ts";

/** What tells how a run ended. */
export interface Evidence {
  /** What the engine has of this very run; `null`: it has it no more. */
  readonly held: SessionStatus | null;
  /** What its launcher noted. */
  readonly notes: readonly NotedEnd[];
  /** When the machine was started, in ms since 1970; `null`: not known. */
  readonly bootedAt: number | null;
}

/** How the run ended, or `null` while it has not. */
export function outcomeOfRun(
  run: Run,
  { held, notes, bootedAt }: Evidence,
): Outcome | null {
  const isAlive = held !== null && held.state !== SessionState.EXITED;
  if (isAlive) return null;
  const final = notes.findLast(({ isFinal }) => isFinal);
  const restartCount = held?.restartCount ??
    notes.filter(({ isFinal }) => !isFinal).length;
  // The engine may have lost sight of the code, and the launcher be killed.
  if (held !== null && (held.exitCode ?? held.signal) !== null) {
    return {
      endedAt: held.finishedAt ?? final?.endedAt ?? null,
      endedBy: final?.isStopped ? RunEnd.STOP : RunEnd.ITSELF,
      exitCode: held.exitCode,
      signal: held.signal,
      oomKilled: held.oomKilled,
      restartCount,
    };
  }
  if (final !== undefined) {
    return {
      endedAt: final.endedAt,
      endedBy: final.isStopped ? RunEnd.STOP : RunEnd.ITSELF,
      exitCode: final.exitCode,
      signal: final.signal,
      oomKilled: null,
      restartCount,
    };
  }
  const wasBefore = bootedAt !== null && Date.parse(run.startedAt) < bootedAt;
  return {
    endedAt: null,
    endedBy: held !== null
      ? RunEnd.ITSELF
      : wasBefore
      ? RunEnd.REBOOT
      : RunEnd.ENGINE_GONE,
    exitCode: null,
    signal: null,
    oomKilled: null,
    restartCount,
  };
}
