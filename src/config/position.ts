/** Where something stands: in its text, and below which keys. */

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

/**
 * The path of a part of what has a path.
 *
 * @param path The path of the whole; empty for a file.
 * @param part The key of an entry, or the index of an item; a key that is no
 * plain word is put in brackets.
 */
export function below(path: string, part: string | number): string {
  if (typeof part === "number") return `${path}[${part}]`;
  if (!/^[\w-]+$/.test(part)) return `${path}[${JSON.stringify(part)}]`;
  return path === "" ? part : `${path}.${part}`;
}
