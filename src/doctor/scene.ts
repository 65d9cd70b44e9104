/** What the checks look at; each finds it as the others do. */
import type { LoadedConfig } from "../config/model.ts";
import { PermissionError } from "../core/errors.ts";
import type { EngineName } from "../core/status.ts";
import type { ProcessHost } from "../host/host.ts";
import type { Needs } from "../fleet/needs.ts";

/** What the checks look at. */
export interface Scene {
  /** Where the engines' programs are run. */
  readonly host: ProcessHost;
  /** How long an engine may take to answer, in milliseconds. */
  readonly timeoutMs: number;
  /** What stands before the paths of the system's own files. */
  readonly systemRoot: string;
  /** The configuration; rejected if it is wrong. */
  readonly config: Promise<LoadedConfig>;
  /** The tmux program; the usual one if the configuration is wrong. */
  readonly tmuxBinary: Promise<string>;
  /** The engines that may be asked; all if the configuration is wrong. */
  readonly engines: Promise<readonly EngineName[]>;
  /** Which sessions need which engine, as far as that is known. */
  readonly needs: Promise<Needs>;
  /** The folder of logs and history; `undefined`: the user's own. */
  readonly stateFolder: string | null | undefined;
}

/**
 * Whether systemd runs the machine.
 *
 * @throws {PermissionError} If Deno may not look.
 */
export function hasSystemd({ systemRoot }: Scene): Promise<boolean> {
  return isThere(`${systemRoot}/run/systemd/system`);
}

/**
 * Whether a user's processes go on without a login.
 *
 * @throws {PermissionError} If Deno may not look.
 */
export function lingers({ systemRoot }: Scene, user: string): Promise<boolean> {
  return isThere(`${systemRoot}/var/lib/systemd/linger/${user}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new PermissionError(`look for ${path}`, `--allow-read=${path}`, {
      cause,
    });
  }
}
