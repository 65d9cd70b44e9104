/** Completion in zsh, by its own `_arguments`. */
import { QUESTION_LABEL } from "../../engines/registry.ts";
import type {
  CommandLine,
  CompletableCommand,
  CompletableFlag,
  CompletableOperand,
  Values,
} from "./model.ts";

/** The script that completes this command line. */
export function zshCompletions({ flags, commands }: CommandLine): string {
  const described = commands.flatMap(({ names, summary }) =>
    names.map((name) => `    ${quote(`${name}:${escape(summary)}`)}\n`)
  );
  const tails = commands.filter((it) => it.hasTail)
    .flatMap((it) => it.names).join("|");
  return `#compdef ops
# Completion of ops for zsh, made by "ops completions zsh".

_ops_sessions() {
  local expl
  local -a names
  local -a groups
  if [[ $PREFIX == @* ]]; then groups=(--groups); fi
  names=(\${(f)"$(ops list -q $groups 2>/dev/null)"})
  # Before a --, it would be taken for a flag.
  (( \${words[(i)--]} < CURRENT )) || names=(\${names:#-*})
  _wanted sessions expl session compadd -a names
}

_ops_sockets() {
  local expl
  local -a names
  names=(\${TMUX_TMPDIR:-/tmp}/tmux-$UID/*(N=:t))
  names=(\${names:#${QUESTION_LABEL}*})
  _wanted sockets expl socket compadd -a names
}

_ops_runs() { # SESSION
  local expl
  local -a runs
  [[ -n $1 ]] || return
  runs=(\${(f)"$(ops history -- $1 2>/dev/null | cut -f 2)"})
  _wanted runs expl run compadd -a runs
}

_ops() {
  local curcontext=$curcontext context state state_descr line ret=1
  local -A opt_args
  local -a commands
  commands=(
${described.join("")}  )
  _arguments -C -s -S : ${
    continued([
      ...flags.flatMap(flagSpecs),
      "1: :->command",
      "*:: :->words",
    ], "    ")
  } && ret=0
  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    words)
      if [[ $words[1] == (${tails}) ]] && (( \${words[(i)--]} < CURRENT )); then
        _files && return
        return 1
      fi
      case $words[1] in
${commands.map(commandCase).join("")}      esac
      [[ $state == runs ]] && _ops_runs "\${(Q)line[1]}" && ret=0
      ;;
  esac
  return ret
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _ops "$@"
else
  compdef _ops ops
fi
`;
}

function commandCase({ names, flags, operands }: CompletableCommand): string {
  const specs = [...flags.flatMap(flagSpecs), ...operands.map(operandSpec)];
  return `        ${names.join("|")})
          _arguments -s -S : ${continued(specs, "            ")} && ret=0
          ;;
`;
}

/** Words on lines of their own. */
function continued(specs: readonly string[], indent: string): string {
  return specs.map((spec) => `\\\n${indent}${quote(spec)}`).join(" ");
}

function flagSpecs({ long, short, ...flag }: CompletableFlag): string[] {
  const forms = [long, short ?? []].flat();
  const once = flag.repeatable ? "*" : `(${forms.join(" ")})`;
  const { value } = flag;
  const rest = `[${escape(flag.summary)}]${
    value === null ? "" : `:${escape(value.name)}:${action(value.values)}`
  }`;
  return forms.map((form) => {
    const end = value === null ? "" : form === long ? "=" : "+";
    return once + form + end + rest;
  });
}

function operandSpec(
  { name, values, many }: CompletableOperand,
  index: number,
): string {
  return `${many ? "*" : index + 1}:${name}:${action(values)}`;
}

function action(values: Values): string {
  switch (values) {
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "session":
      return "_ops_sessions";
    case "socket":
      return "_ops_sockets";
    case "run":
      return "->runs";
    case "text":
      return " ";
    default:
      return `(${values.join(" ")})`;
  }
}

function escape(text: string): string {
  return text.replace(/[\\:[\]]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
