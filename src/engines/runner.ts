/** The interface of both backends. */
import type {
  AttachResult,
  BackendType,
  Run,
  SessionConfig,
  SessionStatus,
  StopResult,
} from "../core/definition.ts";

/** A session as an engine was found to have it. */
export interface Seen {
  /** What the engine told of it. */
  readonly status: SessionStatus;
  /** Its last run, as it was remembered before the engine was asked. */
  readonly before: Run | null;
  /** What the engine's own runner acts on; it means nothing to others. */
  readonly handle: unknown;
}

/** How to stop a session. */
export interface StopOptions {
  /**
   * Gives the session time to clean up; `false` kills at once. @default {true}
   */
  readonly graceful?: boolean | undefined;
  /**
   * How long the session gets to clean up, in seconds.
   *
   * @default {undefined} what it was started with, else 10
   */
  readonly timeout?: number | undefined;
}

/** Which part of a session's output to return, and in which form. */
export interface LogOptions {
  /**
   * The number of the run in the session's history.
   *
   * @default {undefined} the present or last one
   */
  readonly run?: number | undefined;
  /**
   * Returns only what was written since then. Of a tmux session the second of
   * each line is known, or the one before it; of a container that is gone, and
   * of a log that an ops without this option began, no time is.
   *
   * @default {undefined} from the beginning
   */
  readonly since?: Date | undefined;
  /**
   * Returns only what was written until then, as exactly as `since`.
   *
   * @default {undefined} to the end
   */
  readonly until?: Date | undefined;
  /**
   * Puts the time before each line, in ISO 8601, as exactly as `since`.
   *
   * @default {false}
   */
  readonly timestamps?: boolean | undefined;
}

/** {@linkcode LogOptions}, and in which form within the engines. */
export interface OutputOptions extends LogOptions {
  /**
   * Each character stands for a byte of the output, as a terminal would get it.
   *
   * @default {false} text
   */
  readonly raw?: boolean | undefined;
}

/** Which part of a session's output to follow. */
export interface FollowOptions extends LogOptions {
  /** How many of the last lines come first. @default {10} */
  readonly lines?: number | undefined;
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
}

/** How to send keys. */
export interface SendKeysOptions {
  /** Press Enter after text; never after a single key. @default {true} */
  readonly enter?: boolean | undefined;
  /** Type the name of a key instead of pressing it. @default {false} */
  readonly literal?: boolean | undefined;
}

/** How to run a program in a container. */
export interface ExecOptions {
  /** Hand it our terminal instead of collecting its output. @default {false} */
  readonly interactive?: boolean | undefined;
  /**
   * How long it may take, in seconds, unless it has our terminal; what runs in
   * the container may go on after that.
   *
   * @default {undefined} for ever
   */
  readonly timeout?: number | undefined;
}

/** The result of a program in a container. */
export interface ExecResult {
  /** Its exit code. */
  readonly code: number;
  /** Its standard output; empty if it had our terminal. */
  readonly stdout: string;
  /** Its standard error; empty if it had our terminal. */
  readonly stderr: string;
}

/**
 * One engine, or one kind of it. Names are matched exactly, to the character.
 * Every method rejects with an {@linkcode OpsError}.
 */
export interface Runner {
  /** The kind of engine. */
  readonly backend: BackendType;
  /**
   * Starts a session and returns once it has either lived through its first
   * moments or ended in them.
   *
   * @throws {SessionConfigError} If the name cannot name a new session.
   * @throws {SessionExistsError} If it is running.
   * @throws {SessionStartError} If the engine refuses.
   */
  start(config: SessionConfig): Promise<SessionStatus>;
  /**
   * Stops a session and waits until it has ended. A managed session is then
   * gone; a foreign container stays, `exited`.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If one of its processes survives the stop.
   */
  stop(name: string, options?: StopOptions): Promise<StopResult>;
  /**
   * Hands the terminal to the session until the user detaches or it ends.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionAttachError} If it is not running, or without a terminal.
   */
  attach(name: string): Promise<AttachResult>;
  /**
   * Asks the engine for a session's status.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  status(name: string): Promise<SessionStatus>;
  /**
   * Stops a session and starts it again as it was started before.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If one of its processes survives the stop.
   * @throws {SessionStartError} If the engine refuses.
   */
  restart(name: string, options?: StopOptions): Promise<SessionStatus>;
  /**
   * Returns the last lines of a session's output, 100 by default, ANSI
   * sequences kept; also of a managed session that is gone.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If the output is not available in that form.
   */
  logs(name: string, lines?: number, options?: LogOptions): Promise<string>;
  /**
   * The same, but the very bytes, as a terminal would get them.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If they cannot be had in that form.
   */
  rawLogs(
    name: string,
    lines?: number,
    options?: LogOptions,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Yields a session's output as it comes, in pieces of any length. Goes on
   * over restarts, and ends when the session is gone for good or the signal
   * aborts.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If the output is not available in that form.
   */
  follow(name: string, options?: FollowOptions): AsyncIterable<string>;
  /**
   * The same, but the very bytes, as a terminal would get them.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If they cannot be had in that form.
   */
  followRaw(
    name: string,
    options?: FollowOptions,
  ): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** The remembered runs of a session, the oldest first. */
  history(name: string): Promise<Run[]>;
  /** Whether the engine has a session of that name, running or ended. */
  exists(name: string): Promise<boolean>;
  /** Every session of the engine, also those that ops did not start. */
  listSessions(): Promise<SessionStatus[]>;
  /**
   * Checks, while a session still runs, that it could be started again.
   *
   * @throws {SessionConfigError} If it could not be started from this
   * configuration.
   * @throws {SessionStartError} If the configuration lacks something.
   */
  mustBeStartable(config: SessionConfig): Promise<void>;
  /**
   * Types text into a session, or presses a single key. An engine without
   * keyboards lacks this method.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionSendError} If it is not running.
   */
  sendKeys?(
    name: string,
    keys: string,
    options?: SendKeysOptions,
  ): Promise<void>;
  /**
   * Runs a further program beside the session's own. An engine whose sessions
   * are not isolated lacks this method.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionExecError} If it is not running.
   */
  exec?(
    name: string,
    command: readonly string[],
    options?: ExecOptions,
  ): Promise<ExecResult>;
}
