/** `ops logs`: the last output of a session. */
import { stripAnsiCode } from "@std/fmt/colors";
import { validateLines } from "../../validation.ts";
import type { Command, Input } from "../command.ts";
import type { Context } from "../context.ts";
import { ExitCode } from "../exit_codes.ts";
import { finder, type Library, realLibrary } from "../finder.ts";
import { numberFlag, placeFlags } from "../flags.ts";
import { toJson } from "../render/json.ts";
import { note } from "../report.ts";

const flags = {
  ...placeFlags,
  "lines": numberFlag({
    short: "n",
    placeholder: "COUNT",
    fallback: 100,
    check: validateLines,
    summary: "How many lines, counted from the end",
  }),
} as const;

/** `ops logs` */
export const logs: Command<typeof flags> = {
  description: [
    "Writes what the session wrote, colors and all, also to a pipe and also " +
    "of a session that has exited; --no-color takes the colors out.",
  ],
  operands: [{ name: "NAME", summary: "The session's exact name" }],
  flags,
  examples: [
    { does: "Show the last 100 lines", line: "ops logs bot" },
    { does: "Show the last 5", line: "ops logs bot -n5" },
    { does: "Search them", line: "ops logs bot --no-color | grep ERROR" },
  ],
  run: (context, input) => runLogs(context, input),
};

/** Runs `ops logs`. */
export async function runLogs(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const name = operands[0]!;
  const find = await finder(context, given, library);
  const manager = await find(name);
  const output = await manager.logs(given.lines);
  const text = context.noColor ? stripAnsiCode(output) : output;
  if (context.json) {
    context.stdout.write(`${toJson({ name, logs: text })}\n`);
  } else if (text === "") {
    note(`No output of ${name} so far.`, context);
  } else {
    context.stdout.write(closeText(text, context.stdout.isTerminal));
  }
  return ExitCode.DONE;
}

/**
 * Ends the last line. On a terminal it also ends a color in which the output
 * was cut off, or all that comes after would have it.
 */
export function closeText(text: string, isTerminal: boolean): string {
  const reset = isTerminal && text.includes("\x1b") ? "\x1b[0m" : "";
  return text.endsWith("\n") ? text + reset : `${text}${reset}\n`;
}
