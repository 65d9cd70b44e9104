/** How commands come to a session. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { SessionManager } from "../../fleet/session.ts";
import type { FindOptions } from "../../fleet/session_options.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import type { LoadedConfig } from "../../config/model.ts";
import {
  BackendNotFoundError,
  EngineError,
  OpsError,
  SessionNotFoundError,
} from "../../core/errors.ts";
import { BackendType } from "../../core/status.ts";
import { configOf, configOrWarning } from "./configuration.ts";
import type { Context } from "./context.ts";
import {
  type FlagValues,
  type globalFlags,
  type placeFlags,
  placeOf,
} from "../grammar/flags.ts";
import { mayBeSeveral, type Names, namesOf } from "./names.ts";
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
  readonly needsConfig?: boolean | undefined;
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
  options: FinderOptions = {},
): Promise<Find> {
  return (await loadFinder(context, flags, library, options)).make();
}

/** What finds a session by its name. */
type Find = (name: string) => Promise<Session>;

/** Sessions that are meant, and what finds them. */
interface Found extends Names {
  /** Finds one of them. */
  readonly find: Find;
}

/**
 * What finds the sessions that operands mean: names, and groups and patterns of
 * what is defined, unless a session is called just so.
 *
 * @throws {UsageError} If the flags contradict each other.
 * @throws {SessionConfigError} If the configuration is needed, and wrong.
 */
export async function findAll(
  context: Context,
  { operands, flags }: {
    readonly operands: readonly string[];
    readonly flags:
      & FlagValues<typeof placeFlags & typeof globalFlags>
      & { readonly all?: boolean };
  },
  library: Library,
  { needsConfig = flags.all, ...options }: FinderOptions = {},
): Promise<Found> {
  const asked = { ...options, needsConfig };
  const { config, make } = await loadFinder(context, flags, library, asked);
  const find = make();
  if (!operands.some(mayBeSeveral)) {
    return { ...await namesOf(operands, config, flags), find };
  }
  const { isForSeveral, noSuch } = await import("../../config/names.ts");
  const words = operands.filter(isForSeveral);
  const there = flags.backend === BackendType.CONTAINER || flags.runtime
    ? new Map<string, Session | OpsError>()
    : await calledSo(words, make({ backend: BackendType.TMUX, lost: false }));
  const isThere = (word: string) =>
    there.has(word) && !(there.get(word) instanceof EngineError);
  const meant = await namesOf(operands, config, { ...flags, isThere });
  return {
    ...meant,
    find: async (name) => {
      const found = there.get(name);
      if (isThere(name) || meant.unmatched.includes(name)) {
        if (found instanceof OpsError) throw found;
        return found ?? Promise.reject(noSuch(name, config ?? DEFAULTS));
      }
      return await find(name);
    },
  };
}

/**
 * The sessions that are called just so, or why that cannot be known. No
 * container can be; somebody may have called a tmux session `*`.
 */
async function calledSo(
  words: readonly string[],
  find: Find,
): Promise<Map<string, Session | OpsError>> {
  const found = new Map<string, Session | OpsError>();
  await Promise.all(words.map(async (word) => {
    try {
      found.set(word, await find(word));
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      const isNone = error instanceof SessionNotFoundError ||
        error instanceof BackendNotFoundError;
      if (!isNone) found.set(word, error);
    }
  }));
  return found;
}

async function loadFinder(
  context: Context,
  flags: FlagValues<typeof placeFlags & typeof globalFlags>,
  library: Library,
  { needsConfig = false, ...options }: FinderOptions,
): Promise<{
  readonly config: LoadedConfig | null;
  readonly make: (other?: Partial<FindOptions>) => Find;
}> {
  const place = placeOf(flags);
  const config = needsConfig
    ? await configOf(context, flags.config, library.loadConfig)
    : await configOrWarning(context, flags.config, library.loadConfig);
  const found = { ...place, ...options, config, ...worldOf(context) };
  const make = (other: Partial<FindOptions> = {}): Find =>
    library.finder({ ...found, ...other, asFound: true });
  return { config, make };
}

/** For commands to which nothing matters but what is there. */
export const PRESENT_ONLY: FinderOptions = {
  remembered: false,
  stateFolder: null,
};
