/** `ops start`: starts sessions, defined or described by flags. */
import { DEFAULTS } from "../../config/defaults.ts";
import type { OpsConfig } from "../../config/model.ts";
import { loadConfigLazily } from "../../config/lazy.ts";
import {
  BackendNotFoundError,
  EngineError,
  SessionConfigError,
  SessionNotFoundError,
} from "../../core/errors.ts";
import { SessionManager } from "../../fleet/session.ts";
import type { FindOptions } from "../../fleet/session_options.ts";
import { BackendType, ContainerRuntime } from "../../core/definition.ts";
import { isNeeded } from "../../fleet/needs.ts";
import { saysWhatToStart } from "../../fleet/startable.ts";
import { validateNewName } from "../../core/validate/fields.ts";
import type { Command } from "../grammar/command.ts";
import { NAMES_OR_ALL } from "../grammar/names.ts";
import { lineWithDashes, withCommand } from "../grammar/forgotten.ts";
import { configOf } from "../shell/configuration.ts";
import type { Context } from "../shell/context.ts";
import { namesOf } from "../shell/names.ts";
import { reportWarning } from "../shell/report.ts";
import { forEachName } from "../shell/several.ts";
import { worldOf } from "../shell/world.ts";
import { readEnvironment } from "./shared/start_environment.ts";
import { startFlags, type StartInput } from "./shared/start_flags.ts";
import { lookAt, type Started, tellStarted } from "./shared/started.ts";
import {
  commandOf,
  lifecycleOverrides,
  managerOptions,
} from "./shared/start_options.ts";

/** What this command does with a session. */
export type Startable = Pick<
  SessionManager,
  "config" | "logs" | "start" | "successExitCodes"
>;

/** What of the library this command calls; tests put something else. */
export interface StartLibrary {
  readonly create: (
    ...args: ConstructorParameters<typeof SessionManager>
  ) => Startable;
  readonly finder: (
    options: FindOptions,
  ) => (name: string) => Promise<Startable>;
  readonly loadConfig: typeof loadConfigLazily;
  readonly readVariable: (name: string) => string | undefined;
}

const realLibrary: StartLibrary = {
  create: (...args) => new SessionManager(...args),
  finder: SessionManager.finder,
  loadConfig: loadConfigLazily,
  readVariable: Deno.env.get,
};

/** `ops start` */
export const start: Command<typeof startFlags> = {
  description: [
    "A name that the configuration defines is started as defined there; flags " +
    "come before the definition, and variables are added to it. Any other " +
    "name is started as the flags say: by --command, -- ARGV, --image or " +
    "--shell. With none of these, a container of that name that is stopped or " +
    "paused is started again; if there is none, nothing is started.",
    "The command returns when the session has lived through its first " +
    "moments. One that ends in them with 0 is done; any other end is a " +
    "failure, and its last lines are shown.",
  ],
  operands: [{
    ...NAMES_OR_ALL,
    summary: "Letters, digits, _ and -, at most 64, a letter first; of what " +
      "is defined also @GROUP, or 'bot-*'",
  }],
  tail: {
    name: "ARGV",
    many: true,
    summary: "The command, word by word, parsed by no shell",
  },
  flags: startFlags,
  examples: [
    {
      does: "Start what the configuration defines",
      line: "ops start bot worker",
    },
    {
      does: "Start a shell command on tmux",
      line: 'ops start bot -c "cd ~/bot && python bot.py 2>&1 | tee log"',
    },
    {
      does: "Start an exact command line",
      line: 'ops start bot -w ~/bot -- python bot.py --greeting "Hi; there"',
    },
    {
      does: "Pass on a secret that is set here",
      line: "ops start bot -e API_TOKEN -c ./bot",
    },
    { does: "Start an interactive shell", line: "ops start notes --shell" },
    {
      does: "Start it again after a failure, three times at most",
      line: "ops start bot --restart on-failure:3 -c ./bot",
    },
    {
      does: "Start a container",
      line: "ops start web -i nginx:1.27 -p 127.0.0.1:8080:80",
    },
  ],
  exitCodes: [
    [0, "started, and running, or done: it ended with 0 at once"],
    [1, "it is running already, could not be started, or failed at once"],
    [3, "nothing says what to start: nothing was started"],
    [4, "the configuration is wrong: nothing was started"],
  ],
  run: (context, input) => runStart(context, input),
};

/** Runs `ops start`. */
export async function runStart(
  context: Context,
  input: StartInput,
  library: StartLibrary = realLibrary,
): Promise<number> {
  const { flags } = input;
  // As it was typed, it is wrong already, whatever the words stand for.
  const line = lineWithDashes("start", start, input.words);
  commandOf(input, line);
  const config = await configOf(context, flags.config, library.loadConfig) ??
    DEFAULTS;
  const meant = await namesOf(input.operands, config, flags);
  const [unmatched] = meant.unmatched;
  if (unmatched !== undefined) {
    const { noSuch } = await import("../../config/names.ts");
    throw noSuch(unmatched, config);
  }
  const operands = meant.names;
  const command = commandOf({ ...input, operands }, line);
  const env = readEnvironment(flags.env, library.readVariable, context);
  // All before any is started: a wrong flag leaves nothing half done.
  const options = new Map(
    operands.map((name) => [
      name,
      managerOptions(name, flags, config, command),
    ]),
  );
  // Of a container that is there already, its manager knows only the place.
  const overrides = { env, ...lifecycleOverrides(flags) };
  const world = worldOf(context);
  const isSaid = (name: string) => saysWhatToStart(options.get(name)!);
  // Where nothing says what to start, or on which runtime, it may be what is
  // there already.
  const isSettled = (name: string) => {
    const { backend, runtime } = options.get(name)!;
    return backend === BackendType.CONTAINER
      ? runtime !== undefined
      : isSaid(name) || flags.backend !== undefined ||
        flags.socket !== undefined;
  };
  const find = library.finder({
    backend: BackendType.CONTAINER,
    engines: config.engines,
    remembered: false,
    ...world,
  });
  const there = new Map<string, Startable | null>();
  await Promise.all([...new Set(operands)].map(async (name) => {
    if (isSettled(name)) return;
    const onSilence = (error: EngineError) => {
      if (isSaid(name)) reportWarning(error, context);
      else if (!isUnused(error, config)) throw error;
    };
    there.set(name, await findContainer(name, find, onSilence));
  }));
  const unsaid = operands.filter((name) => !isSaid(name) && !there.get(name));
  if (unsaid.length > 0) throw await nothingToStart(unsaid, input, config);
  for (const name of operands) mustBeName(name, input);
  return await forEachName<Started>(operands, context, {
    isMany: meant.isMany,
    work: async (name) => {
      const found = there.get(name);
      const manager = found && !isSaid(name) ? found : library.create(name, {
        ...options.get(name),
        ...world,
        ...found && { runtime: found.config.runtime },
      });
      const { spec } = options.get(name)!;
      const started = await manager.start(command, {
        ...overrides,
        ...spec === undefined ? {} : { spec },
      });
      return await lookAt(started, manager);
    },
    ...tellStarted(context, { quiet: flags.quiet, verb: "started" }),
  });
}

/** Nothing says what to start under the first of these names. */
async function nothingToStart(
  unsaid: readonly string[],
  input: StartInput,
  { sessions }: OpsConfig,
): Promise<SessionNotFoundError> {
  const [name = ""] = unsaid;
  mustBeName(name, input);
  const { askWhether } = await import("../../core/suggest.ts");
  const hint = askWhether(name, sessions.keys());
  // Where all but the first are unknown, they may be its command.
  const [first, ...rest] = input.operands;
  const isForgotten = rest.every((it) => unsaid.includes(it)) &&
    (name === first || hint === "");
  return new SessionNotFoundError(
    name,
    "configuration, containers",
    `${
      hint && `${hint} else `
    }say what to start: -c COMMAND, -- ARGV, -i IMAGE or --shell` +
      (isForgotten ? orWithCommand(input) : ""),
  );
}

/** Refuses what cannot name a session; it may be a word of a command. */
function mustBeName(name: string, input: StartInput): void {
  try {
    validateNewName(name);
  } catch (error) {
    if (!(error instanceof SessionConfigError)) throw error;
    const isFirst = name === input.operands[0];
    const { key, reason } = error;
    throw isFirst
      ? error
      : new SessionConfigError(key, reason + orWithCommand(input));
  }
}

function orWithCommand({ words }: StartInput): string {
  const line = lineWithDashes("start", start, words);
  return line === undefined ? "" : `; ${withCommand(line)}`;
}

/** A runtime that does not run, and that nobody needs, has no container. */
function isUnused(error: EngineError, config: OpsConfig): boolean {
  const runtime = Object.values(ContainerRuntime)
    .find((it) => it === error.engine);
  return error.isOff && runtime !== undefined &&
    !isNeeded(runtime, true, { config });
}

/** What is described can be started even if an engine does not answer. */
async function findContainer(
  name: string,
  find: (name: string) => Promise<Startable>,
  onSilence: (error: EngineError) => void,
): Promise<Startable | null> {
  try {
    return await find(name);
  } catch (error) {
    if (error instanceof EngineError) {
      onSilence(error);
    } else if (
      !(error instanceof SessionNotFoundError ||
        error instanceof BackendNotFoundError)
    ) throw error;
    return null;
  }
}
