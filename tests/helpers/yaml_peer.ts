/** Another parser of YAML, which only tests compare with. */

import { npmPackageOrNull } from "./npm_package.ts";

/** The values of `include` and `ops`, numbers as spelled; `null` if refused. */
export type Peer = (text: string) => Record<string, unknown> | null;

/** The parser; `null` on a machine where it cannot be had, but not in CI. */
export async function peerOrNull(): Promise<Peer | null> {
  const library = await npmPackageOrNull("yaml@2.9.1", "yaml");
  return library && ((text: string) => read(library, text));
}

// deno-lint-ignore no-explicit-any -- its types are not at hand
function read(library: any, text: string): Record<string, unknown> | null {
  const document = library.parseDocument(text, {
    version: "1.2",
    merge: false,
    logLevel: "silent",
  });
  if (document.errors.length > 0) return null;
  const { contents } = document;
  if (!library.isMap(contents)) return isNothing(contents) ? {} : null;

  // deno-lint-ignore no-explicit-any -- its types are not at hand
  const plain = (node: any): unknown => {
    if (library.isAlias(node)) return plain(node.resolve(document));
    if (library.isSeq(node)) return node.items.map(plain);
    if (!library.isMap(node)) return scalar(node);
    const own = node.items.map((
      { key, value }: { key: unknown; value: unknown },
    ) => [
      nameOf(key),
      plain(value),
    ]) as [string, unknown][];
    const entries = new Map(own.filter(([name]) => name !== "<<"));
    for (const [name, value] of own) {
      if (name !== "<<") continue;
      for (const source of Array.isArray(value) ? value : [value]) {
        if (typeof source !== "object" || source === null) throw MERGE;
        for (const [name, value] of Object.entries(source)) {
          if (!entries.has(name)) entries.set(name, value);
        }
      }
    }
    return Object.fromEntries(entries);
  };
  // deno-lint-ignore no-explicit-any -- its types are not at hand
  const scalar = (node: any): unknown => {
    const value = node?.value ?? null;
    return typeof value === "number" ? node.source ?? `${value}` : value;
  };
  // deno-lint-ignore no-explicit-any -- its types are not at hand
  const nameOf = (node: any) => String(scalar(node) ?? node?.source ?? "");
  const part = (name: string) => {
    const node = contents.get(name, true);
    return node === undefined ? undefined : plain(node);
  };
  try {
    return { include: part("include"), ops: part("ops") };
  } catch (error) {
    if (error === MERGE) return null;
    throw error;
  }
}

const MERGE = new Error("only a mapping can be merged");

function isNothing(contents: { value?: unknown } | null): boolean {
  return contents === null || contents.value === null;
}
