/** `ops diff`: shows what `ops up` would do. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { ExitCode } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import { DEFINED_NAMES } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { definedNames } from "../shell/names.ts";
import { configToPlan, planOf, showPlan } from "./shared/plan_run.ts";

const flags = {} as const;

/** `ops diff` */
export const diff: Command<typeof flags> = {
  description: [
    "Shows how what runs differs from what is defined, which is what ops up " +
    "would change, and why. Values of variables are not shown, only that they " +
    "differ.",
  ],
  operands: [DEFINED_NAMES],
  flags,
  examples: [
    { does: "See whether all runs as it is defined", line: "ops diff" },
  ],
  exitCodes: [
    [ExitCode.DONE, "ops up would do nothing"],
    [ExitCode.DIFFERS, "ops up would do something"],
    [3, "no such definition"],
    [4, "the configuration is wrong"],
  ],
  run: (context, input) => runDiff(context, input),
};

/** Runs `ops diff`. */
export async function runDiff(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  const config = await configToPlan(context, given.config, load);
  const names = await definedNames(operands, config);
  const made = await planOf(context, config, { names });
  showPlan(made, context);
  return made.steps.length === 0 && made.blocked.length === 0
    ? ExitCode.DONE
    : ExitCode.DIFFERS;
}
