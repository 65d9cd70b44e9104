/** A word of a command that people are shown. */

/** A word as a shell takes it, in quotes only where it needs them. */
export function shellWord(word: string): string {
  // At the beginning of a word, zsh takes = for a program.
  return /^(?!=)[\w./:=,@%+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
