/** `ops status`: all that is known of sessions. */
import type { SessionStatus } from "../../core/definition.ts";
import type { Command, Input } from "../grammar/command.ts";
import { allFlag, NAMES_OR_ALL } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { findAll, type Library, realLibrary } from "../shell/finder.ts";
import { placeFlags, quietFlag } from "../grammar/flags.ts";
import { sanitize } from "../render/text.ts";
import { renderStatus } from "../render/status.ts";
import { forEachName } from "../shell/several.ts";

const flags = {
  ...placeFlags,
  "all": allFlag,
  "quiet": quietFlag("Print only NAME: STATE"),
} as const;

/** `ops status` */
export const status: Command<typeof flags> = {
  description: [
    "The state is what the engine says now: running, exited (with its exit " +
    "code or signal), stopped (it exists, but neither runs nor has ended), " +
    "defined (in the configuration only) or unknown (its engine does not " +
    "answer well). A session on any tmux socket is found by its name alone.",
    "PID is the process of the command; in a container its first process, an " +
    "init if it has one. With --json it is command_pid for both: pid of a tmux " +
    "session is the server's, whose end would be that of all its sessions.",
    "Piped, each line is a property and its value with a tab between them. " +
    "With --json, one name gives one object and several give an array.",
  ],
  operands: [NAMES_OR_ALL],
  flags,
  examples: [
    { does: "Show a session", line: "ops status bot" },
    { does: "Act on its state", line: "ops status bot --json | jq -r .state" },
    {
      does: "Signal its command",
      line: "ops status bot --json | jq .command_pid | xargs kill -HUP",
    },
    { does: "See several in short", line: "ops status -q bot web db" },
  ],
  exitCodes: [
    [0, "the session is known, whatever its state"],
    [3, "no such session, neither on the host nor in the configuration"],
  ],
  run: (context, input) => runStatus(context, input),
};

/** Runs `ops status`. */
export async function runStatus(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const { names, isMany, find } = await findAll(
    context,
    { operands, flags: given },
    library,
  );
  let separator = "";
  return await forEachName(names, context, {
    isMany,
    work: async (name) => {
      const manager = await find(name);
      return await manager.status();
    },
    show: async (found) => {
      if (given.quiet) {
        context.stdout.write(`${sanitize(found.name)}: ${found.state}\n`);
        return;
      }
      context.stdout.write(separator + await renderStatus(found, context));
      separator = "\n";
    },
    toData: (found: SessionStatus) => found,
  });
}
