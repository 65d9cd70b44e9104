/**
 * Ends the processes of sessions, and proves that they have ended. All that are
 * stopped at the same time share each look and each script.
 */
import type { Sending } from "./args.ts";
import { afterThisTurn } from "./batch.ts";
import type { Decision, Ending, Stop } from "./decide_stop.ts";
import type { ProcessTable } from "./processes.ts";

/** What a stop may take beyond its schedule, in milliseconds. */
const MARGIN_MS = 10_000;
/** The processes are looked at soon, then less and less often. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;
/** How long launchers get to end, in milliseconds. */
const CLOSING_PAUSE_MS = 40;
/**
 * How many are stopped at the same time; the others wait. Of more, those that
 * are ending would keep each other from it, and from being seen to end.
 */
const MOST_JOBS = 100;

/** Sends signals, and then looks at the processes. */
export type Look<Listed> = (question: Question) => Promise<Answer<Listed>>;

/** What is done before and after a look at the processes. */
export interface Question {
  /** What has to be said first: panes are being stopped until then. */
  readonly marks: readonly Mark[];
  /** What is sent. */
  readonly sendings: readonly Sending[];
  /** How long the signals get before the look, in milliseconds. */
  readonly pauseMs: number;
  /** What removes sessions whose panes are dead by then; `null`: no listing. */
  readonly removals: readonly string[] | null;
}

/** What a look has shown. */
export interface Answer<Listed> {
  readonly table: ProcessTable;
  /** The sessions just before the removals, if there were any. */
  readonly listed: Listed | null;
}

/** How processes have ended, and what their server then had. */
export interface Ended<Listed> extends Ending {
  /**
   * The sessions at each look that removed those whose panes were dead, just
   * before it did: one of them has the pane for the last time.
   */
  readonly listings: readonly Listed[];
}

/** What is to be ended. */
export interface StopRequest {
  /** Decides what is sent. */
  readonly stop: Stop;
  /** What is to be marked as being stopped. */
  readonly panes: readonly StoppedPane[];
  /** Removes the session once its pane is dead; `null`: it stays. */
  readonly removal: string | null;
}

/** A pane whose run is stopped. */
export interface StoppedPane {
  readonly paneId: string;
  /** The run, as its pane has it. */
  readonly run: string;
  /** Whether tmux keeps it when its process ends. */
  readonly remains: boolean;
}

/** That a pane is being stopped. */
export interface Mark extends StoppedPane {
  /** Until when that holds, in seconds since 1970. */
  readonly until: number;
}

interface Job<Listed> extends StopRequest {
  readonly resolve: (ended: Ended<Listed>) => void;
  readonly reject: (error: unknown) => void;
}

/** A job whose turn has come. */
interface Running<Listed> {
  readonly job: Job<Listed>;
  readonly began: number;
  /** What was decided last; `null` before the first look. */
  readonly decision: Decision | null;
  /** See {@linkcode Ended}. */
  readonly listings: readonly Listed[];
  readonly pauseMs: number;
}

/** Ends what it is handed, side by side. */
export class StopLoop<Listed> {
  readonly #look: Look<Listed>;
  #waiting: Job<Listed>[] = [];
  #running: Running<Listed>[] = [];
  #isRunning = false;

  constructor(look: Look<Listed>) {
    this.#look = look;
  }

  /** Resolves once nothing is left, or killing has not helped. */
  end(request: StopRequest): Promise<Ended<Listed>> {
    const { promise, resolve, reject } = Promise.withResolvers<Ended<Listed>>();
    this.#waiting.push({ ...request, resolve, reject });
    if (!this.#isRunning) {
      this.#isRunning = true;
      afterThisTurn().then(() => this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length + this.#running.length > 0) {
      const free = MOST_JOBS - this.#running.length;
      const began = performance.now();
      this.#running.push(
        ...this.#waiting.splice(0, free)
          .map((job) => ({
            job,
            began,
            decision: null,
            listings: [],
            pauseMs: 0,
          })),
      );
      const running = this.#running;
      try {
        const { table, listed } = await this.#look(questionOf(running));
        this.#running = running.flatMap((one) => step(one, table, listed));
      } catch (error) {
        for (const { job } of running) job.reject(error);
        this.#running = [];
      }
    }
    this.#isRunning = false;
  }
}

function questionOf<T>(running: readonly Running<T>[]): Question {
  const closing = running.filter(({ decision }) => decision?.isClosing);
  return {
    marks: running.flatMap(marksOf),
    sendings: running.flatMap(({ decision }) => decision?.sendings ?? []),
    pauseMs: Math.min(...running.map(({ pauseMs }) => pauseMs)),
    removals: closing.length === 0
      ? null
      : closing.flatMap(({ job }) => job.removal ?? []),
  };
}

/** Goes on with a job; it is over once it has come out. */
function step<Listed>(
  { job, began, decision: before, listings: earlier, pauseMs }: Running<Listed>,
  table: ProcessTable,
  listed: Listed | null,
): Running<Listed>[] {
  const listings = before?.isClosing && listed !== null
    ? [...earlier, listed]
    : earlier;
  const decision = job.stop.decide(table, performance.now() - began);
  if (decision.ending !== null) {
    job.resolve({ ...decision.ending, listings });
    return [];
  }
  const next = pauseAfter(decision, pauseMs);
  return [{ job, began, decision, listings, pauseMs: next }];
}

function pauseAfter(
  { sendings, isClosing }: Decision,
  pauseMs: number,
): number {
  if (isClosing) return CLOSING_PAUSE_MS;
  return sendings.length > 0 || pauseMs === 0
    ? FIRST_PAUSE_MS
    : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
}

/** Its launcher must not start again what is being stopped. */
function marksOf<T>({ decision, job }: Running<T>): Mark[] {
  if (decision !== null) return [];
  const { panes, stop } = job;
  const until = Math.ceil((Date.now() + stop.longestMs + MARGIN_MS) / 1000);
  return panes.map((pane) => ({ ...pane, until }));
}
