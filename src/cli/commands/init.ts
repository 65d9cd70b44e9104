/** `ops init`: writes a configuration to begin with. */
import { ExitCode, UsageError } from "../errors.ts";
import type { Command, Input } from "../grammar/command.ts";
import { switchFlag, textFlag } from "../grammar/flags.ts";
import { toJson } from "../render/json.ts";
import { sanitize } from "../render/text.ts";
import type { Context } from "../shell/context.ts";
import { note } from "../shell/report.ts";
import { type InitialConfig, starter, writeNew } from "./shared/init_file.ts";

const flags = {
  "from-running": switchFlag({
    summary: "Define what runs now, on tmux and in containers",
  }),
  "from-compose": textFlag({
    placeholder: "FILE",
    summary: "Define what the services of this compose file are",
  }),
} as const;

/** `ops init` */
export const init: Command<typeof flags> = {
  description: [
    "Writes kstlib.conf.yml in the working directory (or the file that " +
    "--config names): a few comments and a session to try. A file that is " +
    "there is never touched.",
    "With --from-running it defines the sessions and containers that run now, " +
    "as far as their engines tell, and those that ops did not start, too. " +
    "Values of variables are not written. ops up then finds them running.",
    "With --from-compose it defines the services of a compose file, without " +
    "what has no meaning here. What is left out is said, and stands in " +
    "comments of the new file.",
  ],
  operands: [],
  flags,
  examples: [
    { does: "Begin", line: "ops init" },
    { does: "Have what runs now in a file", line: "ops init --from-running" },
    {
      does: "Take over from compose",
      line: "ops init --from-compose compose.yml",
    },
  ],
  exitCodes: [
    [ExitCode.DONE, "the file is written"],
    [ExitCode.FAILED, "there is such a file already, or nothing to define"],
    [ExitCode.CONFIG, "the compose file is wrong"],
  ],
  run: (context, input) => runInit(context, input),
};

const FILE = "kstlib.conf.yml";

/** Runs `ops init`. */
export async function runInit(
  context: Context,
  { flags: given }: Input<typeof flags>,
): Promise<number> {
  const { config: file = FILE } = given;
  const compose = given["from-compose"];
  if (given["from-running"] && compose !== undefined) {
    throw new UsageError(
      "--from-running and --from-compose are two beginnings",
      "give one of them",
    );
  }
  const made = await writeNew(file, async (path) => {
    if (compose !== undefined) {
      const { fromCompose } = await import("./shared/init_compose.ts");
      return fromCompose(compose, path);
    }
    if (given["from-running"]) {
      const { fromRunning } = await import("./shared/init_running.ts");
      return await fromRunning(context, path);
    }
    return starter();
  });
  tell(context, file, made);
  return ExitCode.DONE;
}

function tell(
  context: Context,
  file: string,
  { sessions, leftOut, notes }: InitialConfig,
): void {
  if (context.json) {
    context.stdout.write(`${toJson({ file, sessions, leftOut, notes })}\n`);
    return;
  }
  for (const { name, what } of leftOut) {
    note(`${name}: left out: ${what}`, context);
  }
  for (const text of notes) note(`Note: ${text}`, context);
  const count = `${sessions.length} ${
    sessions.length === 1 ? "session" : "sessions"
  }`;
  const names = sessions.join(", ");
  context.stdout.write(
    `${sanitize(`Wrote ${file}: ${count} (${names}).`)}\n`,
  );
}
