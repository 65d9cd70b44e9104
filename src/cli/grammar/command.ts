/** What a command is. */
import type { Context } from "../shell/context.ts";
import type { Flags, FlagValues, globalFlags } from "./flags.ts";

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
  /** The switch that stands for it, of which exactly one is to be given. */
  readonly or?: string;
  /** Whether it is any text: what looks like a flag is written after `--`. */
  readonly isText?: boolean;
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
  /** All that follows the command's name, as it was given. */
  readonly words: readonly string[];
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
  /** Loads it: a command costs nothing until it is called. */
  readonly load: () => Promise<Command>;
}
