/** `ops logs`: the output of sessions. */
import { stripAnsiCode } from "@std/fmt/colors";
import { validateLines } from "../../core/validate/fields.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context, Output } from "../shell/context.ts";
import { UsageError } from "../errors.ts";
import { finder, type Library, realLibrary } from "../shell/finder.ts";
import {
  optionalNumberFlag,
  placeFlags,
  switchFlag,
} from "../grammar/flags.ts";
import { type LineStyle, prefixesOf, renderLine } from "../render/log_lines.ts";
import { note } from "../shell/report.ts";
import { forEachName } from "../shell/several.ts";
import { checkRun, patternFlag, timeFlag } from "./shared/logs_flags.ts";

const flags = {
  ...placeFlags,
  "follow": switchFlag({
    short: "f",
    summary: "Go on with what comes, also after a restart",
  }),
  "lines": optionalNumberFlag({
    short: "n",
    placeholder: "COUNT",
    check: validateLines,
    summary:
      "How many lines, counted from the end (default 100, with --follow 10, " +
      "with --since all)",
  }),
  "since": timeFlag({
    placeholder: "TIME",
    summary: "Only what came since: 30s, 10m, 2h, 1d ago, or an ISO 8601 time",
  }),
  "until": timeFlag({
    placeholder: "TIME",
    summary: "Only what came until then, a time as for --since",
  }),
  "timestamps": switchFlag({
    short: "t",
    summary: "Put the time before each line",
  }),
  "grep": patternFlag({
    placeholder: "RE",
    summary: "Of those lines, only the ones that match (JavaScript's RegExp)",
  }),
  "run": optionalNumberFlag({
    placeholder: "NUMBER",
    offers: "run",
    check: checkRun,
    summary: 'An earlier run, as "ops history" numbers them',
  }),
  "raw": switchFlag({
    summary: "The very bytes, with all that moves the cursor",
  }),
} as const;

/** `ops logs` */
export const logs: Command<typeof flags> = {
  description: [
    "Writes what the session wrote, colors and all, also to a pipe and also " +
    "of a session that has exited, or that ops started and that is gone; " +
    "--no-color takes the colors out. Lines of several sessions have their " +
    "names before them.",
    "--follow goes on until every session is gone for good: a restart does " +
    "not end it. Ctrl-C does, with 130. Whole lines are written, but on a " +
    "terminal also what is not finished for a second, such as a prompt.",
    "Of a tmux session the second of each line is known, or the one before " +
    "it, if its log was begun by an ops that keeps times. With --json one name gives one " +
    'object, {"name", "logs"}, and several give an array; with --follow ' +
    'each line is an object, {"name", "line"}, on a line of its own.',
  ],
  operands: [{
    name: "NAME",
    many: true,
    summary: "The session's exact name",
  }],
  flags,
  examples: [
    { does: "Show the last 100 lines", line: "ops logs bot" },
    { does: "Follow two sessions", line: "ops logs -f bot web" },
    {
      does: "Look for errors of the last hour",
      line: "ops logs web --since 1h --grep 'ERROR|WARN'",
    },
    {
      does: "See what came between two times, and when",
      line: "ops logs bot -t --since 2026-05-01T10:00 --until 2026-05-01T10:05",
    },
    { does: "See why the third run died", line: "ops logs bot --run 3 -n 20" },
    { does: "Play a screen again", line: "ops logs bot --raw -n 1000000" },
  ],
  exitCodes: [[130, "Ctrl-C ended --follow"]],
  run: (context, input) => runLogs(context, input),
};

/** More lines than any log has. */
const ALL = 1_000_000_000;

/** Runs `ops logs`. */
export async function runLogs(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const names = [...new Set(operands)];
  refuseRaw(names, given);
  const { follow, timestamps, run, raw, grep: pattern } = given;
  const now = context.now();
  const [since, until] = [given.since?.(now), given.until?.(now)];
  const lines = given.lines ??
    (since !== undefined ? ALL : follow ? 10 : 100);
  const options = { since, until, timestamps, run, raw };
  const find = await finder(context, given, library);
  if (follow) {
    const { followLogs } = await import("./logs_follow.ts");
    return await followLogs(context, {
      names,
      find,
      options: { ...options, lines },
      pattern,
    });
  }
  const prefixes = prefixesOf(names, context.stdout.paint);
  const { noColor } = context;
  return await forEachName(names, context, {
    work: async (name) => {
      const session = await find(name);
      const output = await session.logs(lines, options);
      return { name, logs: choose(output, { pattern, noColor }, raw) };
    },
    show: ({ name, logs }) => {
      if (logs === "") {
        const what = pattern === undefined ? "output" : "such line";
        return note(`No ${what} of ${name} so far.`, context);
      }
      show(logs, { stdout: context.stdout, prefix: prefixes.get(name)!, raw });
    },
    toData: (found) => found,
  });
}

/** Bytes have no place for names, and no lines to choose from. */
function refuseRaw(
  names: readonly string[],
  { raw, grep }: Input<typeof flags>["flags"],
): void {
  if (!raw || (names.length === 1 && grep === undefined)) return;
  throw new UsageError(
    grep === undefined
      ? "--raw is for one session at a time"
      : "--raw does not go with --grep",
    "leave it out",
  );
}

/** What of the output is wanted. */
function choose(
  output: string,
  { pattern, noColor }: Omit<LineStyle, "prefix">,
  raw: boolean,
): string {
  const lines = pattern === undefined ? output : output.split("\n")
    .filter((line) => pattern.test(stripAnsiCode(line))).join("\n");
  return noColor && !raw ? stripAnsiCode(lines) : lines;
}

function show(
  logs: string,
  { stdout, prefix, raw }: {
    readonly stdout: Output;
    readonly prefix: string;
    readonly raw: boolean;
  },
): void {
  if (raw && !stdout.isTerminal) return stdout.write(logs);
  if (prefix === "") return stdout.write(closeText(logs, stdout.isTerminal));
  const style = { prefix, pattern: undefined, noColor: false };
  const lines = logs.split("\n").map((line) => renderLine(line, style));
  stdout.write(`${lines.join("\n")}\n`);
}

/**
 * Ends the last line. On a terminal it also ends a color in which the output
 * was cut off, or all that comes after would have it.
 */
export function closeText(text: string, isTerminal: boolean): string {
  const reset = isTerminal && text.includes("\x1b") ? "\x1b[0m" : "";
  return text.endsWith("\n") ? text + reset : `${text}${reset}\n`;
}
