/** Waiting for a session to become what it is not yet. */
import {
  EngineTimeoutError,
  SessionNotFoundError,
  SessionWaitError,
} from "../core/errors.ts";
import { SessionState, type SessionStatus } from "../core/status.ts";
import { pause } from "../core/pause.ts";
import { REMOVED } from "../state/lookup.ts";
import { validateChoice, validateTimeout } from "../core/validate/fields.ts";

/** What can be waited for, as values. */
export const WaitState = {
  /** Its process lives. */
  RUNNING: "running",
  /** It is ready, as its definition says, or its health check; else started. */
  READY: "ready",
  /** It has ended, even if it has been cleared away since. */
  EXITED: "exited",
  /** It does not run, whatever the reason. */
  STOPPED: "stopped",
} as const;
/** What can be waited for. */
export type WaitState = typeof WaitState[keyof typeof WaitState];
/** What a status alone tells. */
export type EngineState = Exclude<WaitState, "ready">;

/** How long is waited. */
export interface WaitOptions {
  /** For how many seconds at most. @default {undefined} for ever */
  readonly timeout?: number | undefined;
  /** Ends the wait; it is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The time between the first two questions, in ms; it is then doubled. */
const FIRST_PAUSE_MS = 20;
/** The longest time between two questions, in ms. */
const LONGEST_PAUSE_MS = 500;

/**
 * Asks for a status, quickly at first, until it is what is waited for. An engine
 * that is too slow is asked again.
 *
 * @param ask Asks the engine.
 * @throws {SessionWaitError} If it is not, in the time there is.
 * @throws {EngineTimeoutError} If the engine gave no answer at its end.
 * @throws {SessionNotFoundError} If there is none.
 * @throws {SessionConfigError} If the state or the time makes no sense.
 */
export async function waitFor(
  ask: () => Promise<SessionStatus>,
  state: EngineState,
  { timeout, signal }: WaitOptions = {},
): Promise<SessionStatus> {
  validateChoice(state, Object.values(WaitState), "state");
  if (timeout !== undefined) validateTimeout(timeout);
  const deadline = performance.now() + (timeout ?? Infinity) * 1000;
  let last: SessionStatus | null = null;
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs *= 2) {
    signal?.throwIfAborted();
    const answer = await askOrMiss(ask, last);
    const isSilent = answer instanceof EngineTimeoutError;
    if (!isSilent) {
      last = answer;
      if (isWhat(state, last)) return withOutcome(last);
    }
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) {
      throw isSilent ? answer : inVain(answer, state, timeout!);
    }
    await pause(Math.min(pauseMs, LONGEST_PAUSE_MS, leftMs), signal);
  }
}

/**
 * Asks for the status. A session that was there before and is not any more counts
 * as stopped; an engine that does not answer is returned as an error.
 */
export async function askOrMiss(
  ask: () => Promise<SessionStatus>,
  last: SessionStatus | null,
): Promise<SessionStatus | EngineTimeoutError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EngineTimeoutError) return error;
    if (!(error instanceof SessionNotFoundError) || last === null) throw error;
    return {
      ...last,
      state: SessionState.STOPPED,
      detail: REMOVED,
      pid: null,
      panePid: null,
      commandPid: null,
      attached: null,
    };
  }
}

function isWhat(wanted: EngineState, status: SessionStatus): boolean {
  const { state, lastRun, detail } = status;
  switch (wanted) {
    case WaitState.RUNNING:
      return state === SessionState.RUNNING;
    case WaitState.EXITED:
      return state === SessionState.EXITED || detail === REMOVED ||
        state === SessionState.DEFINED && lastRun !== null;
    default:
      return state === SessionState.EXITED || state === SessionState.STOPPED ||
        state === SessionState.DEFINED;
  }
}

/** How it ended, also where only its history knows that. */
export function withOutcome(status: SessionStatus): SessionStatus {
  const { state, lastRun } = status;
  if (state !== SessionState.DEFINED || lastRun === null) return status;
  const { exitCode, signal, oomKilled, startedAt, endedAt } = lastRun;
  return {
    ...status,
    exitCode,
    signal,
    oomKilled,
    startedAt,
    finishedAt: endedAt,
  };
}

function inVain(
  { name, backend, runtime, state, detail }: SessionStatus,
  wanted: WaitState,
  timeout: number,
): SessionWaitError {
  const is = detail === null ? state : `${state} (${detail})`;
  return new SessionWaitError(
    name,
    runtime ?? backend,
    `after ${timeout} s it is ${is}, not ${wanted}`,
  );
}
