/** Which ends of a session are no failure. */
import { signalNumber } from "./signals.ts";
import type { SessionStatus } from "./status.ts";

/** The exit codes that are no failure where nothing is said. */
export const SUCCESS_EXIT_CODES: readonly number[] = [0];

/**
 * Whether something ended with one of these exit codes. As in a shell, what
 * signal n ended has 128 + n: a program that handles it exits so itself.
 */
export function endedWell(
  { exitCode, signal }: Pick<SessionStatus, "exitCode" | "signal">,
  successExitCodes: readonly number[] = SUCCESS_EXIT_CODES,
): boolean {
  const code = exitCode ??
    (signal === null ? null : 128 + signalNumber(signal as Deno.Signal));
  return code !== null && successExitCodes.includes(code);
}
