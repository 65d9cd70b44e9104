/** Reads one file with all that it includes. */
import { dirname } from "@std/path/posix/dirname";
import { extname } from "@std/path/posix/extname";
import { isAbsolute } from "@std/path/posix/is-absolute";
import { join } from "@std/path/posix/join";
import { normalize } from "@std/path/posix/normalize";
import { originOf } from "./discover.ts";
import type { ConfigFile } from "./files.ts";
import { readConfigFile, symlinkIn } from "./files.ts";
import { type Field, readList, refuse } from "./fields.ts";
import { parseDocument } from "./parse.ts";
import type { Problems } from "./problems.ts";
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
 * @param problems Takes what is wrong; what can be read is read all the same.
 * @throws {PermissionError} If Deno was not permitted to read one.
 */
export function resolveIncludes(
  origin: Origin,
  file: ConfigFile,
  cwd: string,
  problems: Problems,
): Resolved {
  const files: string[] = [];
  let ops: Node | undefined;
  let areTooMany = false;

  function visit(origin: Origin, text: string, above: readonly Origin[]): void {
    const document = problems.attempt(() => parseDocument(text, origin));
    const chain = [...above, origin];
    for (const entry of includesOf(document?.include)) {
      problems.attempt(() => include(entry, chain));
    }
    files.push(origin.path);
    if (document?.ops === undefined) return;
    ops = ops === undefined ? document.ops : mergeNodes(ops, document.ops);
  }

  function include(entry: Field, chain: readonly Origin[]): void {
    const path = pathOf(entry);
    const target = locate(entry, path, cwd);
    refuseEndless(entry, target, chain);
    if (areTooMany) return; // as was said
    if (files.length + chain.length > MAX_INCLUDES) {
      areTooMany = true;
      refuse(entry, `makes more than ${MAX_INCLUDES} files in all`);
    }
    const included = readConfigFile(target);
    if (included === undefined) {
      refuse(entry, `there is no file ${JSON.stringify(path)}`);
    }
    visit(target, included.text, chain);
  }

  visit(origin, file.text, []);
  return { ops, files };
}

function includesOf(node: Node | undefined): Field[] {
  if (node === undefined || isNull(node)) return [];
  const field = { node, key: "include" };
  return node.kind === "list" ? readList(field, (item) => item) : [field];
}

function pathOf(entry: Field): string {
  const { node } = entry;
  return node.kind === "scalar" && typeof node.value === "string"
    ? node.value
    : refuse(entry, "must be the path of a file, or a list of such paths");
}

/** Finds the file to include, and refuses one that lies out of bounds. */
function locate(entry: Field, written: string, cwd: string): Origin {
  const path = normalize(written);
  const quoted = JSON.stringify(written);
  if (written === "" || written.includes("\0")) {
    refuse(entry, `${quoted} is not the path of a file`);
  }
  if (isAbsolute(path) || path.startsWith("~")) {
    refuse(entry, `${quoted} must be relative to the file that includes it`);
  }
  if (path === ".." || path.startsWith("../")) {
    refuse(entry, `${quoted} leaves the folder of the file that includes it`);
  }
  if (!EXTENSIONS.includes(extname(path))) {
    refuse(entry, `${quoted} must end in ${EXTENSIONS.join(", ")}`);
  }
  const folder = dirname(entry.node.origin.path);
  const target = originOf(join(folder, path), cwd);
  const link = symlinkIn(folder, path, target);
  if (link !== undefined) {
    const name = JSON.stringify(link);
    refuse(entry, `${name} is a symbolic link, and those are not followed`);
  }
  return target;
}

function refuseEndless(
  entry: Field,
  target: Origin,
  chain: readonly Origin[],
): void {
  if (chain.some(({ path }) => path === target.path)) {
    const way = [...chain, target].map(({ label }) => label);
    refuse(entry, `runs in a circle: ${way.join(" → ")}`);
  }
  if (chain.length > MAX_INCLUDE_DEPTH) {
    refuse(entry, `goes more than ${MAX_INCLUDE_DEPTH} files deep`);
  }
}
