/** Prepares this host for the mounts of a container. */
import { readVariable, workingDirectory } from "../../host/environment.ts";
import { PermissionError, SessionStartError } from "../../core/errors.ts";
import { type ContainerRuntime, SessionConfig } from "../../core/definition.ts";
import { resolveVolume } from "../../core/paths.ts";

/**
 * Makes the host sides of all mounts absolute, and makes the folder for logs.
 *
 * @throws {PermissionError} If Deno may not look or make the folder.
 * @throws {SessionStartError} If the folder cannot be made.
 */
export function prepareMounts(
  config: SessionConfig,
  runtime: ContainerRuntime,
): SessionConfig {
  const { volumes, logVolume } = config;
  if (volumes.length === 0 && logVolume === undefined) return config;
  const here = workingDirectory();
  const resolved = [...volumes, ...logVolume === undefined ? [] : [logVolume]]
    .map((volume) => resolveVolume(volume, here, home(volume)));
  const logs = logVolume === undefined ? undefined : resolved.pop();
  if (logs?.startsWith("/")) {
    makeFolder(config.name, runtime, logs.split(":", 1)[0]!);
  }
  return new SessionConfig({ ...config, volumes: resolved, logVolume: logs });
}

function home(volume: string): string | undefined {
  return volume.startsWith("~") ? readVariable("HOME") : undefined;
}

function makeFolder(
  name: string,
  runtime: ContainerRuntime,
  path: string,
): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    const cause = { cause: error };
    if (error instanceof Deno.errors.NotCapable) {
      throw new PermissionError(
        `make the folder ${path}`,
        `--allow-write=${path}`,
        cause,
      );
    }
    throw new SessionStartError(
      name,
      runtime,
      `its log folder ${path} cannot be made: ${
        error instanceof Error ? error.message : error
      }`,
      cause,
    );
  }
}
