/** What both backends can do. */
import type {
  AttachResult,
  BackendType,
  SessionConfig,
  SessionStatus,
  StopResult,
} from "./models.ts";

/** How a session is to be stopped. */
export interface StopOptions {
  /** Give it time to clean up; `false` kills at once. @default {true} */
  readonly graceful?: boolean | undefined;
  /** How long it gets to clean up, in seconds. @default {10} */
  readonly timeout?: number | undefined;
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
   * @throws {SessionStopError} If a process of it outlives everything.
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
   * Asks the engine.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  status(name: string): Promise<SessionStatus>;
  /**
   * The last lines of its output, 100 by default, ANSI sequences kept.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  logs(name: string, lines?: number): Promise<string>;
  /** Whether the engine has a session of that name, running or ended. */
  exists(name: string): Promise<boolean>;
  /** Every session of the engine, whoever started it. */
  listSessions(): Promise<SessionStatus[]>;
}
