/** All commands at once, for what is made from the whole table. */
import type { Command, CommandEntry } from "../grammar/command.ts";

/** A command, and how the table knows it. */
export interface LoadedCommand {
  readonly entry: CommandEntry;
  readonly command: Command;
}

/** Loads every command, in the order of the table. */
export async function loadCommands(
  entries: readonly CommandEntry[],
): Promise<LoadedCommand[]> {
  return await Promise.all(entries.map(async (entry) => {
    return { entry, command: await entry.load() };
  }));
}
