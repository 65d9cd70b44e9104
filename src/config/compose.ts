/** Makes definitions of the services of a compose file. */
import { dirname } from "@std/path/posix/dirname";
import { resolve } from "@std/path/posix/resolve";
import { keysOf, nameOf, whyNot } from "./compose_service.ts";
import { entriesOf } from "./compose_values.ts";
import type { Draft, Drafts } from "./draft.ts";
import type { Node } from "./tree.ts";

/** A compose file, as definitions. */
export interface Imported extends Drafts {
  /** What is to be known of all of them. */
  readonly notes: readonly string[];
}

/**
 * Reads the services of a compose file.
 *
 * @param root The whole file.
 * @param folder Where the definitions are to be written.
 */
export function composeDrafts(root: Node, folder: string): Imported {
  const top = entriesOf(root);
  const all = entriesOf(top.get("services"));
  const volumes = entriesOf(top.get("volumes"));
  const there = dirname(root.origin.path);
  const fileOf = (path: string) =>
    there === folder || /^(?:[/~]|\$\{)/.test(path)
      ? path
      : resolve(there, path);
  const pathOf = (path: string) =>
    /^\.{1,2}(?:\/|$)/.test(path) ? fileOf(path) : path;
  const drafts: Draft[] = [];
  const refused = new Map<string, string>();
  for (const [name, node] of all) {
    const reason = whyNot(node);
    if (reason !== null || node.kind !== "mapping") {
      refused.set(name, reason ?? "is no service");
      continue;
    }
    const leftOut: string[] = [];
    const leaveOut = (what: string) => leftOut.push(what);
    const service = { name, node, all, pathOf, fileOf, volumes, leaveOut };
    const own = nameOf(name, node, leaveOut);
    drafts.push({ name: own, keys: keysOf(service), leftOut });
  }
  return { drafts, refused, notes: notesOn(top, drafts) };
}

function notesOn(
  top: ReadonlyMap<string, Node>,
  drafts: readonly Draft[],
): string[] {
  const ignored = ["networks", "secrets", "configs", "include"]
    .filter((key) => top.has(key));
  const hasVolumes = drafts.some(({ keys }) => {
    const volumes = keys.get("volumes");
    return Array.isArray(volumes) && volumes.some((it) => /^\w/.test(`${it}`));
  });
  return [
    ...(ignored.length > 0
      ? [`${ignored.join(", ")}: ops has no such thing`]
      : []),
    ...(drafts.length > 1
      ? [
        "services do not find each other by name, as on compose's network: " +
        "let them meet at published ports",
      ]
      : []),
    ...(hasVolumes
      ? [
        "compose puts the project's name before the names of volumes: to " +
        "keep their data, write PROJECT_name",
      ]
      : []),
  ];
}
