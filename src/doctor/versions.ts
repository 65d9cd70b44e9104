/** Versions, as programs tell them. */

/** The oldest versions that ops works with. */
export const OLDEST = { tmux: "3.3", podman: "4", docker: "20.10" } as const;

/** The version in what a program says of itself; `null` if there is none. */
export function versionIn(said: string): string | null {
  // Such as 3.3a, next-3.6, master, 20.10.24+dfsg1, openbsd-7.5.
  return /\b(?:master|(?:next-|openbsd-)?\d+(?:\.\d+)*\w*)/.exec(said)?.[0] ??
    null;
}

/** Whether a version is older than another; a build from the sources is not. */
export function isOlder(version: string, oldest: string): boolean {
  if (!/^\d/.test(version)) return false;
  const [ours, theirs] = [version, oldest].map((it) =>
    it.split(".").map((part) => parseInt(part))
  );
  for (const [i, least] of theirs!.entries()) {
    const part = ours![i] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
