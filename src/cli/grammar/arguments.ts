/**
 * Reads a command line: its words are split into flags, operands and a tail, and
 * those become what a command is given.
 *
 * The splitting is our own, since `@std/cli/parse-args` cannot be made exact: it
 * reads `-cls` as three switches, takes the `true` in `stop --force true` for the
 * switch's value where it is a session's name, cannot tell `-c ''` from `-c`
 * without a value, and nests `--a.b`. The rules here are those of POSIX and GNU,
 * and of docker and gh: clusters (`-fq`), attached values (`-n5`, `-n=5`,
 * `--lines=5`), flags anywhere, `--` ends them. One is stricter: a value that
 * starts with `-` must be attached, so that a forgotten value never swallows the
 * next flag.
 */
import type { Command, Input } from "./command.ts";
import { UnknownWordError, UsageError } from "../errors.ts";
import {
  type Flags,
  type FlagShapes,
  type FlagValues,
  globalFlags,
} from "./flags.ts";

/** A command line, taken apart; every text is exactly as it was given. */
export interface SplitWords {
  /** The values of each flag that was given, in order; `""` for a switch. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** What is neither a flag nor a flag's value, in order. */
  readonly operands: readonly string[];
  /** What follows `--`; `null` without one. */
  readonly tail: readonly string[] | null;
}

/** A flag as it was found; its value may still be the next word. */
interface Found {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Takes a command line apart.
 *
 * @param words The command line.
 * @param flags The flags it may hold.
 * @param options With `stopAtOperand`, all from the first operand on is an
 * operand: the words of a sub-command.
 * @throws {UsageError} If a flag is not known, or lacks its value.
 */
export function splitWords(
  words: readonly string[],
  flags: FlagShapes,
  options: { readonly stopAtOperand?: boolean } = {},
): SplitWords {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") return { given, operands, tail: words.slice(i + 1) };
    if (!isFlag(word)) {
      if (options.stopAtOperand) {
        return { given, operands: words.slice(i), tail: null };
      }
      operands.push(word);
      continue;
    }
    for (const { name, value } of findFlags(word, flags)) {
      const needsWord = value === undefined && takesValue(name, flags);
      const text = needsWord
        ? nextValue(name, words[++i], flags[name]?.isNumber)
        : value ?? "";
      given.set(name, [...given.get(name) ?? [], text]);
    }
  }
  return { given, operands, tail: null };
}

/**
 * Whether a switch is among the words, even if the rest makes no sense. Exact,
 * since a value on its own never starts with `-`.
 */
export function hasSwitch(words: readonly string[], flag: string): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).includes(flag);
}

function isFlag(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}

function takesValue(name: string, flags: FlagShapes): boolean {
  return flags[name]?.placeholder !== undefined;
}

function findFlags(word: string, flags: FlagShapes): Found[] {
  return word.startsWith("--")
    ? [findLong(word, flags)]
    : findCluster(word, flags);
}

function findLong(word: string, flags: FlagShapes): Found {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  if (!Object.hasOwn(flags, name)) throw unknownFlag(name, `--${name}`, flags);
  if (value !== undefined && !takesValue(name, flags)) {
    throw new UsageError(
      `--${name} takes no value, not ${JSON.stringify(value)}`,
    );
  }
  return { name, value };
}

/** Reads `-f`, `-fq`, `-n5`, `-n=5` and `-qn5`. */
function findCluster(word: string, flags: FlagShapes): Found[] {
  const found: Found[] = [];
  const letters = [...word.slice(1)];
  for (const [i, letter] of letters.entries()) {
    const name = Object.keys(flags).find((key) => flags[key]!.short === letter);
    if (name === undefined) {
      throw unknownFlag(letters.join(""), `-${letter}`, flags);
    }
    if (!takesValue(name, flags)) {
      found.push({ name, value: undefined });
      continue;
    }
    const rest = letters.slice(i + 1).join("");
    found.push({
      name,
      value: rest === "" ? undefined : rest.replace(/^=/, ""),
    });
    break;
  }
  return found;
}

function nextValue(
  name: string,
  word: string | undefined,
  isNumber = false,
): string {
  if (word === undefined) throw new UsageError(`--${name} needs a value`);
  // The flag itself says which numbers it takes.
  const isBelowZero = isNumber && /^-[\d.]+$/.test(word);
  if (!isFlag(word) || isBelowZero) return word;
  throw new UsageError(
    `--${name} needs a value`,
    `if "${word}" is meant, write --${name}=${word}`,
  );
}

/** @param word All of it: `-json` is meant for `--json`, not for switches. */
function unknownFlag(
  word: string,
  shown: string,
  flags: FlagShapes,
): UsageError {
  return new UnknownWordError(
    `unknown flag ${shown}`,
    word,
    Object.keys(flags),
    (near) => `--${near}`,
  );
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
  checkOperands(name, command, operands, split.given);
  return {
    flags: readFlags(flags, [front, split.given]),
    operands,
    tail: keepsTail ? split.tail : null,
    words,
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
  given: SplitWords["given"],
): void {
  const wanted = command.operands;
  const missing = wanted[operands.length];
  const instead = wanted.find(({ or }) => or !== undefined && given.has(or));
  if (instead !== undefined && operands.length > 0) {
    throw new UsageError(
      `--${instead.or} does not go with a ${instead.name}`,
      "leave one of them out",
    );
  }
  if (missing !== undefined && !missing.optional && instead === undefined) {
    const or = missing.or === undefined ? "" : `, or --${missing.or}`;
    throw new UsageError(
      `"ops ${name}" needs a ${missing.name}${or}`,
      `see "ops ${name} --help"`,
    );
  }
  if (operands.length > wanted.length && !wanted.at(-1)?.many) {
    throw new UsageError(
      `"ops ${name}" does not take "${operands[wanted.length]}"`,
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
