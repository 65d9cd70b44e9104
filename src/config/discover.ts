/** Which files make the configuration, by name only: none is opened here. */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { relative } from "@std/path/posix/relative";
import { SessionConfigError } from "../errors.ts";
import { resolveHostPath } from "../paths.ts";
import type { Origin } from "./tree.ts";

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

/** The files that make the configuration. */
export interface Discovery {
  /** The files, those that win last. */
  readonly files: readonly Origin[];
  /** Who names the one file, which must then exist; `null` after a search. */
  readonly namedBy: "argument" | typeof CONFIG_VARIABLE | null;
}

/**
 * Finds the files: the one that is named by argument, else by `CONFIG_PATH`,
 * else those of the search, in `$XDG_CONFIG_HOME` or `~/.config`, in the home
 * folder, and in the working directory.
 *
 * @param file The file that the caller names.
 * @param surroundings Where the search takes place.
 * @throws {SessionConfigError} If the name cannot be that of a file.
 */
export function discover(
  file: string | undefined,
  { cwd, env }: Surroundings,
): Discovery {
  const path = file ?? env(CONFIG_VARIABLE);
  if (path === undefined) {
    const files = [...homeFiles(env), join(cwd, CONFIG_FILE)];
    return { files: files.map((path) => originOf(path, cwd)), namedBy: null };
  }
  if (path === "") throw new SessionConfigError("config", "is empty");
  const namedBy = file === undefined ? CONFIG_VARIABLE : "argument";
  const home = path.startsWith("~") ? env("HOME") : undefined;
  const absolute = resolveHostPath(path, cwd, home, "config");
  return { files: [originOf(absolute, cwd)], namedBy };
}

function homeFiles(env: Surroundings["env"]): string[] {
  const home = absoluteOnly(env("HOME"));
  // A relative XDG_CONFIG_HOME is to be ignored, says its specification.
  const configHome = absoluteOnly(env("XDG_CONFIG_HOME")) ??
    (home && join(home, ".config"));
  return [configHome, home]
    .filter((folder) => folder !== undefined)
    .map((folder) => join(folder, CONFIG_FILE));
}

function absoluteOnly(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/**
 * A file as messages name it: as seen from the working directory if it lies
 * below that, else in full.
 *
 * @param path The absolute path of the file.
 * @param cwd The working directory.
 */
export function originOf(path: string, cwd: string): Origin {
  const seen = relative(cwd, path);
  return { path, label: /^\.\.(?:\/|$)/.test(seen) ? path : seen };
}
