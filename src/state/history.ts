/**
 * The runs of one session, as files in its folder. Each run has its own, so
 * that nobody ever has to change what somebody else is writing:
 *
 *     000007.json        what is known of run 7
 *     000007.end         what its launcher noted of each end of the command
 *     000007.000001.log  its output, in files of a limited size
 *     000007.000001.times  when the output in that file came
 *
 * It is a record of what was, and never the source of a state.
 */
import { StateError } from "../core/errors.ts";
import type { Run, RunEnd } from "../core/status.ts";
import {
  createFile,
  makeFolder,
  namesIn,
  readFile,
  removeFile,
  removeUnfinished,
  replaceFile,
  sizeOf,
} from "./files.ts";
import { timesOf } from "./log_times.ts";
import type { SessionKey } from "./paths.ts";
import { parseRecord, type RunRecord, toText } from "./record.ts";

/** How many runs of a session are remembered. */
export const MAX_RUNS = 1_000;

/** A file that is older than this, in ms, has lost its writer. */
const ABANDONED_MS = 3_600_000;

const RECORD = /^(\d{6,})\.json$/;
const LOG = /^(\d{6,})\.(\d{6,})\.log$/;

/** How a run ended, as far as it is known. */
export interface Outcome {
  /** When; `null` where that is not known. */
  readonly endedAt: string | null;
  /** Who ended it. */
  readonly endedBy: RunEnd;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly oomKilled: boolean | null;
  readonly restartCount: number;
}

/** How much one session's logs may take. */
export interface LogLimits {
  /** The most bytes of one file. */
  readonly maxSize: number;
  /** The most files of that size. */
  readonly maxFiles: number;
}

/** One end of the command, as its launcher noted it. */
export interface NotedEnd extends Pick<Outcome, "exitCode" | "signal"> {
  /** When. */
  readonly endedAt: string;
  /** Whether it is not started again, and why: its own end, or a stop. */
  readonly isFinal: boolean;
  /** Whether a stop ended it. */
  readonly isStopped: boolean;
  /** Whether its engine had gone before. */
  readonly isGone: boolean;
}

/** The runs of one session. */
export class History {
  /** The folder; it need not exist. */
  readonly folder: string;
  readonly #warn: (warning: StateError) => void;

  /**
   * Makes a history.
   *
   * @param folder Its folder.
   * @param warn Hears of files that are damaged, and passed over.
   */
  constructor(folder: string, warn: (warning: StateError) => void = () => {}) {
    this.folder = folder;
    this.#warn = warn;
  }

  /** What logs and notes of a run begin with. */
  prefix(run: number): string {
    return `${this.folder}/${String(run).padStart(6, "0")}`;
  }

  /** All runs, or so many of the last ones, the oldest first. */
  all(limit: number = MAX_RUNS): Run[] {
    return this.#numbers().slice(-limit)
      .flatMap((number) => this.read(number) ?? []);
  }

  /** The last run, or the last one before that number. */
  last(before = Infinity): Run | null {
    for (const number of this.#numbers().reverse()) {
      const found = number < before ? this.read(number) : null;
      if (found !== null) return found;
    }
    return null;
  }

  /** One run; `null` also for one that has not come to be, or not yet. */
  read(number: number): Run | null {
    const record = this.#record(number);
    if (record === null) return null;
    const { engine, run } = record;
    if (engine === null && !this.#hasTraces(number)) return null;
    // While a run goes on, only the notes of its launcher tell restarts.
    return run.endedBy === null
      ? { ...run, restartCount: countRestarts(this.notes(number)) }
      : run;
  }

  /**
   * Remembers that a run begins, and makes room for its logs.
   *
   * @param limits How much all logs of the session may take, if it has any.
   */
  begin(
    { name, backend, socketName, runtime }: SessionKey,
    command: string | null,
    limits: LogLimits | null,
  ): Run {
    makeFolder(this.folder);
    const before = this.#numbers();
    this.#forget(before.slice(0, 1 - MAX_RUNS));
    removeUnfinished(this.folder, ABANDONED_MS);
    if (limits !== null) this.makeRoom(limits);
    for (let number = (before.at(-1) ?? 0) + 1;; number++) {
      const run: Run = {
        name,
        run: number,
        backend,
        socketName,
        runtime,
        command,
        startedAt: new Date().toISOString(),
        endedAt: null,
        endedBy: null,
        exitCode: null,
        signal: null,
        oomKilled: null,
        restartCount: 0,
      };
      // Another start at the same time gets the next number.
      const text = toText({ run, engine: null });
      if (createFile(this.#recordOf(number), text)) return run;
    }
  }

  /**
   * Remembers that the engine has it: a run counts from then on.
   *
   * @param engine What tells this engine from one that comes after it.
   */
  confirm(run: Run, engine: string): void {
    if (this.read(run.run)?.endedBy == null) this.#write(run, engine);
  }

  /**
   * The run that an engine has, which may have been begun by somebody who was
   * killed before he could {@linkcode confirm} it.
   */
  adopt(number: number, engine: string): Run | null {
    const record = this.#record(number);
    if (record?.engine === null) this.#write(record.run, engine);
    return record?.run ?? null;
  }

  /** What {@linkcode confirm} was told of the engine. */
  engineOf(run: Run): string | null {
    return this.#record(run.run)?.engine ?? null;
  }

  /** Remembers how a run ended. */
  end(run: Run, outcome: Outcome): Run {
    const ended = { ...run, ...outcome };
    this.#write(ended, this.engineOf(run) ?? "");
    return ended;
  }

  /** Forgets a run that never came to be. */
  discard(run: Run): void {
    this.#forget([run.run]);
  }

  /** What the launcher noted of a run. */
  notes(run: number): NotedEnd[] {
    return parseNotes(readFile(`${this.prefix(run)}.end`) ?? "");
  }

  /** The files that hold the output of a run, the oldest first. */
  logs(run: number): string[] {
    return this.#logs().filter((log) => log.run === run)
      .map(({ path }) => path);
  }

  #recordOf(run: number): string {
    return `${this.prefix(run)}.json`;
  }

  /** What a record says; `null` for one whose writer was killed, or is at it. */
  #record(number: number): RunRecord | null {
    const path = this.#recordOf(number);
    const text = readFile(path);
    if (!text) return null;
    try {
      return parseRecord(text);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      const remedy = "what it told of that run is lost; remove it";
      this.#warn(new StateError(path, cause.message, { cause, remedy }));
      return null;
    }
  }

  #write(run: Run, engine: string): void {
    replaceFile(this.#recordOf(run.run), toText({ run, engine }));
  }

  /** Whether a run that was never confirmed has left output or notes. */
  #hasTraces(run: number): boolean {
    return sizeOf(`${this.prefix(run)}.end`) > 0 || this.logs(run).length > 0;
  }

  #numbers(): number[] {
    return namesIn(this.folder).flatMap((name) => RECORD.exec(name)?.[1] ?? [])
      .map(Number);
  }

  #logs(): { path: string; run: number }[] {
    return namesIn(this.folder).flatMap((name) => {
      const run = LOG.exec(name)?.[1];
      return run ? [{ path: `${this.folder}/${name}`, run: Number(run) }] : [];
    });
  }

  #forget(runs: readonly number[]): void {
    for (const run of runs) {
      for (const path of this.logs(run)) removeLog(path);
      removeFile(`${this.prefix(run)}.end`);
      removeFile(this.#recordOf(run));
    }
  }

  /** The oldest logs go until a new file of the full size has its place. */
  makeRoom({ maxSize, maxFiles }: LogLimits): void {
    const logs = this.#logs().map(({ path }) => ({
      path,
      size: sizeOf(path) + sizeOf(timesOf(path)),
    }));
    let total = logs.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of logs) {
      if (total + maxSize <= maxSize * maxFiles) return;
      removeLog(path);
      total -= size;
    }
  }
}

/** Removes a log with its index. */
function removeLog(path: string): void {
  removeFile(path);
  removeFile(timesOf(path));
}

/** How often a run was started again, as far as it is noted. */
export function countRestarts(notes: readonly NotedEnd[]): number {
  return notes.filter(({ isFinal }) => !isFinal).length;
}

/** Reads lines such as `0 - 1700000000 final`, which may be cut off. */
export function parseNotes(text: string): NotedEnd[] {
  return text.split("\n").flatMap((line) => {
    const [, code, signal, epoch, what] =
      /^(\d+) (-|[A-Z0-9]+) (\d+) (again|final|stopped|gone)$/.exec(line) ?? [];
    if (what === undefined) return [];
    return [{
      endedAt: new Date(Number(epoch) * 1000).toISOString(),
      exitCode: signal === "-" ? Number(code) : null,
      signal: signal === "-" ? null : `SIG${signal}`,
      isFinal: what !== "again",
      isStopped: what === "stopped",
      isGone: what === "gone",
    }];
  });
}
