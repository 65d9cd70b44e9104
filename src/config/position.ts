/** Where something stands: in its text, and below which keys. */

/** A place in a text, as editors show it. */
export interface Position {
  /** The line, from 1 on. */
  readonly line: number;
  /** The column in it, from 1 on. */
  readonly column: number;
}

/**
 * The lines of a text. They are only counted where an error is to say where it
 * is, and then once, as there can be very many.
 */
export class Lines {
  /** The text. */
  readonly text: string;
  /** Where each begins. */
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** The position of an offset. */
  positionOf(offset: number): Position {
    const starts = this.#starts ??= startsOf(this.text);
    let [line, after] = [0, starts.length];
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if (starts[middle]! <= offset) line = middle;
      else after = middle;
    }
    return { line: line + 1, column: offset - starts[line]! + 1 };
  }
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  return starts;
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
