/** `ops send`: typing into a session. */
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import {
  finder,
  type Library,
  PRESENT_ONLY,
  realLibrary,
} from "../shell/finder.ts";
import { placeFlags, switchFlag } from "../grammar/flags.ts";
import { toJson } from "../render/json.ts";

const flags = {
  ...placeFlags,
  "literal": switchFlag({
    short: "l",
    summary: "Type key names as text, letter by letter",
  }),
  "no-enter": switchFlag({ summary: "Do not press Enter at the end" }),
} as const;

/** `ops send` */
export const send: Command<typeof flags> = {
  description: [
    "An operand that is the name of a key, such as C-c, M-x, Enter, Escape, " +
    "Tab, Up or F1, is that key; any other is typed as it stands. Several " +
    "are sent one after the other, with nothing in between. Enter is pressed " +
    "after the last, unless that is a key.",
    "A container is typed into if its input is open (-i of Podman and Docker); " +
    "keys other than Enter, Tab and Space need its terminal, too (-t). Those " +
    "that ops made have both. A session on tmux of the same name comes first.",
  ],
  operands: [
    { name: "NAME", summary: "The session's exact name" },
    {
      name: "KEYS",
      many: true,
      isText: true,
      summary: "Texts and names of keys",
    },
  ],
  flags,
  examples: [
    { does: "Type a line", line: 'ops send bot "status --all"' },
    { does: "Interrupt what runs", line: "ops send bot C-c" },
    {
      does: "Type into a container, not the tmux session of that name",
      line: "ops send bot status --backend container",
    },
    { does: "Leave an editor", line: "ops send dev Escape :wq" },
    { does: "Type what starts with a dash", line: "ops send dev -- -x" },
  ],
  run: (context, input) => runSend(context, input),
};

/** Runs `ops send`. */
export async function runSend(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const [name, ...keys] = operands as [string, ...string[]];
  const find = await finder(context, given, library, {
    ...PRESENT_ONLY,
    capability: "sendKeys",
  });
  const manager = await find(name);
  for (const [i, key] of keys.entries()) {
    const isLast = i === keys.length - 1;
    await manager.sendKeys(key, {
      enter: isLast && !given["no-enter"],
      literal: given.literal,
    });
  }
  if (context.json) {
    context.stdout.write(`${toJson({ name, sent: keys.length })}\n`);
  }
  return ExitCode.DONE;
}
