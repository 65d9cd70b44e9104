/**
 * How a command says whether it worked.
 *
 * Ctrl-C is not in the table: nothing here catches it, so it ends the process
 * by the signal itself, which a shell shows as 130 and a script can act on. What
 * has something to put in order first, as `logs --follow` has, exits with 130.
 */
import {
  BackendNotFoundError,
  EngineError,
  PermissionError,
  SessionAmbiguousError,
  SessionConfigError,
  SessionNotFoundError,
} from "../errors.ts";
import { UsageError } from "./errors.ts";

/** What the process ends with. */
export const ExitCode = {
  DONE: 0,
  FAILED: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  CONFIG: 4,
  ENGINE: 5,
} as const;

/** The meaning of each code, for help and reference. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] =
  [
    [ExitCode.DONE, "done"],
    [ExitCode.FAILED, "the operation failed"],
    [
      ExitCode.USAGE,
      "wrong usage: a bad flag or value, or a name in several places",
    ],
    [ExitCode.NOT_FOUND, "no such session"],
    [ExitCode.CONFIG, "a configuration file is wrong"],
    [
      ExitCode.ENGINE,
      "an engine is missing, unreachable or too slow, or a permission was " +
      "not given",
    ],
  ];

/** The code that a failure ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof SessionAmbiguousError) {
    return ExitCode.USAGE;
  }
  if (error instanceof SessionConfigError) {
    // No file says it, so a flag did.
    return error.file === null ? ExitCode.USAGE : ExitCode.CONFIG;
  }
  if (error instanceof SessionNotFoundError) return ExitCode.NOT_FOUND;
  return isEngineFailure(error) ? ExitCode.ENGINE : ExitCode.FAILED;
}

function isEngineFailure(error: unknown): boolean {
  return error instanceof BackendNotFoundError ||
    error instanceof EngineError ||
    error instanceof PermissionError ||
    error instanceof Deno.errors.NotCapable;
}
