/** Where the configuration is searched for. */

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
  /** The only file to read; without it, the files of the search. */
  readonly file?: string | undefined;
  /** The working directory. @default {Deno.cwd()} */
  readonly cwd?: string | undefined;
  /**
   * Reads an environment variable: of those that the search knows, and that
   * values name. @default {Deno.env.get}
   */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /**
   * How many replicas there are of a session that has some, whatever the files
   * say. @default {undefined} as many as they say
   */
  readonly replicas?: ReadonlyMap<string, number> | undefined;
}

/**
 * The files of the search; later ones win: in `$XDG_CONFIG_HOME` or
 * `~/.config`, in the home folder, and in the working directory. `null` if
 * `CONFIG_PATH` turns the search off.
 */
export function searchedFiles({ cwd, env }: Surroundings): string[] | null {
  if (env(CONFIG_VARIABLE) !== undefined) return null;
  const home = absoluteOnly(env("HOME"));
  // Its specification says to ignore a relative XDG_CONFIG_HOME.
  const configHome = absoluteOnly(env("XDG_CONFIG_HOME")) ??
    (home && `${home}/.config`);
  return [configHome, home, cwd]
    .filter((folder) => folder !== undefined)
    .map((folder) => `${folder}/${CONFIG_FILE}`);
}

/**
 * What is not done for want of a home folder; `null` where nothing is. On
 * Windows nobody expects a HOME.
 */
export function lackOfHome(
  file: string | undefined,
  env: Surroundings["env"],
): string | null {
  if (absoluteOnly(env("HOME")) || Deno.build.os === "windows") return null;
  const isSearched = file === undefined && env(CONFIG_VARIABLE) === undefined &&
    absoluteOnly(env("XDG_CONFIG_HOME")) === undefined;
  const lacks = [
    ...(isSearched
      ? [`~/.config/${CONFIG_FILE} and ~/${CONFIG_FILE} are not looked for`]
      : []),
    ...(absoluteOnly(env("XDG_STATE_HOME")) === undefined
      ? ["no logs and no history are kept"]
      : []),
  ];
  if (lacks.length === 0) return null;
  return `HOME is not set to an absolute path: ${lacks.join(", and ")}`;
}

function absoluteOnly(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
