/** Reads mappings and lists in brackets strictly. */
import type { Cursor } from "./cursor.ts";
import { PATTERNS } from "./patterns.ts";
import { nameOf } from "./quoted.ts";
import {
  NO_PROPERTIES,
  readAlias,
  readPlain,
  readProperties,
  readQuoted,
  withProperties,
} from "./scalars.ts";
import type { Spelled, SpelledEntry } from "./spelled.ts";

/**
 * Reads a quoted text, brackets or an alias.
 *
 * @param n The indentation of its key.
 * @returns The value; `undefined` if none of these stands here.
 */
export function readValue(cursor: Cursor, n: number): Spelled | undefined {
  switch (cursor.char) {
    case '"':
    case "'":
      return readQuoted(cursor, n);
    case "[":
    case "{":
      return readFlow(cursor, n);
    default:
      return readAlias(cursor);
  }
}

/** Reads what is in brackets, with them. */
export function readFlow(cursor: Cursor, n: number): Spelled {
  const offset = cursor.at++;
  const isList = cursor.text.charAt(offset) === "[";
  const close = isList ? "]" : "}";
  const items: Spelled[] = [];
  const entries = new Map<string, SpelledEntry>();
  for (;;) {
    passGap(cursor, n, offset);
    if (cursor.char === close) break;
    if (cursor.char === ",") {
      cursor.fail("an entry is missing before the comma");
    }
    const keyAt = cursor.at;
    const index = isList ? items.length : undefined;
    const { name, key, value } = readEntry(cursor, n, offset, index);
    if (isList) items.push(value === undefined ? key : { offset: keyAt });
    else {
      const said = value ?? { offset: keyAt, plain: "" };
      cursor.enter(entries, name, { keyAt, value: said });
    }
    passGap(cursor, n, offset);
    if (cursor.char === ",") cursor.at++;
    else if (cursor.text.startsWith("${", cursor.at - 1)) {
      cursor.fail('within brackets, quote what has variables: "${NAME}"');
    } else if (cursor.char !== close) {
      cursor.fail(`a comma or the closing ${close} is missing before this`);
    }
  }
  cursor.at++;
  return isList ? { offset, items } : { offset, entries };
}

/** A key, with its value if it has one, or an item of a list. */
interface FlowEntry {
  readonly name: string | undefined;
  readonly key: Spelled;
  readonly value: Spelled | undefined;
}

function readEntry(
  cursor: Cursor,
  n: number,
  open: number,
  index: number | undefined,
): FlowEntry {
  if (cursor.isQuestion()) {
    cursor.at++;
    passGap(cursor, n, open);
  }
  const from = cursor.at;
  cursor.goInto(index);
  const key = readNode(cursor, n, open);
  cursor.comeBack();
  const end = cursor.at;
  passGap(cursor, n, open);
  const mayBeKey = cursor.char === ":";
  if (index !== undefined && !mayBeKey) {
    cursor.at = end;
    return { name: undefined, key, value: undefined };
  }
  const written = cursor.text.slice(from, end);
  const name = /^["']/.test(written) ? nameOf(written) : key.plain;
  const isJson = key.plain === undefined && /["'\]}]$/.test(written);
  if (!mayBeKey || !(isJson || cursor.sees(PATTERNS.flowColon))) {
    cursor.at = end;
    return { name, key, value: undefined };
  }
  cursor.at++;
  passGap(cursor, n, open);
  cursor.goInto(index ?? name);
  const value = readNode(cursor, n, open);
  cursor.comeBack();
  return { name, key, value };
}

function readNode(cursor: Cursor, n: number, open: number): Spelled {
  const offset = cursor.at;
  const properties = readProperties(cursor);
  if (properties !== NO_PROPERTIES) passGap(cursor, n, open);
  const isNothing = ",]}:".includes(cursor.char) &&
    cursor.sees(PATTERNS.flowNothing);
  const node = isNothing
    ? { offset, plain: "" }
    : readValue(cursor, n) ?? readPlain(cursor, n, "flowPlain");
  return withProperties(cursor, node, properties);
}

/** Passes a gap in brackets; a closing one may stand at its key's column. */
function passGap(cursor: Cursor, n: number, open: number): void {
  const broke = cursor.gap();
  const bracket = cursor.text.charAt(open);
  if (cursor.isAtEnd) cursor.fail(`this ${bracket} is never closed`, open);
  if (!broke) return;
  const isClosing = cursor.char === "]" || cursor.char === "}";
  cursor.refuseShallow(isClosing ? n - 1 : n, bracket, open);
}
