/** How sessions are stopped, as flags say it. */
import type { WatchedStopOptions } from "../../../fleet/stop_wait.ts";
import { validateTimeout } from "../../../core/validate/fields.ts";
import {
  type FlagValues,
  optionalNumberFlag,
  switchFlag,
} from "../../grammar/flags.ts";
import type { WaitingLine } from "../../shell/waiting_line.ts";

/** The flags of commands that stop sessions. */
export const stopFlags = {
  "timeout": optionalNumberFlag({
    short: "t",
    placeholder: "SECONDS",
    check: validateTimeout,
    summary: "How long it may take to clean up (default: as it was started " +
      "with, else 10)",
  }),
  "force": switchFlag({ short: "f", summary: "Kill it at once" }),
} as const;

/**
 * What these flags say.
 *
 * @param line Where a person sees that it takes its time.
 */
export function stopOptionsOf(
  { timeout, force }: FlagValues<typeof stopFlags>,
  { onWait }: Pick<WaitingLine, "onWait">,
): WatchedStopOptions {
  return { graceful: !force, timeout, ...onWait && { onWait } };
}
