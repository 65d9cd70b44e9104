/** Reads the end of log files without reading all of them. */
import { openFile } from "./files.ts";
import { asStampedText, asText, decodeLog, toBinary } from "./log_text.ts";
import { concat, LogTimes, LogView, type ViewOptions } from "./log_times.ts";

// Readers of logs need both.
export { asText };

/** How many bytes are read at once. */
const BLOCK = 65_536;

const LINE_BREAK = 0x0a;

/** A place in files that follow each other. */
export interface LogPlace {
  /** The index of the file, from 0. */
  readonly index: number;
  /** The offset in that file, in bytes. */
  readonly offset: number;
}

/**
 * Returns the last lines of log files that follow each other, as text; a line,
 * or a character, may continue from one file in the next. The text has no line
 * break after its last line, like all logs of ops; raw output stays as it is,
 * each character standing for a byte.
 *
 * @param paths The files, the oldest first. The writer removes the oldest ones:
 * a missing file and those before it count as never written.
 * @param lines The most lines; the last one may be unfinished.
 * @param options Which of them, and in which form.
 * @throws The system's own errors: call this within `withFiles`.
 */
export function lastLines(
  paths: readonly string[],
  lines: number,
  options: ViewOptions = {},
): string {
  const bytes = lastBytes(paths, lines, options);
  if (options.raw) return toBinary(bytes);
  const output = decodeLog(bytes);
  const text = options.timestamps
    ? output.split("\n").map(asStampedText).join("\n")
    : asText(output);
  return text.replace(/\n$/, "");
}

/** {@linkcode lastLines}, but as the bytes that were written. */
export function lastBytes(
  paths: readonly string[],
  lines: number,
  options: ViewOptions = {},
): Uint8Array<ArrayBuffer> {
  if (lines === 0) return new Uint8Array();
  const { since, until } = options;
  const { index, offset } = since === undefined && until === undefined
    ? placeOfLast(paths, lines)
    : placeOfTime(paths, since);
  const view = new LogView(options);
  let blocks: Uint8Array[] = [];
  for (const [i, path] of paths.slice(index).entries()) {
    const times = new LogTimes(path);
    let place = i === 0 ? offset : 0;
    view.begin(times.refresh().entries, place);
    using file = openFile(path);
    if (file === null) blocks = [];
    for (const block of file === null ? [] : blocksFrom(file, place)) {
      // What was written before is in the index by now, or hardly ever is not.
      blocks.push(view.push(block, place, times.refresh().entries));
      place += block.length;
    }
    blocks.push(view.push(new Uint8Array(), place, times.entries));
  }
  const all = concat(blocks);
  // More may have come since the place was found.
  return all.subarray(startOfLast(all, lines));
}

/** Where output may begin that was written since a time. */
export function placeOfTime(
  paths: readonly string[],
  since: Date | undefined,
): LogPlace {
  const second = Math.floor((since?.getTime() ?? -Infinity) / 1_000);
  let place: LogPlace = { index: 0, offset: 0 };
  for (const [index, path] of paths.entries()) {
    for (const { offset, time } of new LogTimes(path).refresh().entries) {
      if (time >= second) return place;
      // A line that goes on after this has begun here, or before.
      place = { index, offset };
    }
  }
  return place;
}

/** Where the last lines begin; for no lines, where the files end. */
export function placeOfLast(
  paths: readonly string[],
  lines: number,
): LogPlace {
  const end = { index: Math.max(paths.length - 1, 0), offset: 0 };
  let first: LogPlace = end;
  // The line break at the very end begins no further line.
  let missing: number | null = null;
  for (let index = paths.length - 1; index >= 0; index--) {
    const file = openFile(paths[index]!);
    if (file === null) return first;
    using _ = file;
    let offset = file.seekSync(0, Deno.SeekMode.End);
    first = { index, offset };
    if (lines === 0) return first;
    while (offset > 0) {
      const start = Math.max(offset - BLOCK, 0);
      const block = readAt(file, start, offset - start);
      missing ??= lines + (block.at(-1) === LINE_BREAK ? 1 : 0);
      for (let i = block.length - 1; i >= 0; i--) {
        if (block[i] === LINE_BREAK && --missing <= 0) {
          return { index, offset: start + i + 1 };
        }
      }
      offset = start;
      first = { index, offset };
    }
  }
  return first;
}

/** The bytes of a file from an offset to its present end. */
function* blocksFrom(file: Deno.FsFile, offset: number): Iterable<Uint8Array> {
  file.seekSync(offset, Deno.SeekMode.Start);
  while (true) {
    const block = new Uint8Array(BLOCK);
    const count = file.readSync(block);
    if (count === null) return;
    yield block.subarray(0, count);
  }
}

/** Reads so many bytes, or fewer if the file is shorter by now. */
function readAt(file: Deno.FsFile, offset: number, length: number): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  const block = new Uint8Array(length);
  let count = 0;
  while (count < length) {
    const more = file.readSync(block.subarray(count));
    if (more === null) break;
    count += more;
  }
  return block.subarray(0, count);
}

function startOfLast(bytes: Uint8Array, lines: number): number {
  let start = bytes.at(-1) === LINE_BREAK ? bytes.length - 1 : bytes.length;
  for (let i = 0; i < lines && start >= 0; i++) {
    start = start === 0 ? -1 : bytes.lastIndexOf(LINE_BREAK, start - 1);
  }
  return start + 1;
}
