/** Quotes words, so that tmux and shells take them literally. */

/** A word that tmux's parser takes literally, whatever it holds. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`).replaceAll("\n", `'"\\n"'`)}'`;
}

/** A word that a POSIX shell takes literally. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
