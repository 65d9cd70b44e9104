/**
 * Paths on this host as people write them: relative to the folder of the file
 * or process that names them, or to the home folder by `~`. The engines get
 * absolute paths.
 */
import { isAbsolute } from "@std/path/posix/is-absolute";
import { resolve } from "@std/path/posix/resolve";
import { SessionConfigError } from "./errors.ts";
import { isHostPath } from "./validate/container.ts";

/**
 * Makes a path absolute.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resolveHostPath } from "./paths.ts";
 *
 * assertEquals(resolveHostPath("logs", "/srv", "/home/kim"), "/srv/logs");
 * assertEquals(resolveHostPath("~/logs", "/srv", "/home/kim"), "/home/kim/logs");
 * ```
 *
 * @param path The path as it was written.
 * @param baseDir The absolute folder that a relative path starts from.
 * @param home The home folder, if there is one; only `~` needs it.
 * @param key The field to name in an error.
 * @throws {SessionConfigError} If `~` cannot be expanded.
 */
export function resolveHostPath(
  path: string,
  baseDir: string,
  home: string | undefined,
  key = "path",
): string {
  if (!path.startsWith("~")) return resolve(baseDir, path);
  if (path !== "~" && !path.startsWith("~/")) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(path)} starts with the home of another user, which ` +
        "is not looked up: write the path in full, or ./~… for that very name",
    );
  }
  if (home === undefined || !isAbsolute(home)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(path)} cannot be expanded: HOME is not set to an ` +
        "absolute path",
    );
  }
  return resolve(home, `.${path.slice(1)}`);
}

/**
 * Makes the host side of a mount absolute. Named volumes and the container side
 * stay as they are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resolveVolume } from "./paths.ts";
 *
 * assertEquals(resolveVolume("./a:/a:ro", "/srv", undefined), "/srv/a:/a:ro");
 * assertEquals(resolveVolume("cache:/a", "/srv", undefined), "cache:/a");
 * ```
 *
 * @param volume `host:container[:options]` or `name:container[:options]`.
 * @param baseDir The absolute folder that a relative path starts from.
 * @param home The home folder, if there is one; only `~` needs it.
 * @param key The field to name in an error.
 * @throws {SessionConfigError} If the path cannot be made absolute.
 */
export function resolveVolume(
  volume: string,
  baseDir: string,
  home: string | undefined,
  key = "volume",
): string {
  const colon = volume.indexOf(":");
  if (colon < 0 || !isHostPath(volume)) return volume;
  const source = resolveHostPath(volume.slice(0, colon), baseDir, home, key);
  if (source.includes(":")) {
    throw new SessionConfigError(
      key,
      `lies on the host in ${JSON.stringify(source)}, and a mount cannot ` +
        "hold a path with a colon: move it, or link to it from elsewhere",
    );
  }
  return source + volume.slice(colon);
}
