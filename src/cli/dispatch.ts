/** The command line as a whole: parse, dispatch, one catch. */
import {
  hasSwitch,
  readInput,
  type SplitWords,
  splitWords,
} from "./grammar/arguments.ts";
import type { Command, Input } from "./grammar/command.ts";
import { COMMANDS, findCommand } from "./commands/table.ts";
import type { ProcessHost } from "../host/host.ts";
import { type EarlyAnswers, localHost } from "../host/local/local.ts";
import { type Context, processContext } from "./shell/context.ts";
import { ExitCode, UnknownWordError, UsageError } from "./errors.ts";
import { type Flags, globalFlags, versionFlag } from "./grammar/flags.ts";

/**
 * Runs a command line.
 *
 * @param words The command line, without the program's name.
 * @param context The world around it. It is made before anything is parsed,
 * since even "unknown flag" must come as JSON where JSON is wanted.
 * @returns The exit code.
 */
export async function runCommandLine(
  words: readonly string[],
  context: Context,
): Promise<number> {
  try {
    return await dispatch(words, context);
  } catch (error) {
    const { reportError } = await import("./shell/report.ts");
    return reportError(
      error instanceof UnknownWordError ? await error.withSuggestion() : error,
      context,
    );
  }
}

/** The context of this process for a command line. */
export function contextFor(
  words: readonly string[],
  answers: EarlyAnswers,
): Context {
  const run: ProcessHost["run"] = (invocation, options) =>
    answers(invocation)?.(options.timeoutMs) ??
      localHost.run(invocation, options);
  return processContext({
    json: hasSwitch(words, "--json"),
    noColor: hasSwitch(words, "--no-color"),
    host: { ...localHost, run },
  });
}

async function dispatch(
  words: readonly string[],
  context: Context,
): Promise<number> {
  const front = splitWords(words, { ...globalFlags, ...versionFlag }, {
    stopAtOperand: true,
  });
  if (front.given.has("version")) {
    const { runVersion } = await import("./commands/version.ts");
    return await runVersion(context);
  }
  const [name, ...rest] = front.operands;
  if (name === undefined) {
    // Help is no JSON, and who reads JSON has not asked for help.
    if (front.given.has("json") && !front.given.has("help")) {
      throw new UsageError("--json needs a command", "see ops --help");
    }
    return await showHelp(context);
  }
  // `ops help start` is `ops start --help`.
  if (name === "help") return await showHelp(context, rest[0]);

  const entry = findCommand(name);
  const command: Command = await entry.load();
  // First: a command line that asks for help may be wrong otherwise.
  const wantsHelp = front.given.has("help") || await asksHelp(command, rest);
  if (wantsHelp) return await showHelp(context, name);
  const input = await readOrExplain(entry.name, command, rest, front.given);
  return input.flags.help
    ? await showHelp(context, name)
    : await command.run(context, input);
}

async function asksHelp(
  command: Command,
  words: readonly string[],
): Promise<boolean> {
  const isHelp = (some: readonly string[]) =>
    hasSwitch(some, "--help") || hasSwitch(some, "-h");
  if (!isHelp(words) || command.tail === undefined) return isHelp(words);
  // `ops exec db psql -h localhost` is no question.
  const { ownWords } = await import("./grammar/forgotten.ts");
  return isHelp(ownWords(command, words));
}

async function readOrExplain(
  name: string,
  command: Command,
  words: readonly string[],
  front: SplitWords["given"],
): Promise<Input<Flags>> {
  try {
    return readInput(name, command, words, front);
  } catch (error) {
    const { explainForgotten } = await import("./grammar/forgotten.ts");
    throw explainForgotten(error, name, command, words);
  }
}

async function showHelp(context: Context, name?: string): Promise<number> {
  const { renderCommandHelp, renderHelp } = await import("./grammar/help.ts");
  const { stdout } = context;
  if (name === undefined) {
    stdout.write(renderHelp(COMMANDS, stdout));
  } else {
    const entry = findCommand(name);
    stdout.write(renderCommandHelp(entry, await entry.load(), stdout));
  }
  return ExitCode.DONE;
}
