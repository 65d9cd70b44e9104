/** Reads the end of log files without reading all of them. */
import { openFile } from "./files.ts";
import { asText, decodeLog } from "./log_text.ts";

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

/** The form of the returned lines. */
export interface LastLinesOptions {
  /**
   * Returns lines as they were written, not {@linkcode asText}. @default
   * {false}
   */
  readonly raw?: boolean | undefined;
}

/**
 * Returns the last lines of log files that follow each other; a line, or a
 * character, may continue from one file in the next. The text has no line break
 * after its last line, like all logs of ops; raw output stays as it is.
 *
 * @param paths The files, the oldest first. The writer removes the oldest ones:
 * a missing file and those before it count as never written.
 * @param lines The most lines; the last one may be unfinished.
 * @throws The system's own errors: call this within `withFiles`.
 */
export function lastLines(
  paths: readonly string[],
  lines: number,
  { raw = false }: LastLinesOptions = {},
): string {
  if (lines === 0) return "";
  const { index, offset } = placeOfLast(paths, lines);
  const blocks = paths.slice(index).flatMap((path, i) => {
    return [...blocksFrom(path, i === 0 ? offset : 0)];
  });
  const all = decodeLog(concat(blocks));
  // More may have come since the place was found.
  const output = all.slice(startOfLast(all, lines));
  return raw ? output : asText(output).replace(/\n$/, "");
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

/**
 * The bytes of a file from an offset to its present end; none if it is gone.
 */
function* blocksFrom(path: string, offset: number): Iterable<Uint8Array> {
  using file = openFile(path);
  if (file === null) return;
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

function startOfLast(text: string, lines: number): number {
  let start = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let i = 0; i < lines && start >= 0; i++) {
    start = start === 0 ? -1 : text.lastIndexOf("\n", start - 1);
  }
  return start + 1;
}

function concat(blocks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(
    blocks.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const block of blocks) {
    all.set(block, offset);
    offset += block.length;
  }
  return all;
}
