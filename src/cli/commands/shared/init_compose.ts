/** `ops init --from-compose`. */
import { dirname } from "@std/path/posix/dirname";
import { composeDrafts } from "../../../config/compose.ts";
import { originOf } from "../../../config/discover.ts";
import { readConfigFile } from "../../../config/files.ts";
import { parseTree } from "../../../config/parse.ts";
import { SessionConfigError } from "../../../core/errors.ts";
import { resolveHostPath } from "../../../core/paths.ts";
import { readVariable, workingDirectory } from "../../../host/environment.ts";
import { type InitialConfig, initialConfig } from "./init_file.ts";

/**
 * Makes definitions of the services of a compose file.
 *
 * @param file The compose file.
 * @param path The file that they are to be.
 * @throws {SessionConfigError} If it cannot be read, or is no such file.
 * @throws {OpsError} If nothing of it can be defined.
 */
export function fromCompose(file: string, path: string): InitialConfig {
  const cwd = workingDirectory();
  const home = file.startsWith("~") ? readVariable("HOME") : undefined;
  const origin = originOf(resolveHostPath(file, cwd, home), cwd);
  const content = readConfigFile(origin);
  if (content === undefined) {
    throw new SessionConfigError("", "there is no such file", origin.label);
  }
  const root = parseTree(content.text, origin);
  if (root.kind !== "mapping" || !root.entries.has("services")) {
    throw new SessionConfigError(
      "services",
      "is missing: this is no compose file",
      origin.label,
    );
  }
  const { notes, ...drafts } = composeDrafts(root, dirname(path));
  return initialConfig(origin.label, path, drafts, notes);
}
