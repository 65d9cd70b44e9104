/** Waiting until a session is ready for others. */
import { stripAnsiCode } from "@std/fmt/colors";
import {
  EngineTimeoutError,
  OpsError,
  SessionExecError,
  SessionWaitError,
} from "../core/errors.ts";
import { pause } from "../core/pause.ts";
import {
  PROBES,
  type Readiness,
  READY_INTERVAL,
  READY_TIMEOUT,
} from "../core/ready.ts";
import {
  BackendType,
  SessionState,
  type SessionStatus,
} from "../core/status.ts";
import { endedWell } from "../core/success.ts";
import { validateTimeout } from "../core/validate/fields.ts";
import type { FollowOptions, LogOptions } from "../engines/runner.ts";
import { REMOVED } from "../state/lookup.ts";
import { askOrMiss, type WaitOptions, withOutcome } from "./wait.ts";

/** What is waited for. */
export interface Subject {
  /** Asks its engine. */
  readonly status: () => Promise<SessionStatus>;
  /** Its output as it comes. */
  readonly follow: (options: FollowOptions) => AsyncIterable<string>;
  /** The last lines of its output. */
  readonly logs: (lines: number, options?: LogOptions) => Promise<string>;
  /** Runs a program beside it, within so many milliseconds. */
  readonly run: (
    command: readonly string[],
    timeoutMs: number,
  ) => Promise<{ readonly code: number; readonly stderr: string }>;
  /** Why its port or address does not answer. */
  readonly network: Pick<
    typeof import("../host/network.ts"),
    "portFault" | "httpFault"
  >;
}

/** How a session stands that is waited for until it is ready. */
export type Standing =
  /** It is ready, unless probes say otherwise. */
  | { readonly is: "up" }
  /** It is not there yet. */
  | { readonly is: "missing"; readonly why: string }
  /** It will not be ready any more. */
  | { readonly is: "lost"; readonly why: string };

/** The time before the second look, in ms; it is then doubled. */
const FIRST_PAUSE_MS = 50;
/** How long one look may take, in ms. */
const LOOK_MS = 10_000;
/** The shortest time that a look is given, in ms. */
const LEAST_MS = 2_000;
/** More lines than a log has. */
const ALL_LINES = 1_000_000_000;
/** How much later than it begins an engine may call it started, in ms. */
const NOTICE_MS = 1_000;
/** How many of the last lines are looked through for last words. */
const LAST_LINES = 20;
/** How many of these are told. */
const LAST_WORDS = 3;

/** What decides whether a session is ready. */
export interface ReadyOptions extends WaitOptions {
  /** @default {undefined} its health check, if it has one, else its start */
  readonly readiness?: Readiness | undefined;
  /** The exit codes that are no failure. @default {[0]} */
  readonly successExitCodes?: readonly number[] | undefined;
}

/**
 * Waits until a session is ready.
 *
 * @throws {SessionWaitError} If it ends before, or is not in the time there is.
 * @throws {SessionNotFoundError} If there is none.
 * @throws {PermissionError} If Deno may not look at what it is to be known by.
 */
export async function waitUntilReady(
  subject: Subject,
  { readiness, timeout, signal, successExitCodes }: ReadyOptions = {},
): Promise<SessionStatus> {
  if (timeout !== undefined) validateTimeout(timeout);
  const seconds = timeout ?? readiness?.timeout ??
    (readiness === undefined ? Infinity : READY_TIMEOUT);
  const intervalMs = (readiness?.interval ?? READY_INTERVAL) * 1000;
  const deadline = performance.now() + seconds * 1000;
  const log = new LogWatch(subject, readiness?.log);
  let last: SessionStatus | null = null;
  let wasRunning = false;
  try {
    for (let pauseMs = FIRST_PAUSE_MS;; pauseMs *= 2) {
      signal?.throwIfAborted();
      const leftBefore = deadline - performance.now();
      const answer = await askOrMiss(subject.status, last);
      let missing: string[];
      if (answer instanceof EngineTimeoutError) {
        missing = [answer.message];
      } else {
        last = answer;
        const standing = standingOf(last, {
          wasRunning,
          hasProbes: readiness !== undefined,
          successExitCodes,
        });
        if (standing.is === "lost") throw await lost(subject, last, standing);
        wasRunning ||= last.state === SessionState.RUNNING;
        missing = standing.is === "missing"
          ? [standing.why]
          : readiness === undefined
          ? []
          : await unlessAborted(
            missingOf(
              subject,
              readiness,
              log,
              last,
              Math.max(Math.min(LOOK_MS, leftBefore), LEAST_MS),
            ),
            signal,
          );
        if (missing.length === 0) return last;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw inVain(last, answer, seconds, missing);
      await pause(Math.min(pauseMs, intervalMs, leftMs), signal);
    }
  } finally {
    await log.end();
  }
}

/** What is known beside the status. */
interface Beside {
  /** Whether it was seen to run before. */
  readonly wasRunning: boolean;
  /** Whether something else says when it is ready. */
  readonly hasProbes: boolean;
  readonly successExitCodes?: readonly number[] | undefined;
}

/** How a session stands, from its status. */
export function standingOf(
  status: SessionStatus,
  { wasRunning, hasProbes, successExitCodes }: Beside,
): Standing {
  const { state, detail, health } = status;
  const { exitCode, signal } = withOutcome(status);
  const why = `it exited (${signal ?? exitCode ?? "?"}) before it was ready`;
  const isDone = !hasProbes &&
    endedWell({ exitCode, signal }, successExitCodes);
  switch (state) {
    case SessionState.RUNNING:
      if (hasProbes || health === null || health === "healthy") {
        return { is: "up" };
      }
      return health === "unhealthy"
        ? { is: "lost", why: "its health check says that it is unhealthy" }
        : { is: "missing", why: `health check: ${health}` };
    case SessionState.EXITED:
      return isDone ? { is: "up" } : { is: "lost", why };
    case SessionState.UNKNOWN:
      return { is: "missing", why: detail ?? "its engine did not answer" };
    default:
      if (wasRunning || detail === REMOVED) return { is: "lost", why };
      return {
        is: "missing",
        why: state === SessionState.DEFINED
          ? "it is not started"
          : `it is ${detail ?? state}`,
      };
  }
}

/** Waits no longer than until the signal; what goes on then nobody needs. */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await work;
  const aborted = Promise.withResolvers<never>();
  const end = () => aborted.reject(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** What does not hold of all that has to, in words. */
async function missingOf(
  { run, network }: Subject,
  { port, http, command }: Readiness,
  log: LogWatch,
  status: SessionStatus,
  timeoutMs: number,
): Promise<string[]> {
  const looks: Record<typeof PROBES[number], Promise<string | null>> = {
    log: log.look(status),
    port: ifWanted(port, (it) => network.portFault(it, timeoutMs)),
    http: ifWanted(
      http,
      ({ url, status }) => network.httpFault(url, status, timeoutMs),
    ),
    command: ifWanted(command, async (it) => {
      try {
        return commandFault(await run(it, timeoutMs));
      } catch (error) {
        const isLate = error instanceof EngineTimeoutError;
        // That it has ended just now is seen by the next look.
        if (!isLate && !(error instanceof SessionExecError)) throw error;
        return isLate ? "takes too long" : error.reason;
      }
    }),
  };
  const names = {
    log: "log",
    port: `port ${port}`,
    http: http && shownUrl(http.url),
    command: command?.[0],
  };
  const faults = await Promise.all(PROBES.map(async (probe) => {
    const fault = await looks[probe];
    return fault === null ? [] : [`${names[probe]}: ${fault}`];
  }));
  return faults.flat();
}

/** Looks at what is wanted; what is not has no fault. */
async function ifWanted<T>(
  wanted: T | undefined,
  look: (wanted: T) => Promise<string | null>,
): Promise<string | null> {
  return wanted === undefined ? null : await look(wanted);
}

/** An address as others may read it: without a password, or what is asked. */
function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function commandFault(
  { code, stderr }: { readonly code: number; readonly stderr: string },
): string | null {
  if (code === 0) return null;
  const said = wordsOf(stderr).at(-1);
  return `exits with ${code}${said === undefined ? "" : `: ${said}`}`;
}

/** The lines of an output that say something, colors aside. */
function wordsOf(output: string): string[] {
  return stripAnsiCode(output).split("\n").map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Looks for a line of a session's output, from its start on. */
class LogWatch {
  readonly #subject: Subject;
  readonly #pattern: RegExp | null;
  readonly #ending = new AbortController();
  #reading: Promise<void> | null = null;
  /** Why the line was not found; `null` if it was. */
  #fault: string | null;
  /** What is no matter of the log, and ends the wait. */
  #error: unknown;

  constructor(subject: Subject, pattern: string | undefined) {
    this.#subject = subject;
    this.#pattern = pattern === undefined ? null : new RegExp(pattern);
    this.#fault = pattern === undefined ? null : `no line matches /${pattern}/`;
  }

  /** Why the line was not found so far; `null` if it was, or none is wanted. */
  async look(status: SessionStatus): Promise<string | null> {
    // What is there already is looked through before anything is said.
    if (this.#fault !== null && this.#reading === null) await this.#see(status);
    if (this.#fault !== null) this.#reading ??= this.#read(status);
    if (this.#error !== undefined) throw this.#error;
    return this.#fault;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#reading;
  }

  /** Whether a line of a text is the one; if not, that is the fault. */
  #search(text: string): boolean {
    const isFound = text.split("\n").some((line) =>
      this.#pattern!.test(stripAnsiCode(line))
    );
    this.#fault = isFound ? null : `no line matches /${this.#pattern!.source}/`;
    return isFound;
  }

  /** Looks through what the log has by now. */
  async #see(status: SessionStatus): Promise<void> {
    try {
      const options = { since: beginOf(status) };
      this.#search(await this.#subject.logs(ALL_LINES, options));
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      this.#fault = error.message;
    }
  }

  /** Reads until the line is found; a log that ends is read again. */
  async #read(status: SessionStatus): Promise<void> {
    const since = beginOf(status);
    const { signal } = this.#ending;
    let rest = "";
    try {
      const output = this.#subject.follow({ lines: ALL_LINES, since, signal });
      for await (const text of output) {
        // A line may come in pieces, and a prompt has no line break.
        rest += text;
        if (this.#search(rest)) return;
        rest = rest.slice(rest.lastIndexOf("\n") + 1);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof OpsError) this.#fault = error.message;
      else this.#error = error;
    }
    this.#reading = null;
  }
}

/**
 * Since when the output counts: the log of a container has that of earlier
 * starts, too. `undefined`: since its beginning.
 */
export function beginOf(
  { backend, createdAt, startedAt, lastRun }: SessionStatus,
): Date | undefined {
  if (backend !== BackendType.CONTAINER || startedAt === null) return undefined;
  const begin = lastRun === null
    ? Date.parse(startedAt) - NOTICE_MS
    : Date.parse(lastRun.startedAt);
  return createdAt !== null && begin <= Date.parse(createdAt)
    ? undefined
    : new Date(begin);
}

async function lost(
  { logs }: Subject,
  { name, backend, runtime }: SessionStatus,
  { why }: { readonly why: string },
): Promise<SessionWaitError> {
  const words = await lastWords(logs);
  return new SessionWaitError(
    name,
    runtime ?? backend,
    words === "" ? why : `${why}; its last words: ${words}`,
  );
}

async function lastWords(logs: Subject["logs"]): Promise<string> {
  try {
    return wordsOf(await logs(LAST_LINES)).slice(-LAST_WORDS).join(" | ");
  } catch (error) {
    // That it ended is the news; its last words only help to see why.
    if (error instanceof OpsError) return "";
    throw error;
  }
}

function inVain(
  status: SessionStatus | null,
  answer: SessionStatus | EngineTimeoutError,
  seconds: number,
  missing: readonly string[],
): Error {
  if (status === null) return answer as EngineTimeoutError;
  return new SessionWaitError(
    status.name,
    status.runtime ?? status.backend,
    `after ${seconds} s it is not ready: ${missing.join("; ")}`,
  );
}
