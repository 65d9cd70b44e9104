/** Loading a module when it is needed. */

/**
 * Loads once, and hands all callers the same promise: what they do next, they do
 * in the same turn.
 */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => loading ??= load();
}
