/** `ops config`: what the configuration says, and whether it is right. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { ExitCode } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { checkConfig } from "./shared/config_check.ts";

const flags = {} as const;

/** What can be asked of the configuration. */
const SUBJECTS = ["check", "schema"] as const;

/** `ops config` */
export const config: Command<typeof flags> = {
  description: [
    "check reads all files of the configuration and prints a line for each " +
    "problem: file, line, column, key, and what would be right. It starts " +
    "nothing and asks no engine.",
    "schema prints a JSON Schema (2020-12) of such a file, by which editors " +
    "complete and check it. What holds between sessions or files, as that a " +
    "name of depends_on is defined, only check can tell.",
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
    {
      does: "Have an editor complete the file, and mark what is wrong",
      line: "ops config schema > kstlib.conf.schema.json",
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
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  if (operands[0] === "schema") {
    const { schemaText } = await import("../../config/json_schema.ts");
    context.stdout.write(schemaText());
    return ExitCode.DONE;
  }
  return await checkConfig(context, given.config, load);
}
