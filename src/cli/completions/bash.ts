/** Completion in bash, from 4.0 on. */
import { QUESTION_LABEL } from "../../engines/registry.ts";
import type { CommandLine, CompletableFlag, Values } from "./model.ts";

/** The script that completes this command line. */
export function bashCompletions({ flags, commands }: CommandLine): string {
  const names = commands.flatMap((it) => it.names);
  const aliases = commands.flatMap(({ names: [name, ...others] }) =>
    others.map((alias) => `    ${alias}) command=${name} ;;\n`)
  );
  const flagLines = commands.map((it) =>
    `    ${it.names[0]}) flags="${forms(it.flags)}" ;;\n`
  );
  const valueLines = commands.flatMap((it) =>
    valueCases(it.names[0], it.flags)
  );
  const operandLines = commands.flatMap(({ names: [name], operands }) =>
    operands.map(({ values, many }, i) =>
      `    '${name} '${many ? "*" : i}) values='${word(values)}' ;;\n`
    )
  );
  const tails = commands.filter((it) => it.hasTail).map((it) => it.names[0]);
  return `# Completion of ops for bash, made by "ops completions bash".

_ops() {
  local cur= broken= glue= command= first= flag= flags= values= ended= count=0 word
  local words=()
  COMPREPLY=()
  # Bash breaks words at = and : too, and puts in what follows the last one.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $glue || $word == [=:] ) ]]; then
      if [[ $glue != @ ]]; then broken=$cur; fi
      cur+=$word glue=
      if [[ $word == [=:] ]]; then broken=$cur glue=1; fi
      words[\${#words[@]}-1]=$cur
    else
      broken= cur=$word
      # And at @, with which a group begins; that it puts in anew.
      if [[ $word == @ ]]; then glue=@; fi
      words+=("$word")
    fi
  done

  for word in "\${words[@]:0:\${#words[@]}-1}"; do
    if [[ $ended ]]; then
      _ops_count "$word"
    elif [[ $flag ]]; then
      flag=
    elif [[ $word == -- ]]; then
      ended=1
    elif [[ $word == -?* ]]; then
      if _ops_flag "$command $word"; then flag=$word; fi
    elif [[ $command ]]; then
      _ops_count "$word"
    else
      command=$word
      _ops_command
    fi
  done

  values=
  if [[ $flag ]]; then
    _ops_flag "$command $flag"
    _ops_offer "$values"
  elif [[ ! $ended && $cur == -*=* ]]; then
    if _ops_flag "$command \${cur%%=*}"; then
      _ops_offer "$values" "\${cur%%=*}="
    fi
  elif [[ ! $ended && $cur == -* ]]; then
    _ops_offer "\${flags:-${forms(flags)}}"
  elif [[ ! $command ]]; then
    _ops_offer "${names.join(" ")}"
  else
    _ops_operand
    _ops_offer "$values"
  fi
}

# Counts an operand of the command.
_ops_count() { # OPERAND
  if [[ $count == 0 ]]; then first=$1; fi
  count=$((count + 1))
}

# Offers values: words, or what is of a kind; after PREFIX.
_ops_offer() { # VALUES [PREFIX]
  local name number rest
  case $1 in
    @text) ;;
    @file) compopt -o default 2>/dev/null ;;
    @folder) compopt -o dirnames 2>/dev/null ;;
    @socket)
      for name in "\${TMUX_TMPDIR:-/tmp}/tmux-$UID"/*; do
        [[ -S $name ]] || continue
        name=\${name##*/}
        # What a shell would take apart, nobody calls a socket.
        if [[ $name != ${QUESTION_LABEL}* && $name != *[!A-Za-z0-9_.-]* ]]; then
          _ops_match "\${2-}$name"
        fi
      done
      ;;
    @run)
      [[ $first ]] || return
      while IFS=$'\\t' read -r name number rest; do
        _ops_match "\${2-}$number"
      done < <(ops history -- "$first" 2>/dev/null)
      ;;
    @session)
      while IFS= read -r name; do
        # Before a --, it would be taken for a flag.
        if [[ $ended || $name != -* ]]; then _ops_name "$name"; fi
      done < <(_ops_names 2>/dev/null)
      ;;
    *)
      local IFS=' '
      for name in $1; do _ops_match "\${2-}$name"; done
      ;;
  esac
}

# Prints the names of sessions, or those of groups.
_ops_names() {
  if [[ $cur == @* ]]; then ops list -q --groups; else ops list -q; fi
}

# Offers a name, quoted as what is typed of it.
_ops_name() { # NAME
  local quoted
  case $cur in
    \\'*)
      broken=\\'
      _ops_match "'\${1//\\'/\\'\\\\\\'\\'}"
      ;;
    \\"*)
      broken=\\"
      quoted=\${1//\\\\/\\\\\\\\}
      quoted=\${quoted//\\"/\\\\\\"}
      quoted=\${quoted//\\$/\\\\\\$}
      _ops_match "\\"\${quoted//\\\`/\\\\\\\`}"
      ;;
    *)
      printf -v quoted %q "$1"
      _ops_match "$quoted"
      ;;
  esac
}

# Offers a word if it goes on from what is typed.
_ops_match() { # WORD
  if [[ $1 == "$cur"* ]]; then COMPREPLY+=("\${1#"$broken"}"); fi
}

# Resolves an alias, and finds the flags of the command.
_ops_command() {
  case $command in
${aliases.join("")}  esac
  case $command in
${flagLines.join("")}  esac
}

# Finds the values of a flag; fails if it takes none.
_ops_flag() { # "COMMAND FLAG"
  case $1 in
${valueCases(null, flags).join("")}${valueLines.join("")}    *) return 1 ;;
  esac
}

# Finds the values of the operand.
_ops_operand() {
  if [[ $ended ]]; then
    case $command in ${tails.join(" | ")}) values=@file && return ;; esac
  fi
  case "$command $count" in
${operandLines.join("")}    *) values=@text ;;
  esac
}

complete -F _ops ops
`;
}

function forms(flags: readonly CompletableFlag[]): string {
  return flags.flatMap(({ long, short }) => [long, short ?? []].flat())
    .join(" ");
}

/** @param command `null` before any. */
function valueCases(
  command: string | null,
  flags: readonly CompletableFlag[],
): string[] {
  return flags.flatMap(({ long, short, value }) => {
    if (value === null) return [];
    const patterns = [long, short ?? []].flat()
      .map((form) => `'${command ?? ""} ${form}'`).join(" | ");
    return `    ${patterns}) values='${word(value.values)}' ;;\n`;
  });
}

/** A kind begins with a sign that no word begins with. */
function word(values: Values): string {
  return typeof values === "string" ? `@${values}` : values.join(" ");
}
