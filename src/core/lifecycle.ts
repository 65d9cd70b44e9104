/**
 * How a session is logged, stopped and restarted: values and defaults only, as
 * the configuration needs them where nothing is to be checked.
 */

/** Where the output of a session is kept, as values. */
export const LogMode = {
  /** In rotating files in the state folder of ops. */
  FILE: "file",
  /** Nowhere but in the engine. */
  NONE: "none",
} as const;
/** Where the output of a session is kept. */
export type LogMode = typeof LogMode[keyof typeof LogMode];

/** The size at which a log file is rotated, in bytes (10 MiB). */
export const DEFAULT_LOG_MAX_SIZE = 10_485_760;
/** How many log files of a session are kept, the current one included. */
export const DEFAULT_LOG_FILES = 5;

/**
 * The signals that a stop may begin with: those of POSIX that end a process
 * unless it handles them, but for those that stand for a fault (SIGSEGV). Every
 * system and every `kill` has them.
 */
export const STOP_SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGABRT",
  "SIGKILL",
  "SIGUSR1",
  "SIGUSR2",
  "SIGPIPE",
  "SIGALRM",
  "SIGTERM",
] as const;
/** A signal that a stop may begin with, such as `"SIGINT"`. */
export type StopSignal = typeof STOP_SIGNALS[number];

/**
 * When a session that ended is started again: under tmux by ops' own launcher,
 * after 1 s and then twice as long each time, up to 60 s, and from 1 s again
 * after a minute that went well; a container by its engine, after the engine's
 * own delays.
 */
export interface RestartPolicy {
  /**
   * Never; after a failure; whatever the outcome; or that, too, but never after
   * a stop, not even where a container engine that is started anew would do so
   * (under tmux the same as `always`).
   */
  readonly name: "no" | "on-failure" | "always" | "unless-stopped";
  /** How many times `on-failure` tries; `null` for no limit. */
  readonly maxRetries: number | null;
}
