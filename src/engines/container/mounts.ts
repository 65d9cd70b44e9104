/** Prepares this host for the mounts of a container. */
import { readVariable, workingDirectory } from "../../host/environment.ts";
import { PermissionError, SessionStartError } from "../../core/errors.ts";
import { type ContainerRuntime, SessionConfig } from "../../core/definition.ts";
import { resolveVolume } from "../../core/paths.ts";
import type { ContainerClient } from "./client.ts";

/**
 * Makes the host sides of all mounts absolute, and makes the folder for logs.
 *
 * @throws {PermissionError} If Deno may not look or make the folder.
 * @throws {SessionStartError} If the folder cannot be made, or another one is
 *   missing: then nothing is made.
 */
export async function prepareMounts(
  client: ContainerClient,
  config: SessionConfig,
): Promise<SessionConfig> {
  const resolved = await withSources(client, config);
  const [logs = ""] = resolved.logVolume?.split(":", 1) ?? [];
  if (logs.startsWith("/")) {
    makeFolder(config.name, client.dialect.runtime, logs);
  }
  return resolved;
}

/**
 * Makes the host sides of all mounts absolute, and sees that they are there but
 * for the folder for logs. Podman would refuse what is missing, Docker would
 * make a folder of it, as root.
 *
 * @throws {SessionStartError} If one is missing.
 */
export async function withSources(
  client: ContainerClient,
  config: SessionConfig,
): Promise<SessionConfig> {
  const { name, volumes, logVolume } = config;
  if (volumes.length === 0 && logVolume === undefined) return config;
  const here = workingDirectory();
  const resolve = (volume: string) => resolveVolume(volume, here, home(volume));
  const resolved = volumes.map(resolve);
  const [missing] = await missingSources(client, resolved);
  if (missing !== undefined && await client.isHere()) {
    const { key, path } = missing;
    throw new SessionStartError(
      name,
      client.dialect.runtime,
      `${key}: ${path} does not exist on this host; correct the path, or make ` +
        `it first: mkdir -p ${shellWord(path)}`,
    );
  }
  return new SessionConfig({
    ...config,
    volumes: resolved,
    logVolume: logVolume && resolve(logVolume),
  });
}

async function missingSources(
  client: ContainerClient,
  volumes: readonly string[],
): Promise<{ readonly key: string; readonly path: string }[]> {
  const sources = volumes.map((volume, i) => ({
    key: `volumes[${i}]`,
    path: volume.split(":", 1)[0]!,
  })).filter(({ path }) => path.startsWith("/"));
  const absent = await Promise.all(
    sources.map(({ path }) => client.isAbsent(path)),
  );
  return sources.filter((_, i) => absent[i]);
}

/** A word for a person to paste into a shell. */
function shellWord(text: string): string {
  if (/^[\w./@%+=:,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
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
