/** `ops completions`: what makes a shell complete ops. */
import type { Command, CommandEntry } from "../grammar/command.ts";
import { type CommandLine, commandLine } from "../completions/model.ts";
import { ExitCode } from "../errors.ts";
import { loadCommands } from "../shell/loaded.ts";
import { toJson } from "../render/json.ts";

const flags = {} as const;

const GENERATORS: Record<
  string,
  () => Promise<(line: CommandLine) => string>
> = {
  bash: async () => (await import("../completions/bash.ts")).bashCompletions,
  zsh: async () => (await import("../completions/zsh.ts")).zshCompletions,
  fish: async () => (await import("../completions/fish.ts")).fishCompletions,
};

/** `ops completions`, for these commands. */
export const completions = (
  commands: readonly CommandEntry[],
): Command<typeof flags> => ({
  description: [
    "Prints a script for the shell that completes commands, flags, their " +
    "values and, as they are at that moment, the names of sessions, the tmux " +
    "sockets and the runs of a session.",
    "bash, from 4.0 on, reads it in ~/.bashrc; zsh from a folder of its fpath, " +
    "or after compinit in ~/.zshrc as bash does; fish from its folder of " +
    "completions. A name that starts with a dash is offered after -- only.",
  ],
  operands: [{
    name: "SHELL",
    summary: "The shell",
    choices: Object.keys(GENERATORS),
  }],
  flags,
  examples: [
    {
      does: "bash: in ~/.bashrc",
      line: "source <(ops completions bash)",
    },
    {
      does: "zsh: once",
      line: 'ops completions zsh > "${fpath[1]}/_ops"',
    },
    {
      does: "fish: once",
      line: "ops completions fish > ~/.config/fish/completions/ops.fish",
    },
  ],
  async run({ json, stdout }, { operands }) {
    const shell = operands[0]!;
    const generate = await GENERATORS[shell]!();
    const script = generate(commandLine(await loadCommands(commands)));
    stdout.write(json ? `${toJson({ shell, script })}\n` : script);
    return ExitCode.DONE;
  },
});
