/** Where something stands in a text. */

/** A place in a text, as editors show it. */
export interface Position {
  /** The line, from 1 on. */
  readonly line: number;
  /** The column in it, from 1 on. */
  readonly column: number;
}

/** The position of an offset; it is only looked for where an error says it. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
