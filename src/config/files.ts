/**
 * All that the configuration asks of the file system. It is synchronous:
 * reading a few small local files takes less time than settling a promise for
 * each.
 */
import { join } from "@std/path/posix/join";
import { PermissionError, SessionConfigError } from "../core/errors.ts";
import type { Origin } from "./tree.ts";

/** The largest file that is read, in bytes. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** A file that was read. */
export interface ConfigFile {
  /** Its text. */
  readonly text: string;
  /** Identifies the file, whichever path leads to it. */
  readonly identity: string;
}

/**
 * Reads a file.
 *
 * @param origin The file.
 * @returns Its text and identity; `undefined` if there is no such file.
 * @throws {SessionConfigError} If it is no regular file, too large, not text or
 * not readable for this user.
 * @throws {PermissionError} If Deno was not permitted to read it.
 */
export function readConfigFile(origin: Origin): ConfigFile | undefined {
  const { path } = origin;
  const info = askFileSystem(origin, path, () => Deno.statSync(path));
  if (info === undefined) return undefined;
  if (info.isDirectory) {
    throw fileError(
      origin,
      "is a folder: name a file, or put one in its place",
    );
  }
  // A pipe or a device could make us wait for ever.
  if (!info.isFile) throw fileError(origin, "is not a regular file");
  const bytes = info.size > MAX_FILE_BYTES
    ? undefined
    : askFileSystem(origin, path, () => Deno.readFileSync(path));
  if (bytes === undefined || bytes.length > MAX_FILE_BYTES) {
    throw fileError(
      origin,
      `is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`,
    );
  }
  return { text: decode(bytes, origin), identity: `${info.dev}:${info.ino}` };
}

/** Whether a folder is at the path of a file. */
export function isFolder(origin: Origin): boolean {
  const { path } = origin;
  return askFileSystem(origin, path, () => Deno.statSync(path))
    ?.isDirectory ?? false;
}

/**
 * The first part of a path below a folder that is a symbolic link, if any. The
 * path to the folder itself may hold links.
 *
 * @param folder The folder, absolute.
 * @param path A path below it, normalized.
 * @param origin The file at the end of that path.
 */
export function symlinkIn(
  folder: string,
  path: string,
  origin: Origin,
): string | undefined {
  const parts = path.split("/");
  for (let n = 1; n <= parts.length; n++) {
    const part = parts.slice(0, n).join("/");
    const whole = join(folder, part);
    if (askFileSystem(origin, whole, () => Deno.lstatSync(whole))?.isSymlink) {
      return part;
    }
  }
  return undefined;
}

function decode(bytes: Uint8Array, origin: Origin): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fileError(origin, "is not text in UTF-8", cause);
  }
}

/** Asks the file system; `undefined` if there is nothing at that path. */
function askFileSystem<T>(
  origin: Origin,
  path: string,
  question: () => T,
): T | undefined {
  try {
    return question();
  } catch (cause) {
    if (
      cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.NotADirectory
    ) return undefined;
    if (cause instanceof Deno.errors.NotCapable) {
      throw new PermissionError(`read ${path}`, `--allow-read=${path}`, {
        cause,
      });
    }
    if (cause instanceof Deno.errors.PermissionDenied) {
      throw fileError(
        origin,
        "cannot be read by this user: permission denied",
        cause,
      );
    }
    throw fileError(origin, `cannot be read: ${reasonOf(cause)}`, cause);
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function fileError(
  origin: Origin,
  reason: string,
  cause?: unknown,
): SessionConfigError {
  return new SessionConfigError("", reason, origin.label, { cause });
}
