/** The configuration, as commands come to it that can do without. */
import type { loadConfigLazily } from "../../config/lazy.ts";
import { lackOfHome } from "../../config/search.ts";
import type { LoadedConfig } from "../../config/model.ts";
import { OpsError, SessionConfigError } from "../../core/errors.ts";
import type { Context } from "./context.ts";

/**
 * Loads the configuration; `null` where there is none. Warns if it could not be
 * looked for everywhere.
 *
 * @throws {SessionConfigError} If it is wrong.
 */
export async function configOf(
  context: Context,
  file: string | undefined,
  load: typeof loadConfigLazily,
): Promise<LoadedConfig | null> {
  const config = await load({ file });
  const lack = lackOfHome(file, context.env);
  if (lack !== null) {
    const { reportWarning } = await import("./report.ts");
    reportWarning(new OpsError(lack), context);
  }
  return config;
}

/**
 * Loads the configuration, or warns and returns `null`: a broken one never
 * stands between an operator and a running process.
 */
export async function configOrWarning(
  context: Context,
  file: string | undefined,
  load: typeof loadConfigLazily,
): Promise<LoadedConfig | null> {
  try {
    return await configOf(context, file, load);
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const { reportWarning } = await import("./report.ts");
    reportWarning(withoutConfig(error), context);
    return null;
  }
}

function withoutConfig(error: OpsError): OpsError {
  if (!(error instanceof SessionConfigError)) return error;
  const { key, reason, file, line, column, problems } = error;
  const [, ...others] = problems;
  const more = others.length === 0
    ? ""
    : ` (and ${others.length} more: "ops config check" shows all)`;
  return new SessionConfigError(
    key,
    `${reason}${more}; going on without the configuration`,
    file,
    { line, column, others, cause: error },
  );
}
