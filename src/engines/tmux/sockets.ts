/** Where tmux servers listen, and which there are. */
import { readVariable, userId } from "../../host/environment.ts";
import { PermissionError } from "../../core/errors.ts";
import { DEFAULT_LABEL } from "../../core/place.ts";

/** Begins the label of a server that is started for a question, and then goes. */
export const QUESTION_LABEL = "kstlib-ops-question-";

/** The directory that holds the sockets of this user. */
export function socketDirectory(): string {
  const root = readVariable("TMUX_TMPDIR") ?? "/tmp";
  return `${root}/tmux-${userId()}`;
}

/**
 * The labels of all sockets of this user, the default one first and as `null`.
 * A socket may be left over from a server that is gone.
 *
 * @throws {PermissionError} If Deno may not look.
 */
export function discoverSockets(): (string | null)[] {
  const directory = socketDirectory();
  const labels: (string | null)[] = [null];
  try {
    for (const entry of Deno.readDirSync(directory)) {
      const isSocket = !entry.isFile && !entry.isDirectory && !entry.isSymlink;
      const isOther = entry.name !== DEFAULT_LABEL &&
        !entry.name.startsWith(QUESTION_LABEL);
      if (isSocket && isOther) labels.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new PermissionError(
        `look for tmux sockets in ${directory}`,
        `--allow-read=${directory}`,
        { cause: error },
      );
    }
    // No server of this user has ever run here.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return labels;
}

/** Whether our own terminal is inside the tmux server with that process id. */
export function isInside(serverPid: number | null): boolean {
  // Not by its socket, which can have several paths, as /tmp has on macOS.
  const pid = readVariable("TMUX")?.split(",")[1];
  return pid !== undefined && Number(pid) === serverPid;
}
