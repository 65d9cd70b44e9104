/** Running text and lists of terms, for help. */

/** A term and its meaning. */
export type Term = readonly [term: string, meaning: string];

/** Terms up to this long share a column with their meanings. */
const WIDEST_TERM = 28;
const NARROWEST_MEANING = 20;
const INDENT = "  ";

/** Breaks a text at its blanks into lines of at most so many characters. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((it) => indent + it).join("\n");
}

/** Paragraphs, a blank line between two. */
export function wrapParagraphs(
  texts: readonly string[],
  width: number,
): string {
  return texts.map((text) => `${wrap(text, width)}\n`).join("\n");
}

/** Terms on the left, meanings on the right; a long term has its own line. */
export function wrapTerms(terms: readonly Term[], width: number): string {
  const widest = Math.max(0, ...terms.map(([term]) => term.length));
  const left = Math.min(widest, WIDEST_TERM);
  const margin = " ".repeat(INDENT.length + left + INDENT.length);
  const right = Math.max(NARROWEST_MEANING, width - margin.length);
  return terms.map(([term, meaning]) => {
    const text = wrap(meaning, right, margin);
    return term.length > left
      ? `${INDENT}${term}\n${text}\n`
      : `${INDENT}${term.padEnd(left)}${INDENT}${text.slice(margin.length)}\n`;
  }).join("");
}
