/** A command line as a POSIX shell would split it, without expanding it. */
import { SessionConfigError } from "./errors.ts";

/** A backslash and what it escapes, a quoted part, blanks, or plain text. */
const PART =
  /\\([\s\S])|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|([ \t\n]+)|([^\\'" \t\n]+)|([\s\S])/g;

/** More of a command is not shown in a message, in characters. */
const LONGEST_QUOTED = 60;

/**
 * Splits a command into its words by POSIX quoting rules: single quotes,
 * double quotes, backslashes. Nothing is expanded.
 *
 * @throws {SessionConfigError} If a quote is not closed.
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const match of command.matchAll(PART)) {
    const [, escaped, single, double, blank, plain, unclosed] = match;
    if (unclosed !== undefined) {
      const fault = unclosed === "\\"
        ? "ends in a backslash that escapes nothing"
        : `has a ${unclosed} that is not closed`;
      throw new SessionConfigError("command", `${quoted(command)} ${fault}`);
    }
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    // An escaped line break joins two lines, and is no word by itself.
    if (escaped === "\n") continue;
    word = (word ?? "") +
      (escaped ?? single ?? plain ?? unescapeDouble(double ?? ""));
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Between double quotes a backslash escapes only what would be special. */
function unescapeDouble(text: string): string {
  return text.replace(
    /\\([$`"\\\n])/g,
    (_, escaped) => escaped === "\n" ? "" : escaped,
  );
}

/** A command in quotes, its beginning cut off: the fault is at the end. */
function quoted(command: string): string {
  return command.length <= LONGEST_QUOTED
    ? JSON.stringify(command)
    : `…${JSON.stringify(command.slice(-LONGEST_QUOTED))}`;
}
