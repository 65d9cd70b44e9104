/** Tells people and programs what went wrong. */
import { OpsError, SessionConfigError } from "../../core/errors.ts";
import type { Context } from "./context.ts";
import { exitCodeOf, LoadError } from "../errors.ts";
import { errorToJson, warningToJson } from "../render/json.ts";
import { sanitize } from "../render/text.ts";

/** The variable that shows where an error came from. */
export const DEBUG_VARIABLE = "KSTLIB_OPS_DEBUG";

/** Reports a failure and returns the exit code that stands for it. */
export function reportError(thrown: unknown, context: Context): number {
  const error = LoadError.isCause(thrown) ? new LoadError(thrown) : thrown;
  const { stderr } = context;
  if (context.json) {
    stderr.write(`${errorToJson(error)}\n`);
  } else {
    const label = stderr.paint.red("error:");
    for (const line of linesOf(error)) stderr.write(`${label} ${line}\n`);
  }
  if (context.env(DEBUG_VARIABLE) === "1") stderr.write(`${stackOf(error)}\n`);
  return exitCodeOf(error);
}

/**
 * Reports, once, what did not keep the command from going on; of several
 * problems of a configuration, people are shown the first.
 */
export function reportWarning(warning: OpsError, context: Context): void {
  const { stderr, warned } = context;
  if (warned.has(warning.message)) return;
  warned.add(warning.message);
  stderr.write(
    context.json
      ? `${warningToJson(warning)}\n`
      : `${stderr.paint.yellow("warning:")} ${linesOf(warning)[0]}\n`,
  );
}

/** Tells people something that is no result; programs need not know. */
export function note(text: string, context: Context): void {
  if (!context.json) context.stderr.write(`${sanitize(text)}\n`);
}

/** What people read of an error: a line for each problem of a configuration. */
function linesOf(error: unknown): string[] {
  if (!(error instanceof SessionConfigError)) return [messageOf(error)];
  const { problems } = error;
  const shown = problems.slice(0, SessionConfigError.MAX_SHOWN);
  const left = problems.length - shown.length;
  const lines = shown.map(({ message }) => sanitize(message));
  const more = `and ${left} more: "ops config check" shows all`;
  return left > 0 ? [...lines, more] : lines;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Deno's own refusals name the flag to add.
  const isExpected = error instanceof OpsError ||
    error instanceof Deno.errors.NotCapable;
  return sanitize(
    isExpected
      ? message
      : `internal error: ${message}; please report it, with what ` +
        `${DEBUG_VARIABLE}=1 adds`,
  );
}

function stackOf(error: unknown): string {
  const lines = (error instanceof Error && error.stack || "").split("\n");
  return lines.map(sanitize).join("\n");
}
