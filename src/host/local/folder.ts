/** The folders of this machine in which programs run. */

/** See {@linkcode ProcessHost.folderFault}. */
export async function folderFault(path: string): Promise<string | null> {
  try {
    const { isDirectory } = await Deno.stat(path);
    return isDirectory ? null : "is not a directory";
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isAbsent ? "does not exist" : null;
  }
}
