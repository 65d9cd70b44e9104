/** `ops restart`: stops sessions and starts them again. */
import type { Command, Input } from "../grammar/command.ts";
import { allFlag, NAMES_OR_ALL } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { findAll, type Library, realLibrary } from "../shell/finder.ts";
import { SessionState } from "../../core/status.ts";
import { UsageError } from "../errors.ts";
import { optionalNumberFlag, placeFlags, quietFlag } from "../grammar/flags.ts";
import { forEachName } from "../shell/several.ts";
import { WaitingLine } from "../shell/waiting_line.ts";
import { lookAt, type Started, tellStarted } from "./shared/started.ts";
import { stopFlags, stopOptionsOf } from "./shared/stop_flags.ts";

const flags = {
  ...placeFlags,
  "all": allFlag,
  ...stopFlags,
  "rolling": optionalNumberFlag({
    placeholder: "NUMBER",
    summary: "So many at a time, the next when these are ready; the first " +
      "that fails is the last",
    check: (value, flag) => {
      if (Number.isSafeInteger(value) && value > 0) return;
      throw new UsageError(`${flag} must be a whole number from 1 on`);
    },
  }),
  "quiet": quietFlag("Print only the names of those restarted"),
} as const;

/** `ops restart` */
export const restart: Command<typeof flags> = {
  description: [
    "What the configuration defines is started as defined there now, also if " +
    "it was not running. Any other session is started with the command and " +
    "the environment that it had.",
    "It is stopped as by ops stop. If a process of it is still alive then, it " +
    "is not started. With a configuration that is wrong nothing is touched.",
  ],
  operands: [NAMES_OR_ALL],
  flags,
  examples: [
    { does: "Apply a changed configuration", line: "ops restart bot" },
    {
      does: "Restart a group one by one, each when the last is ready",
      line: "ops restart @bots --rolling 1",
    },
    { does: "Restart two, killing them", line: "ops restart -f bot web" },
  ],
  exitCodes: [
    [0, "restarted, and running, or done: it ended with 0 at once"],
    [
      1,
      "a process of it is still alive, or it failed at once; with --rolling " +
      "also what did not become ready",
    ],
    [3, "no such session, neither on the host nor in the configuration"],
    [4, "the configuration is wrong: nothing was restarted"],
  ],
  run: (context, input) => runRestart(context, input),
};

/** Runs `ops restart`. */
export async function runRestart(
  world: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const line = new WaitingLine(world, given);
  const { context } = line;
  const { names, isMany, find } = await findAll(
    context,
    { operands, flags: given },
    library,
    { needsConfig: true, remembered: false },
  );
  return await forEachName<Started>(names, context, {
    isMany,
    work: async (name) => {
      const manager = await find(name);
      const status = await line.during(
        name,
        () => manager.restart(stopOptionsOf(given, line)),
      );
      const started = await lookAt(status, manager);
      const isWaitedFor = given.rolling !== undefined &&
        status.state === SessionState.RUNNING;
      if (!isWaitedFor) return started;
      return { ...started, status: await manager.wait("ready") };
    },
    atATime: given.rolling,
    ...tellStarted(context, { quiet: given.quiet, verb: "restarted" }),
  });
}
