/** Results and errors for programs. */
import { OpsError } from "../../core/errors.ts";
import { escapeUnsafe, hex } from "./text.ts";

/**
 * A result as JSON, its fields in snake_case. What could disturb a terminal is
 * escaped, so that JSON is safe to look at too; a parser gets it unchanged.
 *
 * @param value The result.
 * @param indent Spaces per level; 0 puts it all on one line.
 */
export function toJson(value: unknown, indent = 2): string {
  return safeJson(withSnakeCase(value), indent);
}

/** A value as such JSON, its keys as they are. */
export function safeJson(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, null, indent);
  return escapeUnsafe(text, (code) => {
    // `stringify` left no other newline than those of the indentation.
    return code === 0x0a ? "\n" : `\\u${hex(code, 4)}`;
  });
}

/** An error as one line of JSON: `{"error": {"code", "message", …fields}}`. */
export function errorToJson(error: unknown): string {
  return toJson({ error: describe(error) }, 0);
}

/** A warning as one line of JSON: `{"warning": {"code", "message", …fields}}`. */
export function warningToJson(error: unknown): string {
  return toJson({ warning: describe(error) }, 0);
}

function describe(error: unknown): Record<string, unknown> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof OpsError)) return { code: "internal_error", message };
  const own: Record<string, unknown> = { ...error };
  const { name: _class, code, ...fields } = own;
  return { code, message, ...fields };
}

/** `exitCode` becomes `exit_code`, at every depth. */
function withSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      withSnakeCase(field),
    ]),
  );
}
