/** What the library gets of the world around a command. */
import type { OpsError } from "../../core/errors.ts";
import type { ProcessHost } from "../../host/host.ts";
import { type Context, notifier } from "./context.ts";
import { reportWarning } from "./report.ts";

/** What every call of the library gets that acts on sessions. */
export interface World {
  /** Where the engines' programs are run. */
  readonly host: ProcessHost;
  /** Warnings go here; the work still succeeds. */
  readonly warn: (warning: OpsError) => void;
  /** What a person at a terminal should see meanwhile. */
  readonly notify: ((text: string) => void) | undefined;
}

/** The world of a command. */
export function worldOf(context: Context): World {
  return {
    host: context.host,
    warn: (warning) => reportWarning(warning, context),
    notify: notifier(context),
  };
}
