/** `ops wait`: until a session runs, is ready, or has ended. */
import { WaitState } from "../../fleet/wait.ts";
import { OpsError } from "../../core/errors.ts";
import type { SessionStatus } from "../../core/status.ts";
import { signalName } from "../../core/signals.ts";
import { validateTimeout } from "../../core/validate/fields.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode, UsageError } from "../errors.ts";
import { finder, type Library, realLibrary } from "../shell/finder.ts";
import {
  choiceFlag,
  optionalNumberFlag,
  placeFlags,
} from "../grammar/flags.ts";
import { toJson } from "../render/json.ts";
import { sanitize } from "../render/text.ts";
import { outcomeText, stateText } from "../render/words.ts";
import { reportWarning } from "../shell/report.ts";

const flags = {
  ...placeFlags,
  "for": choiceFlag<WaitState>({
    placeholder: "STATE",
    choices: Object.values(WaitState),
    summary: "What to wait for; needed",
  }),
  "timeout": optionalNumberFlag({
    short: "t",
    placeholder: "SECONDS",
    check: validateTimeout,
    summary:
      "How long to wait at most (default: its ready: timeout, or for ever)",
  }),
} as const;

/** `ops wait` */
export const wait: Command<typeof flags> = {
  description: [
    "running: its process lives. ready: all holds that its definition says " +
    "under ready, else its health check is content, or it is started; one that " +
    "ends before is a failure at once. exited: it has ended, even if it has been " +
    "cleared away since. stopped: it does not run, whatever the reason. What " +
    "is so already is not waited for.",
    "With --for exited, the exit code is that of the session.",
  ],
  operands: [{ name: "NAME", summary: "The session's exact name" }],
  flags,
  examples: [
    {
      does: "Wait for a job to end, and end as it did",
      line: "ops wait job --for exited",
    },
    {
      does: "Go on when it is up, or give up",
      line: "ops wait web --for running --timeout 30",
    },
    {
      does: "Go on when others can use it",
      line: "ops wait db --for ready",
    },
  ],
  exitCodes: [
    [0, "it is what was waited for; with --for exited, its own exit code"],
    [1, "the time is over, it ended before it was ready, or nobody knows how"],
    [3, "no such session, neither on the host nor in the configuration"],
    [128, "with --for exited, and n added: signal n ended it"],
  ],
  run: (context, input) => runWait(context, input),
};

/** Runs `ops wait`. */
export async function runWait(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library = realLibrary,
): Promise<number> {
  const { for: state, timeout } = given;
  if (state === undefined) {
    throw new UsageError(
      '"ops wait" needs to know what for',
      `add --for ${Object.values(WaitState).join(" or --for ")}`,
    );
  }
  const name = operands[0]!;
  const find = await finder(context, given, library);
  const manager = await find(name);
  const status = await manager.wait(state, { timeout });
  context.stdout.write(
    context.json ? `${toJson(status)}\n` : `${describe(status)}\n`,
  );
  return state === WaitState.EXITED
    ? exitCodeOf(status, context)
    : ExitCode.DONE;
}

/** What a shell would have for `$?` had the session been its child. */
function exitCodeOf(status: SessionStatus, context: Context): number {
  const { name, exitCode, signal } = status;
  if (signal !== null) return 128 + numberOf(signal);
  if (exitCode !== null) return exitCode;
  const fact = `${name}: it has ended, but nobody knows how`;
  reportWarning(new OpsError(fact), context);
  return ExitCode.FAILED;
}

/** The number of a signal; 0 if this system has none for it. */
function numberOf(signal: string): number {
  for (let number = 1; number <= 64; number++) {
    if (signalName(`${number}`) === signal) return number;
  }
  return 0;
}

function describe(status: SessionStatus): string {
  const outcome = outcomeText(status);
  const isPast = outcome !== "" && status.state !== "exited";
  const suffix = isPast ? `, exited (${outcome})` : "";
  return `${sanitize(status.name)}: ${sanitize(stateText(status))}${suffix}`;
}
