/**
 * The configuration, for a command line: nothing that reads it is loaded where
 * there is no file, and an operator must get through without it.
 */
import type { LoadedConfig, LoadOptions } from "../config/load.ts";
import { searchedFiles } from "../config/search.ts";
import { readVariable, workingDirectory } from "../environment.ts";
import { OpsError, SessionConfigError } from "../errors.ts";
import type { Context } from "./context.ts";

/**
 * Does what `loadConfig` does; `null` where there is nothing to read.
 *
 * @throws {SessionConfigError} If a file is wrong; it says which, and where.
 * @throws {PermissionError} If Deno was not permitted to read a file or a
 * variable; it says which flag to add.
 */
export async function loadConfigLazily(
  options: Pick<LoadOptions, "file"> = {},
): Promise<LoadedConfig | null> {
  const surroundings = { cwd: workingDirectory(), env: readVariable };
  const files = options.file === undefined ? searchedFiles(surroundings) : null;
  if (files !== null && !files.some(mayExist)) return null;
  const { loadConfig } = await import("../config/load.ts");
  return loadConfig(options);
}

function mayExist(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    // Any other failure is told by the reader, who knows how to put it.
    return !(error instanceof Deno.errors.NotFound);
  }
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
    return await load({ file });
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    const { reportWarning } = await import("./report.ts");
    reportWarning(withoutConfig(error), context);
    return null;
  }
}

function withoutConfig(error: OpsError): OpsError {
  if (!(error instanceof SessionConfigError)) return error;
  const { key, reason, file } = error;
  return new SessionConfigError(
    key,
    `${reason}; going on without the configuration`,
    file,
    { cause: error },
  );
}
