/** Command lines for commands, parsed as they are when typed. */
import { readInput } from "../../../src/cli/grammar/arguments.ts";
import type { Command, Input } from "../../../src/cli/grammar/command.ts";
import type { Flags } from "../../../src/cli/grammar/flags.ts";

/** What a command gets of these words. */
export function input<F extends Flags>(
  command: Command<F>,
  ...words: string[]
): Input<F> {
  return readInput("test", command, words, new Map()) as Input<F>;
}
