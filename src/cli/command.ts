/** What a command is, and how its part of the command line is read. */
import type { SplitWords } from "./arguments.ts";
import { splitWords } from "./arguments.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./errors.ts";
import { type Flags, type FlagValues, globalFlags } from "./flags.ts";

/** An operand that a command needs. */
export interface Operand {
  /** What it is called in help, such as `NAME`. */
  readonly name: string;
  /** What it is, for help. */
  readonly summary: string;
  /** What it can be, where that is one of a few. */
  readonly choices?: readonly string[];
  /** Whether there may be more than one; only of the last operand. */
  readonly many?: boolean;
  /** Whether it may be left out; only the last operand. */
  readonly optional?: boolean;
}

/** A line one could type. */
export interface Example {
  /** What it does. */
  readonly does: string;
  /** The line. */
  readonly line: string;
}

/** What a command is given. */
export interface Input<F extends Flags> {
  /** The values of its flags and of the global ones. */
  readonly flags: FlagValues<F & typeof globalFlags>;
  /** Its operands, as many as it asks for. */
  readonly operands: readonly string[];
  /** What follows `--`, if the command wants it apart; else `null`. */
  readonly tail: readonly string[] | null;
}

/** A command: all that its help, its parsing and its run need. */
export interface Command<F extends Flags = Flags> {
  /** What it does, in a few sentences; one string per paragraph. */
  readonly description: readonly string[];
  /** The operands it needs. */
  readonly operands: readonly Operand[];
  /** What the words after `--` are; without it they are operands. */
  readonly tail?: Operand;
  /** Its own flags. */
  readonly flags: F;
  /** Lines one could type. */
  readonly examples: readonly Example[];
  /** What its exit codes mean, where it is special. */
  readonly exitCodes?: readonly (readonly [code: number, meaning: string])[];
  /** Does it, and returns the exit code. */
  run(context: Context, input: Input<F>): Promise<number>;
}

/** How the table of commands knows a command before it is loaded. */
export interface CommandEntry {
  /** Its name. */
  readonly name: string;
  /** Its other names. */
  readonly aliases: readonly string[];
  /** What it does, in one line. */
  readonly summary: string;
  /** Loads it: each command costs only those who call it. */
  readonly load: () => Promise<Command>;
}

/**
 * Reads a command's part of the command line.
 *
 * @param name The command's name.
 * @param command The command.
 * @param words What follows the name.
 * @param front What stood before the name.
 * @throws {OpsError} If it makes no sense.
 */
export function readInput(
  name: string,
  command: Command,
  words: readonly string[],
  front: SplitWords["given"],
): Input<Flags> {
  const flags = { ...command.flags, ...globalFlags };
  const split = splitWords(words, flags);
  const keepsTail = command.tail !== undefined;
  const operands = keepsTail
    ? split.operands
    : [...split.operands, ...split.tail ?? []];
  checkOperands(name, command, operands);
  return {
    flags: readFlags(flags, [front, split.given]),
    operands,
    tail: keepsTail ? split.tail : null,
  };
}

/** Turns what was given into the values of the flags; later givings add. */
export function readFlags<F extends Flags>(
  flags: F,
  givings: readonly SplitWords["given"][],
): FlagValues<F> {
  const entries = Object.entries(flags).map(([name, flag]) => {
    const given = givings.flatMap((giving) => giving.get(name) ?? []);
    return [name, flag.read(given, `--${name}`)];
  });
  return Object.fromEntries(entries);
}

function checkOperands(
  name: string,
  command: Command,
  operands: readonly string[],
): void {
  const wanted = command.operands;
  const missing = wanted[operands.length];
  if (missing !== undefined && !missing.optional) {
    throw new UsageError(
      `"ops ${name}" needs a ${missing.name}`,
      `see "ops ${name} --help"`,
    );
  }
  if (operands.length > wanted.length && !wanted.at(-1)?.many) {
    const extra = operands[wanted.length];
    throw new UsageError(
      `"ops ${name}" does not take "${extra}"`,
      `see "ops ${name} --help"`,
    );
  }
  for (const [i, { name, choices }] of wanted.entries()) {
    const operand = operands[i];
    if (operand === undefined || choices?.includes(operand) !== false) continue;
    throw new UsageError(
      `${name}: ${JSON.stringify(operand)} is not known`,
      `it is ${choices.join(" or ")}`,
    );
  }
}
