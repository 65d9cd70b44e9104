/** What there is on this machine, as the engines are going to find it. */

/** See {@linkcode ProcessHost.folderFault}. */
export async function folderFault(path: string): Promise<string | null> {
  const found = await look(path);
  if (found === "absent") return "does not exist";
  return found === null || found.isDirectory ? null : "is not a directory";
}

/** See {@linkcode ProcessHost.isAbsent}. */
export async function isAbsent(path: string): Promise<boolean> {
  return await look(path) === "absent";
}

/** What is there; `null`: it may not be looked at, by us. */
async function look(path: string): Promise<Deno.FileInfo | "absent" | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    return isAbsent ? "absent" : null;
  }
}
