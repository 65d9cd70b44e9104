/** How sessions are stopped, as flags say it. */
import type { StopOptions } from "../../../engines/runner.ts";
import { validateTimeout } from "../../../core/validate/fields.ts";
import {
  type FlagValues,
  optionalNumberFlag,
  switchFlag,
} from "../../grammar/flags.ts";

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

/** What these flags say. */
export function stopOptionsOf(
  { timeout, force }: FlagValues<typeof stopFlags>,
): StopOptions {
  return { graceful: !force, timeout };
}
