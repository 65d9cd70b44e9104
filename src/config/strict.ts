/**
 * Reads the text of YAML as strictly as YAML 1.2 is, and tells how it is
 * spelled. The parser that makes values of it lets things pass that then mean
 * something else than what was written: a tab in an indentation, a quote that is
 * never closed and swallows what follows.
 */
import { readBlock, readNode } from "./block.ts";
import { Cursor } from "./cursor.ts";
import type { Spelled } from "./spelled.ts";

/**
 * Reads the first document of a text.
 *
 * @param text The text; its lines end with nothing but a line feed.
 * @returns Its root; `undefined` if there is none.
 * @throws {SpellingError} If it is no YAML, or nested too deep.
 */
export function readStrictly(text: string): Spelled | undefined {
  const cursor = new Cursor(text);
  try {
    return readDocument(cursor);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // A pattern remembers all the ways that are left to it.
    return cursor.fail(
      "a text of millions of words cannot be read: shorten it",
    );
  }
}

function readDocument(cursor: Cursor): Spelled | undefined {
  if (cursor.char === "\ufeff") cursor.at = 1;
  cursor.gap();
  while (cursor.char === "%" && cursor.column === 0) {
    cursor.at = cursor.lineEnd;
    cursor.gap();
  }
  const root = readRoot(cursor);
  cursor.gap();
  if (!cursor.isAtEnd && !cursor.isMarker()) {
    cursor.fail("belongs to nothing: look at the indentation of this line");
  }
  return root;
}

function readRoot(cursor: Cursor): Spelled | undefined {
  if (cursor.isMarker()) {
    if (cursor.char === ".") return undefined;
    cursor.at += "---".length;
    return readNode(cursor, -1, { nested: false, flush: false });
  }
  if (cursor.isAtEnd) return undefined;
  // Before brackets at the root, as those of JSON, a tab does no harm.
  const column = /[[{]/.test(cursor.char)
    ? cursor.column
    : cursor.indentation();
  return readBlock(cursor, -1, column, true);
}
