/**
 * The colors in use, or none. Whether to color is decided for each stream, by
 * the context: `@std/fmt/colors` knows one switch for all, and under NO_COLOR
 * it cannot be turned on even for a test.
 */

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
