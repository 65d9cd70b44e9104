/**
 * Turns the raw output of a terminal into text for people: lines with colors,
 * without the sequences that move the cursor or control the terminal.
 */

// deno-lint-ignore-file no-control-regex -- they are what this file is about

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

/** A sequence at the end of a text, whose rest has not come. */
const CUT_SEQUENCE =
  /\x1b(?:[\x20-\x2f]*|\[[\x30-\x3f]*[\x20-\x2f]*|[\]PX^_k][^\x07\x1b\n]*\x1b?)$/;

/** The same, or returns that a `\n` would make a line break. */
const CUT_END = new RegExp(`${CUT_SEQUENCE.source}|(?<!\\r)\\r+$`);

/** The most characters that wait for the rest of a sequence. */
const MAX_HELD = 65_536;

/** The characters to drop: all controls but tab, line breaks and colors. */
const CONTROL =
  /[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[\d;:]*m)/g;

/** Colors and the like, and the sequence that turns all of them off. */
const COLOR = /\x1b\[[\d;:]*m/g;
const RESET = /^\x1b\[0*m$/;

/**
 * Turns a terminal's output into text for people: `\r\n` is a line break, the
 * text after the last lone `\r` of a line replaces the line, colors stay, and
 * every other escape sequence and control character but tab goes. So does a
 * sequence or a character that is cut off at the end. The number of lines
 * stays.
 *
 * @param raw The terminal's output; bytes are UTF-8.
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

  /**
   * Returns the characters that are whole by now; the rest waits for the next
   * piece.
   */
  decode(bytes: Uint8Array): string {
    let start = 0;
    if (!this.#hasBegun) {
      while (start < 3 && (bytes[start] ?? 0) >> 6 === 0b10) start++;
      this.#hasBegun = start < bytes.length;
    }
    // Without a flush, a cut character is dropped and does not become U+FFFD.
    return this.#decoder.decode(bytes.subarray(start), { stream: true });
  }
}

/** So many bytes become characters at once. */
const BINARY_BLOCK = 8_192;

/** Bytes as a text of which each character stands for one. */
export function toBinary(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += BINARY_BLOCK) {
    text += String.fromCharCode(...bytes.subarray(i, i + BINARY_BLOCK));
  }
  return text;
}

/** The bytes that a text of {@linkcode toBinary} stands for. */
export function fromBinary(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The bytes that texts stand for. */
export async function* fromBinaries(
  texts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for await (const text of texts) yield fromBinary(text);
}

/** Turns output that comes in pieces into some form. */
export interface OutputStream {
  /** Takes a piece, and returns the text that is certain by now. */
  push(piece: Uint8Array | string): string;
  /** Ends the output, and returns the rest of its text. */
  end(): string;
}

/** Leaves output that comes in pieces as it is, as {@linkcode toBinary}. */
export class RawStream implements OutputStream {
  /** Returns all of it. */
  push(piece: Uint8Array | string): string {
    return typeof piece === "string" ? piece : toBinary(piece);
  }

  /** Ends the output; there is no rest. */
  end(): string {
    return "";
  }
}

/** {@linkcode asText} of a line that begins with a time, which stays. */
export function asStampedText(line: string): string {
  const stamp = /^\d{4}-\d\d-\d\dT\S+ /.exec(line)?.[0] ?? "";
  return stamp + asText(line.slice(stamp.length));
}

/** {@linkcode asStampedText} for output that comes in pieces, line by line. */
export class StampedStream implements OutputStream {
  readonly #decoder = new LogDecoder();
  #line = "";

  /** Returns the lines that are whole by now. */
  push(piece: Uint8Array | string): string {
    const text = typeof piece === "string"
      ? piece
      : this.#decoder.decode(piece);
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    return lines.map((line) => `${asStampedText(line)}\n`).join("");
  }

  /** Returns the rest of the last line. */
  end(): string {
    const rest = asStampedText(this.#line);
    this.#line = "";
    return rest === "" ? "" : `${rest}\n`;
  }
}

/** {@linkcode asText} for output that comes in pieces. */
export class TextStream implements OutputStream {
  readonly #decoder = new LogDecoder();
  /** The end of the text so far, if it may begin a sequence or a line break. */
  #held = "";
  /** Whether a part of the present line has been returned. */
  #isInLine = false;

  /**
   * Returns the text that is certain by now. Part of a line is returned at
   * once, for it may be a prompt; if the line is rewritten later, a `\r` comes
   * first.
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

  /** Ends the output, and its last line. */
  end(): string {
    return this.#isInLine ? "\n" : "";
  }
}

/** The rest of a line of which a part has been returned. */
function continueLine(rest: string): string {
  const isRewritten = lastVisible(rest.split("\r")) > 0;
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

/** A line as it looks in the end; the colors of overwritten text stay on. */
function rewriteLine(line: string): string {
  const writings = line.split("\r");
  const last = lastVisible(writings);
  const colors = writings.slice(0, last).join("").match(COLOR) ?? [];
  const reset = colors.findLastIndex((color) => RESET.test(color));
  return [...colors.slice(Math.max(reset, 0)), ...writings.slice(last)].join(
    "",
  );
}

/** The last writing that shows text: colors alone rewrite nothing. */
function lastVisible(writings: readonly string[]): number {
  const last = writings.findLastIndex((it) => it.replace(COLOR, "") !== "");
  return Math.max(last, 0);
}
