/** When a session is ready for others: what has to hold, and its checks. */
import { SessionConfigError } from "./errors.ts";
import {
  notNumber,
  validateChoice,
  validateCommand,
  validateTimeout,
} from "./validate/fields.ts";

/** An address that has to answer. */
export interface HttpProbe {
  /** The address, with `http:` or `https:`. */
  readonly url: string;
  /** The status that it has to answer with. @default {undefined} any 2xx */
  readonly status?: number | undefined;
}

/** When a session is ready: all that is said here has to hold at once. */
export interface Readiness {
  /**
   * A regular expression that a line of its output matches, colors aside;
   * only what it said since it was started counts.
   */
  readonly log?: string | undefined;
  /** A TCP port of this host, at 127.0.0.1, that takes connections. */
  readonly port?: number | undefined;
  /** An address that answers; redirections are not followed. */
  readonly http?: HttpProbe | undefined;
  /**
   * A program, as its exact argv, that exits with 0: for a session on tmux on
   * this host, with its environment and working directory; for a container
   * inside it.
   */
  readonly command?: readonly string[] | undefined;
  /** How long is waited for that at most, in seconds. @default {60} */
  readonly timeout?: number | undefined;
  /**
   * The time between two looks, in seconds, from 0.05 to 3600; the first ones
   * come sooner.
   *
   * @default {0.5}
   */
  readonly interval?: number | undefined;
}

/** How long is waited where nothing is said, in seconds. */
export const READY_TIMEOUT = 60;
/** The time between two looks where nothing is said, in seconds. */
export const READY_INTERVAL = 0.5;

/** What can be looked at, in the order in which it is told of. */
export const PROBES = ["log", "port", "http", "command"] as const;
/** One of {@linkcode PROBES}. */
export type Probe = typeof PROBES[number];

const SCHEMES = ["http:", "https:"];

/** Checks a regular expression. */
export function validatePattern(pattern: string, key: string): void {
  if (pattern === "") throw new SessionConfigError(key, "is empty");
  try {
    new RegExp(pattern);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const why = cause.message.replace(/^.*\/[a-z]*: /s, "");
    throw new SessionConfigError(
      key,
      `${
        JSON.stringify(pattern)
      } is no regular expression (${why}): put a \\ ` +
        "before a character that stands for itself",
      null,
      { cause },
    );
  }
}

/** Checks the number of a TCP port. */
export function validatePortNumber(port: number, key: string): void {
  validateWhole(port, [1, 65_535], key);
}

/** Checks an address that is to answer. */
export function validateUrl(text: string, key: string): void {
  const url = URL.parse(text);
  if (url === null) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} is no address: write it as ` +
        "http://127.0.0.1:8080/health",
    );
  }
  validateChoice(url.protocol, SCHEMES, key);
}

/** Checks the status of an answer. */
export function validateHttpStatus(status: number, key: string): void {
  validateWhole(status, [100, 599], key);
}

/** Checks the time between two looks, in seconds. */
export function validateInterval(seconds: number, key: string): void {
  if (seconds >= 0.05 && seconds <= 3600) return;
  throw new SessionConfigError(
    key,
    `must be a number of seconds from 0.05 to 3600${notNumber(seconds)}`,
  );
}

/** Checks an exit code. */
export function validateExitCode(code: number, key: string): void {
  validateWhole(code, [0, 255], key);
}

/** Checks that it says something to look at. */
export function validateProbes(readiness: Readiness, key: string): void {
  if (PROBES.some((probe) => readiness[probe] !== undefined)) return;
  throw new SessionConfigError(
    key,
    `says nothing to look at: give it ${
      PROBES.join(", ").replace(/, (?=\w+$)/, " or ")
    }`,
  );
}

/**
 * Checks all of it.
 *
 * @throws {SessionConfigError} If something is wrong.
 */
export function validateReadiness(readiness: Readiness, key = "ready"): void {
  const { log, port, http, command, timeout, interval } = readiness;
  validateProbes(readiness, key);
  if (log !== undefined) validatePattern(log, `${key}.log`);
  if (port !== undefined) validatePortNumber(port, `${key}.port`);
  if (http !== undefined) {
    validateUrl(http.url, `${key}.http.url`);
    if (http.status !== undefined) {
      validateHttpStatus(http.status, `${key}.http.status`);
    }
  }
  if (command !== undefined) validateCommand(command, `${key}.command`);
  if (timeout !== undefined) validateTimeout(timeout, `${key}.timeout`);
  if (interval !== undefined) validateInterval(interval, `${key}.interval`);
}

function validateWhole(
  value: number,
  [least, most]: readonly [number, number],
  key: string,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new SessionConfigError(
    key,
    `must be a whole number from ${least} to ${most}${notNumber(value)}`,
  );
}
