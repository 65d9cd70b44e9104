/** Following that ends at a time. */

/** Yields output that was read as a whole, with the end of its last line. */
export function* asPiece(
  text: string,
  isRaw: boolean | undefined,
): Generator<string, void> {
  if (text !== "") yield isRaw ? text : `${text}\n`;
}

/** Whether nothing more can be written until then. */
export function isPast(until: Date | undefined): boolean {
  return until !== undefined && until.getTime() < Date.now();
}

/** The most that a timer takes, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** A signal that also ends what is followed at a time. */
export function endAt(
  until: Date | undefined,
  signal: AbortSignal | undefined,
): AbortSignal | undefined {
  if (until === undefined) return signal;
  const ms = Math.max(until.getTime() - Date.now(), 0);
  const end = AbortSignal.timeout(Math.min(ms, LONGEST_MS));
  return signal === undefined ? end : AbortSignal.any([signal, end]);
}
