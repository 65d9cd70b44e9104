/** Words that nobody on the way to a pane takes for anything else. */

/** A word that tmux's parser takes literally, whatever it holds. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'"'"'`).replaceAll("\n", `'"\\n"'`)}'`;
}

/** A word that a POSIX shell takes literally. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
