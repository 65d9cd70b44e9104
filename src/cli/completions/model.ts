/** What a shell can complete, from the table of commands. */
import type { Operand } from "../grammar/command.ts";
import {
  type Flag,
  type Flags,
  globalFlags,
  versionFlag,
} from "../grammar/flags.ts";
import type { LoadedCommand } from "../shell/loaded.ts";

/** What a value can be: one of these words, or something of this kind. */
export type Values =
  | readonly string[]
  | "file"
  | "folder"
  | "session"
  | "socket"
  | "run"
  | "text";

/** A flag that can be completed. */
export interface CompletableFlag {
  /** How it is written: `--backend`. */
  readonly long: string;
  /** Its short form, if it has one: `-b`. */
  readonly short: string | undefined;
  /** What it does. */
  readonly summary: string;
  /** The name of its value and what that can be; `null` for a switch. */
  readonly value: { readonly name: string; readonly values: Values } | null;
  /** Whether it may be given again. */
  readonly repeatable: boolean;
}

/** An operand that can be completed. */
export interface CompletableOperand {
  /** Its name in help. */
  readonly name: string;
  /** What it can be. */
  readonly values: Values;
  /** Whether there may be more than one. */
  readonly many: boolean;
}

/** A command that can be completed. */
export interface CompletableCommand {
  /** Its name, then its aliases. */
  readonly names: readonly [name: string, ...aliases: string[]];
  /** What it does. */
  readonly summary: string;
  /** Its own flags and the global ones. */
  readonly flags: readonly CompletableFlag[];
  /** Its operands. */
  readonly operands: readonly CompletableOperand[];
  /** Whether what follows `--` is the command line of another program. */
  readonly hasTail: boolean;
}

/** A command line that can be completed. */
export interface CommandLine {
  /** The flags before the command. */
  readonly flags: readonly CompletableFlag[];
  /** The commands. */
  readonly commands: readonly CompletableCommand[];
}

/** What can be completed of these commands. */
export function commandLine(loaded: readonly LoadedCommand[]): CommandLine {
  const commands = loaded.map(({ entry, command }): CompletableCommand => ({
    names: [entry.name, ...entry.aliases],
    summary: entry.summary,
    flags: toFlags({ ...command.flags, ...globalFlags }),
    operands: command.operands.map(toOperand),
    hasTail: command.tail !== undefined,
  }));
  return {
    flags: toFlags({ ...globalFlags, ...versionFlag }),
    commands: [...commands, helpCommand(commands)],
  };
}

/** `ops help start` is no command of the table. */
function helpCommand(
  commands: readonly CompletableCommand[],
): CompletableCommand {
  const values = commands.map(({ names }) => names[0]);
  return {
    names: ["help"],
    summary: "Show the help of a command",
    flags: toFlags(globalFlags),
    operands: [{ name: "COMMAND", values, many: false }],
    hasTail: false,
  };
}

function toFlags(flags: Flags): CompletableFlag[] {
  return Object.entries(flags).map(([name, flag]) => ({
    long: `--${name}`,
    short: flag.short === undefined ? undefined : `-${flag.short}`,
    summary: flag.summary,
    value: flag.placeholder === undefined
      ? null
      : { name: flag.placeholder, values: valuesOf(flag) },
    repeatable: flag.repeatable ?? false,
  }));
}

/** The name of a value says what it is, to people as well. */
function valuesOf({ choices, offers, placeholder }: Flag<unknown>): Values {
  if (choices !== undefined) return choices;
  if (offers !== undefined) return offers;
  if (placeholder === "FILE") return "file";
  return placeholder === "FOLDER" ? "folder" : "text";
}

function toOperand({ name, choices, many }: Operand): CompletableOperand {
  const values = choices ?? (name === "NAME" ? "session" : "text");
  return { name, values, many: many ?? false };
}
