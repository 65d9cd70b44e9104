/** The places where a session can be. */
import { BackendType, ContainerRuntime, type SessionStatus } from "./status.ts";

/** The place of a session. A {@linkcode SessionStatus} has these fields. */
export type Place = Pick<
  SessionStatus,
  "backend" | "socketName" | "runtime"
>;

/** The label of the socket that tmux uses when none is named. */
export const DEFAULT_LABEL = "default";

/** A label as a status has it: `null` for the default socket. */
export function canonicalLabel(label: string): string | null {
  return label === DEFAULT_LABEL ? null : label;
}

/** Whether a place is the wanted one; a wanted runtime of `null` means any. */
export function isAt(place: Place, wanted: Place): boolean {
  return place.backend === wanted.backend &&
    place.socketName === wanted.socketName &&
    (wanted.runtime === null || place.runtime === wanted.runtime);
}

/**
 * Where a session is: `tmux`, `tmux:work`, `podman`, `docker`, or, before it is
 * started, `podman/docker`: the first of them that is installed.
 */
export function placeText(
  { backend, runtime, socketName }: Place,
): string {
  if (runtime !== null) return runtime;
  if (backend === BackendType.CONTAINER) {
    return Object.values(ContainerRuntime).join("/");
  }
  return socketName === null ? backend : `${backend}:${socketName}`;
}
