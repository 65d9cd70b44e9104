/** Whether a start is told what to start. */
import { BackendType } from "../core/status.ts";

/** What a start is told. */
export interface StartOrder {
  /** The kind of engine. */
  readonly backend?: BackendType | undefined;
  /** The command. */
  readonly command?: string | readonly string[] | undefined;
  /** Whether an interactive shell is wanted. */
  readonly shell?: boolean | undefined;
}

/**
 * Whether something says what to start: a shell is not started unasked. A
 * container has its image's own command, or is there already.
 */
export function saysWhatToStart(
  { backend, command, shell = false }: StartOrder,
): boolean {
  return backend === BackendType.CONTAINER || command !== undefined || shell;
}
