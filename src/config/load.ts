/** Reads the configuration from all its files. */
import {
  readExactVariable,
  readVariable,
  workingDirectory,
} from "../host/environment.ts";
import { SessionConfigError } from "../core/errors.ts";
import { discover } from "./discover.ts";
import type { ConfigFile } from "./files.ts";
import { readConfigFile } from "./files.ts";
import { resolveIncludes } from "./include.ts";
import type { LoadedConfig, OpsConfig } from "./model.ts";
import { Problems } from "./problems.ts";
import type { LoadOptions, Surroundings } from "./search.ts";
import { toOpsConfig } from "./schema.ts";
import type { Node, Origin } from "./tree.ts";
import { mergeNodes } from "./tree.ts";
import { Variables } from "./variables.ts";

/**
 * Reads the configuration.
 *
 * @example
 * ```ts ignore
 * import { loadConfig } from "./load.ts";
 *
 * const { sessions, files } = loadConfig();
 * for (const [name, { config }] of sessions) console.log(name, config.command);
 * console.log(`from ${files.join(", ")}`);
 * ```
 *
 * @param options Where to look.
 * @throws {SessionConfigError} If files are wrong; it has all that is wrong with
 * all of them, each with its place.
 * @throws {PermissionError} If Deno was not permitted to read a file or a
 * variable; it says which flag to add.
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  return loadWithTree(options).config;
}

/** A configuration, and what it was read from. */
export interface ConfigWithTree {
  readonly config: LoadedConfig;
  /** The merged value of `ops`; `undefined` if no file has one. */
  readonly ops: Node | undefined;
}

/** Does what {@linkcode loadConfig} does, and keeps where each value stands. */
export function loadWithTree(options: LoadOptions = {}): ConfigWithTree {
  const surroundings: Surroundings = {
    cwd: options.cwd ?? workingDirectory(),
    env: options.env ?? readVariable,
  };
  const problems = new Problems();
  const files: string[] = [];
  const includedBy = new Map<string, string>();
  let ops: Node | undefined;
  for (const [origin, file] of findFiles(options, surroundings, problems)) {
    const included = resolveIncludes(origin, file, surroundings.cwd, problems);
    files.push(...included.files);
    for (const path of included.files) includedBy.set(path, origin.path);
    if (included.ops === undefined) continue;
    ops = ops === undefined ? included.ops : mergeNodes(ops, included.ops);
  }
  const home = () => surroundings.env("HOME");
  const isWhole = problems.isEmpty;
  const env = options.env ?? readExactVariable;
  const variables = new Variables({ env, cwd: surroundings.cwd, includedBy });
  return problems.finish(() => {
    const config = toOpsConfig(ops, {
      home,
      isWhole,
      variables,
      replicas: options.replicas,
    });
    const sessions = owned(config, files);
    return { config: { ...config, sessions, files }, ops };
  });
}

/** The sessions, each with what defines it. */
function owned(
  { name, sessions }: OpsConfig,
  files: readonly string[],
): OpsConfig["sessions"] {
  const owner = name ?? files.at(-1);
  return new Map(
    Array.from(sessions, ([key, session]) => [key, { ...session, owner }]),
  );
}

/** The files that exist, each once; later ones win. */
function findFiles(
  { file }: LoadOptions,
  surroundings: Surroundings,
  problems: Problems,
): Iterable<readonly [Origin, ConfigFile]> {
  const { files, namedBy } = discover(file, surroundings);
  const found = new Map<string, readonly [Origin, ConfigFile]>();
  for (const origin of files) {
    const content = problems.attempt(() => {
      const content = readConfigFile(origin);
      if (content !== undefined || namedBy === null) return content;
      throw noSuchFile(origin, namedBy);
    });
    if (content === undefined) continue;
    // When home is the working directory, one file is found twice: the later
    // place counts, and a Map would keep the earlier.
    found.delete(content.identity);
    found.set(content.identity, [origin, content]);
  }
  return found.values();
}

function noSuchFile(origin: Origin, namedBy: string): SessionConfigError {
  const by = namedBy === "argument" ? "" : ` (${namedBy} names it)`;
  return new SessionConfigError("", `there is no such file${by}`, origin.label);
}
