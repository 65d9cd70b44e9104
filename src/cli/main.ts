/** The command line: the engines are asked, then it is read what for. */
import { askEarly } from "./early.ts";

/**
 * Runs a command line.
 *
 * @param words The command line, without the program's name.
 * @returns The exit code.
 */
export async function main(words: readonly string[]): Promise<number> {
  const run = askEarly(words);
  const { contextFor, runCommandLine } = await import("./dispatch.ts");
  return await runCommandLine(words, contextFor(words, run));
}
