/** The variables that `ops start --env` gives. */
import { OpsError, PermissionError } from "../../../core/errors.ts";
import type { Context } from "../../shell/context.ts";
import { reportWarning } from "../../shell/report.ts";

/**
 * Reads `KEY=VALUE`, and `KEY` alone as the variable of this process. One that
 * is not set here is not set there, as with docker, but is warned about.
 *
 * @throws {PermissionError} If Deno may not read it.
 */
export function readEnvironment(
  given: readonly string[],
  readVariable: (name: string) => string | undefined,
  context: Context,
): Record<string, string> {
  const env: [string, string][] = [];
  for (const text of given) {
    const equals = text.indexOf("=");
    if (equals >= 0) {
      env.push([text.slice(0, equals), text.slice(equals + 1)]);
      continue;
    }
    const value = readPermitted(text, readVariable);
    if (value === undefined) {
      const fact = `--env ${text}: is not set here, so it is not passed on`;
      reportWarning(new OpsError(fact), context);
    } else {
      env.push([text, value]);
    }
  }
  // Unlike assignments, this also takes "__proto__" as a name.
  return Object.fromEntries(env);
}

function readPermitted(
  name: string,
  readVariable: (name: string) => string | undefined,
): string | undefined {
  try {
    return readVariable(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const flag = `--allow-env=${name}`;
    throw new PermissionError(`read the variable ${name}`, flag, {
      cause: error,
    });
  }
}
