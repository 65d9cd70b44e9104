/** The patterns of YAML that the strict reader looks for. */

// What may stand in a plain scalar on one line: in a block, and in brackets.
const plainOf = (first: string, inner: string) =>
  `(?:${first})(?:[ \\t]*(?:${inner}|(?<=[^ \\t\\n])#))*`;
const BLOCK_INNER = String.raw`[^ \t\n:#]|:(?=[^ \t\n])`;
const FLOW_INNER = String.raw`[^ \t\n:#,[\]{}]|:(?=[^ \t\n,[\]{}])`;
const FIRST = String.raw`[^ \t\n\-?:,[\]{}#&*!|>'"%@${"`"}]`;
const BLOCK_PLAIN = plainOf(`${FIRST}|[-?:](?=[^ \\t\\n])`, BLOCK_INNER);
const FLOW_PLAIN = plainOf(
  `${FIRST}|[-?:](?=[^ \\t\\n,[\\]{}])`,
  FLOW_INNER,
);
const DOUBLE = String.raw`"(?:[^"\\\n]|\\[^\n])*"`;
const SINGLE = String.raw`'(?:[^'\n]|'')*'`;
const PROPERTIES = String.raw`(?:[&!][^ \t\n]*[ \t]+)*`;

/** A key on one line, with its properties and its colon. */
export const KEY = new RegExp(
  `${PROPERTIES}(?<name>${DOUBLE}|${SINGLE}|\\*[^ \\t\\n]+|${BLOCK_PLAIN})?` +
    "[ \\t]*:(?=[ \\t\\n]|$)",
  "y",
);
/** What is looked for where the reader stands. */
export const PATTERNS = {
  plain: new RegExp(BLOCK_PLAIN, "y"),
  plainOn: new RegExp(plainOf(BLOCK_INNER, BLOCK_INNER), "y"),
  flowPlain: new RegExp(FLOW_PLAIN, "y"),
  flowPlainOn: new RegExp(plainOf(FLOW_INNER, FLOW_INNER), "y"),
  property: /[&!][^ \t\n,[\]{}]*/y,
  alias: /\*[^ \t\n,[\]{}]+/y,
  blockHeader: /[|>](?:[+-]?[1-9]?|[1-9][+-])/y,
  nextLine: /(?:[ \t]*\n)+ */y,
  marker: /(?:---|\.\.\.)(?=[ \t\n]|$)/y,
  dash: /-(?=[ \t\n]|$)/y,
  question: /\?(?=[ \t\n]|$)/y,
  double: /(?:[^"\\\n]|\\[^\n]|\\(?=\n))*/y,
  single: /(?:[^'\n]|'')*/y,
  blanks: /[ \t]*/y,
} as const;
