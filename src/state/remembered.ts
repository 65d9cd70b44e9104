/** Whether there is anything to remember; kept light, since a list asks it. */
import { BackendType, type ContainerRuntime } from "../core/status.ts";
import { folderOf, stateFolder } from "./paths.ts";

/**
 * Whether any session of a container runtime is remembered; also where that
 * cannot be known.
 *
 * @param folder The folder of logs and history; `null` or unset: this user's.
 */
export function hasRemembered(
  runtime: ContainerRuntime,
  folder: string | null | undefined,
): boolean {
  const place = { backend: BackendType.CONTAINER, socketName: null, runtime };
  try {
    const root = folder ?? stateFolder();
    if (root === null) return false;
    const below = folderOf(root, { ...place, name: "" });
    return [...Deno.readDirSync(below)].length > 0;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}
