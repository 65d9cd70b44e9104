/** Lines of logs: put together from pieces, chosen, and told apart by name. */
import { stripAnsiCode } from "@std/fmt/colors";
import { asText } from "../../state/log_reader.ts";
import { type Paint, plain, sanitize } from "./text.ts";
import { pad, textWidth } from "./width.ts";

/** Which lines are shown, and what of them is made to stand out. */
export interface LinePatterns {
  /** Only lines that it matches are shown. */
  readonly grep?: RegExp | undefined;
  /** Lines that it matches are not shown. */
  readonly exclude?: RegExp | undefined;
  /** What it matches is shown in reverse. */
  readonly highlight?: RegExp | undefined;
}

/** How the lines of one session are shown. */
export interface LineStyle extends LinePatterns {
  /** What stands before each. */
  readonly prefix: string;
  /** Whether their colors are taken out. */
  readonly noColor: boolean;
}

/** A line as it is shown; `null` if it is not. */
export function renderLine(
  line: string,
  { prefix, noColor, highlight, ...patterns }: LineStyle,
): string | null {
  const text = asText(line);
  if (!isChosen(text, patterns)) return null;
  const colored = noColor ? stripAnsiCode(text) : text;
  const shown = highlight ? highlightIn(colored, highlight) : colored;
  // A color that is left open would run on into the next prefix.
  return prefix + (noColor || prefix === "" ? shown : closeColor(shown));
}

/** Whether a line is one of those that are wanted, its colors aside. */
export function isChosen(
  text: string,
  { grep, exclude }: LinePatterns,
): boolean {
  if (grep === undefined && exclude === undefined) return true;
  const plainText = stripAnsiCode(text);
  return (grep?.test(plainText) ?? true) &&
    !(exclude?.test(plainText) ?? false);
}

// deno-lint-ignore no-control-regex -- colors are what is looked for
const COLOR = /(\x1b\[[\d;:]*m)/;

const REVERSE = "\x1b[7m";
const NOT_REVERSE = "\x1b[27m";

/** A line with all that matches in reverse; its colors stay as they are. */
export function highlightIn(line: string, pattern: RegExp): string {
  const all = new RegExp(pattern, `${pattern.flags}g`);
  const turns = [...stripAnsiCode(line).matchAll(all)]
    .filter(([match]) => match !== "")
    .flatMap(({ 0: match, index }) => [index, index + match.length]);
  if (turns.length === 0) return line;
  let shown = "";
  let place = 0;
  let isReverse = false;
  for (const part of line.split(COLOR)) {
    if (part.startsWith("\x1b")) {
      // A color may turn it off.
      shown += part + (isReverse ? REVERSE : "");
      continue;
    }
    let done = 0;
    // It ends here rather than behind the color that comes next.
    const end = () => place + part.length + (isReverse ? 1 : 0);
    while (turns[0] !== undefined && turns[0] < end()) {
      const next = turns.shift()! - place;
      shown += part.slice(done, next) + (isReverse ? NOT_REVERSE : REVERSE);
      isReverse = !isReverse;
      done = next;
    }
    shown += part.slice(done);
    place += part.length;
  }
  return shown;
}

/** Ends a color that a line leaves open. */
export function closeColor(line: string): string {
  const last = line.split("\x1b[").slice(1).at(-1);
  const isOpen = last !== undefined && !/^0*m/.test(last);
  return isOpen ? `${line}\x1b[0m` : line;
}

/**
 * What stands before the lines of each session, all of the same width and each
 * in a color of its own; nothing where there is but one session.
 */
export function prefixesOf(
  names: readonly string[],
  paint: Paint,
): ReadonlyMap<string, string> {
  if (names.length < 2) return new Map(names.map((name) => [name, ""]));
  const brushes = [
    paint.cyan,
    paint.yellow,
    paint.green,
    paint.magenta,
    paint.blue,
  ];
  const shown = names.map(sanitize);
  const width = Math.max(...shown.map(textWidth));
  return new Map(names.map((name, i) => {
    const label = pad(shown[i]!, width);
    const brush = brushes[i % brushes.length] ?? plain;
    return [name, `${brush(`${label} |`)} `];
  }));
}

/** Puts lines together from pieces of any length. */
export class LineAssembler {
  #part = "";

  /** The lines that are whole by now. */
  push(piece: string): string[] {
    const lines = (this.#part + piece).split("\n");
    this.#part = lines.pop() ?? "";
    return lines;
  }

  /** The line that is not whole; it is taken to be so now. */
  takeRest(): string[] {
    const rest = this.#part;
    this.#part = "";
    return rest === "" ? [] : [rest];
  }

  /** Whether there is a line that is not whole. */
  get hasRest(): boolean {
    return this.#part !== "";
  }
}
