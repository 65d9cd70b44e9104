/** `ops exec`: a further program, run in a container. */
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { UsageError } from "../errors.ts";
import {
  finder,
  type Library,
  PRESENT_ONLY,
  realLibrary,
} from "../shell/finder.ts";
import { placeFlags } from "../grammar/flags.ts";
import { toJson } from "../render/json.ts";

const flags = { ...placeFlags } as const;

/** `ops exec` */
export const exec: Command<typeof flags> = {
  description: [
    "The program gets standard input, output and error as they are, so it can " +
    "be piped to and from; on a terminal it has the terminal. Its exit code " +
    "is that of ops. With --json its output is collected instead.",
    "A session on tmux has no programs but its own, so one of the same name " +
    "is not meant.",
  ],
  operands: [{ name: "NAME", summary: "The container's exact name" }],
  tail: {
    name: "ARGV",
    many: true,
    summary: "The program and its arguments, parsed by no shell",
  },
  flags,
  examples: [
    { does: "Get a shell in a container", line: "ops exec web -- sh" },
    {
      does: "Save what a program prints",
      line: "ops exec db -- pg_dump app > app.sql",
    },
  ],
  exitCodes: [
    [0, "the program's own exit code, whatever it is"],
    [1, "the container is not running, or the session is on tmux"],
    [126, "the program could not be run"],
    [127, "there is no such program; an older Docker says 126 here too"],
  ],
  run: (context, input) => runExec(context, input),
};

/** Runs `ops exec`. */
export async function runExec(
  context: Context,
  { flags: given, operands, tail }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  if (tail === null || tail.length === 0) {
    throw new UsageError(
      '"ops exec" needs a program after --',
      'for instance "ops exec NAME -- sh"',
    );
  }
  const name = operands[0]!;
  const find = await finder(context, given, library, {
    ...PRESENT_ONLY,
    capability: "exec",
  });
  const manager = await find(name);
  const result = await manager.exec(tail, { interactive: !context.json });
  if (context.json) context.stdout.write(`${toJson({ name, ...result })}\n`);
  return result.code;
}
