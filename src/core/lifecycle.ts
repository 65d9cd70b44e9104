/**
 * How a session is logged, stopped and restarted: values and defaults only, so
 * that the configuration can use them without loading the checks.
 */

/** Where ops keeps the output of a session, as values. */
export const LogMode = {
  /** In rotating files in the state folder of ops. */
  FILE: "file",
  /** Nowhere but in the engine. */
  NONE: "none",
} as const;
/** Where ops keeps the output of a session. */
export type LogMode = typeof LogMode[keyof typeof LogMode];

/** The size at which a log file is rotated, in bytes (10 MiB). */
export const DEFAULT_LOG_MAX_SIZE = 10_485_760;
/** How many log files of a session are kept, the current one included. */
export const DEFAULT_LOG_FILES = 5;

/**
 * The signals that a stop may begin with: those of POSIX that end a process
 * unless it handles them, except those for a fault, such as SIGSEGV. Every
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
 * When a session that ended starts again. Under tmux the launcher of ops waits
 * for 1 s, then twice as long each time, up to 60 s, and for 1 s again after
 * the command has run for a minute. A container's engine has delays of its own.
 */
export interface RestartPolicy {
  /**
   * `no`: never. `on-failure`: after a failure. `always`: after any end.
   * `unless-stopped`: after any end, but a stopped container stays so even when
   * its engine starts anew (under tmux the same as `always`).
   */
  readonly name: "no" | "on-failure" | "always" | "unless-stopped";
  /** How many times `on-failure` tries; `null` for no limit. */
  readonly maxRetries: number | null;
}
