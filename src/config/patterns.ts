/** The patterns of YAML that the strict reader looks for. */

// What may stand in a plain scalar on one line: in a block, and in brackets. No
// text can be taken apart in two ways, so that nothing is tried twice.
const plainOf = (first: string, run: string, colon: string) =>
  `(?:${first})${run}*` +
  `(?:[ \\t]*(?:${colon}|(?<=[^ \\t\\n])#)${run}*|[ \\t]+${run}+)*`;
const BLOCK_RUN = String.raw`[^ \t\n:#]`;
const BLOCK_COLON = String.raw`:(?=[^ \t\n])`;
const FLOW_RUN = String.raw`[^ \t\n:#,[\]{}]`;
const FLOW_COLON = String.raw`:(?=[^ \t\n,[\]{}])`;
const FIRST = String.raw`[^ \t\n\-?:,[\]{}#&*!|>'"%@${"`"}]`;
const BLOCK_PLAIN = plainOf(
  `${FIRST}|[-?:](?=[^ \\t\\n])`,
  BLOCK_RUN,
  BLOCK_COLON,
);
const FLOW_PLAIN = plainOf(
  `${FIRST}|[-?:](?=[^ \\t\\n,[\\]{}])`,
  FLOW_RUN,
  FLOW_COLON,
);
const DOUBLE = String.raw`"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"`;
const SINGLE = String.raw`'[^'\n]*(?:''[^'\n]*)*'`;
const PROPERTIES = String.raw`(?:[&!][^ \t\n]*[ \t]+)*`;

// Text without anything that takes a second look.
const EASY_PLAIN = String
  .raw`[A-Za-z0-9_./~][^ \t\n:#]*(?::(?=[^ \t\n])[^ \t\n:#]*| +[^ \t\n:#]+)*`;

/** A key on one line, with its properties and its colon. */
export const KEY = new RegExp(
  `${PROPERTIES}(${DOUBLE}|${SINGLE}|\\*[^ \\t\\n]+|${BLOCK_PLAIN})?` +
    "[ \\t]*:(?=[ \\t\\n]|$)",
  "y",
);
/** A key that is a word, as nearly all are: it is looked for first. */
export const WORD_KEY = /[A-Za-z_][\w-]*:(?=[ \n])/y;
/** What is looked for where the reader stands. */
export const PATTERNS = {
  /** The rest of a line, and the indentation of the next. */
  onLine: new RegExp(
    ` (?:(${EASY_PLAIN})|"[^"\\\\\\n]*"|'[^'\\n]*')(?: *| +#[^\\n]*)\\n( *)(?=[^ \\t\\n#])`,
    "y",
  ),
  lineGap: /[ \t]*(?:#[^\n]*)?/y,
  colon: /[ \t]*:(?=[ \t\n]|$)/y,
  flowColon: /:(?=[ \t\n,[\]{}]|$)/y,
  flowNothing: /[,\]}]|:(?=[ \t\n,[\]{}])/y,
  plain: new RegExp(BLOCK_PLAIN, "y"),
  plainOn: new RegExp(
    plainOf(`${BLOCK_RUN}|${BLOCK_COLON}`, BLOCK_RUN, BLOCK_COLON),
    "y",
  ),
  flowPlain: new RegExp(FLOW_PLAIN, "y"),
  flowPlainOn: new RegExp(
    plainOf(`${FLOW_RUN}|${FLOW_COLON}`, FLOW_RUN, FLOW_COLON),
    "y",
  ),
  property: /[&!][^ \t\n,[\]{}]*/y,
  alias: /\*[^ \t\n,[\]{}]+/y,
  blockHeader: /[|>](?:[+-]?[1-9]?|[1-9][+-])/y,
  nextLine: /(?:[ \t]*\n)+ */y,
  marker: /(?:---|\.\.\.)(?=[ \t\n]|$)/y,
  dash: /-(?=[ \t\n]|$)/y,
  question: /\?(?=[ \t\n]|$)/y,
  double: /[^"\\\n]*(?:\\[^\n]?[^"\\\n]*)*/y,
  single: /[^'\n]*(?:''[^'\n]*)*/y,
  blanks: /[ \t]*/y,
  white: /[ \t\n]*/y,
} as const;
