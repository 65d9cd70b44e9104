/** What a restart looks at before it stops anything. */
import { readVariable } from "./environment.ts";
import { SessionConfigError } from "./errors.ts";
import { resolveHostPath } from "./paths.ts";

/**
 * Refuses a folder of this machine that nothing can be started in, as a start
 * would; what cannot be looked at is left to the start.
 *
 * @throws {SessionConfigError} If it is not there, or no folder.
 */
export async function refuseHostFolder(
  folder: string,
  key = "working_dir",
): Promise<void> {
  const path = folder.startsWith("~")
    ? resolveHostPath(folder, "/", readVariable("HOME"), key)
    : folder;
  const wrong = await unusable(path);
  if (wrong === null) return;
  throw new SessionConfigError(
    key,
    `${JSON.stringify(path)} ${wrong}; create it or name another`,
  );
}

async function unusable(path: string): Promise<string | null> {
  try {
    const { isDirectory } = await Deno.stat(path);
    return isDirectory ? null : "is not a directory";
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isAbsent ? "does not exist" : null;
  }
}
