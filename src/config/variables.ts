/** The variables that a configuration may name. */
import { dirname } from "@std/path/posix/dirname";
import { join } from "@std/path/posix/join";
import { PermissionError, SessionConfigError } from "../core/errors.ts";
import { originOf } from "./discover.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Lookup } from "./expand.ts";
import { isFolder, readConfigFile } from "./files.ts";
import { Lines } from "./position.ts";
import { readEach } from "./problems.ts";
import type { Origin } from "./tree.ts";

/** The file beside a configuration whose variables it may name. */
const DOTENV_FILE = ".env";

/** What variables there are. */
export interface VariableSources {
  /** Reads a variable of the environment, which may be empty. */
  readonly env: Lookup;
  /** The working directory, from which messages name files. */
  readonly cwd: string;
  /**
   * The file of the search that includes a file, by path; without an entry it
   * is that file itself.
   */
  readonly includedBy?: ReadonlyMap<string, string>;
}

/**
 * The variables of the environment and of the `.env` beside each file. What is
 * not asked for is not read, so that a permission for each name is enough.
 */
export class Variables {
  readonly #sources: VariableSources;
  readonly #dotenvs = new Map<string, () => ReadonlyMap<string, string>>();

  constructor(sources: VariableSources) {
    this.#sources = sources;
  }

  /**
   * The variables that a file may name: those of the environment, then those of
   * the `.env` beside it, or beside the file that includes it.
   *
   * @throws {PermissionError} If Deno may not read one, and `.env` has it not.
   * @throws {SessionConfigError} If `.env` is needed and wrong.
   */
  of({ path }: Origin): Lookup {
    const { env, includedBy } = this.#sources;
    const folder = dirname(includedBy?.get(path) ?? path);
    return (name) => {
      let denied: PermissionError | undefined;
      try {
        const value = env(name);
        if (value !== undefined) return value;
      } catch (error) {
        if (!(error instanceof PermissionError)) throw error;
        denied = error;
      }
      const value = this.#dotenvIn(folder).get(name);
      if (value === undefined && denied !== undefined) throw denied;
      return value;
    };
  }

  /**
   * Reads a dotenv file.
   *
   * @param path Its absolute path.
   * @param lookup The variables that it does not set itself.
   * @returns Its variables; `undefined` if there is no such file.
   * @throws {SessionConfigError} If it is wrong; it has all that is, by line.
   * @throws {PermissionError} If Deno may not read it.
   */
  read(path: string, lookup: Lookup): ReadonlyMap<string, string> | undefined {
    const origin = originOf(path, this.#sources.cwd);
    const file = readConfigFile(origin);
    if (file === undefined) return undefined;
    const lines = new Lines(file.text.replaceAll(/\r\n?/g, "\n"));
    const { values, faults } = parseDotenv(lines.text, lookup);
    readEach(faults, ({ at, name, reason }) => {
      const position = lines.positionOf(at);
      throw new SessionConfigError(name, reason, origin.label, position);
    });
    return values;
  }

  #dotenvIn(folder: string): ReadonlyMap<string, string> {
    const known = this.#dotenvs.get(folder);
    if (known !== undefined) return known();
    const path = join(folder, DOTENV_FILE);
    const read = once(() => {
      // So many call the folder of a Python environment.
      if (isFolder(originOf(path, this.#sources.cwd))) return new Map();
      return this.read(path, this.#sources.env) ?? new Map();
    });
    this.#dotenvs.set(folder, read);
    return read();
  }
}

/** Does something at most once; what it throws is thrown each time. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | { readonly error: unknown } | undefined;
  return () => {
    try {
      made ??= { value: make() };
    } catch (error) {
      made = { error };
    }
    if ("error" in made) throw made.error;
    return made.value;
  };
}

/** No variables at all. */
export const NO_VARIABLES: Variables = new Variables({
  env: () => undefined,
  cwd: "/",
});
