/** `ops list`: every session there is. */
import { type Inventory, listAll } from "../../inventory.ts";
import type { Command, Input } from "../command.ts";
import type { Context } from "../context.ts";
import { ExitCode } from "../errors.ts";
import { configOrWarning, loadConfigLazily } from "../configuration.ts";
import { placeFlags, placeOf, quietFlag, switchFlag } from "../flags.ts";
import { showList } from "../render/list.ts";

const flags = {
  ...placeFlags,
  "managed": switchFlag({ summary: "Only those that ops started" }),
  "quiet": quietFlag("Print only the names"),
} as const;

/** What of the library this command calls. */
export interface ListLibrary {
  readonly listAll: typeof listAll;
  readonly loadConfig: typeof loadConfigLazily;
}

/** `ops list` */
export const list: Command<typeof flags> = {
  description: [
    "Sessions of every tmux socket of this user and of every container " +
    "runtime, whoever started them, and those that are only defined. An " +
    "engine that does not answer gives a warning; the rest is still listed.",
    "On a terminal, columns in which there is nothing are left out. Piped, " +
    "each line is NAME, STATE, PLACE, PID, CREATED, IMAGE and COMMAND with " +
    "tabs between them and no header. Control characters are shown as " +
    "escapes; --json has every field unchanged.",
  ],
  operands: [],
  flags,
  examples: [
    { does: "List everything", line: "ops list" },
    { does: "List one tmux socket", line: "ops list -L work" },
    {
      does: "Stop all that ops started",
      line: "ops ls -q --managed | xargs -r ops stop",
    },
  ],
  exitCodes: [
    [0, "done, even if an engine did not answer"],
    [5, "no engine answered"],
  ],
  run: (context, input) => runList(context, input),
};

/** Runs `ops list`. */
export async function runList(
  context: Context,
  { flags: given }: Input<typeof flags>,
  library: ListLibrary = { listAll, loadConfig: loadConfigLazily },
): Promise<number> {
  const config = await configOrWarning(
    context,
    given.config,
    library.loadConfig,
  );
  const inventory = await library.listAll({
    ...placeOf(given),
    config,
    host: context.host,
  });
  await showList(select(inventory, given.managed), given, context);
  return ExitCode.DONE;
}

function select(inventory: Inventory, managed: boolean): Inventory {
  const { sessions, warnings } = inventory;
  return {
    sessions: sessions.filter((it) => it.managed || !managed),
    warnings,
  };
}
