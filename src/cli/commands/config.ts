/** `ops config`: what the configuration says, and whether it is right. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { ExitCode } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { checkConfig } from "./shared/config_check.ts";

const flags = {} as const;

/** What can be asked of the configuration. */
const SUBJECTS = ["check"] as const;

/** `ops config` */
export const config: Command<typeof flags> = {
  description: [
    "check reads all files of the configuration and prints a line for each " +
    "problem: file, line, column, key, and what would be right. It starts " +
    "nothing and asks no engine.",
  ],
  operands: [{
    name: "WHAT",
    choices: SUBJECTS,
    summary: "What to do",
  }],
  flags,
  examples: [
    { does: "See whether the files are right", line: "ops config check" },
    {
      does: "See whether one file is, before it takes the place of another",
      line: "ops config check --config new.yml",
    },
  ],
  exitCodes: [
    [ExitCode.DONE, "nothing is wrong"],
    [ExitCode.CONFIG, "something is wrong"],
  ],
  run: (context, input) => runConfig(context, input),
};

/** Runs `ops config`. */
export async function runConfig(
  context: Context,
  { flags: given }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  return await checkConfig(context, given.config, load);
}
