/** What an examination finds, and how what fails in it becomes a finding. */
import { EngineError, OpsError, PermissionError } from "../core/errors.ts";

/**
 * How bad it is: `ok`; `note`, nothing to do; `warning`, something is lost or
 * may break; `broken`, something does not work.
 */
export type FindingLevel = "ok" | "note" | "warning" | "broken";

/** What one check found. */
export interface Finding {
  /** Which check, such as `"state-folder"`. */
  readonly check: string;
  /** How bad it is. */
  readonly level: FindingLevel;
  /** What is so. */
  readonly fact: string;
  /** What to do about it; `null` where there is nothing to do. */
  readonly remedy: string | null;
}

/** A fact, and what to do about it. */
export type Diagnosis = Pick<Finding, "fact" | "remedy">;

/** Nothing to do. */
export function ok(check: string, fact: string): Finding {
  return { check, level: "ok", fact, remedy: null };
}

/** What an error's message says: first the fact, then what to do about it. */
export function diagnose(error: OpsError): Diagnosis {
  const subject = error instanceof EngineError ? `${error.engine}: ` : "";
  const [fact = "", ...rest] = error.message.slice(subject.length).split(": ");
  return {
    fact: subject + fact,
    remedy: rest.length === 0 ? null : rest.join(": "),
  };
}

/** The end of a check that could not be made, or not in full. */
export function findingOf(check: string, error: unknown): Finding {
  if (error instanceof PermissionError) {
    return { check, level: "note", ...diagnose(error) };
  }
  if (error instanceof Deno.errors.NotCapable) {
    const [flag = "the flag it names"] = /--allow-\w+/.exec(error.message) ??
      [];
    const [fact = ""] = error.message.split(", run again");
    return { check, level: "note", fact, remedy: PermissionError.remedy(flag) };
  }
  if (error instanceof OpsError) {
    return { check, level: "broken", ...diagnose(error) };
  }
  return {
    check,
    level: "warning",
    fact: `could not be examined: ${systemWords(error)}`,
    remedy: null,
  };
}

/** What the system said, without its number for it. */
export function systemWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\).*/s, "");
}
