/** Another parser of YAML, which only tests compare with. */

const PACKAGE = "yaml@2.9.1";

/** In the user's cache, beside Deno itself. */
function cacheFolder(): URL {
  const cache = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME")}/.cache`;
  return new URL(`file://${cache}/kstlib-ops/npm/`);
}

/** The values of `include` and `ops`, numbers as spelled; `null` if refused. */
export type Peer = (text: string) => Record<string, unknown> | null;

/** The parser; `null` on a machine where it cannot be had, but not in CI. */
export async function peerOrNull(): Promise<Peer | null> {
  const folder = cacheFolder();
  const entry = new URL("yaml/browser/index.js", folder);
  if (!exists(entry) && !await fetchPackage(folder)) {
    if (Deno.env.has("CI")) throw new Error(`npm cannot fetch ${PACKAGE}`);
    return null;
  }
  const library = await import(entry.href);
  return (text) => read(library, text);
}

function exists(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Unpacks beside its place and renames it: whole when it appears. */
async function fetchPackage(folder: URL): Promise<boolean> {
  await Deno.mkdir(folder, { recursive: true });
  const script = `set -e
    command -v npm >/dev/null
    dir=$(mktemp -d ./fetch.XXXXXX)
    trap 'rm -rf "$OLDPWD/$dir"' EXIT
    cd "$dir"
    npm pack --loglevel=error --no-update-notifier ${PACKAGE} >/dev/null
    tar xzf ./*.tgz
    mv package ../yaml`;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script],
    cwd: folder,
  }).output();
  return success;
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
