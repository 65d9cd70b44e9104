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
  let start = 0;
  while (start < 3 && (bytes[start] ?? 0) >> 6 === 0b10) start++;
  // What is not flushed is dropped, and does not become U+FFFD.
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(bytes.subarray(start), { stream: true });
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
  const written = line.replace(/\r+$/, "");
  const start = written.lastIndexOf("\r") + 1;
  if (start === 0) return written;
  const colors = written.slice(0, start).match(COLOR) ?? [];
  const reset = colors.findLastIndex((color) => RESET.test(color));
  return colors.slice(Math.max(reset, 0)).join("") + written.slice(start);
}
