/** Files with the environment variables of a session: `env_file`. */
import { resolveHostPath } from "../core/paths.ts";
import { validateEnv, validateWorkingDir } from "../core/validate/fields.ts";
import {
  entryOf,
  type Field,
  inFile,
  readBoolean,
  readList,
  readMapping,
  readText,
  refuse,
  refuseUnknown,
} from "./fields.ts";
import { lookupFor } from "./fill.ts";
import type { SessionDefaults } from "./keys.ts";
import { folderOf, homeFor } from "./values.ts";

/** The key of a session. */
export const ENV_FILE_KEY = "env_file";

const FILE_KEYS = ["path", "required"];

/** A file that is named. */
interface EnvFile {
  /** Its path as it is written. */
  readonly path: string;
  /** Whether it must be there. */
  readonly required: boolean;
  /** What names it. */
  readonly field: Field;
}

/**
 * Reads the variables of the files that a session names; of a name that is in
 * several, the last one counts.
 *
 * @param field A path, or a list of paths; what ends in `?` may be missing.
 * @param defaults Where variables and the home folder come from.
 * @throws {SessionConfigError} If a file is missing or wrong; it has all that
 * is, by file and line, and no values.
 * @throws {PermissionError} If Deno may not read one.
 */
export function readEnvFiles(
  field: Field,
  defaults: Pick<SessionDefaults, "home" | "variables">,
): Record<string, string> {
  const read = (item: Field) => [...variablesOf(readEnvFile(item), defaults)];
  const values = field.node.kind === "list"
    ? readList(field, read).flat()
    : read(field);
  return Object.fromEntries(values);
}

function readEnvFile(field: Field): EnvFile {
  if (field.node.kind !== "mapping") {
    const text = readText(field);
    const required = !text.endsWith("?");
    return { path: required ? text : text.slice(0, -1), required, field };
  }
  const mapping = readMapping(field);
  refuseUnknown(mapping, FILE_KEYS);
  const path = entryOf(mapping, "path") ?? refuse(field, "names no path");
  const required = entryOf(mapping, "required");
  return {
    path: readText(path),
    required: required === undefined || readBoolean(required),
    field: path,
  };
}

function variablesOf(
  { path, required, field }: EnvFile,
  { home, variables }: Pick<SessionDefaults, "home" | "variables">,
): ReadonlyMap<string, string> {
  const absolute = inFile(field, () => {
    validateWorkingDir(path, "");
    return resolveHostPath(path, folderOf(field), homeFor(path, home), "");
  });
  const values = variables.read(absolute, lookupFor(field, variables));
  if (values !== undefined) {
    inFile(field, () => validateEnv(Object.fromEntries(values), ""));
    return values;
  }
  if (!required) return new Map();
  return refuse(
    field,
    `there is no file ${JSON.stringify(path)}; one that may be missing is ` +
      `written ${JSON.stringify(`${path}?`)}`,
  );
}
