/** The `--` that was forgotten before a command line within a command line. */
import { shellWord } from "../../core/shell_word.ts";
import { splitWords } from "./arguments.ts";
import type { Command } from "./command.ts";
import { UnknownWordError, UsageError } from "../errors.ts";
import { type FlagShapes, globalFlags } from "./flags.ts";

/** Where the words are that matter here. */
interface Scan {
  /** The place of each operand. */
  readonly operands: readonly number[];
  /** The place of the first flag that makes no sense, if there is one. */
  readonly fault: number | undefined;
}

/**
 * What went wrong, with the line as it may have been meant.
 *
 * @param error Why the line was not understood.
 * @param name The command's name.
 * @param command The command.
 * @param words What follows the name.
 */
export function explainForgotten(
  error: unknown,
  name: string,
  command: Command,
  words: readonly string[],
): unknown {
  if (!(error instanceof UsageError)) return error;
  const line = lineWithDashes(name, command, words);
  if (line === undefined) {
    return error instanceof UnknownWordError
      ? error.withAdvice(`see "ops ${name} --help"`)
      : error;
  }
  const advice = isTyped(command) ? `to type it: ${line}` : withCommand(line);
  const extra = firstForeign(command, words);
  if (extra !== undefined) {
    const fact = `"ops ${name}" does not take "${words[extra]}"`;
    return new UsageError(fact, advice);
  }
  // Several names are no fault; what follows them may be.
  const { fault } = scan(command, words);
  return fault === undefined ? error : error.withAdvice(advice);
}

/** Advises such a line. */
export function withCommand(line: string): string {
  return `with a command: ${line}`;
}

/**
 * The words of a command that are surely its own: what follows them is the
 * command line of another program, flags and all.
 */
export function ownWords(
  command: Command,
  words: readonly string[],
): readonly string[] {
  return words.slice(0, firstForeign(command, words));
}

/**
 * The line with a `--` behind its first operand, where more words follow that
 * may have been meant for it.
 */
export function lineWithDashes(
  name: string,
  command: Command,
  words: readonly string[],
): string | undefined {
  if (!takesForeign(command)) return undefined;
  const { operands: [first, second], fault } = scan(command, words);
  if (first === undefined) return undefined;
  const begin = second ?? fault;
  if (begin === undefined) return undefined;
  // `ops start bot -c sleep 5`: only the first word went to the flag.
  const isCut = ["-c", "--command"].includes(words[begin - 2]!) &&
    command.flags["command"] !== undefined;
  if (second === undefined && !isCut && !isTyped(command)) return undefined;
  const own = words.slice(0, isCut ? begin - 2 : begin);
  const foreign = words.slice(isCut ? begin - 1 : begin);
  return ["ops", name, ...own, "--", ...foreign].map(shellWord).join(" ");
}

/** The place of the first word that such a command cannot take itself. */
function firstForeign(
  command: Command,
  words: readonly string[],
): number | undefined {
  const { operands: wanted, tail } = command;
  if (tail === undefined || wanted.at(-1)?.many) return undefined;
  return scan(command, words).operands[wanted.length];
}

function takesForeign(command: Command): boolean {
  return command.tail !== undefined || isTyped(command);
}

/** Whether its words are no command line, but what is typed into one. */
function isTyped({ operands }: Command): boolean {
  return operands.at(-1)?.isText === true;
}

function scan(command: Command, words: readonly string[]): Scan {
  const flags: FlagShapes = { ...command.flags, ...globalFlags };
  const operands: number[] = [];
  for (let i = 0; i < words.length && words[i] !== "--";) {
    const taken = wordsTaken(words.slice(i, i + 2), flags);
    if (taken === null) return { operands, fault: i };
    if (taken === 0) operands.push(i);
    i += Math.max(1, taken);
  }
  return { operands, fault: undefined };
}

/** How many words a flag takes; 0 for an operand, `null` if it is a fault. */
function wordsTaken(
  words: readonly string[],
  flags: FlagShapes,
): number | null {
  try {
    const { operands } = splitWords(words.slice(0, 1), flags);
    return operands.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  try {
    const { operands } = splitWords(words, flags);
    return operands.length > 0 ? null : words.length;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return null;
  }
}
