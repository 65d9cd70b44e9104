/** `ops config`: what the configuration says, and whether it is right. */
import { loadConfigLazily } from "../../config/lazy.ts";
import { ExitCode, UsageError } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { switchFlag } from "../grammar/flags.ts";
import { checkConfig } from "./shared/config_check.ts";

const flags = {
  "origin": switchFlag({
    summary: "Show where each value comes from: file and line, or default",
  }),
} as const;

/** What can be asked of the configuration. */
const SUBJECTS = ["show", "check", "schema"] as const;

/** `ops config` */
export const config: Command<typeof flags> = {
  description: [
    "show, or nothing, prints what holds: all files as one, defaults where " +
    "they say nothing, paths in full. A text with variables is shown as it is " +
    `written, and of env the names alone: each value is "***". But for that, ` +
    "ops reads what is printed as it reads the files.",
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
    optional: true,
    summary: "What to do (default: show)",
  }],
  flags,
  examples: [
    { does: "See which file says what", line: "ops config --origin" },
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
    [ExitCode.DONE, "nothing is wrong with the configuration"],
    [ExitCode.CONFIG, "something is wrong with it"],
  ],
  run: (context, input) => runConfig(context, input),
};

/** Runs `ops config`. */
export async function runConfig(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  load: typeof loadConfigLazily = loadConfigLazily,
): Promise<number> {
  const [subject = "show"] = operands;
  const { config: file, origin } = given;
  if (origin && subject !== "show") {
    throw new UsageError(`--origin is for "ops config show" alone`);
  }
  if (subject === "check") return await checkConfig(context, file, load);
  if (subject === "show") {
    const { showConfig } = await import("./shared/config_show.ts");
    return await showConfig(context, { file, origin });
  }
  const { schemaText } = await import("../../config/json_schema.ts");
  context.stdout.write(schemaText());
  return ExitCode.DONE;
}
