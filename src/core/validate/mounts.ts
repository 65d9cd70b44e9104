/** The checks of mounts, and of paths inside a container. */
import { SessionConfigError } from "../errors.ts";
import { validateCount, validateWorkingDir } from "./fields.ts";

/** The longest name of a volume: the engine gives a folder that name. */
export const MAX_VOLUME_NAME_LENGTH = 255;

/**
 * Options of a mount, as Docker and Podman know them. A mount may have one
 * option of each group, once.
 */
const OPTION_GROUPS: readonly RegExp[] = [
  /^(?:ro|rw)$/,
  /^(?:z|Z|O)$/,
  /^(?:cached|delegated|consistent)$/,
  /^(?:r?bind)$/,
  /^(?:no)?exec$/,
  /^(?:no)?dev$/,
  /^(?:no)?suid$/,
  /^U$/,
  /^no-dereference$/,
  /^idmap(?:=.+)?$/,
  /^upperdir=.+$/,
  /^workdir=.+$/,
];
/** Options that only a folder of the host can have. */
const PROPAGATION = /^(?:r?private|r?shared|r?slave|r?unbindable)$/;
/** Options that only a named volume can have. */
const COPYING = /^(?:no)?copy$/;
const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Checks mounts. */
export function validateVolumes(
  volumes: readonly string[],
  key = "volumes",
): void {
  validateCount(volumes.length, key);
  volumes.forEach((volume, i) => validateVolume(volume, `${key}[${i}]`));
}

/** Checks one mount: `host:container[:options]` or `name:container[:…]`. */
export function validateVolume(volume: string, key = "volume"): void {
  validateWorkingDir(volume, key); // as any path: not empty, no NUL, not huge
  const parts = volume.split(":");
  const [source = "", target = "", options] = parts;
  if (parts.length < 2 || parts.length > 3 || source === "") {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(volume)} is no mount: it is host:container or ` +
        "host:container:options, with a folder of the host or the name of a " +
        "volume before the first colon",
    );
  }
  validateSource(source, key);
  validateTarget(target, key);
  if (options !== undefined) {
    validateMountOptions(options.split(","), isHostPath(source), key);
  }
}

/**
 * Whether the first part of a mount is a path on the host; if not, it is the
 * name of a volume. The engines decide by the first character, too.
 */
export function isHostPath(source: string): boolean {
  return /^[./~]/.test(source);
}

function validateSource(source: string, key: string): void {
  if (/^(?:[./]|~$|~\/)/.test(source)) return;
  if (!VOLUME_NAME.test(source)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(source)} is neither a path nor the name of a volume: ` +
        "a path starts with /, ./, ../ or ~/, a name has two or more letters, " +
        "digits, _, . and -",
    );
  }
  if (source.length > MAX_VOLUME_NAME_LENGTH) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(source.slice(0, 20))}… is ${source.length} ` +
        "characters long; of a volume's name at most " +
        `${MAX_VOLUME_NAME_LENGTH} are possible`,
    );
  }
}

function validateTarget(target: string, key: string): void {
  validateContainerPath(target, key);
  if (leadsToRoot(target)) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(target)} would cover the whole container: mount it ` +
        "below /",
    );
  }
}

/** Whether an absolute path resolves to the root, as `/srv/..` does. */
function leadsToRoot(path: string): boolean {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth = Math.max(0, depth - 1);
    else if (part !== "" && part !== ".") depth++;
  }
  return depth === 0;
}

/** Checks a path inside a container, which must be absolute. */
export function validateContainerPath(path: string, key: string): void {
  validateWorkingDir(path, key);
  if (!path.startsWith("/")) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(path)} is inside the container and must start with /`,
    );
  }
}

function validateMountOptions(
  options: readonly string[],
  isFolder: boolean,
  key: string,
): void {
  const groups = [...OPTION_GROUPS, PROPAGATION, COPYING];
  const seen = new Map<RegExp, string>();
  for (const option of options) {
    const group = groups.find((group) => group.test(option));
    if (group === undefined) {
      throw new SessionConfigError(
        key,
        `${JSON.stringify(option)} is no option of a mount; common are ro, ` +
          "rw, z, Z, U and nocopy",
      );
    }
    if (group === (isFolder ? COPYING : PROPAGATION)) {
      throw new SessionConfigError(
        key,
        `${option} is only possible with ` +
          (isFolder ? "the name of a volume" : "a folder of the host"),
      );
    }
    const other = seen.get(group);
    if (other !== undefined) {
      throw new SessionConfigError(
        key,
        other === option
          ? `says ${option} twice`
          : `${other} and ${option} exclude each other`,
      );
    }
    seen.set(group, option);
  }
}
