/** The command line: the engines are asked, then it is read what for. */
import { COMMANDS } from "./commands/table.ts";
import { askEarly } from "./early.ts";

/**
 * Runs a command line.
 *
 * @param words The command line, without the program's name.
 * @returns The exit code.
 */
export async function main(words: readonly string[]): Promise<number> {
  const host = askEarly(words);
  const entry = COMMANDS.find(({ name }) => name === words[0]);
  // Both at once; the command is there when it is asked for.
  const [{ contextFor, runCommandLine }] = await Promise.all([
    import("./dispatch.ts"),
    entry?.load(),
  ]);
  return await runCommandLine(words, contextFor(words, host));
}
