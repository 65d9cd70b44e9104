/**
 * Text as it is shown: safe, and in color.
 *
 * Text of foreign origin, such as a session's name or command, can hold
 * anything, also sequences that move the cursor, retitle the terminal or turn
 * the reading direction round. Whether to color is decided for each stream, by
 * the context: `@std/fmt/colors` knows one switch for all, and under NO_COLOR
 * it cannot be turned on even for a test.
 */

/**
 * Shows control and invisible formatting characters as escapes, such as
 * `\x1b`, `\n` and `\u202e`; all else stays as it is.
 */
export function sanitize(text: string): string {
  return escapeUnsafe(text, (code) => {
    if (code === 0x0a) return "\\n";
    if (code === 0x0d) return "\\r";
    if (code === 0x09) return "\\t";
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** Whether a text is ASCII that shows, as nearly all text is. */
export function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Replaces each unsafe character by what `escape` makes of it. */
export function escapeUnsafe(
  text: string,
  escape: (code: number) => string,
): string {
  if (isPlain(text)) return text;
  let safe = "";
  // Every unsafe character is one UTF-16 unit, and no half of a pair is one.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    safe += isUnsafe(code) ? escape(code) : text[i];
  }
  return safe;
}

/** A code in hexadecimal, as an escape has it. */
export function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/**
 * Compared by number, since the first use of a Unicode class in a regular
 * expression costs a start 0.8 ms.
 */
function isUnsafe(code: number): boolean {
  return code < 0x20 || // C0: escape, newline, bell …
    (code >= 0x7f && code <= 0x9f) || // delete, C1
    code === 0x061c || code === 0x200e || code === 0x200f || // direction marks
    code === 0x200b || // zero width space
    (code >= 0x2028 && code <= 0x202e) || // separators, bidi embeddings
    (code >= 0x2060 && code <= 0x206f) || // bidi isolates, invisible operators
    code === 0xfeff || // zero width no-break space
    (code >= 0xfff9 && code <= 0xfffb); // interlinear annotation
}

/** Puts a color around a text. */
export type Brush = (text: string) => string;

/** The brushes there are. */
export interface Paint {
  readonly blue: Brush;
  readonly bold: Brush;
  readonly cyan: Brush;
  readonly dim: Brush;
  readonly green: Brush;
  readonly magenta: Brush;
  readonly red: Brush;
  readonly yellow: Brush;
}

/** Leaves a text as it is. */
export function plain(text: string): string {
  return text;
}

/** Brushes that color. */
export const colorPaint: Paint = {
  blue: brush(34, 39),
  bold: brush(1, 22),
  cyan: brush(36, 39),
  dim: brush(2, 22),
  green: brush(32, 39),
  magenta: brush(35, 39),
  red: brush(31, 39),
  yellow: brush(33, 39),
};

/** Brushes that do nothing. */
export const plainPaint: Paint = {
  blue: plain,
  bold: plain,
  cyan: plain,
  dim: plain,
  green: plain,
  magenta: plain,
  red: plain,
  yellow: plain,
};

/** A brush from the numbers that turn a color on and off again. */
function brush(on: number, off: number): Brush {
  return (text) => `\x1b[${on}m${text}\x1b[${off}m`;
}
