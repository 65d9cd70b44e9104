/** Variables in texts: `${NAME}` and what may stand behind the name. */

/** The value of a variable, which may be empty; `undefined` if it is not set. */
export type Lookup = (name: string) => string | undefined;

/** A text names a variable that is not set, or names none in its braces. */
export class VariableError extends Error {}

/** How deep a variable may stand in the default of another. */
const MAX_NESTING = 10;

const FORMS = "${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, " +
  "${NAME?message}, ${NAME:+other}, ${NAME+other}";

/**
 * Fills variables into a text. Nothing but `${` means anything: `$NAME` and `$$`
 * are what they are, except that of the dollars before a brace two stand for
 * one, as `$${` for `${`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { expand } from "./expand.ts";
 *
 * const lookup = (name: string) => name === "HOST" ? "db" : undefined;
 * assertEquals(expand("${HOST}:${PORT:-5432}", lookup), "db:5432");
 * assertEquals(expand("$HOST $${HOST}", lookup), "$HOST ${HOST}");
 * ```
 *
 * @param text The text.
 * @param lookup The variables. What they hold is not looked at again.
 * @throws {VariableError} If one is not set and has no default, or if braces
 * hold no variable. It tells neither the text nor the value of any variable.
 */
export function expand(text: string, lookup: Lookup): string {
  return expandWithin(text, lookup, 0);
}

function expandWithin(text: string, lookup: Lookup, depth: number): string {
  if (depth > MAX_NESTING) {
    throw new VariableError(
      `has variables in the defaults of others, more than ${MAX_NESTING} deep`,
    );
  }
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const last = text.indexOf("${", at);
    if (last < 0) return parts.join("") + text.slice(at);
    let first = last;
    while (first > at && text[first - 1] === "$") first--;
    const dollars = last + 1 - first;
    parts.push(text.slice(at, first), "$".repeat(dollars >> 1));
    at = last + "${".length;
    if (dollars % 2 === 0) {
      parts.push("{");
      continue;
    }
    const end = endOf(text, at);
    parts.push(valueOf(text.slice(at, end), lookup, depth));
    at = end + 1;
  }
}

/** Where the brace is closed that was opened before `from`. */
function endOf(text: string, from: number): number {
  const brace = /\$+\{|\}/g;
  brace.lastIndex = from;
  let open = 1;
  for (let it = brace.exec(text); it !== null; it = brace.exec(text)) {
    if (it[0] !== "}") open += (it[0].length - 1) % 2;
    else if (--open === 0) return it.index;
  }
  throw malformed();
}

/** What stands for the inside of braces. */
function valueOf(inside: string, lookup: Lookup, depth: number): string {
  const found = /^([A-Za-z_]\w*)(?:(:?)([-?+])([^]*))?$/.exec(inside);
  if (found === null) throw malformed();
  const [, name = "", colon, operator, word = ""] = found;
  const value = lookup(name);
  const counts = value !== undefined && (colon !== ":" || value !== "");
  if (operator === "+") {
    return counts ? expandWithin(word, lookup, depth + 1) : "";
  }
  if (counts) return value;
  if (operator === "-") return expandWithin(word, lookup, depth + 1);
  throw new VariableError(
    operator === "?" && word !== ""
      ? `the variable ${name} is ${value === "" ? "empty" : "not set"}: ${word}`
      : value === ""
      ? `the variable ${name} is empty`
      : `the variable ${name} is not set: set it, put it into .env beside ` +
        `the configuration, or write \${${name}:-a default}; ` +
        `for the text itself write $\${${name}}`,
  );
}

function malformed(): VariableError {
  return new VariableError(
    `has a "\${" that begins none of ${FORMS}; for the text itself write "$\${"`,
  );
}
