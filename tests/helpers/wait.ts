/** Waiting for what is to happen, instead of sleeping for a fixed time. */

/** How long to wait, and how often to look. */
export interface UntilOptions {
  /** When to give up, in milliseconds. @default {10_000} */
  readonly timeoutMs?: number;
  /** The pause between two looks, in milliseconds. @default {20} */
  readonly intervalMs?: number;
}

/**
 * Waits until the condition holds (is neither `undefined`, `null` nor `false`)
 * and returns its value. An error it throws counts as "not yet", and is the
 * cause of the failure if it never holds.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const started = performance.now();
  while (true) {
    let seen: unknown;
    let cause: unknown;
    try {
      const value = seen = await condition();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      cause = error;
    }
    if (performance.now() - started > timeoutMs) {
      throw new Error(
        `still ${Deno.inspect(seen)} after ${timeoutMs} ms: ${condition}`,
        { cause },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

/**
 * `Promise.all`, but when it fails the others have ended too: nothing is made
 * any more behind the back of whoever then clears away.
 */
export async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}
