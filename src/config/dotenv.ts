/**
 * The grammar of dotenv files: a `NAME=value` on each line, in quotes if it goes
 * over several lines.
 */
import { expand, type Lookup, VariableError } from "./expand.ts";

/** What is wrong with a line; it tells no value, which may be a secret. */
export interface DotenvFault {
  /** Where in the text. */
  readonly at: number;
  /** The name of the variable; empty where there is none. */
  readonly name: string;
  /** What is wrong, and what would be right. */
  readonly reason: string;
}

/** What a text says. */
export interface Dotenv {
  /** The values by name; of a name that stands twice the last. */
  readonly values: ReadonlyMap<string, string>;
  /** What is wrong, in the order of the lines. */
  readonly faults: readonly DotenvFault[];
}

const NOTHING = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y;
const BLANKS = /[ \t]*/y;
const NAME = /[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*/y;
/** What may follow a closing quote. */
const REST = /(?:[ \t]+#[^\n]*|[ \t]*)(?:\n|$)/y;

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  // Stands for a dollar that begins no variable until those are filled in; a
  // value cannot hold it.
  $: "\0",
};

/**
 * Parses a dotenv file.
 *
 * Within single quotes everything is as it is written; within double quotes
 * `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes. There and without quotes
 * `${NAME}` is filled in, from the lines above and then by `lookup`; `$NAME` is
 * only a text. Without quotes a `#` behind a blank begins a remark.
 *
 * @param text The text; its lines end with nothing but a line feed.
 * @param lookup The variables that the text itself does not set.
 */
export function parseDotenv(text: string, lookup: Lookup): Dotenv {
  const values = new Map<string, string>();
  const faults: DotenvFault[] = [];
  const known: Lookup = (name) => values.get(name) ?? lookup(name);
  let at = 0;
  while (at < text.length) {
    const nothing = endOfMatch(NOTHING, text, at);
    if (nothing !== undefined) {
      at = nothing;
      continue;
    }
    const line = readLine(text, at);
    at = line.next;
    try {
      if ("fault" in line) faults.push(line.fault);
      else values.set(line.name, line.value(known));
    } catch (error) {
      if (!(error instanceof VariableError) || "fault" in line) throw error;
      faults.push({ at: line.at, name: line.name, reason: error.message });
    }
  }
  return { values, faults };
}

type Line =
  & { /** Where the next one begins. */ readonly next: number }
  & (
    | {
      readonly name: string;
      /** Where the value begins. */
      readonly at: number;
      readonly value: (lookup: Lookup) => string;
    }
    | { readonly fault: DotenvFault }
  );

function readLine(text: string, start: number): Line {
  const end = endOfLine(text, start);
  NAME.lastIndex = start;
  const [, name] = NAME.exec(text) ?? [];
  if (name === undefined) {
    const at = endOfMatch(BLANKS, text, start)!;
    const reason = text.slice(start, end).includes("=")
      ? "before the = stands no name: letters, digits and _, no digit first"
      : "is no NAME=value: there is no =; a remark begins with #";
    return { next: end + 1, fault: { at, name: "", reason } };
  }
  const at = NAME.lastIndex;
  const fault = (next: number, reason: string) => ({
    next,
    fault: { at, name, reason },
  });
  const quote = text[at];
  if (quote !== '"' && quote !== "'") {
    const plain = plainOf(text, at, end);
    if (plain.includes("\0")) return fault(end + 1, NUL);
    return { next: end + 1, name, at, value: (it) => expand(plain, it) };
  }
  const close = closingQuote(text, at, quote);
  // What was meant to end it is not known, so the rest may be anything.
  if (close < 0) return fault(text.length, "this quote is never closed");
  const next = endOfMatch(REST, text, close + 1);
  if (next === undefined) {
    return fault(
      endOfLine(text, close) + 1,
      "something stands behind the closing quote: only a remark may",
    );
  }
  const inside = text.slice(at + 1, close);
  if (inside.includes("\0")) return fault(next, NUL);
  const value = (lookup: Lookup) =>
    quote === "'"
      ? inside
      : expand(unescape(inside), lookup).replaceAll("\0", "$");
  return { next, name, at, value };
}

const NUL = "holds a NUL, which no variable can";

/** A value without quotes: up to a remark, or to the end of the line. */
function plainOf(text: string, from: number, end: number): string {
  const line = text.slice(from, end);
  if (line.startsWith("#") && /[ \t]/.test(text[from - 1]!)) return "";
  const remark = line.search(/[ \t]#/);
  let last = remark < 0 ? line.length : remark;
  while (last > 0 && /[ \t]/.test(line[last - 1]!)) last--;
  return line.slice(0, last);
}

function closingQuote(text: string, open: number, quote: string): number {
  if (quote === "'") return text.indexOf(quote, open + 1);
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescape(text: string): string {
  return text.replace(/\\([^])/g, (all, char) => ESCAPES[char] ?? all);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** Where a match that begins here ends, if there is one. */
function endOfMatch(
  pattern: RegExp,
  text: string,
  at: number,
): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
