/** `ops down`: stops what is defined. */
import { loadConfigLazily } from "../../config/lazy.ts";
import type { Command, Input } from "../grammar/command.ts";
import { DEFINED_NAMES } from "../grammar/names.ts";
import type { Context } from "../shell/context.ts";
import { definedNames } from "../shell/names.ts";
import { carryOut, configToPlan, planFlags } from "./shared/plan_run.ts";

const flags = planFlags;

/** `ops down` */
export const down: Command<typeof flags> = {
  description: [
    "What is defined is stopped, as by ops stop: what depends on others before " +
    "these. With names, only these.",
  ],
  operands: [DEFINED_NAMES],
  flags,
  examples: [
    { does: "Stop all that is defined", line: "ops down" },
    { does: "Stop two", line: "ops down bot web" },
  ],
  exitCodes: [
    [0, "nothing of it runs any more"],
    [1, "a process of it is still alive"],
    [3, "no such definition: nothing was touched"],
    [4, "the configuration is wrong: nothing was touched"],
  ],
  run: (context, input) => runDown(context, input),
};

/** Runs `ops down`. */
export async function runDown(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  const config = await configToPlan(context, given.config, load);
  const names = await definedNames(operands, config);
  const { "remove-orphans": removeOrphans, "dry-run": dryRun } = given;
  const options = { down: true, names, removeOrphans };
  return await carryOut(context, config, options, { dryRun, command: "down" });
}
