/**
 * Pure checks of every field, and their limits. Each returns nothing and
 * throws a {@linkcode SessionConfigError} that names the field.
 */
import { SessionConfigError } from "../errors.ts";

/** The longest name of a session that we create, in characters. */
export const MAX_NAME_LENGTH = 64;
/** The longest command, argument or environment value, in bytes. */
export const MAX_TEXT_BYTES = 100_000;
/** All arguments and environment values together, in bytes. */
export const MAX_TOTAL_BYTES = 1_000_000;
/** The most environment variables, volumes, ports or arguments. */
export const MAX_ENTRIES = 1_000;
/** The longest time limit a caller may set, in seconds (one day). */
export const MAX_TIMEOUT_SECONDS = 86_400;

/** What a new session may be called. */
export const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** What a variable may be called. */
export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const utf8 = new TextEncoder();

/** The size of a text as the operating system counts it. */
function byteLength(text: string): number {
  return utf8.encode(text).length;
}

/** No character of a text, as JavaScript counts them, takes more in UTF-8. */
const MAX_CHARACTER_BYTES = 3;

/** Refuses a text that no argument or environment value can hold. */
function validateText(text: string, key: string): void {
  if (text.includes("\0")) {
    throw new SessionConfigError(key, "holds a NUL character; remove it");
  }
  // Only of a long text is the size counted, which takes far longer.
  if (text.length * MAX_CHARACTER_BYTES <= MAX_TEXT_BYTES) return;
  const size = byteLength(text);
  if (size > MAX_TEXT_BYTES) {
    throw new SessionConfigError(
      key,
      `is ${size} bytes long; at most ${MAX_TEXT_BYTES} are possible`,
    );
  }
}

/** Checks a yes or no, which JavaScript may hand in as anything. */
export function validateBoolean(value: unknown, key: string): void {
  if (typeof value === "boolean") return;
  const given = JSON.stringify(value);
  throw new SessionConfigError(key, `must be true or false, not ${given}`);
}

/**
 * What a message ends with that refuses a number; nothing where there is none,
 * since what was written instead is known to the reader alone.
 */
export function notNumber(value: number): string {
  return Number.isNaN(value) ? "" : `, not ${value}`;
}

/** Checks how many entries a list has. */
export function validateCount(count: number, key: string): void {
  if (count > MAX_ENTRIES) {
    throw new SessionConfigError(
      key,
      `has ${count} entries; at most ${MAX_ENTRIES} are possible`,
    );
  }
}

/** Checks the name of a session that is to be created or defined. */
export function validateNewName(name: string, key = "name"): void {
  validateKnownName(name, key);
  if (name.length > MAX_NAME_LENGTH) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(name.slice(0, 20))}… is ${name.length} characters ` +
        `long; at most ${MAX_NAME_LENGTH} are possible`,
    );
  }
  if (!NAME.test(name)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(name)} cannot name a new session: start with a ` +
        "letter, go on with letters, digits, _ and -",
    );
  }
}

/** Checks the name of a session that may exist already, made by ops or not. */
export function validateKnownName(name: string, key = "name"): void {
  if (name === "") throw new SessionConfigError(key, "is empty");
  validateText(name, key);
}

/** Checks a command: a shell command, or an exact argv. */
export function validateCommand(
  command: string | readonly string[],
  key = "command",
): void {
  if (typeof command === "string") {
    validateText(command, key);
    if (command.trim() === "") {
      throw new SessionConfigError(
        key,
        "is blank; leave it out for an interactive shell",
      );
    }
    return;
  }
  if (command.length === 0 || command[0] === "") {
    throw new SessionConfigError(key, "names no program");
  }
  validateCount(command.length, key);
  for (const [i, argument] of command.entries()) {
    validateText(argument, `${key}[${i}]`);
  }
  validateTotal(command, key);
}

function validateTotal(texts: readonly string[], key: string): void {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length * MAX_CHARACTER_BYTES <= MAX_TOTAL_BYTES) return;
  const total = texts.reduce((sum, text) => sum + byteLength(text), 0);
  if (total > MAX_TOTAL_BYTES) {
    throw new SessionConfigError(
      key,
      `is ${total} bytes in all; at most ${MAX_TOTAL_BYTES} are possible`,
    );
  }
}

/** Checks environment variables. */
export function validateEnv(
  env: Readonly<Record<string, string>>,
  key = "env",
): void {
  const entries = Object.entries(env);
  validateCount(entries.length, key);
  for (const [name, value] of entries) {
    if (!ENV_NAME.test(name)) {
      throw new SessionConfigError(
        key,
        `${JSON.stringify(name)} cannot name a variable: start with a ` +
          "letter or _, go on with letters, digits and _",
      );
    }
    validateText(value, `${key}.${name}`);
  }
  validateTotal(Object.values(env), key);
}

/** Checks a directory: any text the system can hold, but not empty. */
export function validateWorkingDir(path: string, key = "working_dir"): void {
  if (path === "") throw new SessionConfigError(key, "is empty");
  validateText(path, key);
}

/** Checks the label of a tmux socket (`tmux -L`). */
export function validateSocketName(name: string, key = "socket_name"): void {
  if (name === "" || name === "." || name === ".." || /[/\0\n]/.test(name)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(name)} cannot name a tmux socket: it is a file name ` +
        "without a slash",
    );
  }
  if (byteLength(name) > MAX_NAME_LENGTH) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(name.slice(0, 20))}… is longer than ` +
        `${MAX_NAME_LENGTH} bytes; a socket's whole path holds 107`,
    );
  }
}

/** Checks how long to wait for a graceful end, in seconds. */
export function validateTimeout(seconds: number, key = "timeout"): void {
  if (!(seconds >= 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new SessionConfigError(
      key,
      `must be a number of seconds from 0 to ${MAX_TIMEOUT_SECONDS}` +
        notNumber(seconds),
    );
  }
}

/** Checks how many lines of a log are wanted. */
export function validateLines(lines: number, key = "lines"): void {
  if (!Number.isSafeInteger(lines) || lines < 0) {
    throw new SessionConfigError(
      key,
      `must be a whole number, 0 or more${notNumber(lines)}`,
    );
  }
}

/** Checks the keys to type into a session. */
export function validateKeys(keys: string, key = "keys"): void {
  if (keys === "") throw new SessionConfigError(key, "is empty");
  validateText(keys, key);
}

/** Checks that a value is one of a closed set. */
export function validateChoice(
  value: string,
  choices: readonly string[],
  key: string,
): void {
  if (!choices.includes(value)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(value)} is not known; it is ${choices.join(" or ")}`,
    );
  }
}

/** A hash for each key that a definition sets, and who has it. */
const SPEC = /^[a-z_]+=[\da-f]{8}(?: [a-z_]+=[\da-f]{6})*$/;

/** Checks by what a definition is known. */
export function validateSpec(spec: string, key = "spec"): void {
  if (SPEC.test(spec)) return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(spec)} is none: a definition has one of its own`,
  );
}
