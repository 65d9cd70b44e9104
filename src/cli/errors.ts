/** The failures that only a command line has. */
import { OpsError } from "../errors.ts";

/** The command line was not understood. */
export class UsageError extends OpsError {
  /**
   * Makes an error.
   *
   * @param fact What is wrong.
   * @param advice What to do about it; empty where the fact says it all.
   */
  constructor(fact: string, advice = "", options?: ErrorOptions) {
    super(advice === "" ? fact : `${fact}; ${advice}`, options);
  }
}

/** The result could not be written, such as to a full disk. */
export class OutputError extends OpsError {
  /**
   * Makes an error.
   *
   * @param cause What the system said.
   */
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot write the result: ${reason}`, { cause });
  }
}
