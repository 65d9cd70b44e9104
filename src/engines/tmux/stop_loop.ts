/**
 * Ends the processes of sessions, and proves that they have ended. All that are
 * stopped at the same time share each look and each script.
 */
import type { Sending } from "./args.ts";
import type { Ending, Stop } from "./decide_stop.ts";
import type { ProcessTable } from "./processes.ts";

/** What a stop may take beyond its schedule, in milliseconds. */
const MARGIN_MS = 10_000;
/** The processes are looked at soon, then less and less often. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/** Sends signals, and then looks at the processes. */
export type Look = (options: {
  /** What has to be said first: panes are being stopped until then. */
  readonly marks: readonly Mark[];
  /** What is sent. */
  readonly sendings: readonly Sending[];
  /** How long the signals get before the look, in milliseconds. */
  readonly pauseMs: number;
}) => Promise<ProcessTable>;

/** A pane whose run is stopped. */
export interface StoppedPane {
  readonly paneId: string;
  /** The run, as its pane has it. */
  readonly run: string;
}

/** That a pane is being stopped. */
export interface Mark extends StoppedPane {
  /** Until when that holds, in seconds since 1970. */
  readonly until: number;
}

interface Job {
  readonly stop: Stop;
  readonly panes: readonly StoppedPane[];
  readonly began: number;
  sendings: readonly Sending[];
  pauseMs: number;
  isMarked: boolean;
  readonly resolve: (ending: Ending) => void;
  readonly reject: (error: unknown) => void;
}

/** Ends what it is handed, side by side. */
export class StopLoop {
  readonly #look: Look;
  readonly #jobs = new Set<Job>();
  #isRunning = false;

  constructor(look: Look) {
    this.#look = look;
  }

  /**
   * Resolves once nothing is left, or killing has not helped.
   *
   * @param panes What is to be marked as being stopped.
   */
  end(stop: Stop, panes: readonly StoppedPane[]): Promise<Ending> {
    const { promise, resolve, reject } = Promise.withResolvers<Ending>();
    this.#jobs.add({
      stop,
      panes,
      began: performance.now(),
      sendings: [],
      pauseMs: 0,
      isMarked: false,
      resolve,
      reject,
    });
    if (!this.#isRunning) {
      this.#isRunning = true;
      queueMicrotask(() => this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#jobs.size > 0) {
      const jobs = [...this.#jobs];
      try {
        const table = await this.#look({
          marks: jobs.flatMap(marksOf),
          sendings: jobs.flatMap(({ sendings }) => sendings),
          pauseMs: Math.min(...jobs.map(({ pauseMs }) => pauseMs)),
        });
        for (const job of jobs) this.#step(job, table);
      } catch (error) {
        for (const job of jobs) {
          this.#jobs.delete(job);
          job.reject(error);
        }
      }
    }
    this.#isRunning = false;
  }

  #step(job: Job, table: ProcessTable): void {
    const passedMs = performance.now() - job.began;
    const { sendings, ending } = job.stop.decide(table, passedMs);
    job.isMarked = true;
    job.sendings = sendings;
    job.pauseMs = sendings.length > 0 || job.pauseMs === 0
      ? FIRST_PAUSE_MS
      : Math.min(job.pauseMs * 2, LONGEST_PAUSE_MS);
    if (ending === null) return;
    this.#jobs.delete(job);
    job.resolve(ending);
  }
}

/** Its launcher must not start again what is being stopped. */
function marksOf({ isMarked, panes, stop }: Job): Mark[] {
  if (isMarked) return [];
  const until = Math.ceil((Date.now() + stop.longestMs + MARGIN_MS) / 1000);
  return panes.map((pane) => ({ ...pane, until }));
}
