/**
 * How many columns of a terminal a text takes. The tables are coarse: ranges
 * of whole scripts, right for all but single rare characters.
 */

/** First and last code point of what is two columns wide. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // Hangul syllable starts
  [0x231a, 0x231b], // watch, hourglass
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653], // zodiac
  [0x26a1, 0x26a1],
  [0x26bd, 0x26be],
  [0x2705, 0x2705], // check mark
  [0x270a, 0x270b],
  [0x2728, 0x2728], // sparkles
  [0x274c, 0x274c], // cross mark
  [0x2753, 0x2755],
  [0x2795, 0x2797],
  [0x2b50, 0x2b50], // star
  [0x2e80, 0x303e], // CJK radicals, punctuation
  [0x3041, 0xa4cf], // Kana, CJK, Yi
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60], // full width forms
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f], // pictographs, smileys
  [0x1f680, 0x1f6ff], // transport
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

/** First and last code point of what takes no column of its own. */
const ZERO: readonly (readonly [number, number])[] = [
  [0x0300, 0x036f], // combining accents
  [0x0483, 0x0489],
  [0x0591, 0x05bd], // Hebrew points
  [0x0610, 0x061a],
  [0x064b, 0x065f], // Arabic points
  [0x06d6, 0x06dc],
  [0x093a, 0x093a],
  [0x093c, 0x093c],
  [0x0941, 0x0948], // Devanagari signs
  [0x094d, 0x094d],
  [0x0e31, 0x0e31],
  [0x0e34, 0x0e3a], // Thai signs
  [0x0e47, 0x0e4e],
  [0x1160, 0x11ff], // Hangul syllable ends
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200c, 0x200d], // joiners
  [0x20d0, 0x20f0],
  [0x302a, 0x302d],
  [0x3099, 0x309a],
  [0xfe00, 0xfe0f], // variation selectors
  [0xfe20, 0xfe2f],
  [0xe0100, 0xe01ef],
];

/** The number of columns that a text takes, control characters aside. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Cuts a text down to so many columns, an ellipsis in place of the rest. */
export function truncate(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let width = 1; // of the ellipsis
  let kept = "";
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Fills a text up to so many columns. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (isIn(ZERO, code)) return 0;
  return isIn(WIDE, code) ? 2 : 1;
}

function isIn(
  ranges: readonly (readonly [number, number])[],
  code: number,
): boolean {
  return ranges.some(([first, last]) => code >= first && code <= last);
}
