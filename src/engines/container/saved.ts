/**
 * Finds the output of a removed container that was not yielded before: Podman
 * stops following when a log goes, even if it has not been read to its end. But
 * ops saves the log of a container that it removes.
 */
import { openFile } from "../../state/files.ts";
import type { Recorder } from "../../state/recorder.ts";
import type { Container } from "./parse.ts";
import { keyOf } from "./record.ts";

/** The most saved output that is searched, in bytes. */
const MOST_SAVED = 16_777_216;
/** The most yielded output that is kept to find its place again, in bytes. */
const MOST_HANDED = 65_536;

/** The end of the output that was yielded. */
export class Handed {
  readonly #isAll: boolean;
  #total = 0;
  readonly #buffer = new Uint8Array(2 * MOST_HANDED);
  #length = 0;

  /**
   * @param isAll Whether the first bytes to be added are the output's first.
   */
  constructor(isAll: boolean) {
    this.#isAll = isAll;
  }

  /** Adds bytes that were yielded. */
  add(bytes: Uint8Array): void {
    this.#total += bytes.length;
    const end = bytes.subarray(-MOST_HANDED);
    if (this.#length + end.length > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#length - MOST_HANDED, this.#length);
      this.#length = MOST_HANDED;
    }
    this.#buffer.set(end, this.#length);
    this.#length += end.length;
  }

  /**
   * The bytes that come after it in the same output.
   *
   * @param saved The output's end.
   * @param before How many bytes come before that end; `null`: not known.
   */
  restOf(saved: Uint8Array, before: number | null): Uint8Array {
    if (this.#isAll && before !== null && this.#total >= before) {
      return saved.subarray(this.#total - before);
    }
    const text = oneToOne(saved);
    const end = oneToOne(this.#buffer.subarray(0, this.#length));
    const at = text.lastIndexOf(end);
    if (at >= 0) return saved.subarray(at + end.length);
    // The saved end may begin in the middle of the yielded one.
    for (let i = 1; i < end.length; i++) {
      if (text.startsWith(end.slice(i))) {
        return saved.subarray(end.length - i);
      }
    }
    return saved;
  }
}

/** A text with a character for each byte. */
function oneToOne(bytes: Uint8Array): string {
  // This decoder has a character even for bytes that the standard leaves open.
  return new TextDecoder("latin1").decode(bytes);
}

/** The saved output of a container that is gone, and of those after it. */
export interface Saved {
  /** The output's end. */
  readonly bytes: Uint8Array;
  /** How many bytes came before that end; `null`: not known. */
  readonly before: number | null;
}

/**
 * Reads the saved output of a container's runs.
 *
 * @param next The container that has its name now: the engine has its output.
 */
export function savedOf(
  recorder: Recorder,
  gone: Container,
  next: Container | null,
): Saved | null {
  const { name, runtime } = gone.status;
  const key = keyOf(name, runtime!);
  const runs = recorder.remembered(key);
  // A run is recorded just before its container is made.
  const firstOf = ({ status: { createdAt } }: Container) =>
    runs.findLastIndex(({ startedAt }) =>
      createdAt !== null && startedAt <= createdAt
    );
  const first = firstOf(gone);
  if (first < 0) return null;
  const meant = runs.slice(first, next === null ? undefined : firstOf(next));
  return recorder.attempt(key, (history) => {
    const logs = meant.map(({ run }) => history.logs(run));
    const isWhole = logs.every(([oldest]) => oldest?.endsWith(".000001.log"));
    return readEnd(logs.flat(), isWhole);
  }) ?? null;
}

function readEnd(paths: readonly string[], isWhole: boolean): Saved {
  const parts: Uint8Array[] = [];
  let left = MOST_SAVED;
  let before = 0;
  for (const path of paths.toReversed()) {
    using file = openFile(path);
    if (file === null) return { bytes: joined(parts), before: null };
    const size = file.seekSync(0, Deno.SeekMode.End);
    const part = new Uint8Array(Math.min(size, left));
    file.seekSync(size - part.length, Deno.SeekMode.Start);
    for (let done = 0; done < part.length;) {
      const count = file.readSync(part.subarray(done));
      if (count === null) break;
      done += count;
    }
    parts.unshift(part);
    left -= part.length;
    before += size - part.length;
  }
  return { bytes: joined(parts), before: isWhole ? before : null };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
