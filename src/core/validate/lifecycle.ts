/** Pure checks of how a session is logged, stopped and restarted. */
import { SessionConfigError } from "../errors.ts";
import {
  type RestartPolicy,
  STOP_SIGNALS,
  type StopSignal,
} from "../lifecycle.ts";
import { notNumber } from "./fields.ts";

/** The smallest size at which a log file may be rotated, in bytes (64 KiB). */
export const MIN_LOG_MAX_SIZE = 65_536;
/** The largest size at which a log file may be rotated, in bytes (1 TiB). */
export const MAX_LOG_MAX_SIZE = 1_099_511_627_776;
/** The most log files of a session. */
export const MAX_LOG_FILES = 1_000;
/** The most restarts that `on-failure:N` can ask for. */
export const MAX_RESTARTS = 1_000;

const RESTART = /^(no|always|unless-stopped|on-failure)(?::(.*))?$/s;

/** Checks the size at which a log file is rotated, in bytes. */
export function validateLogMaxSize(bytes: number, key = "log_max_size"): void {
  if (!isWholeWithin(bytes, MIN_LOG_MAX_SIZE, MAX_LOG_MAX_SIZE)) {
    throw new SessionConfigError(
      key,
      `must be a whole number of bytes from ${MIN_LOG_MAX_SIZE} (64 KiB) to ` +
        `${MAX_LOG_MAX_SIZE} (1 TiB)${notNumber(bytes)}`,
    );
  }
}

/** Checks how many log files of a session are kept. */
export function validateLogFiles(count: number, key = "log_files"): void {
  if (!isWholeWithin(count, 1, MAX_LOG_FILES)) {
    throw new SessionConfigError(
      key,
      `must be a whole number of files from 1 to ${MAX_LOG_FILES}` +
        notNumber(count),
    );
  }
}

/**
 * Reads the name of a stop signal: with SIG in front or without, in any case.
 *
 * @returns The signal in the form `SIGINT`.
 * @throws {SessionConfigError} If a stop cannot begin with that signal.
 */
export function parseStopSignal(text: string, key = "stop_signal"): StopSignal {
  const name = `SIG${text.toUpperCase().replace(/^SIG/, "")}`;
  const signal = STOP_SIGNALS.find((signal) => signal === name);
  if (signal === undefined) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} is no signal to stop a session with; it is ` +
        `${STOP_SIGNALS.slice(0, -1).join(", ")} or ${STOP_SIGNALS.at(-1)}, ` +
        "with or without SIG",
    );
  }
  return signal;
}

/**
 * Reads a restart policy as Docker and Podman spell it:
 * `no | on-failure[:N] | always | unless-stopped`.
 *
 * @throws {SessionConfigError} If the text is no restart policy.
 */
export function parseRestart(text: string, key = "restart"): RestartPolicy {
  const [, word, retries] = RESTART.exec(text) ?? [];
  if (word === undefined || retries !== undefined && word !== "on-failure") {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} is no restart policy; it is no, on-failure, ` +
        "on-failure:N, always or unless-stopped",
    );
  }
  const maxRetries = retries === undefined
    ? null
    : /^\d+$/.test(retries)
    ? Number(retries)
    : NaN;
  if (maxRetries !== null && !isWholeWithin(maxRetries, 1, MAX_RESTARTS)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} names no number of restarts: after the colon ` +
        `stands a whole number from 1 to ${MAX_RESTARTS}; without a limit, ` +
        "it is on-failure",
    );
  }
  return { name: word as RestartPolicy["name"], maxRetries };
}

/** Refuses to restart an interactive shell: it ends when its user is done. */
export function refuseShellRestart(restart: string, key = "restart"): void {
  if (parseRestart(restart, key).name === "no") return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(restart)} needs a command: an interactive shell is not ` +
      "restarted; add a command, or leave it out",
  );
}

function isWholeWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && least <= value && value <= most;
}
