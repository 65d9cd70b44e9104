/** Lines of logs: put together from pieces, chosen, and told apart by name. */
import { stripAnsiCode } from "@std/fmt/colors";
import { asText } from "../../state/log_reader.ts";
import { type Paint, plain, sanitize } from "./text.ts";
import { pad, textWidth } from "./width.ts";

/** How the lines of one session are shown. */
export interface LineStyle {
  /** What stands before each. */
  readonly prefix: string;
  /** Only lines that it matches are shown. */
  readonly pattern: RegExp | undefined;
  /** Whether their colors are taken out. */
  readonly noColor: boolean;
}

/** A line as it is shown; `null` if it is not. */
export function renderLine(
  line: string,
  { prefix, pattern, noColor }: LineStyle,
): string | null {
  const text = asText(line);
  if (pattern !== undefined && !pattern.test(stripAnsiCode(text))) return null;
  // A color that is left open would run on into the next prefix.
  return prefix +
    (noColor ? stripAnsiCode(text) : prefix === "" ? text : closeColor(text));
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
