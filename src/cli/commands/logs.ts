/** `ops logs`: the output of sessions. */
import { stripAnsiCode } from "@std/fmt/colors";
import { validateLines } from "../../core/validate/fields.ts";
import type { Command, Input } from "../grammar/command.ts";
import { allFlag, NAMES_OR_ALL } from "../grammar/names.ts";
import type { Context, Output } from "../shell/context.ts";
import { UsageError } from "../errors.ts";
import { findAll, type Library, realLibrary } from "../shell/finder.ts";
import {
  optionalNumberFlag,
  placeFlags,
  switchFlag,
} from "../grammar/flags.ts";
import {
  isChosen,
  type LineStyle,
  prefixesOf,
  renderLine,
} from "../render/log_lines.ts";
import { plainPaint } from "../render/text.ts";
import { note } from "../shell/report.ts";
import { forEachName } from "../shell/several.ts";
import { checkRun, patternFlag, timeFlag } from "./shared/logs_flags.ts";

const flags = {
  ...placeFlags,
  "all": allFlag,
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
  "exclude": patternFlag({
    placeholder: "RE",
    summary: "Of those lines, none of the ones that match",
  }),
  "highlight": patternFlag({
    placeholder: "RE",
    summary: "Show what matches in reverse, on a terminal with colors",
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
  operands: [NAMES_OR_ALL],
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
    {
      does: "Follow without what is of no interest, errors in reverse",
      line: "ops logs -f bot --exclude DEBUG --highlight 'ERROR|WARN'",
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
  const { follow, timestamps, run, raw, grep, exclude } = given;
  const { paint } = context.stdout;
  // Only people see it.
  const highlight = paint === plainPaint ? undefined : given.highlight;
  const patterns = { grep, exclude, highlight };
  const now = context.now();
  const [since, until] = [given.since?.(now), given.until?.(now)];
  const lines = given.lines ??
    (since !== undefined ? ALL : follow ? 10 : 100);
  const options = { since, until, timestamps, run };
  const { names, isMany, find } = await findAll(
    context,
    { operands, flags: given },
    library,
  );
  refuseRaw(names, given);
  if (follow) {
    const { followLogs } = await import("./logs_follow.ts");
    return await followLogs(context, {
      names,
      find,
      options: { ...options, lines },
      raw,
      patterns,
    });
  }
  if (raw) {
    return await forEachName(names, context, {
      isMany,
      work: async (name) => {
        const session = await find(name);
        return { name, bytes: await session.rawLogs(lines, options) };
      },
      show: ({ name, bytes }) => {
        if (bytes.length === 0) return noteNone("output", name, context);
        const { stdout } = context;
        stdout.write(bytes);
        // Neither its last line nor its color stays open.
        if (stdout.isTerminal) stdout.write(closeText("", true));
      },
      toData: ({ name, bytes }) => ({
        name,
        logs: new TextDecoder().decode(bytes),
      }),
    });
  }
  const prefixes = prefixesOf(names, paint);
  const { noColor } = context;
  return await forEachName(names, context, {
    isMany,
    work: async (name) => {
      const session = await find(name);
      const output = await session.logs(lines, options);
      return { name, logs: choose(output, { ...patterns, noColor }) };
    },
    show: ({ name, logs }) => {
      if (logs === "") {
        const what = (grep ?? exclude) === undefined ? "output" : "such line";
        return noteNone(what, name, context);
      }
      const { stdout } = context;
      show(logs, { stdout, prefix: prefixes.get(name)!, highlight });
    },
    toData: (found) => found,
  });
}

function noteNone(what: string, name: string, context: Context): void {
  note(`No ${what} of ${name} so far.`, context);
}

/** Bytes have no place for names, and no lines to choose from. */
function refuseRaw(
  names: readonly string[],
  given: Input<typeof flags>["flags"],
): void {
  if (!given.raw) return;
  const other = (["grep", "exclude", "highlight"] as const)
    .find((flag) => given[flag] !== undefined);
  if (names.length === 1 && other === undefined) return;
  throw new UsageError(
    other === undefined
      ? "--raw is for one session at a time"
      : `--raw does not go with --${other}`,
    "leave it out",
  );
}

/** What of the output is wanted. */
function choose(
  output: string,
  { noColor, ...patterns }: Omit<LineStyle, "prefix">,
): string {
  const lines = (patterns.grep ?? patterns.exclude) === undefined
    ? output
    : output.split("\n").filter((line) => isChosen(line, patterns)).join("\n");
  return noColor ? stripAnsiCode(lines) : lines;
}

function show(
  logs: string,
  { stdout, prefix, highlight }: {
    readonly stdout: Output;
    readonly prefix: string;
    readonly highlight: RegExp | undefined;
  },
): void {
  const style = { prefix, highlight, noColor: false };
  const text = prefix === "" && highlight === undefined
    ? logs
    : logs.split("\n").map((line) => renderLine(line, style)).join("\n");
  stdout.write(
    prefix === "" ? closeText(text, stdout.isTerminal) : `${text}\n`,
  );
}

/**
 * Ends the last line. On a terminal it also ends a color in which the output
 * was cut off, or all that comes after would have it.
 */
export function closeText(text: string, isTerminal: boolean): string {
  const reset = isTerminal && text.includes("\x1b") ? "\x1b[0m" : "";
  return text.endsWith("\n") ? text + reset : `${text}${reset}\n`;
}
