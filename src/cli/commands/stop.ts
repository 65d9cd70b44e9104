/** `ops stop`: ends sessions. */
import { SessionNotFoundError, SessionStopError } from "../../core/errors.ts";
import {
  notRunning,
  type StopResult,
  survivorNames,
} from "../../core/definition.ts";
import type { SessionManager } from "../../fleet/session.ts";
import type { WatchedStopOptions } from "../../fleet/stop_wait.ts";
import type { Command, Input } from "../grammar/command.ts";
import { allFlag, NAMES_OR_ALL } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { findAll, type Library, realLibrary } from "../shell/finder.ts";
import { placeFlags, quietFlag } from "../grammar/flags.ts";
import { sanitize } from "../render/text.ts";
import { formatDuration } from "../render/words.ts";
import { forEachName } from "../shell/several.ts";
import { WaitingLine } from "../shell/waiting_line.ts";
import { stopFlags, stopOptionsOf } from "./shared/stop_flags.ts";

const flags = {
  ...placeFlags,
  "all": allFlag,
  ...stopFlags,
  "quiet": quietFlag("Print only the names of those stopped"),
} as const;

/** `ops stop` */
export const stop: Command<typeof flags> = {
  description: [
    "The session is asked to end, more and more firmly, and killed when the " +
    "time is over; the command returns when its process is gone. A session " +
    "that ops started is then cleared away; a container that it did not " +
    "start stays, exited.",
    "What lives on of a session whose tmux server is gone is ended, too.",
    "Several are stopped at the same time, and one that fails stops no other.",
  ],
  operands: [NAMES_OR_ALL],
  flags,
  examples: [
    { does: "Stop a session", line: "ops stop bot" },
    { does: "Give it a minute", line: "ops stop bot --timeout 60" },
    { does: "Kill two at once", line: "ops stop -f bot web" },
  ],
  exitCodes: [
    [0, "stopped, or it was not running, as what is only defined is not"],
    [1, "a process of it is still alive"],
    [3, "no such session"],
  ],
  run: (context, input) => runStop(context, input),
};

/** A stop, and what was stopped. */
interface Stopped extends StopResult {
  readonly name: string;
  readonly backend: string;
}

/** Runs `ops stop`. */
export async function runStop(
  world: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const line = new WaitingLine(world, given);
  const { context } = line;
  // Of what its engine has lost, something may live on.
  const { names, isMany, find } = await findAll(
    context,
    { operands, flags: given },
    library,
    { lost: true },
  );
  return await forEachName<Stopped>(names, context, {
    isMany,
    work: async (name) => {
      const manager = await find(name);
      const result = await line.during(
        name,
        () => stopIfStarted(manager, stopOptionsOf(given, line)),
      );
      return { name, backend: manager.backend, ...result };
    },
    show: (result) => {
      if (result.survivors.length > 0) return; // the fault tells it all
      const name = sanitize(result.name);
      context.stdout.write(`${given.quiet ? name : describe(name, result)}\n`);
    },
    toData: (result) => result,
    findFault,
  });
}

/** What is defined and not started is as a stop leaves it. */
async function stopIfStarted(
  manager: Pick<SessionManager, "stopAndReport">,
  options: WatchedStopOptions,
): Promise<StopResult> {
  try {
    return await manager.stopAndReport(options);
  } catch (error) {
    const isDefined = error instanceof SessionNotFoundError && error.isDefined;
    if (!isDefined) throw error;
    return notRunning({ exitCode: null, signal: null });
  }
}

function describe(name: string, result: StopResult): string {
  if (!result.stopped) {
    const left = survivorNames(result.leftBehind);
    return `Session '${name}' was not running` +
      (left === "" ? "." : `; ended what it had left: ${sanitize(left)}.`);
  }
  const how = [...result.signals, formatDuration(result.durationMs)];
  return `Session '${name}' stopped (${how.join(", ")}).`;
}

function findFault(
  { name, backend, survivors }: Stopped,
): SessionStopError | null {
  if (survivors.length === 0) return null;
  return new SessionStopError(
    name,
    backend,
    `still alive: ${survivorNames(survivors)}; end them as their owner`,
  );
}
