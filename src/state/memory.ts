/** Where sessions are remembered, and what if that cannot be read. */
import { type OpsError, PermissionError, StateError } from "../core/errors.ts";
import { withFiles } from "./files.ts";
import { stateFolder } from "./paths.ts";

/** Where sessions are remembered, and where warnings go. */
export interface MemoryOptions {
  /**
   * The folder for logs and history of all sessions; `null` keeps neither.
   *
   * @default {undefined} `$XDG_STATE_HOME/kstlib/ops`, or
   *   `~/.local/state/kstlib/ops` where that is not set
   */
  readonly stateFolder?: string | null | undefined;
  /**
   * Warnings go here, such as that a folder cannot be written to; the work still
   * succeeds.
   *
   * @default {undefined} they are dropped
   */
  readonly warn?: ((warning: OpsError) => void) | undefined;
}

/** {@linkcode MemoryOptions} in which the folder is settled. */
export interface Memory extends MemoryOptions {
  /** The folder for logs and history; `null` where there is none. */
  readonly stateFolder: string | null;
}

/** Settles which folder it is; warns where Deno may not find that out. */
export function memoryOf({ stateFolder: folder, warn }: MemoryOptions): Memory {
  if (folder !== undefined) return { stateFolder: folder, warn };
  try {
    return { stateFolder: stateFolder(), warn };
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    warn?.(error);
    return { stateFolder: null, warn };
  }
}

/** What cannot be read is as good as forgotten, and warned of. */
export function readOrWarn<T>(
  { stateFolder, warn }: Memory,
  read: (root: string) => T[],
  folder = stateFolder,
): T[] {
  if (stateFolder === null || folder === null) return [];
  try {
    return withFiles(folder, () => read(stateFolder));
  } catch (error) {
    const isExpected = error instanceof StateError ||
      error instanceof PermissionError;
    if (!isExpected) throw error;
    warn?.(error);
    return [];
  }
}
