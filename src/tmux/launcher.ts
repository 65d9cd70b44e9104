/**
 * The POSIX sh that runs a command inside its pane. tmux alone loses the last
 * output and, before 3.6, the exit code of what ends quickly; so a shell stays
 * behind the command, lets its output drain, and ends as the command ended.
 */

/**
 * Variables that tmux sets in every pane, and a shell at its start (IFS), over
 * whatever a session asks for. They travel under another name and are put right
 * just before the command.
 */
export const OVERRIDDEN_VARIABLES = [
  "COLORTERM",
  "IFS",
  "PATH",
  "SHELL",
  "TERM",
  "TERM_PROGRAM",
  "TERM_PROGRAM_VERSION",
  "TMUX",
  "TMUX_PANE",
] as const;

/** The name under which one of {@linkcode OVERRIDDEN_VARIABLES} travels. */
export function travelName(name: string): string {
  return `KSTLIB_OPS_${name}`;
}

/** The argv of a pane that runs `command` with the variables in `env`. */
export function launcherArgv(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  tmuxBinary: string,
): string[] {
  return ["sh", "-c", launcher(env), "kstlib-ops", tmuxBinary, ...command];
}

/**
 * The argv of a pane with an interactive shell, or `null` where tmux's own
 * choice of shell needs no help because it sets none of the session's `env`.
 */
export function shellArgv(
  env: Readonly<Record<string, string>>,
): string[] | null {
  const restore = restoreVariables(env);
  return restore === ""
    ? null
    : ["sh", "-c", `${restore} exec "\${SHELL:-/bin/sh}" -l`];
}

// A caught signal is at its default again in the command, an ignored one would
// be ignored there too. The command tells its own pid, because it is what
// people look for in `ps`. What the shell itself has to say, such as "Killed",
// is no output of the command.
function launcher(env: Readonly<Record<string, string>>): string {
  return `trap : HUP INT QUIT TERM
exec 3>&2 2>/dev/null
sh -c '"$1" set-option -p -t "$TMUX_PANE" @kstlib_pid $$ >/dev/null 2>&1
exec 2>&3 3>&-
shift; ${restoreVariables(env)} exec "$@"' "$0" "$@"
${END}`;
}

// To a shell, "killed by signal n" and "exited with 128+n" are the same; like
// every shell this takes it for the signal, and dies of it so that tmux sees
// it too. Signals that do not end a process by default are left out.
// Until 3.6 tmux can miss that a pane has ended until another child of its own
// ends, and those attached would sit there: so another one ends soon after.
const END = `kstlib_ops_code=$?
"$1" run-shell -b "sleep 0.3" &
sleep 0.05
wait
if [ $kstlib_ops_code -gt 128 ]; then
  trap - HUP INT QUIT TERM
  ulimit -c 0
  kstlib_ops_signal=$(kill -l $kstlib_ops_code)
  case $kstlib_ops_signal in
    ""|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH) ;;
    *) kill -s $kstlib_ops_signal $$ ;;
  esac
fi
exit $kstlib_ops_code`;

function restoreVariables(env: Readonly<Record<string, string>>): string {
  return OVERRIDDEN_VARIABLES.filter((name) => Object.hasOwn(env, name))
    .map((name) =>
      `${name}=$${travelName(name)}; export ${name}; unset ${travelName(name)};`
    ).join(" ");
}
