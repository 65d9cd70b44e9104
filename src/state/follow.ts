/** The output of a session as its log files grow, from run to run. */
import { pause } from "../core/pause.ts";
import { EngineError } from "../core/errors.ts";
import { RunEnd } from "../core/status.ts";
import { readFile, sizeOf, withFiles } from "./files.ts";
import { FolderWatch } from "./folder_watch.ts";
import { type History, parseNotes } from "./history.ts";
import { RawStream, StampedStream, TextStream } from "./log_text.ts";
import type { ViewOptions } from "./log_times.ts";
import { RunFiles } from "./run_files.ts";

/** What to follow, and from where. */
export interface FollowFilesOptions extends ViewOptions {
  /** The history of the session. */
  readonly history: History;
  /** The run to begin with. */
  readonly run: number;
  /** How many of its last lines come first. @default {10} */
  readonly lines?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Asks the engine whether a run is gone, or only its remains are left. It is
   * called while no output comes, at most every 5 seconds.
   */
  readonly isGone: (run: number) => Promise<boolean>;
}

/** The intervals and time limits of following, in ms. */
export interface FollowTimes {
  /** Between two reads of the files. */
  readonly poll: number;
  /** Between two checks of the run's record. */
  readonly record: number;
  /** Between two questions to the engine. */
  readonly engine: number;
  /** The silence after a run's end that means its output is complete. */
  readonly drain: number;
  /** A start within this time after a stop is a restart. */
  readonly restart: number;
}

/** With these a new line arrives within 200 ms, at less than 1 % of a core. */
export const FOLLOW_TIMES: FollowTimes = {
  poll: 100,
  record: 200,
  engine: 5_000,
  drain: 1_000,
  restart: 5_000,
};

/**
 * Yields the last lines of a run, and then its new output, in pieces of any
 * length, each byte exactly once. After the run's end the stream goes on with
 * the next run, if there is one or one begins within 5 seconds of a stop; else
 * it ends.
 *
 * Where output was removed before it could be read, or was never logged, a line
 * says so, unless the output is raw.
 *
 * @throws {StateError} If the files cannot be read.
 * @throws {PermissionError} If Deno may not read them.
 */
export async function* followFiles(
  options: FollowFilesOptions,
  times: FollowTimes = FOLLOW_TIMES,
): AsyncGenerator<string, void, void> {
  const { history, run, lines = 10, signal, raw, timestamps } = options;
  const Form = raw ? RawStream : timestamps ? StampedStream : TextStream;
  // The writer may be a little late.
  const until = (options.until?.getTime() ?? Infinity) + times.drain;
  const withHistory = <T>(work: () => T) => withFiles(history.folder, work);
  let next: number | null = run;
  while (next !== null) {
    const current: number = next;
    const form = new Form();
    const watch = new RunWatch(options, current, times);
    // A further run is shown from its first line.
    const count = current === run ? lines : Infinity;
    using files = withHistory(() =>
      new RunFiles(history, current, count, options)
    );
    let wasOver = false;
    while (true) {
      if (signal?.aborted) return;
      const bytes = withHistory(() => files.read());
      if (bytes !== null) {
        watch.noteOutput();
        wasOver = false;
        const text = form.push(bytes);
        if (text !== "") yield text;
        continue;
      }
      if (Date.now() > until) {
        next = null;
        break;
      }
      const ending = await watch.findEnd(withHistory);
      // The last output may have come between the empty read and the end: read
      // once more.
      if (ending !== null && !wasOver) {
        wasOver = true;
        continue;
      }
      next = ending === null
        ? null
        : withHistory(() => nextRun(history, current));
      if (next !== null || (ending && performance.now() >= ending.waitUntil)) {
        break;
      }
      await pause(times.poll, signal);
    }
    // Of lines with times the last one may not be whole yet.
    const end = next === null && !timestamps ? "" : form.end();
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

/** The end of a run; times are those of `performance.now()`. */
interface RunEnding {
  /** When the run ended. */
  readonly since: number;
  /** Until when the next run may begin. */
  readonly waitUntil: number;
}

/** Finds out when the output of a run is complete. */
class RunWatch {
  readonly #options: Pick<FollowFilesOptions, "history" | "isGone">;
  readonly #run: number;
  readonly #times: FollowTimes;
  readonly #folder: FolderWatch;
  /** The size of the launcher's notes, once there are any. */
  #notesSize: number | null = null;
  #ending: RunEnding | null = null;
  #hasCaughtUp = false;
  #outputAt = -Infinity;
  #checkedAt = -Infinity;
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

  /** Call this when output has come. */
  noteOutput(): void {
    // Output that was there already does not tell when it was written.
    if (this.#hasCaughtUp) this.#outputAt = performance.now();
  }

  /**
   * Call this after an empty read. Returns `null` while more output may come.
   */
  async findEnd(
    withHistory: <T>(work: () => T) => T,
  ): Promise<RunEnding | null> {
    this.#hasCaughtUp = true;
    const { record, engine, drain } = this.#times;
    const now = performance.now();
    if (this.#ending === null && now - this.#checkedAt >= record) {
      // A run that ends while we watch may be recorded late, and its last
      // output may come late: only an earlier end counts from its recorded
      // time.
      const isFirstCheck = this.#checkedAt === -Infinity;
      this.#checkedAt = now;
      this.#ending = withHistory(() =>
        this.#hasNews() ? this.#endingByRecord(isFirstCheck) : null
      );
    }
    const quietSince = Math.max(this.#askedAt, this.#outputAt);
    if (this.#ending === null && now - quietSince >= engine) {
      const isGone = await this.#askEngine();
      this.#askedAt = performance.now();
      if (isGone) this.#ending = { since: now, waitUntil: now };
    }
    if (this.#ending === null) return null;
    const silence = now - Math.max(this.#ending.since, this.#outputAt);
    return silence >= drain ? this.#ending : null;
  }

  async #askEngine(): Promise<boolean> {
    try {
      return await this.#options.isGone(this.#run);
    } catch (error) {
      // No answer does not mean that the run is gone.
      if (error instanceof EngineError) return false;
      throw error;
    }
  }

  /** Whether there may be a new record of this run or the next. */
  #hasNews(): boolean {
    if (this.#folder.mayHaveChanged()) return true;
    return this.#notesSize !== null && sizeOf(this.#notes) !== this.#notesSize;
  }

  get #notes(): string {
    return `${this.#options.history.prefix(this.#run)}.end`;
  }

  /** The recorded end of the run; `null` if there is none. */
  #endingByRecord(isFirstCheck: boolean): RunEnding | null {
    const { history } = this.#options;
    const now = performance.now();
    const notes = readFile(this.#notes);
    this.#notesSize = notes?.length ?? null;
    const final = parseNotes(notes ?? "").findLast(({ isFinal }) => isFinal);
    const record = history.read(this.#run);
    if (record?.endedBy || final !== undefined) {
      const endedAt = record?.endedAt ?? final?.endedAt;
      // Notes give times in whole seconds.
      const ago = endedAt && isFirstCheck
        ? Date.now() - Date.parse(endedAt) - 1_000
        : 0;
      const since = now - Math.max(ago, 0);
      const isStopped = record?.endedBy === RunEnd.STOP || final?.isStopped;
      return {
        since,
        waitUntil: since + (isStopped ? this.#times.restart : 0),
      };
    }
    // Runs do not overlap: where there is a next one, this one is over.
    const isFollowed = history.read(this.#run + 1) !== null;
    return isFollowed ? { since: now, waitUntil: now } : null;
  }
}
