/** Reads mappings and lists by their indentation strictly. */
import { Cursor, SpellingError } from "./cursor.ts";
import { readFlow, readValue } from "./flow.ts";
import { KEY, PATTERNS, WORD_KEY } from "./patterns.ts";
import { nameOf } from "./quoted.ts";
import {
  endValue,
  readBlockScalar,
  readOnLine,
  readPlain,
  readProperties,
  withProperties,
} from "./scalars.ts";
import type { Spelled, SpelledEntry } from "./spelled.ts";

/** What may begin behind an indicator. */
export interface Allowed {
  /** A mapping or list on the same line, as behind a dash. */
  readonly nested: boolean;
  /** A list at the indentation of the key. */
  readonly flush: boolean;
}

const BEHIND_KEY: Allowed = { nested: false, flush: true };
const BEHIND_DASH: Allowed = { nested: true, flush: false };
const BEHIND_PROPERTIES: Allowed = { nested: false, flush: false };

/** Reads what follows an indicator or a key of the indentation `n`. */
export function readNode(
  cursor: Cursor,
  n: number,
  allowed: Allowed,
): Spelled {
  const onLine = readOnLine(cursor, n);
  if (onLine !== undefined) return onLine;
  const offset = cursor.at;
  const nothing = { offset, plain: "" };
  const broke = cursor.gap();
  if (cursor.isAtEnd) return nothing;
  if (broke) {
    const column = cursor.indentation();
    const isFlush = allowed.flush && column === n && cursor.isDash();
    if (cursor.isMarker() || (column <= n && !isFlush)) return nothing;
    return readBlock(cursor, n, column, true);
  }
  const hasTab = cursor.text.slice(offset, cursor.at).includes("\t");
  const nested = allowed.nested && !hasTab;
  return readBlock(cursor, n, cursor.column, nested, allowed.flush);
}

/** Reads a value that begins here, in this column. */
export function readBlock(
  cursor: Cursor,
  n: number,
  column: number,
  nested: boolean,
  flush = false,
): Spelled {
  if (cursor.isDash()) {
    return nested ? readList(cursor, column) : cursor.fail(
      "a list begins on a line of its own, or the text is to be quoted",
    );
  }
  if (cursor.isQuestion()) {
    return nested
      ? readMapping(cursor, column)
      : cursor.fail("a mapping begins on a line of its own");
  }
  const key = nested ? findKey(cursor) : undefined;
  if (key !== undefined) return readMapping(cursor, column, key);
  if (cursor.char !== "&" && cursor.char !== "!") return readScalar(cursor, n);
  const properties = readProperties(cursor);
  // What they belong to may stand on the next line.
  const node = /^[\n#]?$/.test(cursor.char)
    ? readNode(cursor, n, { ...BEHIND_PROPERTIES, flush })
    : readBlock(cursor, n, cursor.column, false);
  return withProperties(cursor, node, properties);
}

/** A key with its colon. */
interface Key {
  /** What it says; `undefined` if it is no scalar. */
  readonly name: string | undefined;
  /** Where its colon ends. */
  readonly end: number;
}

/** The key that begins here, if there is one. */
function findKey(cursor: Cursor): Key | undefined {
  if (cursor.sees(WORD_KEY)) {
    const end = WORD_KEY.lastIndex;
    return { name: cursor.text.slice(cursor.at, end - 1), end };
  }
  const found = cursor.match(KEY);
  if (found !== null) {
    const name = found[1] ?? "";
    const end = cursor.at + found[0].length;
    return { name: name.startsWith("*") ? undefined : nameOf(name), end };
  }
  if (cursor.char !== "[" && cursor.char !== "{") return undefined;
  const end = flowKeyEnd(cursor);
  return end === undefined ? undefined : { name: undefined, end };
}

/** Where a key in brackets ends, behind its colon. */
function flowKeyEnd({ text, at, lineEnd }: Cursor): number | undefined {
  const line = text.slice(at, lineEnd);
  if (!/[\]}][ \t]*:(?:[ \t]|$)/.test(line)) return undefined;
  try {
    const inLine = new Cursor(line);
    readFlow(inLine, -1);
    const colon = inLine.take(PATTERNS.colon);
    return colon === undefined ? undefined : at + inLine.at;
  } catch (error) {
    if (error instanceof SpellingError) return undefined;
    throw error;
  }
}

/** Reads a mapping whose first key, unless that is explicit, is found already. */
function readMapping(cursor: Cursor, column: number, first?: Key): Spelled {
  const offset = cursor.at;
  const entries = new Map<string, SpelledEntry>();
  let key = first;
  do {
    const keyAt = cursor.at;
    if (cursor.isQuestion()) {
      const { name, value } = readExplicit(cursor, column);
      cursor.enter(entries, name, { keyAt, value });
    } else {
      const { name, end } = key ?? findKey(cursor) ?? cursor.fail(
        "is no key with a colon behind it and a blank or line break after that",
      );
      cursor.at = end;
      cursor.goInto(name);
      const value = readNode(cursor, column, BEHIND_KEY);
      cursor.comeBack();
      cursor.enter(entries, name, { keyAt, value });
    }
    key = undefined;
  } while (goesOn(cursor, column));
  return { offset, entries };
}

/** Reads a key behind a question mark, and its value behind a colon. */
function readExplicit(
  cursor: Cursor,
  column: number,
): { name: string | undefined; value: Spelled } {
  cursor.at++;
  cursor.goInto(undefined);
  const name = readNode(cursor, column, BEHIND_DASH).plain;
  cursor.gap();
  const hasValue = cursor.char === ":" && cursor.column === column;
  if (hasValue) cursor.at++;
  const value = hasValue
    ? readNode(cursor, column, BEHIND_DASH)
    : { offset: cursor.at, plain: "" };
  cursor.comeBack();
  return { name, value };
}

function readList(cursor: Cursor, column: number): Spelled {
  const offset = cursor.at;
  const items: Spelled[] = [];
  do {
    cursor.at++;
    cursor.goInto(items.length);
    items.push(readNode(cursor, column, BEHIND_DASH));
    cursor.comeBack();
  } while (goesOn(cursor, column) && cursor.isDash());
  return { offset, items };
}

/** Whether another entry stands at this indentation. */
function goesOn(cursor: Cursor, column: number): boolean {
  cursor.gap();
  if (cursor.isAtEnd || cursor.isMarker()) return false;
  const next = cursor.indentation();
  if (next > column) {
    cursor.fail(
      "is indented deeper than what is before it, and belongs to nothing",
    );
  }
  return next === column;
}

/** Reads anything that is no mapping or list by indentation. */
function readScalar(cursor: Cursor, n: number): Spelled {
  const offset = cursor.at;
  const value = cursor.char === "|" || cursor.char === ">"
    ? readBlockScalar(cursor, n)
    : readValue(cursor, n) ?? readPlain(cursor, n, "plain");
  endValue(cursor, offset);
  return value;
}
