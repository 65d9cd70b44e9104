/** Where a session's command runs. */
import { readVariable } from "../../host/environment.ts";
import { SessionConfigError, SessionStartError } from "../../core/errors.ts";
import { resolveHostPath } from "../../core/paths.ts";
import { BackendType } from "../../core/status.ts";
import type { ProcessHost } from "../../host/host.ts";

/** The key of the configuration that names it. */
const KEY = "working_dir";

/**
 * The path of the folder, with `~` expanded.
 *
 * @throws {SessionConfigError} If there is no home folder.
 */
export function folderPath(folder: string): string {
  return folder.startsWith("~")
    ? resolveHostPath(folder, "/", readVariable("HOME"), KEY)
    : folder;
}

/**
 * Refuses, before anything is stopped, a folder that nothing can be started in;
 * what cannot be looked at is left to the start.
 *
 * @param host Where it is.
 * @throws {SessionStartError} If it is not there, or no folder.
 */
export async function refuseFolder(
  host: ProcessHost,
  name: string,
  folder: string,
): Promise<void> {
  try {
    const path = folderPath(folder);
    const wrong = await host.folderFault(path);
    if (wrong === null) return;
    throw new SessionConfigError(
      KEY,
      `${JSON.stringify(path)} ${wrong}; create it or name another`,
    );
  } catch (error) {
    throw ofSession(name, error);
  }
}

/** An error for the folder, as that of the session that cannot be started. */
export function ofSession(name: string, error: unknown): unknown {
  const isFolder = error instanceof SessionConfigError && error.key === KEY;
  if (!isFolder) return error;
  const { message } = error;
  return new SessionStartError(name, BackendType.TMUX, message, {
    cause: error,
  });
}
