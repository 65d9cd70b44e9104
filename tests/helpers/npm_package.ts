/** Packages of npm, which only tests compare with. */
import { createRequire } from "node:module";

/** In the user's cache, beside Deno itself. */
function cacheFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME")}/.cache`;
  return `${cache}/kstlib-ops/npm`;
}

/**
 * A package of CommonJS with all that it needs; `null` on a machine where it
 * cannot be had, but not in CI.
 *
 * @param name The package, with its version: `ajv@8.20.0`.
 * @param entry What of it is wanted: `ajv/dist/2020`.
 */
export async function npmPackageOrNull(
  name: string,
  entry: string,
  // deno-lint-ignore no-explicit-any -- its types are not at hand
): Promise<any> {
  const folder = `${cacheFolder()}/${name}`;
  if (!exists(folder) && !await fetchPackage(name, folder)) {
    if (Deno.env.has("CI")) throw new Error(`npm cannot fetch ${name}`);
    return null;
  }
  return createRequire(`${folder}/x.js`)(entry);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Installs beside its place and renames it: whole when it appears. */
async function fetchPackage(name: string, folder: string): Promise<boolean> {
  await Deno.mkdir(cacheFolder(), { recursive: true });
  const script = `set -e
    command -v npm >/dev/null
    dir=$(mktemp -d ./fetch.XXXXXX)
    trap 'rm -rf "$dir"' EXIT
    npm install --prefix "$dir" --ignore-scripts --no-audit --no-fund \\
      --loglevel=error --no-update-notifier "$1" >/dev/null
    test -d "$2" || mv "$dir" "$2"`;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", name, folder],
    cwd: cacheFolder(),
  }).output();
  return success;
}
