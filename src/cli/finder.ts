/** How commands come to a session. */
import { loadConfigLazily } from "../config/lazy.ts";
import { type FindOptions, SessionManager } from "../manager.ts";
import { configOrWarning } from "./configuration.ts";
import { type Context, notifier } from "./context.ts";
import {
  type FlagValues,
  type globalFlags,
  type placeFlags,
  placeOf,
} from "./flags.ts";

/** What commands do with a session that is there. */
export type Session = Pick<
  SessionManager,
  | "attach"
  | "backend"
  | "exec"
  | "logs"
  | "sendKeys"
  | "status"
  | "stopAndReport"
>;

/** What of the library is called here; tests put something else. */
export interface Library {
  readonly find: (name: string, options: FindOptions) => Promise<Session>;
  readonly loadConfig: typeof loadConfigLazily;
}

/** The library itself. */
export const realLibrary: Library = {
  find: SessionManager.find,
  loadConfig: loadConfigLazily,
};

/**
 * What finds sessions where the flags say.
 *
 * @throws {UsageError} If the flags contradict each other.
 */
export async function finder(
  context: Context,
  flags: FlagValues<typeof placeFlags & typeof globalFlags>,
  { find, loadConfig }: Library,
): Promise<(name: string) => Promise<Session>> {
  const place = placeOf(flags);
  const config = await configOrWarning(context, flags.config, loadConfig);
  const notify = notifier(context);
  return (name) => find(name, { ...place, config, notify });
}
