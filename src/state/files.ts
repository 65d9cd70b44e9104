/** Small files that are whole or not there, even if their writer is killed. */
import { OpsError, PermissionError, StateError } from "../core/errors.ts";

/** Ours alone: what sessions write may hold secrets. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** The end of names under which files are written before they are whole. */
export const UNFINISHED = ".new";

/**
 * Does something with the files in a folder.
 *
 * @throws {PermissionError} If Deno may not.
 * @throws {StateError} If the system will not, such as a full disk.
 */
export function withFiles<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof OpsError) throw cause;
    if (cause instanceof Deno.errors.NotCapable) {
      const kind = /--allow-(\w+)/.exec(cause.message)?.[1] ?? "write";
      throw new PermissionError(
        `keep logs and history in ${folder}`,
        `--allow-${kind}=${folder}`,
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateError(folder, reason.replace(/ \(os error \d+\).*/s, ""), {
      cause,
    });
  }
}

/** Makes a folder, and those above it, for this user alone. */
export function makeFolder(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
}

/** Makes a file that must not be there yet; returns whether it was not. */
export function createFile(path: string, text: string): boolean {
  try {
    Deno.writeTextFileSync(path, text, { createNew: true, mode: FILE_MODE });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    // Half of it would be taken for a whole one that was cut off.
    removeFile(path);
    throw error;
  }
}

/** Replaces a file: a reader finds the old text or the new one, and all of it. */
export function replaceFile(path: string, text: string): void {
  const unfinished = `${path}.${crypto.randomUUID()}${UNFINISHED}`;
  try {
    Deno.writeTextFileSync(unfinished, text, { mode: FILE_MODE });
    Deno.renameSync(unfinished, path);
  } catch (error) {
    removeFile(unfinished);
    throw error;
  }
}

/** A file's text; `undefined` where there is none. */
export function readFile(path: string): string | undefined {
  return ifThere(() => {
    mustBeFile(path);
    return Deno.readTextFileSync(path);
  });
}

/** Opens a file to read it; `null` where there is none. */
export function openFile(path: string): Deno.FsFile | null {
  return ifThere(() => {
    mustBeFile(path);
    return Deno.openSync(path);
  }) ?? null;
}

/** A pipe in its place could make us wait for ever, and all others with us. */
function mustBeFile(path: string): void {
  if (Deno.statSync(path).isFile) return;
  const name = path.slice(path.lastIndexOf("/") + 1);
  throw new Error(`${name} is not a regular file; remove it`);
}

/** A file's size in bytes; 0 where there is none. */
export function sizeOf(path: string): number {
  return ifThere(() => Deno.statSync(path).size) ?? 0;
}

/** When a file was last written, in ms since 1970; 0 where there is none. */
export function writtenAt(path: string): number {
  return ifThere(() => Deno.statSync(path).mtime?.getTime()) ?? 0;
}

/** Removes a file, which may be gone already. */
export function removeFile(path: string): void {
  ifThere(() => Deno.removeSync(path));
}

/** The names in a folder, sorted; none where there is no folder. */
export function namesIn(folder: string): string[] {
  return ifThere(() =>
    [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => !name.endsWith(UNFINISHED)).sort()
  ) ?? [];
}

/** Removes unfinished files of killed writers that are older than this, in ms. */
export function removeUnfinished(folder: string, ageMs: number): void {
  for (const { name } of ifThere(() => [...Deno.readDirSync(folder)]) ?? []) {
    if (!name.endsWith(UNFINISHED)) continue;
    const path = `${folder}/${name}`;
    const written = ifThere(() => Deno.statSync(path).mtime?.getTime());
    if (written !== undefined && Date.now() - written > ageMs) removeFile(path);
  }
}

function ifThere<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
