/** Reads single values strictly: plain, quoted, and blocks of text. */
import { blanksOf, type Cursor } from "./cursor.ts";
import { PATTERNS } from "./patterns.ts";
import { folded } from "./quoted.ts";
import type { Spelled } from "./spelled.ts";

/** Where a plain text stands. */
export type PlainKind = "plain" | "flowPlain";

/** What a value says beside itself. */
export interface Properties {
  /** Whether it has a tag, which decides what a plain text means. */
  readonly tagged: boolean;
  /** The name by which aliases mean it. */
  readonly anchor: string | undefined;
}

/** No properties. */
export const NO_PROPERTIES: Properties = { tagged: false, anchor: undefined };

/**
 * Reads a plain or quoted text that is all there is on the rest of a line, as
 * nearly all of them are, and passes to the start of the next.
 *
 * @param n The indentation of its key or dash; what follows is no deeper.
 * @returns The text; `undefined` where something else stands, or may stand.
 */
export function readOnLine(cursor: Cursor, n: number): Spelled | undefined {
  const found = cursor.match(PATTERNS.onLine);
  if (found === null || found[2]!.length > n) return undefined;
  const offset = cursor.at + 1; // behind the blank
  cursor.at += found[0].length;
  const plain = found[1];
  return plain === undefined ? { offset } : { offset, plain };
}

/** Reads a plain text, which may go on in the next lines. */
export function readPlain(cursor: Cursor, n: number, kind: PlainKind): Spelled {
  const offset = cursor.at;
  const plain = cursor.take(PATTERNS[kind]) ?? cursor.fail(
    `a text cannot begin with ${cursor.char}: quote it`,
  );
  const on = kind === "plain" ? PATTERNS.plainOn : PATTERNS.flowPlainOn;
  for (let isOne = true;; isOne = false) {
    const from = cursor.at;
    if (!cursor.pass(PATTERNS.nextLine)) {
      return isOne ? { offset, plain } : { offset };
    }
    const { column } = cursor;
    cursor.pass(PATTERNS.blanks);
    const start = cursor.at;
    // In brackets the gap after it sees to the indentation.
    const goesOn = column > n && !cursor.isMarker() &&
      cursor.pass(on);
    if (!goesOn) {
      cursor.at = from;
      return isOne ? { offset, plain } : { offset };
    }
    if (kind === "plain" && cursor.sees(PATTERNS.colon)) {
      cursor.fail(
        `a key stands in the text that began in line ${
          cursor.lineOf(offset)
        }: look at its indentation`,
        start,
      );
    }
  }
}

/** Reads a quoted text. */
export function readQuoted(cursor: Cursor, n: number): Spelled {
  const offset = cursor.at++;
  const quote = cursor.text.charAt(offset);
  const pattern = quote === '"' ? PATTERNS.double : PATTERNS.single;
  for (;;) {
    cursor.pass(pattern);
    if (cursor.char === quote) break;
    cursor.pass(PATTERNS.white);
    if (cursor.isAtEnd) cursor.fail("this quote is never closed", offset);
    cursor.refuseShallow(n, "quote", offset);
  }
  cursor.at++;
  const written = cursor.text.slice(offset, cursor.at);
  return written.includes("\n")
    ? { offset, folded: folded(written) }
    : { offset };
}

/** Reads a block of text: a header, and all lines that are indented deeper. */
export function readBlockScalar(cursor: Cursor, n: number): Spelled {
  const offset = cursor.at;
  const header = cursor.take(PATTERNS.blockHeader)!;
  endValue(cursor, offset);
  cursor.at = cursor.lineEnd + 1;
  const given = Number(header.replace(/[^1-9]/g, ""));
  let depth = given > 0 ? Math.max(n, 0) + given : 0;
  while (!cursor.isAtEnd) {
    const end = cursor.lineEnd;
    const line = cursor.text.slice(cursor.at, end);
    const lead = blanksOf(line);
    const isBlank = lead === line.length;
    if (!isBlank && depth === 0 && lead > n) depth = lead;
    if (!isBlank && (lead <= n || lead < depth || cursor.isMarker())) break;
    cursor.at = end + 1;
  }
  cursor.at = Math.min(cursor.at, cursor.text.length);
  return { offset };
}

/** Refuses all but a comment on the line behind a value. */
export function endValue(cursor: Cursor, offset: number): void {
  if (cursor.text.charAt(cursor.at - 1) === "\n" || cursor.isAtEnd) return;
  const last = cursor.text.charAt(cursor.at - 1);
  cursor.pass(PATTERNS.blanks);
  if (cursor.isAtEnd || cursor.char === "\n") return;
  if (cursor.char === "#") return cursor.refuseGlued();
  const first = cursor.text.charAt(offset);
  cursor.fail(
    /["'[{|>*]/.test(first)
      ? `stands behind the value that ended with ${last}: only a comment may`
      : "a colon with a blank after it stands in a text: quote the text, " +
        "or put the key on a line of its own",
  );
}

/** Reads the value that an alias means, if one stands here. */
export function readAlias(cursor: Cursor): Spelled | undefined {
  if (cursor.char !== "*") return undefined;
  const offset = cursor.at;
  const alias = cursor.take(PATTERNS.alias)?.slice(1);
  if (alias === undefined) return undefined;
  return cursor.anchors.get(alias) ?? { offset };
}

/** Reads the tag and the anchor that stand here. */
export function readProperties(cursor: Cursor): Properties {
  if (cursor.char !== "&" && cursor.char !== "!") return NO_PROPERTIES;
  let tagged = false;
  let anchor: string | undefined;
  while (cursor.char === "&" || cursor.char === "!") {
    tagged ||= cursor.char === "!";
    if (cursor.text.startsWith("!<", cursor.at)) {
      const end = cursor.text.indexOf(">", cursor.at);
      cursor.at = end < 0 ? cursor.text.length : end + 1;
    } else {
      const property = cursor.take(PATTERNS.property)!;
      if (property.startsWith("&")) anchor = property.slice(1);
    }
    cursor.pass(PATTERNS.blanks);
  }
  return { tagged, anchor };
}

/** A value with its properties. */
export function withProperties(
  cursor: Cursor,
  node: Spelled,
  { tagged, anchor }: Properties,
): Spelled {
  if (!tagged && anchor === undefined) return node;
  const { plain: _, ...unspelled } = node;
  const said = tagged ? unspelled : node;
  if (anchor !== undefined) cursor.anchors.set(anchor, said);
  return said;
}
