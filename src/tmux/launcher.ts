/**
 * The POSIX sh that runs a command inside its pane. tmux alone loses the last
 * output and, before 3.6, the exit code of what ends quickly; so a shell stays
 * behind the command, lets its output drain, starts it again where its policy
 * says so, notes each end, and ends as the command ended.
 */
import { type RestartPolicy, STOP_SIGNALS } from "../models_lifecycle.ts";
import { RUN_VARIABLE } from "../process/spawn.ts";

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

/** What a launcher needs to know. */
export interface LaunchSpec {
  /** The exact argv. */
  readonly command: readonly string[];
  /** The session's variables. */
  readonly env: Readonly<Record<string, string>>;
  /** When the command is started again. */
  readonly restart: RestartPolicy;
  /** The tmux program. */
  readonly tmuxBinary: string;
}

/** The argv of a pane that runs a command. */
export function launcherArgv(spec: LaunchSpec): string[] {
  return [
    "sh",
    "-c",
    launcher(spec),
    "kstlib-ops",
    spec.tmuxBinary,
    ...spec.command,
  ];
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

/** All that a stop may begin with; nothing can catch a KILL. */
const CAUGHT = STOP_SIGNALS.filter((signal) => signal !== "SIGKILL")
  .map((signal) => signal.slice("SIG".length)).join(" ");

const CATCH = `trap : ${CAUGHT}`;
const IGNORE = `trap '' ${CAUGHT}`;

// A caught signal is at its default again in the command, an ignored one would
// be ignored there too. The command tells its own pid, because it is what
// people look for in `ps`. What the shell itself has to say, such as "Killed",
// is no output of the command.
function launcher({ env, restart }: LaunchSpec): string {
  const body = `${CATCH}
${RUN_VARIABLE}=\${kstlib_ops_run%% *} sh -c '
"$1" set-option -p -t "$TMUX_PANE" @kstlib_pid $$ >/dev/null 2>&1
exec 2>&3 3>&-
shift; ${restoreVariables(env)} exec "$@"' "$0" "$@"
${LOOK}`;
  return `${CATCH}
exec 3>&2 2>/dev/null
kstlib_ops_run=$("$1" display-message -p -t "$TMUX_PANE" "#{@kstlib_run}")
${ASK}
${NOTE}
${restart.name === "no" ? `${body}\n${CLOSE}` : supervise(body, restart)}
${END}`;
}

// Whether somebody is stopping the session, and where its ends are noted, may
// have changed. A stop holds for a time only: whoever was to end it may have
// been killed. A server that has come after ours, or another run in our pane,
// has nothing to do with us: then nothing is noted, and nothing started again.
// A stop ends tmux's client too, whatever signals we ignore: so it is asked
// until it says something.
const ASK = `kstlib_ops_ask() {
kstlib_ops_now=$(date +%s)
for kstlib_ops_try in 1 2 3; do
kstlib_ops_told=$("$1" display-message -p -t "$TMUX_PANE" "#{@kstlib_run}|#{@kstlib_stopping}|#{@kstlib_prefix}")
[ -z "$kstlib_ops_told" ] || break
done
kstlib_ops_stopping= kstlib_ops_prefix=
case $kstlib_ops_told in "$kstlib_ops_run|"*) kstlib_ops_told=\${kstlib_ops_told#*|} ;; *) return 1 ;; esac
kstlib_ops_prefix=\${kstlib_ops_told#*|} kstlib_ops_stopping=\${kstlib_ops_told%%|*}
[ "\${kstlib_ops_stopping:-0}" -gt "$kstlib_ops_now" ] || kstlib_ops_stopping=
}`;

// To a shell, "killed by signal n" and "exited with 128+n" are the same; like
// every shell this takes it for the signal. What is called from here on would
// get the signals of a stop too.
const LOOK = `kstlib_ops_code=$? kstlib_ops_signal=-
${IGNORE}
[ $kstlib_ops_code -le 128 ] || kstlib_ops_signal=$(kill -l $kstlib_ops_code)
kstlib_ops_ask "$1" || kstlib_ops_is_lost=1
kstlib_ops_ended=$kstlib_ops_now`;

const NOTE = `kstlib_ops_is_lost=
kstlib_ops_note() {
[ -n "$kstlib_ops_prefix" ] || return
(umask 077; echo "$kstlib_ops_code \${kstlib_ops_signal:--} $kstlib_ops_ended $1" >>"$kstlib_ops_prefix.end")
}`;

const CLOSE =
  'if [ -n "$kstlib_ops_stopping" ]; then kstlib_ops_note stopped; else kstlib_ops_note final; fi';

/** Runs the command again and again, as long as its policy wants it. */
function supervise(body: string, { name, maxRetries }: RestartPolicy): string {
  const isWanted = [
    `[ -z "$kstlib_ops_stopping$kstlib_ops_is_lost" ]`,
    ...(name === "on-failure" ? ["[ $kstlib_ops_code -ne 0 ]"] : []),
  ].join(" && ");
  const mayBe = maxRetries === null
    ? "true"
    : `[ $kstlib_ops_restarts -lt ${maxRetries} ]`;
  return `kstlib_ops_restarts=0 kstlib_ops_delay=1
kstlib_ops_tell() { "$1" set-option -p -t "$TMUX_PANE" @kstlib_restarts "$2"; }
while :; do
kstlib_ops_began=$(date +%s)
${body}
if ! { ${isWanted}; }; then
${CLOSE}
break
fi
if ! ${mayBe}; then
kstlib_ops_tell "$1" "$kstlib_ops_restarts used-up"
${CLOSE}
break
fi
kstlib_ops_note again
${BACK_OFF}
done`;
}

// Twice as long each time, from 1 to 60 seconds, and from 1 again after a
// minute that went well. A stop sets its mark before it signals anything, so
// that this never starts what is being stopped.
const BACK_OFF =
  `[ $((kstlib_ops_ended - kstlib_ops_began)) -lt 60 ] || kstlib_ops_delay=1
kstlib_ops_tell "$1" "$kstlib_ops_restarts $((kstlib_ops_ended + kstlib_ops_delay))"
"$1" set-option -pu -t "$TMUX_PANE" @kstlib_pid
${CATCH}
sleep $kstlib_ops_delay
${IGNORE}
kstlib_ops_ask "$1" || break
if [ -n "$kstlib_ops_stopping" ]; then kstlib_ops_note stopped; break; fi
kstlib_ops_restarts=$((kstlib_ops_restarts + 1))
kstlib_ops_tell "$1" $kstlib_ops_restarts
kstlib_ops_delay=$((kstlib_ops_delay < 30 ? kstlib_ops_delay * 2 : 60))`;

// Whether nothing else of its group lives; so it is where there is no such ps.
// One that does not show ourselves was ended by a signal of the stop.
const ALONE = `kstlib_ops_is_alone() {
for kstlib_ops_try in 1 2 3; do
ps -A -o pid= -o ppid= -o pgid= -o stat= | {
seen=
while read -r pid parent group state; do
case $group,$state in
$$,Z*) ;;
$$,*) if [ $pid -eq $$ ]; then seen=1; elif [ $parent -ne $$ ]; then exit 1; fi ;;
esac
done
[ -n "$seen" ] || exit 2
}
case $? in 0) return 0 ;; 1) return 1 ;; esac
done
return 0
}`;

// While it is being stopped it outlives its group: at its end the kernel hangs
// up on the rest, such as ./bot of "cd x && ./bot", which may be cleaning up.
// It dies of the command's signal, so that tmux sees it too. Signals that do
// not end a process by default are left out.
// Until 3.6 tmux can miss that a pane has ended until another child of its own
// ends, and those attached would sit there: so another one ends soon after.
const END = `${ALONE}
"$1" run-shell -b "sleep 0.3" &
sleep 0.05
until [ "\${kstlib_ops_stopping:-0}" -le "$(date +%s)" ] || kstlib_ops_is_alone; do sleep 0.1; done
wait
case $kstlib_ops_signal in
  -|""|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH) ;;
  *) trap - ${CAUGHT}
  ulimit -c 0
  kill -s $kstlib_ops_signal $$ ;;
esac
exit $kstlib_ops_code`;

function restoreVariables(env: Readonly<Record<string, string>>): string {
  return OVERRIDDEN_VARIABLES.filter((name) => Object.hasOwn(env, name))
    .map((name) =>
      `${name}=$${travelName(name)}; export ${name}; unset ${travelName(name)};`
    ).join(" ");
}
