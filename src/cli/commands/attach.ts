/** `ops attach`: the terminal, handed to a session. */
import type { AttachResult } from "../../core/definition.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import {
  finder,
  type Library,
  PRESENT_ONLY,
  realLibrary,
} from "../shell/finder.ts";
import { placeFlags } from "../grammar/flags.ts";
import { toJson } from "../render/json.ts";
import { outcomeText } from "../render/words.ts";
import { note } from "../shell/report.ts";

const flags = { ...placeFlags } as const;

/** `ops attach` */
export const attach: Command<typeof flags> = {
  description: [
    "The session goes on when you leave it: with your own tmux prefix and d " +
    "(C-b d unless you changed it), or with C-p C-q from a container. Inside " +
    "tmux, a session of the same socket is switched to.",
    "On a terminal it first says where it is and how to leave; the last lines " +
    "of a container's log come before what it shows then.",
  ],
  operands: [{ name: "NAME", summary: "The session's exact name" }],
  flags,
  examples: [
    { does: "Attach to a session", line: "ops attach bot" },
    {
      does: "Attach to the one of that name on another tmux socket",
      line: "ops attach bot -L work",
    },
  ],
  exitCodes: [
    [0, "you detached, or the session ended while you watched"],
    [1, "it is not running, or there is no terminal"],
  ],
  run: (context, input) => runAttach(context, input),
};

/** Runs `ops attach`. */
export async function runAttach(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const name = operands[0]!;
  const find = await finder(context, given, library, PRESENT_ONLY);
  const manager = await find(name);
  const result = await manager.attach();
  if (context.json) {
    context.stdout.write(`${toJson({ name, ...result })}\n`);
  } else {
    note(describeEnd(name, result), context);
  }
  return ExitCode.DONE;
}

function describeEnd(name: string, result: AttachResult): string {
  if (result.switched) return `switched to ${name}`;
  if (!result.ended) return `detached from ${name}`;
  const outcome = outcomeText(result);
  const ended = outcome === ""
    ? `${name} ended`
    : `${name} exited (${outcome})`;
  return result.restarted ? `${ended} and was started again` : ended;
}
