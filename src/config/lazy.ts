/** The configuration, whose reading is loaded only where there is a file. */
import { readVariable, workingDirectory } from "../host/environment.ts";
import type { LoadedConfig } from "./model.ts";
import { type LoadOptions, searchedFiles } from "./search.ts";

/**
 * Does what `loadConfig` does; `null` where there is nothing to read.
 *
 * @throws {SessionConfigError} If a file is wrong; it says which, and where.
 * @throws {PermissionError} If Deno was not permitted to read a file or a
 * variable; it says which flag to add.
 */
export async function loadConfigLazily(
  options: Pick<LoadOptions, "file" | "replicas"> = {},
): Promise<LoadedConfig | null> {
  const surroundings = { cwd: workingDirectory(), env: readVariable };
  const files = options.file === undefined ? searchedFiles(surroundings) : null;
  if (files !== null && !files.some(mayExist)) return null;
  const { loadConfig } = await import("./load.ts");
  return loadConfig(options);
}

function mayExist(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    // The reader tells any other failure: it knows the file and the key.
    return !(error instanceof Deno.errors.NotFound);
  }
}
