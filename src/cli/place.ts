/** The flags that say where a session is, as the library wants them. */
import {
  BackendType,
  type BackendType as Backend,
  type ContainerRuntime,
} from "../status.ts";
import { UsageError } from "./errors.ts";
import type { FlagValues, placeFlags } from "./flags.ts";

/** Where to look; what is unset means anywhere. */
export interface Place {
  readonly backend: Backend | undefined;
  readonly runtime: ContainerRuntime | undefined;
  readonly socketName: string | undefined;
}

/**
 * Where the flags say to look.
 *
 * @throws {UsageError} If they contradict each other.
 */
export function placeOf(flags: FlagValues<typeof placeFlags>): Place {
  const { backend, runtime, socket } = flags;
  if (runtime !== undefined && socket !== undefined) {
    throw new UsageError(
      "--runtime is for containers and --socket for tmux",
      "give one of them",
    );
  }
  if (runtime !== undefined) refuseFor(BackendType.TMUX, backend, "--runtime");
  if (socket !== undefined) {
    refuseFor(BackendType.CONTAINER, backend, "--socket");
  }
  return { backend, runtime, socketName: socket };
}

function refuseFor(
  other: Backend,
  backend: Backend | undefined,
  flag: string,
): void {
  if (backend !== other) return;
  throw new UsageError(
    `${flag} does not go with --backend ${other}`,
    "leave one of them out",
  );
}
