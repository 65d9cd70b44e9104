/** What a restart looks at before it stops anything. */
import { readVariable } from "../../host/environment.ts";
import { SessionConfigError } from "../../core/errors.ts";
import { resolveHostPath } from "../../core/paths.ts";
import type { ProcessHost } from "../../host/host.ts";

/**
 * Refuses a folder that nothing can be started in, as a start would; what
 * cannot be looked at is left to the start.
 *
 * @param host Where it is.
 * @throws {SessionConfigError} If it is not there, or no folder.
 */
export async function refuseFolder(
  host: ProcessHost,
  folder: string,
  key = "working_dir",
): Promise<void> {
  const path = folder.startsWith("~")
    ? resolveHostPath(folder, "/", readVariable("HOME"), key)
    : folder;
  const wrong = await host.folderFault(path);
  if (wrong === null) return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(path)} ${wrong}; create it or name another`,
  );
}
