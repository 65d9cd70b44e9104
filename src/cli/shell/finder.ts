/** How commands come to a session. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { type FindOptions, SessionManager } from "../../fleet/session.ts";
import { configOf, configOrWarning } from "./configuration.ts";
import type { Context } from "./context.ts";
import {
  type FlagValues,
  type globalFlags,
  type placeFlags,
  placeOf,
} from "../grammar/flags.ts";
import { worldOf } from "./world.ts";

/** What commands do with a session that is there. */
export type Session = Pick<
  SessionManager,
  | "attach"
  | "backend"
  | "exec"
  | "follow"
  | "followRaw"
  | "history"
  | "logs"
  | "rawLogs"
  | "restart"
  | "sendKeys"
  | "status"
  | "stopAndReport"
  | "successExitCodes"
  | "wait"
>;

/** What of the library is called here; tests put something else. */
export interface Library {
  readonly finder: (
    options: FindOptions,
  ) => (name: string) => Promise<Session>;
  readonly loadConfig: typeof loadConfigLazily;
}

/** The library itself. */
export const realLibrary: Library = {
  finder: SessionManager.finder,
  loadConfig: loadConfigLazily,
};

/** How sessions are looked for. */
export interface FinderOptions
  extends
    Pick<FindOptions, "capability" | "lost" | "remembered" | "stateFolder"> {
  /** Fail if the configuration is wrong. @default {false} warn, and go on */
  readonly needsConfig?: boolean;
}

/**
 * What finds sessions where the flags say.
 *
 * @throws {UsageError} If the flags contradict each other.
 * @throws {SessionConfigError} If the configuration is needed, and wrong.
 */
export async function finder(
  context: Context,
  flags: FlagValues<typeof placeFlags & typeof globalFlags>,
  library: Library,
  { needsConfig = false, ...options }: FinderOptions = {},
): Promise<(name: string) => Promise<Session>> {
  const place = placeOf(flags);
  const config = needsConfig
    ? await configOf(context, flags.config, library.loadConfig)
    : await configOrWarning(context, flags.config, library.loadConfig);
  const world = worldOf(context);
  const found = { ...place, ...options, config, ...world };
  return library.finder({ ...found, asFound: true });
}

/** For commands to which nothing matters but what is there. */
export const PRESENT_ONLY: FinderOptions = {
  remembered: false,
  stateFolder: null,
};
