/** Reads one file with all that it includes. */
import { dirname } from "@std/path/posix/dirname";
import { extname } from "@std/path/posix/extname";
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { normalize } from "@std/path/posix/normalize";
import { SessionConfigError } from "../core/errors.ts";
import { originOf } from "./discover.ts";
import type { ConfigFile } from "./files.ts";
import { readConfigFile, symlinkIn } from "./files.ts";
import { parseDocument } from "./parse.ts";
import type { Node, Origin } from "./tree.ts";
import { isNull, mergeNodes } from "./tree.ts";

/** How many files deep includes go. */
export const MAX_INCLUDE_DEPTH = 10;
/**
 * How many files one file may include, directly or through others. Ten levels
 * of ten includes each would be ten thousand million.
 */
export const MAX_INCLUDES = 100;

/** The kinds of file that can be included. */
const EXTENSIONS: readonly string[] = [".yml", ".yaml", ".json"];

/** A file, and all that it includes. */
export interface Resolved {
  /** The merged values of `ops`. */
  readonly ops: Node | undefined;
  /** The paths of the files that were read, those that win last. */
  readonly files: readonly string[];
}

/**
 * Reads what a file includes and lays the file itself over it.
 *
 * @param origin The file.
 * @param file What is in it.
 * @param cwd The working directory, from which messages name files.
 * @throws {SessionConfigError} If any of the files is wrong.
 * @throws {PermissionError} If Deno was not permitted to read one.
 */
export function resolveIncludes(
  origin: Origin,
  file: ConfigFile,
  cwd: string,
): Resolved {
  const files: string[] = [];
  let ops: Node | undefined;

  function visit(origin: Origin, text: string, above: readonly Origin[]): void {
    const document = parseDocument(text, origin);
    const chain = [...above, origin];
    for (const entry of includesOf(document.include)) {
      const target = locate(entry, cwd);
      refuseEndless(entry, target, chain);
      if (files.length + chain.length > MAX_INCLUDES) {
        throw wrong(entry, `makes more than ${MAX_INCLUDES} files in all`);
      }
      const included = readConfigFile(target);
      if (included === undefined) {
        throw wrong(entry, `there is no file ${quoted(entry)}`);
      }
      visit(target, included.text, chain);
    }
    files.push(origin.path);
    if (document.ops === undefined) return;
    ops = ops === undefined ? document.ops : mergeNodes(ops, document.ops);
  }

  visit(origin, file.text, []);
  return { ops, files };
}

/** One file to include. */
interface Entry {
  /** Its path as it is written. */
  readonly path: string;
  /** The key to name in an error. */
  readonly key: string;
  /** The file that includes it. */
  readonly origin: Origin;
}

function includesOf(include: Node | undefined): Entry[] {
  if (include === undefined || isNull(include)) return [];
  const { origin } = include;
  const nodes = include.kind === "list" ? include.items : [include];
  return nodes.map((node, i) => {
    const key = include.kind === "list" ? `include[${i}]` : "include";
    if (node.kind !== "scalar" || typeof node.value !== "string") {
      throw new SessionConfigError(
        key,
        "must be the path of a file, or a list of such paths",
        origin.label,
      );
    }
    return { path: node.value, key, origin };
  });
}

/** Finds the file to include, and refuses one that lies out of bounds. */
function locate(entry: Entry, cwd: string): Origin {
  const path = normalize(entry.path);
  if (entry.path === "" || entry.path.includes("\0")) {
    throw wrong(entry, `${quoted(entry)} is not the path of a file`);
  }
  if (isAbsolute(path) || path.startsWith("~")) {
    throw wrong(
      entry,
      `${quoted(entry)} must be relative to the file that includes it`,
    );
  }
  if (path === ".." || path.startsWith("../")) {
    throw wrong(
      entry,
      `${quoted(entry)} leaves the folder of the file that includes it`,
    );
  }
  if (!EXTENSIONS.includes(extname(path))) {
    throw wrong(
      entry,
      `${quoted(entry)} must end in ${EXTENSIONS.join(", ")}`,
    );
  }
  const folder = dirname(entry.origin.path);
  const target = originOf(join(folder, path), cwd);
  const link = symlinkIn(folder, path, target);
  if (link !== undefined) {
    throw wrong(
      entry,
      `${JSON.stringify(link)} is a symbolic link, and those are not followed`,
    );
  }
  return target;
}

function refuseEndless(
  entry: Entry,
  target: Origin,
  chain: readonly Origin[],
): void {
  if (chain.some(({ path }) => path === target.path)) {
    const way = [...chain, target].map(({ label }) => label);
    throw wrong(entry, `runs in a circle: ${way.join(" → ")}`);
  }
  if (chain.length > MAX_INCLUDE_DEPTH) {
    throw wrong(entry, `goes more than ${MAX_INCLUDE_DEPTH} files deep`);
  }
}

function quoted(entry: Entry): string {
  return JSON.stringify(entry.path);
}

function wrong(entry: Entry, reason: string): SessionConfigError {
  return new SessionConfigError(entry.key, reason, entry.origin.label);
}
