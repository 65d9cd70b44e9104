/**
 * The raw output of a terminal as people read it: lines of text with colors,
 * and without all that moves the cursor or speaks to the terminal itself.
 */

// deno-lint-ignore-file no-control-regex -- these are what it is about

/** Escape sequences, each whole. Colors, and the first column, are groups. */
const SEQUENCE = new RegExp(
  [
    /(\x1b\[[\d;:]*m)/,
    /(\x1b\[1?G)/,
    /\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]/,
    // Titles, links, strings for devices; a line break ends one that was cut.
    /\x1b[\]PX^_k][^\x07\x1b\n]*(?:\x07|\x1b\\|(?=[\x1b\n]))/,
    /\x1b[\x20-\x2f]*[\x30-\x5a\x5c\x60-\x7e]/,
  ].map(({ source }) => source).join("|"),
  "g",
);

/** One at the end of a text, the rest of which has not come. */
const CUT_SEQUENCE =
  /\x1b(?:[\x20-\x2f]*|\[[\x30-\x3f]*[\x20-\x2f]*|[\]PX^_k][^\x07\x1b\n]*\x1b?)$/;

/** The same, or what becomes a line break if one follows. */
const CUT_END = new RegExp(`${CUT_SEQUENCE.source}|(?<!\\r)\\r+$`);

/** More than this is waited for by no sequence. */
const MAX_HELD = 65_536;

/** What is dropped: all but tab, line break, return and colors. */
const CONTROL =
  /[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;:]*m)/g;

/** Colors and the like, and what turns all of them off. */
const COLOR = /\x1b\[[\d;:]*m/g;
const RESET = /^\x1b\[0*m$/;

/**
 * The form for people of a terminal's output: `\r\n` is a line break, what
 * follows the last lone `\r` of a line stands for the line, colors stay, and
 * every other escape sequence and control character but tab goes. So does a
 * sequence or a character that is cut off at the end. It has as many lines as
 * the output.
 *
 * @param raw What the terminal got; bytes are UTF-8.
 */
export function asText(raw: string | Uint8Array): string {
  const text = typeof raw === "string" ? raw : decodeLog(raw);
  return rewriteLines(withoutSequences(text.replace(CUT_SEQUENCE, "")));
}

/** Decodes UTF-8 of which a character may be cut at either end. */
export function decodeLog(bytes: Uint8Array): string {
  return new LogDecoder().decode(bytes);
}

/** Decodes UTF-8 that comes in pieces, from the middle of a character even. */
export class LogDecoder {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #hasBegun = false;

  /** The characters that are whole by now; the rest comes with the next. */
  decode(bytes: Uint8Array): string {
    let start = 0;
    if (!this.#hasBegun) {
      while (start < 3 && (bytes[start] ?? 0) >> 6 === 0b10) start++;
      this.#hasBegun = start < bytes.length;
    }
    // What is never flushed is dropped, and does not become U+FFFD.
    return this.#decoder.decode(bytes.subarray(start), { stream: true });
  }
}

/** Output that comes in pieces, in one form or another. */
export interface OutputStream {
  /** What is certain by now. */
  push(piece: Uint8Array | string): string;
  /** Ends the output: what follows is another one. */
  end(): string;
}

/** Output that comes in pieces, as it is. */
export class RawStream implements OutputStream {
  readonly #decoder = new LogDecoder();

  /** The characters that are whole by now. */
  push(piece: Uint8Array | string): string {
    return typeof piece === "string" ? piece : this.#decoder.decode(piece);
  }

  /** Ends the output: nothing is added to it. */
  end(): string {
    return "";
  }
}

/** {@linkcode asText} of a line that begins with a time; that stays. */
export function asStampedText(line: string): string {
  const stamp = /^\d{4}-\d\d-\d\dT\S+ /.exec(line)?.[0] ?? "";
  return stamp + asText(line.slice(stamp.length));
}

/** {@linkcode asStampedText} for output that comes in pieces, line by line. */
export class StampedStream implements OutputStream {
  readonly #decoder = new LogDecoder();
  #line = "";

  /** The lines that are whole by now. */
  push(piece: Uint8Array | string): string {
    const text = typeof piece === "string"
      ? piece
      : this.#decoder.decode(piece);
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    return lines.map((line) => `${asStampedText(line)}\n`).join("");
  }

  /** What is left of the last line. */
  end(): string {
    const rest = asStampedText(this.#line);
    this.#line = "";
    return rest === "" ? "" : `${rest}\n`;
  }
}

/** {@linkcode asText} for output that comes in pieces. */
export class TextStream implements OutputStream {
  readonly #decoder = new LogDecoder();
  /** What may be the beginning of something. */
  #held = "";
  /** Whether a part of the present line has been handed out. */
  #isInLine = false;

  /**
   * The form of what is certain by now. Part of a line is handed out at once,
   * for it may be a prompt; if the line is rewritten later, a `\r` comes first.
   */
  push(piece: Uint8Array | string): string {
    const raw = this.#held +
      (typeof piece === "string" ? piece : this.#decoder.decode(piece));
    const cut = raw.search(CUT_END);
    const isHeld = cut >= 0 && raw.length - cut <= MAX_HELD;
    this.#held = isHeld ? raw.slice(cut) : "";
    const text = withoutSequences(isHeld ? raw.slice(0, cut) : raw);
    if (text === "") return "";
    const [first = "", ...rest] = text.split("\n");
    const lines = [
      this.#isInLine ? continueLine(first) : rewriteLine(first),
      ...rest.map(rewriteLine),
    ];
    this.#isInLine = lines.at(-1) !== "" || (this.#isInLine && !rest.length);
    return lines.join("\n");
  }

  /** Ends the output: what follows is another one, on a line of its own. */
  end(): string {
    return this.#isInLine ? "\n" : "";
  }
}

/** The rest of a line of which a part has been handed out. */
function continueLine(rest: string): string {
  const isRewritten = lastThatShows(rest.split("\r")) > 0;
  return (isRewritten ? "\r" : "") + rewriteLine(rest);
}

function withoutSequences(text: string): string {
  return text
    .replace(SEQUENCE, (_, color?: string, firstColumn?: string) => {
      return color ?? (firstColumn === undefined ? "" : "\r");
    })
    .replace(CONTROL, "");
}

function rewriteLines(text: string): string {
  if (!text.includes("\r")) return text;
  return text.split("\n").map((line) => rewriteLine(line)).join("\n");
}

/** A line as it stands at its end; its colors may be from what is gone. */
function rewriteLine(line: string): string {
  const writings = line.split("\r");
  const last = lastThatShows(writings);
  const colors = writings.slice(0, last).join("").match(COLOR) ?? [];
  const reset = colors.findLastIndex((color) => RESET.test(color));
  return [...colors.slice(Math.max(reset, 0)), ...writings.slice(last)].join(
    "",
  );
}

/** Colors alone rewrite nothing. */
function lastThatShows(writings: readonly string[]): number {
  const last = writings.findLastIndex((it) => it.replace(COLOR, "") !== "");
  return Math.max(last, 0);
}
