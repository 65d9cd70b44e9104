/**
 * Where the configuration is searched for. All that reads it is loaded only
 * where there is a file to read.
 */
import { readVariable, workingDirectory } from "../environment.ts";
import type { LoadedConfig } from "./model.ts";

/** The name of the file that is searched for. */
export const CONFIG_FILE = "kstlib.conf.yml";
/** The variable that names one file and so turns the search off. */
export const CONFIG_VARIABLE = "CONFIG_PATH";

/** Where the search takes place. */
export interface Surroundings {
  /** The working directory, absolute. */
  readonly cwd: string;
  /** Reads an environment variable; an empty one counts as not set. */
  readonly env: (name: string) => string | undefined;
}

/** Where a configuration is looked for. */
export interface LoadOptions {
  /** The only file to read; without it, the search of files. */
  readonly file?: string | undefined;
  /** The working directory. @default {Deno.cwd()} */
  readonly cwd?: string | undefined;
  /** Reads an environment variable. @default {Deno.env.get} */
  readonly env?: ((name: string) => string | undefined) | undefined;
}

/**
 * The files of the search, those that win last: in `$XDG_CONFIG_HOME` or
 * `~/.config`, in the home folder, and in the working directory; or `null`
 * where `CONFIG_PATH` turns it off.
 */
export function searchedFiles({ cwd, env }: Surroundings): string[] | null {
  if (env(CONFIG_VARIABLE) !== undefined) return null;
  const home = absoluteOnly(env("HOME"));
  // A relative XDG_CONFIG_HOME is to be ignored, says its specification.
  const configHome = absoluteOnly(env("XDG_CONFIG_HOME")) ??
    (home && `${home}/.config`);
  return [configHome, home, cwd]
    .filter((folder) => folder !== undefined)
    .map((folder) => `${folder}/${CONFIG_FILE}`);
}

function absoluteOnly(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}

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
  const { loadConfig } = await import("./load.ts");
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
