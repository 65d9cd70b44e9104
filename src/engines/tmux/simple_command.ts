/** Which shell commands are one program and its arguments. */

/**
 * What a shell does itself, or takes for grammar: what is named so is none of
 * the programs of the PATH, or behaves in another way than that. Of dash, bash,
 * busybox, ksh and FreeBSD's sh.
 */
const SHELL_WORDS = new Set(
  (". : alias autoload bg bind break builtin caller case cd chdir command compgen " +
    "complete compopt continue coproc declare dirs disown do done echo elif " +
    "else enable esac eval exec exit export false fc fg fi float for function " +
    "getopts global hash help history if in inherit integer jobid jobs kill let " +
    "local logout mapfile nameref newgrp popd print printf pushd pwd read " +
    "readarray readonly return select set setvar shift shopt source suspend " +
    "test then time times trap true type typeset ulimit umask unalias unset " +
    "until wait whence while wordexp").split(" "),
);

/** A first word in which a shell expands nothing but `~/`. */
const PLAIN_WORD = /^(?:~\/)?[\w./+][\w./+-]*(?=[ \t\n]|$)/;

/** What a shell leaves to the program's words, one piece after the other. */
const PIECE = new RegExp(
  [
    String.raw`[^\\'"\x60$;&|<>()\n]`,
    String.raw`\\[^]`,
    String.raw`'[^']*'`,
    String.raw`"(?:[^\\"\x60$]|\\[^]|\$(?:\{\w+\}|(?![({])))*"`,
    String.raw`\$(?:\{\w+\}|(?![({'"]))`,
    // To or from a file, or a copy of another one: 2>&1.
    String.raw`(?:>>?|<)(?![&<>])`,
    String.raw`[<>]&[\d-](?=[ \t\n]|$)`,
    // A block in YAML ends so.
    String.raw`\n(?=[ \t\n]*$)`,
  ].join("|"),
  "y",
);

/**
 * The program of a shell command that is one simple command, and nothing else
 * to the shell but words and redirections. In doubt it is `null`.
 */
export function simpleProgram(command: string): string | null {
  const text = withoutIndent(command);
  const [program] = PLAIN_WORD.exec(text) ?? [];
  if (program === undefined || SHELL_WORDS.has(program)) return null;
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < text.length) {
    if (!PIECE.test(text)) return null;
  }
  return program;
}

/**
 * The argv that has a shell run a command. One that is a single program takes the
 * place of the shell, so that it ends as the program does: dash would stay, and
 * die of the interrupt that the program itself may outlive. bash and busybox do
 * so by themselves.
 */
export function shellArgv(command: string): string[] {
  const isSimple = simpleProgram(command) !== null;
  return ["sh", "-c", isSimple ? `exec ${withoutIndent(command)}` : command];
}

/** A line break behind `exec` would end the command. */
function withoutIndent(command: string): string {
  return command.replace(/^[ \t\n]+/, "");
}
