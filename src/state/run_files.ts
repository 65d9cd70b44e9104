/** Reads the log files of one run while they are being written. */
import { openFile } from "./files.ts";
import { FolderWatch } from "./folder_watch.ts";
import type { History } from "./history.ts";
import { type LogPlace, placeOfLast } from "./log_reader.ts";

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

  /**
   * Begins with the last lines, or with the first line there is.
   *
   * @param lines How many lines; `Infinity` for all.
   */
  constructor(history: History, run: number, lines: number) {
    this.#history = history;
    this.#run = run;
    this.#folder = new FolderWatch(history.folder);
    const paths = history.logs(run);
    this.#openAt(paths, placeOfLast(paths, lines));
  }

  /**
   * The next bytes, which are valid until the next call; `null` while there are
   * none. Skips files that were removed before they were read.
   */
  read(): Uint8Array | null {
    while (true) {
      const count = this.#file?.readSync(this.#buffer) ?? null;
      if (count !== null && count > 0) return this.#buffer.subarray(0, count);
      if (this.#file !== null && this.#following !== undefined) {
        this.#open(this.#following);
        continue;
      }
      // Read once more: its last bytes may have come just before the next file.
      this.#following = this.#next();
      if (this.#following === undefined) return null;
      if (this.#file === null) this.#open(this.#following);
    }
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
    if (path === undefined) return;
    this.#open(path);
    this.#file?.seekSync(offset, Deno.SeekMode.Start);
  }

  #open(path: string): void {
    this[Symbol.dispose]();
    this.#path = path;
    this.#following = undefined;
    // `null` if the file was removed just now; a later one is next.
    this.#file = openFile(path);
  }
}
