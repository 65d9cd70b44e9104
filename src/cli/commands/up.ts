/** `ops up`: makes what runs what is defined. */
import { loadConfigLazily } from "../../config/lazy.ts";
import type { PlanOptions } from "../../plan/plan.ts";
import { UsageError } from "../errors.ts";
import { validateTimeout } from "../../core/validate/fields.ts";
import type { Command, Input } from "../grammar/command.ts";
import { optionalNumberFlag, switchFlag, textFlag } from "../grammar/flags.ts";
import { DEFINED_NAMES } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { definedNames } from "../shell/names.ts";
import { carryOut, configToPlan, planFlags } from "./shared/plan_run.ts";

const flags = {
  ...planFlags,
  "if-plan": textFlag({
    placeholder: "HASH",
    summary: "Do it only if it is still the plan that --dry-run showed",
  }),
  "no-recreate": switchFlag({
    summary: "Leave what runs as it is, also if its definition has changed",
  }),
  "force-recreate": switchFlag({
    summary: "Recreate what runs, also if nothing has changed",
  }),
  "no-deps": switchFlag({
    summary: "Leave alone what the named sessions depend on",
  }),
  "wait": switchFlag({
    summary: "Return when all is ready, also what ran already",
  }),
  "wait-timeout": optionalNumberFlag({
    placeholder: "SECONDS",
    check: validateTimeout,
    summary: "With --wait, how long at most for each (its ready: timeout)",
  }),
  "parallel": optionalNumberFlag({
    placeholder: "NUMBER",
    summary: "How many are started at the same time (default 100)",
    check: (value, flag) => {
      if (Number.isSafeInteger(value) && value > 0) return;
      throw new UsageError(`${flag} must be a whole number from 1 on`);
    },
  }),
} as const;

/** `ops up` */
export const up: Command<typeof flags> = {
  description: [
    "What is defined and does not run is started, what depends on others after " +
    "these; what runs otherwise than it is defined now is stopped and started " +
    "again; the rest is left alone. With names, only these and what they " +
    "depend on.",
    "One that fails keeps what depends on it from being started, and nothing " +
    "else. Ctrl-C begins nothing further, and says what was not done. A second " +
    "one for the same configuration waits until the first has ended.",
  ],
  operands: [DEFINED_NAMES],
  flags,
  examples: [
    { does: "Bring up all that is defined", line: "ops up" },
    { does: "See what that would do", line: "ops up --dry-run" },
    { does: "Bring up one, and what it depends on", line: "ops up bot" },
    {
      does: "Go on when all of it can be used",
      line: "ops up --wait --wait-timeout 60",
    },
  ],
  exitCodes: [
    [0, "all is as it is defined; with --wait, and ready"],
    [1, "something failed, is not ready, or was not tried for what it needs"],
    [3, "no such definition: nothing was touched"],
    [4, "the configuration is wrong: nothing was touched"],
  ],
  run: (context, input) => runUp(context, input),
};

/** Runs `ops up`. */
export async function runUp(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  const recreate = recreateOf(given["no-recreate"], given["force-recreate"]);
  const config = await configToPlan(context, given.config, load);
  const options: PlanOptions = {
    names: await definedNames(operands, config),
    withNeeds: !given["no-deps"],
    removeOrphans: given["remove-orphans"],
    recreate,
  };
  const {
    "dry-run": dryRun,
    parallel,
    "if-plan": ifPlan,
    wait: untilReady,
    "wait-timeout": readyTimeout,
  } = given;
  if (readyTimeout !== undefined && !untilReady && !dryRun) {
    throw new UsageError("--wait-timeout is for --wait", "add --wait");
  }
  return await carryOut(context, config, options, {
    dryRun,
    command: "up",
    parallel,
    ifPlan,
    untilReady,
    readyTimeout,
  });
}

function recreateOf(
  never: boolean,
  always: boolean,
): PlanOptions["recreate"] {
  if (never && always) {
    throw new UsageError(
      "--no-recreate and --force-recreate contradict each other",
      "give one of them",
    );
  }
  return never ? "never" : always ? "always" : "changed";
}
