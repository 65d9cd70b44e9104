/** Completion in fish, from 3.0 on. */
import { QUESTION_LABEL } from "../../engines/registry.ts";
import type {
  CommandLine,
  CompletableCommand,
  CompletableFlag,
  Values,
} from "./model.ts";

/** The script that completes this command line. */
export function fishCompletions({ flags, commands }: CommandLine): string {
  const aliases = commands.flatMap(({ names: [name, ...others] }) =>
    others.map((alias) =>
      `                case ${alias}\n                    set command ${name}\n`
    )
  );
  const valued = [
    ...valuedForms("", flags),
    ...commands.flatMap((it) => valuedForms(it.names[0], it.flags)),
  ];
  const tails = commands.filter((it) => it.hasTail).map((it) => it.names[0]);
  return `# Completion of ops for fish, made by "ops completions fish".

# Prints the command, how many operands it has so far, -- if that was there, and
# the first operand.
function __ops_line
    set -l words (commandline -opc)
    set -e words[1]
    set -l command
    set -l operands
    set -l flag
    set -l ended
    for word in $words
        if set -q ended[1]
            set -a operands $word
        else if set -q flag[1]
            set -e flag[1]
        else if test "$word" = --
            set ended --
        else if string match -q -- '-?*' "$word"
            if __ops_takes_value "$command $word"
                set flag $word
            end
        else if set -q command[1]
            set -a operands $word
        else
            set command $word
            switch $word
${aliases.join("")}            end
        end
    end
    printf '%s\\n' "$command" (count $operands) "$ended" "$operands[1]"
end

function __ops_takes_value # "COMMAND FLAG"
    contains -- $argv[1] \\
        ${valued.map(quote).join(" \\\n        ")}
end

# Whether the cursor is in COMMAND, and at this operand of it.
function __ops_at # COMMAND [INDEX | many]
    set -l line (__ops_line)
    test "$line[1]" = "$argv[1]"; or return
    if set -q argv[2]
        not __ops_in_tail; or return
        test "$argv[2]" = many -o "$argv[2]" = "$line[2]"
    end
end

function __ops_in_tail
    set -l line (__ops_line)
    test "$line[3]" = --; and contains -- $line[1] ${tails.join(" ")}
end

function __ops_sessions
    type -q ops; or return
    set -l line (__ops_line)
    set -l groups
    string match -q '@*' -- (commandline -ct); and set groups --groups
    for name in (ops list -q $groups 2>/dev/null)
        # Before a --, it would be taken for a flag.
        if test "$line[3]" = --; or not string match -q -- '-*' $name
            printf '%s\\n' $name
        end
    end
end

function __ops_sockets
    set -l folder /tmp
    test -n "$TMUX_TMPDIR"; and set folder $TMUX_TMPDIR
    for path in $folder/tmux-(id -u)/*
        if test -S $path; and not string match -q '*/${QUESTION_LABEL}*' $path
            string replace -r '.*/' '' -- $path
        end
    end
end

# The runs of the session on the line.
function __ops_runs
    type -q ops; or return
    set -l line (__ops_line)
    test -n "$line[4]"; or return
    ops history -- $line[4] 2>/dev/null | cut -f 2
end

complete -c ops -f
complete -c ops -n __ops_in_tail -F
${flags.map((flag) => flagLine("", flag)).join("")}${
    commands.flatMap(commandLines).join("")
  }`;
}

function commandLines(
  { names, summary, flags, operands }: CompletableCommand,
): string[] {
  const [name] = names;
  return [
    `\ncomplete -c ops -n "__ops_at '' 0" -a ${quote(names.join(" "))} -d ${
      quote(summary)
    }\n`,
    ...operands.map(({ values, many }, i) =>
      `complete -c ops -n "__ops_at ${name} ${many ? "many" : i}"${
        argument(values)
      }\n`
    ),
    ...flags.map((flag) => flagLine(name, flag)),
  ];
}

/** @param command `""` before any. */
function flagLine(command: string, flag: CompletableFlag): string {
  const { long, short, summary, value } = flag;
  return [
    `complete -c ops -n "__ops_at ${command || "''"}"`,
    ...short === undefined ? [] : [`-s ${short.slice(1)}`],
    `-l ${long.slice(2)}${value === null ? "" : valueOf(value.values)}`,
    `-d ${quote(summary)}\n`,
  ].join(" ");
}

function valueOf(values: Values): string {
  return values === "file" ? " -r -F" : ` -x${argument(values)}`;
}

function argument(values: Values): string {
  switch (values) {
    case "file":
      return " -F";
    case "folder":
      return " -a '(__fish_complete_directories)'";
    case "session":
      return " -a '(__ops_sessions)'";
    case "socket":
      return " -a '(__ops_sockets)'";
    case "run":
      return " -a '(__ops_runs)'";
    case "text":
      return "";
    default:
      return ` -a ${quote(values.join(" "))}`;
  }
}

function valuedForms(
  command: string,
  flags: readonly CompletableFlag[],
): string[] {
  return flags.filter(({ value }) => value !== null)
    .flatMap(({ long, short }) => [long, short ?? []].flat())
    .map((form) => `${command} ${form}`);
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
