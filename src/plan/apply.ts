/** Does what a plan says: each step as soon as what it waits for is there. */
import { Condition, type Need } from "../config/model.ts";
import {
  OpsError,
  SessionStartError,
  SessionStopError,
  SessionWaitError,
} from "../core/errors.ts";
import { pause } from "../core/pause.ts";
import {
  SessionState,
  type SessionStatus,
  type StopResult,
  survivorNames,
} from "../core/status.ts";
import type { Place } from "../core/place.ts";
import { endedWell } from "../core/success.ts";
import type { SessionManager } from "../fleet/session.ts";
import type { StopWait } from "../fleet/stop_wait.ts";
import { Act, type Plan, type Step } from "./plan.ts";

/** How a step stands. */
export const Phase = {
  /** It is being done. */
  BEGUN: "begun",
  /** It was started, and is waited for until it is ready. */
  STARTED: "started",
  /** It is done. */
  DONE: "done",
  /** It was tried in vain. */
  FAILED: "failed",
  /** It was not tried: what it needs is not there, or the work was ended. */
  SKIPPED: "skipped",
} as const;
/** One of the values of {@linkcode Phase}. */
export type Phase = typeof Phase[keyof typeof Phase];

/** What came of a step. */
export interface StepResult {
  /** The step. */
  readonly step: Step;
  /** How it stands. */
  readonly phase: Phase;
  /** How long it took since it was begun, in milliseconds. */
  readonly durationMs: number;
  /**
   * How long it took since it was begun until it was ready, in milliseconds;
   * `null` where that was not waited for, or in vain.
   */
  readonly readyMs: number | null;
  /** The session, after it was started. */
  readonly status: SessionStatus | null;
  /** Why it failed, is not ready, or was skipped. */
  readonly error: Error | null;
}

/** What acts on a session. */
export type Session = Pick<
  SessionManager,
  "start" | "restart" | "status" | "stopAndReport" | "successExitCodes" | "wait"
>;

/** What acts on the session of a name: the defined one, or one at that place. */
export type SessionFinder = (name: string, place?: Place) => Session;

/** How a plan is done. */
export interface ApplyOptions {
  /** Begins no further step, and ends every wait. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each step when it is begun, and what comes of it. */
  readonly onStep?: ((result: StepResult) => void) | undefined;
  /** Is told every second, after the first, that a stop goes on. */
  readonly onWait?: ((wait: StopWait) => void) | undefined;
  /** How many steps are done at the same time. @default {100} */
  readonly parallel?: number | undefined;
  /**
   * Waits until all that was started is ready, and all that was kept: then the
   * results have that, too.
   *
   * @default {false}
   */
  readonly untilReady?: boolean | undefined;
  /**
   * For how many seconds each is waited for at most until it is ready.
   *
   * @default {undefined} as long as its definition says
   */
  readonly readyTimeout?: number | undefined;
}

/** The time between two looks at a health check, in milliseconds. */
const HEALTH_PAUSE_MS = 250;
const DEFAULT_PARALLEL = 100;

/**
 * Does a plan.
 *
 * @param sessionOf What acts on the session of a name: the one that is defined,
 * or the one at that place.
 * @returns What came of each step, in the order of the plan.
 */
export async function applyPlan(
  plan: Plan,
  sessionOf: SessionFinder,
  options: ApplyOptions = {},
): Promise<StepResult[]> {
  const work = new Work(plan, sessionOf, options);
  const kept = options.untilReady ? plan.kept : [];
  const steps = [
    ...plan.steps,
    ...kept.map((it): Step => ({ ...it, act: Act.KEEP, needs: [] })),
  ];
  return await Promise.all(steps.map((step) => work.do(step)));
}

/** A plan that is being done. */
class Work {
  /** Why something was left that is not as it is defined. */
  readonly #blocked: ReadonlyMap<string, string>;
  /** Those of which it does not matter how they end. */
  readonly #jobs: ReadonlySet<string>;
  readonly #create: SessionFinder;
  readonly #options: ApplyOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #results = new Map<string, Promise<StepResult>>();
  readonly #ready = new Map<string, Promise<SessionStatus>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(
    { blocked, steps }: Plan,
    sessionOf: SessionFinder,
    options: ApplyOptions,
  ) {
    this.#blocked = new Map(
      blocked.map(({ name, because }) => [name, because.join(", ")]),
    );
    this.#jobs = new Set(
      steps.flatMap(({ needs }) => needs)
        .filter(({ condition }) => condition === Condition.EXITED)
        .map(({ name }) => name),
    );
    this.#create = sessionOf;
    this.#options = options;
    this.#free = options.parallel ?? DEFAULT_PARALLEL;
  }

  /** Does a step, once all that stand before it in the plan were handed in. */
  do(step: Step): Promise<StepResult> {
    const { untilReady = false } = this.#options;
    const isWaitedFor = untilReady && step.act !== Act.STOP;
    const result = this.#do(step).then((it) => {
      const isStarted = isWaitedFor && it.phase === Phase.DONE;
      this.#tell(isStarted ? { ...it, phase: Phase.STARTED } : it);
      return it;
    });
    this.#results.set(step.name, result);
    return isWaitedFor ? this.#waitFor(result) : result;
  }

  /** Waits until what was started is ready. */
  async #waitFor(started: Promise<StepResult>): Promise<StepResult> {
    const result = await started;
    if (result.phase !== Phase.DONE) return result;
    const { step: { name }, durationMs } = result;
    const began = performance.now();
    let over: StepResult;
    try {
      const status = await this.#untilReady(name);
      const waitedMs = Math.round(performance.now() - began);
      over = { ...result, readyMs: durationMs + waitedMs, status };
    } catch (thrown) {
      const error = this.#options.signal?.aborted
        ? new OpsError(`${name}: it was interrupted before it was ready`)
        : thrown;
      if (!(error instanceof OpsError)) throw error;
      over = { ...result, phase: Phase.FAILED, error };
    }
    this.#tell(over);
    return over;
  }

  #tell(result: StepResult): void {
    this.#options.onStep?.(result);
  }

  /** Waits until a session is ready, whoever needs that. */
  #untilReady(name: string): Promise<SessionStatus> {
    const { signal, readyTimeout: timeout } = this.#options;
    let ready = this.#ready.get(name);
    if (ready === undefined) {
      ready = this.#sessionOf(name).wait("ready", { signal, timeout });
      this.#ready.set(name, ready);
    }
    return ready;
  }

  async #do(step: Step): Promise<StepResult> {
    const result = {
      step,
      durationMs: 0,
      readyMs: null,
      status: null,
      error: null,
    };
    if (step.act === Act.KEEP) return { ...result, phase: Phase.DONE };
    const fault = await this.#missing(step);
    if (fault !== null) {
      return { ...result, phase: Phase.SKIPPED, error: fault };
    }
    await this.#takeTurn();
    const began = performance.now();
    try {
      if (this.#options.signal?.aborted) {
        return { ...result, phase: Phase.SKIPPED, error: interrupted() };
      }
      this.#tell({ ...result, phase: Phase.BEGUN });
      const status = await this.#act(step);
      const durationMs = Math.round(performance.now() - began);
      return { ...result, phase: Phase.DONE, durationMs, status };
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      const durationMs = Math.round(performance.now() - began);
      return { ...result, phase: Phase.FAILED, durationMs, error };
    } finally {
      this.#giveTurn();
    }
  }

  async #act(step: Step): Promise<SessionStatus | null> {
    const { act, name, place, from } = step;
    const { onWait } = this.#options;
    if (act === Act.STOP) {
      const session = this.#create(name, place);
      refuseSurvivors(name, await session.stopAndReport({ onWait }));
      return null;
    }
    if (from !== undefined) {
      const before = this.#create(name, from);
      refuseSurvivors(name, await before.stopAndReport({ onWait }));
    }
    const session = this.#sessionOf(name);
    const status = act === Act.START || from !== undefined
      ? await session.start()
      : await session.restart({ onWait });
    const failure = failureOf(status, session.successExitCodes);
    if (failure === null || this.#jobs.has(name)) return status;
    throw new SessionStartError(
      name,
      status.runtime ?? status.backend,
      failure,
    );
  }

  /** Waits for what a step needs; tells why that will not come. */
  async #missing({ needs }: Step): Promise<Error | null> {
    const faults = await Promise.all(needs.map(async (need) => {
      try {
        await this.#await(need);
        return null;
      } catch (error) {
        if (this.#options.signal?.aborted) return interrupted();
        if (!(error instanceof OpsError)) throw error;
        if (!need.required) return null;
        return new OpsError(`it depends on ${need.name}: ${error.message}`);
      }
    }));
    return faults.find((fault) => fault !== null) ?? null;
  }

  async #await({ name, condition }: Need): Promise<void> {
    const obstacle = this.#blocked.get(name);
    if (obstacle !== undefined) throw new OpsError(obstacle);
    const result = await this.#results.get(name);
    if (result !== undefined && result.phase !== Phase.DONE) {
      throw new OpsError(`it was not ${verbs[result.step.act]}`);
    }
    if (result?.step.act === Act.STOP) return;
    const { signal } = this.#options;
    const session = this.#sessionOf(name);
    if (condition === Condition.STARTED) return;
    if (condition === Condition.HEALTHY) {
      return await untilHealthy(session, signal);
    }
    if (condition === Condition.READY) {
      await this.#untilReady(name);
      return;
    }
    const status = await session.wait("exited", { signal });
    const failure = condition === Condition.EXITED_OK
      ? failureOf(status, session.successExitCodes)
      : null;
    if (failure !== null) throw new OpsError(failure);
  }

  #sessionOf(name: string): Session {
    let session = this.#sessions.get(name);
    if (session === undefined) {
      this.#sessions.set(name, session = this.#create(name));
    }
    return session;
  }

  async #takeTurn(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  #giveTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }
}

/** What each act comes to, as people say it. */
const verbs: Record<Act, string> = {
  [Act.START]: "started",
  [Act.RECREATE]: "recreated",
  [Act.STOP]: "stopped",
  [Act.KEEP]: "kept",
};

function interrupted(): OpsError {
  return new OpsError("it was interrupted");
}

function refuseSurvivors(name: string, { survivors }: StopResult): void {
  if (survivors.length === 0) return;
  throw new SessionStopError(
    name,
    "host",
    `still alive: ${survivorNames(survivors)}; end them as their owner`,
  );
}

/** What ended otherwise than well; `null` where that is not so. */
function failureOf(
  { state, exitCode, signal }: SessionStatus,
  successExitCodes: readonly number[],
): string | null {
  const isThere = state === SessionState.RUNNING ||
    state === SessionState.UNKNOWN;
  const isDone = endedWell({ exitCode, signal }, successExitCodes);
  return isThere || isDone ? null : `it exited (${signal ?? exitCode ?? "?"})`;
}

/** Waits for a health check. */
async function untilHealthy(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<void> {
  while (true) {
    signal?.throwIfAborted();
    const { name, state, health, runtime, backend } = await session.status();
    if (health === "healthy") return;
    if (state !== SessionState.RUNNING || health !== "starting") {
      const is = state === SessionState.RUNNING
        ? health ?? "without a health check"
        : state;
      throw new SessionWaitError(name, runtime ?? backend, `it is ${is}`);
    }
    await pause(HEALTH_PAUSE_MS, signal);
  }
}
