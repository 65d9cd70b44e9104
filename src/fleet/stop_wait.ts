/** Telling that a stop takes its time. */
import type { StopOptions } from "../engines/runner.ts";

/** A stop that goes on. */
export interface StopWait {
  /** The session's name. */
  readonly name: string;
  /** For how long it has gone on, in milliseconds. */
  readonly waitedMs: number;
  /**
   * How long the session gets to clean up, in seconds; `null`: what it was
   * started with, or nothing if it is killed at once.
   */
  readonly timeout: number | null;
}

/** How to stop a session, and who is told meanwhile. */
export interface WatchedStopOptions extends StopOptions {
  /**
   * Is told, a second after the beginning and then every second, that the
   * session has not ended yet.
   */
  readonly onWait?: ((wait: StopWait) => void) | undefined;
}

/**
 * Does some work, and tells every so often that it goes on.
 *
 * @param tell Is told for how long, in milliseconds.
 * @param everyMs How often.
 */
export async function tellMeanwhile<T>(
  work: () => Promise<T>,
  tell: ((waitedMs: number) => void) | undefined,
  everyMs = 1_000,
): Promise<T> {
  if (tell === undefined) return await work();
  const began = performance.now();
  const timer = setInterval(() => tell(performance.now() - began), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
