/** Finds the files of the configuration, without opening them. */
import { normalize } from "@std/path/posix/normalize";
import { relative } from "@std/path/posix/relative";
import { SessionConfigError } from "../core/errors.ts";
import { resolveHostPath } from "../core/paths.ts";
import { CONFIG_VARIABLE, searchedFiles, type Surroundings } from "./search.ts";
import type { Origin } from "./tree.ts";

/** The files that make the configuration. */
export interface Discovery {
  /** The files; later ones win. */
  readonly files: readonly Origin[];
  /** What names the one file, which must then exist; `null` after a search. */
  readonly namedBy: "argument" | typeof CONFIG_VARIABLE | null;
}

/**
 * Finds the files: the one that the argument names, else the one that
 * `CONFIG_PATH` names, else those of the search.
 *
 * @param file The file that the caller names.
 * @param surroundings Where the search takes place.
 * @throws {SessionConfigError} If the name cannot be that of a file.
 */
export function discover(
  file: string | undefined,
  { cwd, env }: Surroundings,
): Discovery {
  const searched = file === undefined ? searchedFiles({ cwd, env }) : null;
  if (searched !== null) {
    const files = searched.map((path) => originOf(normalize(path), cwd));
    return { files, namedBy: null };
  }
  const path = file ?? env(CONFIG_VARIABLE) ?? "";
  if (path === "") throw new SessionConfigError("config", "is empty");
  const namedBy = file === undefined ? CONFIG_VARIABLE : "argument";
  const home = path.startsWith("~") ? env("HOME") : undefined;
  const absolute = resolveHostPath(path, cwd, home, "config");
  return { files: [originOf(absolute, cwd)], namedBy };
}

/**
 * A file as messages name it: relative to the working directory if it lies
 * below that, else in full, as that folder itself.
 *
 * @param path The absolute path of the file.
 * @param cwd The working directory.
 */
export function originOf(path: string, cwd: string): Origin {
  const seen = relative(cwd, path);
  return { path, label: /^(?:$|\.\.(?:\/|$))/.test(seen) ? path : seen };
}
