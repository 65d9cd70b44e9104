/** The output of a session as its log files grow, from run to run. */
import { pause } from "../core/pause.ts";
import { EngineError } from "../core/errors.ts";
import { RunEnd } from "../core/status.ts";
import { readFile, sizeOf, withFiles } from "./files.ts";
import { FolderWatch } from "./folder_watch.ts";
import { type History, parseNotes } from "./history.ts";
import { RawStream, TextStream } from "./log_text.ts";
import { RunFiles } from "./run_files.ts";

/** What is followed, and from where. */
export interface FollowFilesOptions {
  /** The history of the session. */
  readonly history: History;
  /** The run to begin with. */
  readonly run: number;
  /** How many of its last lines come first. @default {10} */
  readonly lines?: number | undefined;
  /** As it was written, and not as text. @default {false} */
  readonly raw?: boolean | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asks the engine whether it has a run no more, or holds only what is left of
   * it. It is called while nothing comes, at most every 5 seconds.
   */
  readonly isGone: (run: number) => Promise<boolean>;
}

/** How long things take, in ms. */
export interface FollowTimes {
  /** Between two looks at the files. */
  readonly poll: number;
  /** Between two looks at what is known of the run. */
  readonly record: number;
  /** Between two questions to the engine. */
  readonly engine: number;
  /** So long silent after its end, a run has said all. */
  readonly drain: number;
  /** So soon after a stop, a start is a restart. */
  readonly restart: number;
}

/** A new line is there within 200 ms, at less than 1 % of a core. */
export const FOLLOW_TIMES: FollowTimes = {
  poll: 100,
  record: 200,
  engine: 5_000,
  drain: 1_000,
  restart: 5_000,
};

/**
 * The last lines of a run, and then what is added, in pieces of any length, no
 * byte twice and none left out. When a run is over it goes on with the next
 * one, if there is one or comes within 5 seconds of a stop; else it ends.
 *
 * What the writer has removed before it could be read is passed over.
 *
 * @throws {StateError} If the files cannot be read.
 * @throws {PermissionError} If Deno may not.
 */
export async function* followFiles(
  options: FollowFilesOptions,
  times: FollowTimes = FOLLOW_TIMES,
): AsyncGenerator<string, void, void> {
  const { history, run, lines = 10, signal } = options;
  const look = <T>(work: () => T) => withFiles(history.folder, work);
  let next: number | null = run;
  while (next !== null) {
    const present: number = next;
    const form = options.raw ? new RawStream() : new TextStream();
    const watch = new RunWatch(options, present, times);
    // Of a further run nothing has been seen yet.
    const count = present === run ? lines : Infinity;
    using files = look(() => new RunFiles(history, present, count));
    let wasOver = false;
    while (true) {
      if (signal?.aborted) return;
      const bytes = look(() => files.read());
      if (bytes !== null) {
        watch.hears();
        wasOver = false;
        const text = form.push(bytes);
        if (text !== "") yield text;
        continue;
      }
      const over = await watch.isOver(look);
      // Its last words may have come after nothing did, and before it was over.
      if (over !== null && !wasOver) {
        wasOver = true;
        continue;
      }
      next = over === null ? null : look(() => nextRun(history, present));
      if (next !== null || (over && performance.now() >= over.waitUntil)) break;
      await pause(times.poll, signal);
    }
    const end = next === null ? "" : form.end();
    if (end !== "") yield end;
  }
}

/** The run after another one. */
function nextRun(history: History, run: number): number | null {
  const last = history.last()?.run ?? run;
  for (let next = run + 1; next <= last; next++) {
    if (history.read(next) !== null) return next;
  }
  return null;
}

/** That a run is over; times are those of `performance.now()`. */
interface RunOver {
  /** Since when. */
  readonly since: number;
  /** Until when a next one may come. */
  readonly waitUntil: number;
}

/** Finds out when a run has said all it had to say. */
class RunWatch {
  readonly #options: Pick<FollowFilesOptions, "history" | "isGone">;
  readonly #run: number;
  readonly #times: FollowTimes;
  readonly #folder: FolderWatch;
  /** The size of the notes of its ends, once there are any. */
  #noted: number | null = null;
  #over: RunOver | null = null;
  #hasDrained = false;
  #heardAt = -Infinity;
  #lookedAt = -Infinity;
  #askedAt: number = performance.now();

  constructor(
    options: Pick<FollowFilesOptions, "history" | "isGone">,
    run: number,
    times: FollowTimes,
  ) {
    this.#options = options;
    this.#run = run;
    this.#times = times;
    this.#folder = new FolderWatch(options.history.folder);
  }

  /** Is told that something came. */
  hears(): void {
    // What was there before tells nothing of when it was written.
    if (this.#hasDrained) this.#heardAt = performance.now();
  }

  /** To be asked when nothing has come; `null` while more may come. */
  async isOver(
    look: <T>(work: () => T) => T,
  ): Promise<RunOver | null> {
    this.#hasDrained = true;
    const { record, engine, drain } = this.#times;
    const now = performance.now();
    if (this.#over === null && now - this.#lookedAt >= record) {
      // What ends while we look on may be told late, and its last words too.
      const isFirst = this.#lookedAt === -Infinity;
      this.#lookedAt = now;
      this.#over = look(() =>
        this.#hasNews() ? this.#overByRecord(isFirst) : null
      );
    }
    const quietSince = Math.max(this.#askedAt, this.#heardAt);
    if (this.#over === null && now - quietSince >= engine) {
      const isGone = await this.#ask();
      this.#askedAt = performance.now();
      if (isGone) this.#over = { since: now, waitUntil: now };
    }
    if (this.#over === null) return null;
    const silence = now - Math.max(this.#over.since, this.#heardAt);
    return silence >= drain ? this.#over : null;
  }

  async #ask(): Promise<boolean> {
    try {
      return await this.#options.isGone(this.#run);
    } catch (error) {
      // An engine that does not answer has not said that it has it no more.
      if (error instanceof EngineError) return false;
      throw error;
    }
  }

  /** Whether more may be written of it, or of the next run. */
  #hasNews(): boolean {
    if (this.#folder.mayHaveChanged()) return true;
    return this.#noted !== null && sizeOf(this.#notes) !== this.#noted;
  }

  get #notes(): string {
    return `${this.#options.history.prefix(this.#run)}.end`;
  }

  /** Whether it is over by what is written of it. */
  #overByRecord(isOfBefore: boolean): RunOver | null {
    const { history } = this.#options;
    const now = performance.now();
    const notes = readFile(this.#notes);
    this.#noted = notes?.length ?? null;
    const final = parseNotes(notes ?? "").findLast(({ isFinal }) => isFinal);
    const record = history.read(this.#run);
    if (record?.endedBy || final !== undefined) {
      const endedAt = record?.endedAt ?? final?.endedAt;
      // Notes are to the second.
      const ago = endedAt && isOfBefore
        ? Date.now() - Date.parse(endedAt) - 1_000
        : 0;
      const since = now - Math.max(ago, 0);
      const isStopped = record?.endedBy === RunEnd.STOP || final?.isStopped;
      return {
        since,
        waitUntil: since + (isStopped ? this.#times.restart : 0),
      };
    }
    // There is one at a time.
    const isFollowed = history.read(this.#run + 1) !== null;
    return isFollowed ? { since: now, waitUntil: now } : null;
  }
}
