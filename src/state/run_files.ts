/** Reads the log files of one run while they are being written. */
import { openFile } from "./files.ts";
import { FolderWatch } from "./folder_watch.ts";
import type { History } from "./history.ts";
import { type LogPlace, placeOfLast, placeOfTime } from "./log_reader.ts";
import { LogTimes, LogView, type ViewOptions } from "./log_times.ts";

/** How many bytes are read at once. */
const BLOCK = 65_536;

/**
 * The output of a run from some place on. The current file stays open, so that
 * it can be read to its end even if its writer removes it.
 */
export class RunFiles implements Disposable {
  readonly #history: History;
  readonly #run: number;
  /** The current file, and its path. */
  #file: Deno.FsFile | null = null;
  #path = "";
  /** The next file; once there is one, the current file grows no more. */
  #following: string | undefined;
  readonly #folder: FolderWatch;
  readonly #buffer = new Uint8Array(BLOCK);
  readonly #view: LogView;
  /** The index of the current file, and how far that file has been read. */
  #times: LogTimes | null = null;
  #offset = 0;
  /** When there was nothing more to read, in seconds since 1970. */
  #caughtUpAt: number | null = null;
  /** The number of the last file that could be opened. */
  #number: number | null = null;

  /**
   * Begins with the last lines, or with the first line there is.
   *
   * @param lines How many lines; `Infinity` for all.
   * @param options Which of them, and what is added to them.
   */
  constructor(
    history: History,
    run: number,
    lines: number,
    options: ViewOptions = {},
  ) {
    this.#history = history;
    this.#run = run;
    this.#folder = new FolderWatch(history.folder);
    this.#view = new LogView(options);
    const paths = history.logs(run);
    const last = placeOfLast(paths, lines);
    const { since } = options;
    this.#openAt(
      paths,
      since === undefined ? last : laterOf(last, placeOfTime(paths, since)),
    );
  }

  /**
   * The next bytes, which are valid until the next call; `null` while there are
   * none. Where files were removed before they were read, it says so.
   */
  read(): Uint8Array | null {
    while (true) {
      const count = this.#file?.readSync(this.#buffer) ?? null;
      if (count !== null && count > 0) {
        const bytes = this.#viewOf(this.#buffer.subarray(0, count));
        if (bytes.length > 0) return bytes;
        continue;
      }
      if (this.#file !== null && this.#following !== undefined) {
        const skipped = this.#open(this.#following);
        if (skipped.length > 0) return skipped;
        continue;
      }
      this.#caughtUpAt = Date.now() / 1_000;
      // Read once more: its last bytes may have come just before the next file.
      this.#following = this.#next();
      if (this.#following === undefined) return null;
      if (this.#file === null) {
        const skipped = this.#open(this.#following);
        if (skipped.length > 0) return skipped;
      }
    }
  }

  #viewOf(bytes: Uint8Array): Uint8Array {
    const { entries = [] } = this.#times?.refresh() ?? {};
    const offset = this.#offset;
    this.#offset += bytes.length;
    return this.#view.push(bytes, offset, entries, this.#caughtUpAt);
  }

  /** Closes the current file. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = null;
  }

  #next(): string | undefined {
    if (!this.#folder.mayHaveChanged()) return undefined;
    return this.#history.logs(this.#run).find((path) => path > this.#path);
  }

  #openAt(paths: readonly string[], { index, offset }: LogPlace): void {
    const path = paths[index];
    if (path !== undefined) this.#open(path, offset);
  }

  /** Goes on in a file; returns what tells that others were removed before. */
  #open(path: string, offset = 0): Uint8Array {
    this[Symbol.dispose]();
    this.#path = path;
    this.#following = undefined;
    this.#offset = offset;
    // `null` if the file was removed just now; a later one is next.
    this.#file = openFile(path);
    if (this.#file === null) return new Uint8Array();
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    const number = numberOf(path);
    const isNext = this.#number === null || number === this.#number + 1;
    this.#number = number;
    this.#times = new LogTimes(path);
    this.#view.begin(this.#times.refresh().entries, offset);
    return isNext ? new Uint8Array() : this.#view.skip();
  }
}

/** The number of a file among those of its run. */
function numberOf(path: string): number {
  return Number(/(\d+)\.log$/.exec(path)?.[1]);
}

function laterOf(a: LogPlace, b: LogPlace): LogPlace {
  return a.index > b.index || (a.index === b.index && a.offset > b.offset)
    ? a
    : b;
}
