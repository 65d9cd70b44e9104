/** The folders in which ops remembers sessions. */
import { readVariable } from "../host/environment.ts";
import type { SessionStatus } from "../core/status.ts";

/** A session's place and name, by which it is remembered. */
export type SessionKey = Pick<
  SessionStatus,
  "name" | "backend" | "socketName" | "runtime"
>;

/**
 * The state folder of this user: `$XDG_STATE_HOME/kstlib/ops`, by default below
 * `~/.local/state`; `null` if neither that nor a home is set.
 *
 * @throws {PermissionError} If Deno may not read the variables.
 */
export function stateFolder(): string | null {
  const home = readVariable("HOME");
  const state = absoluteOnly(readVariable("XDG_STATE_HOME")) ??
    (home && `${home}/.local/state`);
  return state ? `${state}/kstlib/ops` : null;
}

// The specification of XDG_STATE_HOME says to ignore a relative path.
function absoluteOnly(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}

/** The folder of one session below the state folder. */
export function folderOf(
  root: string,
  { name, backend, socketName, runtime }: SessionKey,
): string {
  const place = backend === "tmux"
    ? `tmux/${asFileName(socketName ?? "default")}`
    : runtime ?? backend;
  return `${root}/${place}/${asFileName(name)}`;
}

/** Encodes any name as a file name; names that ops creates stay the same. */
function asFileName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(/^\.+$/, (dots) => {
    return dots.replaceAll(".", "%2E");
  });
}

/** The session's name, from the folder name that {@linkcode folderOf} made. */
export function nameOf(fileName: string): string {
  return decodeURIComponent(fileName);
}
