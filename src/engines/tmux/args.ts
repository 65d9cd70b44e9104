/** What is said to tmux to act on sessions, as pure text. */
import { isKeyName } from "../../core/keys.ts";
import { RUN_VARIABLE, SESSION_VARIABLE } from "../../host/local/spawn.ts";
import type { LogLimits } from "../../state/history.ts";
import {
  type Launch,
  LAUNCHER_VARIABLE,
  RESPAWNED_OPTION,
  RUN_SPEC_VARIABLE,
} from "./launcher.ts";
import { listPanes } from "./listing.ts";
import { logWriter, WRITER_OPTION } from "./log_writer.ts";
import { quote, shellQuote } from "./quote.ts";
import { LAUNCHER, LOG_WRITER, RESPAWNED } from "./scripts.ts";

/** One tmux command as a line of a script; every word is literal. */
export function line(...words: readonly string[]): string {
  return words.map(quote).join(" ");
}

/**
 * Commands of which none runs once one has failed. tmux sees to that for the
 * commands of one line, so no word may bring a line break of its own.
 */
export function group(...commands: readonly string[]): string {
  return commands.join(" ; ");
}

/** How long sessions are watched after their start, in seconds. */
const WATCH_SECONDS = 0.3;

/** By what a run is known, where it is remembered, and how it ends. */
export interface RunSpec {
  /** The session's name. */
  readonly name: string;
  /** What all its processes carry in their environment. */
  readonly tag: string;
  /** Where it is remembered, if it is. */
  readonly record: RunRecord | null;
  /** How long its processes get to clean up, in seconds. */
  readonly stopTimeout: number;
  /** The tmux program. */
  readonly tmuxBinary: string;
}

/** Where a run is remembered. */
export interface RunRecord {
  /** Its number. */
  readonly run: number;
  /** What the names of its files begin with. */
  readonly prefix: string;
  /** How much is logged; `null`: nothing. */
  readonly log: LogLimits | null;
}

/** What {@linkcode startScript} needs to know. */
export interface StartSpec extends RunSpec {
  /** What its pane runs. */
  readonly launch: Launch;
  /** The command for people to read, or `null` for an interactive shell. */
  readonly command: string | null;
  /** The signal that a stop begins with. */
  readonly stopSignal: string;
  /** By what its definition is known, if it has one. */
  readonly spec?: string | undefined;
  /** An ended session that is to make room. */
  readonly replaces?: {
    readonly sessionId: string;
    readonly paneId: string | null;
  } | undefined;
}

/** Starts a session. */
export function startScript(spec: StartSpec): string {
  const target = ["-t", `=${spec.name}:`];
  const isCommand = spec.command !== null;
  return group(
    ...(spec.replaces === undefined ? [] : [clearAway(spec.replaces)]),
    newSession(spec),
    line("set-option", ...target, "destroy-unattached", "off"),
    line("set-option", "-F", ...target, "@kstlib_pane", "#{pane_id}"),
    line(
      "set-option",
      "-p",
      ...target,
      "@kstlib_stop",
      `${spec.stopSignal} ${spec.stopTimeout}`,
    ),
    ...(spec.spec === undefined ? [] : [
      line("set-option", ...target, "@kstlib_spec", spec.spec),
    ]),
    ...remember(target, spec, isCommand),
    ...(isCommand
      ? [
        line("set-option", ...target, "@kstlib_command", encode(spec.command)),
        line("set-option", "-p", ...target, "remain-on-exit", "on"),
        line("set-option", "-p", ...target, "remain-on-exit-format", ""),
        line("set-hook", "-p", ...target, "pane-died", sendHome(spec.name)),
      ]
      : []),
  );
}

/**
 * What has to be there before sessions are started: the texts of what runs in
 * and behind their panes. tmux reads every letter of a script slowly, so they
 * are told once for all.
 */
export function prepareScript(): string {
  return group(
    // First: while anything waits behind the texts, another start may take the
    // launcher's away again.
    line("if-shell", "-F", "#{session_id}", "", SETTLE),
    line("set-option", "-g", RESPAWNED_OPTION, RESPAWNED),
    line("set-option", "-g", WRITER_OPTION, shellQuote(LOG_WRITER)),
    line("set-environment", "-g", LAUNCHER_VARIABLE, LAUNCHER),
  );
}

/**
 * Lets a server that has just started, and that its user's configuration ends,
 * do so: in a session that it made nevertheless it would live on, unseen.
 */
const SETTLE = line("run-shell", "sleep 0.05");

/** Watches the first moments of what was started, and lists all panes. */
export function watchScript(): string {
  return group(
    // It is nothing to the windows that a user opens.
    line("set-environment", "-gu", LAUNCHER_VARIABLE),
    line(...runShell(`sleep ${WATCH_SECONDS}`)),
    line(...listPanes()),
  );
}

function newSession({ name, launch, tag, record }: StartSpec): string {
  const env = { ...launch.env, ...runVariable(tag, record) };
  return line(
    "new-session",
    "-d",
    "-P",
    "-F",
    `${MADE_MARK}${tag} #{session_id}`,
    "-s",
    name,
    "-x",
    "200",
    "-y",
    "50",
    ...Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
    ...(launch.argv === null ? [] : ["--", ...launch.argv]),
  );
}

/** Begins the line that tells the tag of a start and the id of its session. */
export const MADE_MARK = "kstlib-made ";

function runVariable(tag: string, record: RunRecord | null) {
  return { [RUN_SPEC_VARIABLE]: `${tag} ${record?.prefix ?? ""}` };
}

/** From the first byte: the pane has had no time to write anything yet. */
function remember(
  target: readonly string[],
  spec: RunSpec,
  isCommand: boolean,
): string[] {
  const { tag, name, record } = spec;
  const log = record?.log ?? null;
  const limits = log === null ? "" : ` ${log.maxSize} ${log.maxFiles}`;
  const run = `${tag} ${record?.run ?? "-"} ${name}${limits}`;
  return [
    line("set-option", "-p", ...target, "@kstlib_run", run),
    // A shell hears of a hang-up itself.
    ...(isCommand || log !== null
      ? [startWriter(target, spec, isCommand)]
      : []),
  ];
}

function startWriter(
  target: readonly string[],
  { name, tag, record, stopTimeout, tmuxBinary }: RunSpec,
  isCommand: boolean,
): string {
  const writer = logWriter({
    name,
    prefix: record?.prefix ?? "",
    tag,
    timeout: stopTimeout,
    log: record?.log ?? null,
    endsProcesses: isCommand,
    tmuxBinary,
  });
  return line("pipe-pane", "-o", ...target, writer);
}

/** Has a log that has stopped go on. */
export function resumeLogScript(
  paneId: string,
  spec: RunSpec,
  isCommand: boolean,
): string {
  const target = ["-t", paneId];
  return group(
    line("pipe-pane", ...target),
    // It tells its writer what has stopped the one before.
    startWriter(target, spec, isCommand),
    line("set-option", "-pu", ...target, "@kstlib_log_error"),
  );
}

/** Begins the line that tells the tag of a start that came too late. */
export const OVERTAKEN_MARK = "kstlib-overtaken ";

/**
 * Starts a session's command again in its pane, as another run, unless somebody
 * else has done so meanwhile.
 *
 * @param before The run that has ended, as its pane has it.
 */
export function restartScript(
  paneId: string,
  before: string,
  spec: RunSpec,
): string {
  const target = ["-t", paneId];
  const forgotten = [
    "pid",
    "restarts",
    "ended",
    "left",
    "stopping",
    "log_error",
    "fault",
  ];
  const variables = Object.entries(runVariable(spec.tag, spec.record));
  const restart = group(
    ...forgotten.map((it) =>
      line("set-option", "-pu", ...target, `@kstlib_${it}`)
    ),
    line(
      "respawn-pane",
      "-k",
      ...variables.flatMap(([key, value]) => ["-e", `${key}=${value}`]),
      ...target,
    ),
    // The pipe is still that of the run before.
    line("pipe-pane", ...target),
    ...remember(target, spec, true),
  );
  const overtaken = line("display-message", "-p", OVERTAKEN_MARK + spec.tag);
  return ifStill(paneId, before, PANE_HAS_ENDED, restart, overtaken);
}

/**
 * Removes a session if its pane still holds that run, and has handed on all of
 * its output: what tmux still holds would be lost with the pane.
 */
export function removeScript(
  sessionId: string,
  paneId: string,
  run: string,
): string {
  const kill = line("kill-session", "-t", sessionId);
  return ifStill(paneId, run, "#{pane_dead}", kill);
}

/** Does something if a pane still holds that run and is in that condition. */
function ifStill(
  paneId: string,
  run: string,
  condition: string,
  ...branches: readonly string[]
): string {
  const isSame = `#{==:#{@kstlib_run},${run}}`;
  return line(
    "if-shell",
    "-F",
    "-t",
    paneId,
    `#{&&:${isSame},${condition}}`,
    ...branches,
  );
}

// By its id, and only if it is still ended: the name may be somebody else's
// new session by now.
function clearAway(
  { sessionId, paneId }: NonNullable<StartSpec["replaces"]>,
): string {
  const kill = line("kill-session", "-t", sessionId);
  return paneId === null
    ? kill
    : line("if-shell", "-F", "-t", paneId, PANE_HAS_ENDED, kill);
}

/** A pane with an exit status has ended even when tmux does not say so yet. */
const PANE_HAS_ENDED =
  "#{||:#{pane_dead},#{!=:#{pane_dead_status}#{pane_dead_signal},}}";

/** Those attached would else be left before a blank pane. */
function sendHome(name: string): string {
  return line(
    "if-shell",
    "-F",
    "#{session_attached}",
    line("detach-client", "-s", `=${name}`),
  );
}

/** A shell command that the server runs; a word from it would open a view. */
function runShell(command: string): string[] {
  // The path of the tmux program could hold what tmux would expand.
  const literal = command.replaceAll("#", "##");
  return ["run-shell", `{ ${literal}; } >/dev/null 2>&1; exit 0`];
}

/**
 * The same, without waiting for its end: until 3.6 tmux can miss that a command
 * has ended when others end in that very moment, as they do in a stop, and would
 * wait in vain.
 */
function runAside(command: string): string[] {
  const [name, ...words] = runShell(command);
  return [name!, "-b", ...words];
}

/**
 * Keeps a pane when its process ends, so that its exit code can be read, and
 * has nothing start it again.
 *
 * @param mark The pane, and the run that it holds: another one has nothing to do
 *   with that; whether the pane is kept as it is; and until when that holds, in
 *   seconds since 1970: the process that stops it may be killed.
 */
export function beginStopScript(
  { paneId, run, remains, until }: {
    readonly paneId: string;
    readonly run: string;
    readonly remains: boolean;
    readonly until: number;
  },
): string {
  const target = ["-p", "-t", paneId];
  const begin = group(
    ...(remains ? [] : [line("set-option", ...target, "remain-on-exit", "on")]),
    line("set-option", ...target, "@kstlib_stopping", `${until}`),
  );
  return ifStill(paneId, run, "1", begin);
}

/** What a signal is sent to: a process group, or one process. */
export type Target = { readonly group: number } | {
  readonly pid: number;
  /** When it started; 0 where that is not known. */
  readonly started: number;
};

/** A signal, and what it is sent to. */
export interface Sending {
  readonly signal: Deno.Signal;
  readonly targets: readonly Target[];
}

/** Sends signal $1 to process $2, if that is still the one that began at $3. */
const SEND_TO_ONE =
  `one() { read -r it <"/proc/$2/stat" && signal=$1 pid=$2 then=$3
set -- \${it##*") "}
[ "\${20}" = "$then" ] && kill -s "$signal" "$pid" && kill -s CONT "$pid"; }`;

/**
 * The shell command that sends signals. A suspended process is woken, so that it
 * can act on the signal. A single process gets it only if it is still the one
 * that was meant, since its number may have been given away.
 */
export function killCommand(sendings: readonly Sending[]): string {
  const bySignal = Map.groupBy(sendings, ({ signal }) => signal.slice(3));
  const kills = Array.from(bySignal, ([signal, all]) => {
    const targets = all.flatMap((it) => it.targets);
    const kill = (who: string) =>
      `kill -s ${signal} -- ${who}; kill -s CONT -- ${who}`;
    const groups = targets.flatMap((it) => "group" in it ? `-${it.group}` : []);
    const singles = targets.flatMap((it) => "pid" in it ? [it] : []);
    return [
      ...(groups.length === 0 ? [] : [kill(groups.join(" "))]),
      ...singles.map(({ pid, started }) =>
        started === 0 ? kill(`${pid}`) : `one ${signal} ${pid} ${started}`
      ),
    ];
  }).flat();
  return kills.length === 0 ? "" : [SEND_TO_ONE, ...kills].join("; ");
}

/** What is asked about processes, and done to them before. */
export interface ProcessQuestion {
  /** The tmux program. */
  readonly tmuxBinary: string;
  /** The paste buffer through which the answer comes. */
  readonly buffer: string;
  /** What is sent before. */
  readonly sendings?: readonly Sending[];
  /** How long the signals are given before the table is made, in ms. */
  readonly pauseMs?: number;
  /** Whether the server, which is there for this question, leaves no socket. */
  readonly removesSocket?: boolean;
  /** Shell commands whose output follows that of the table. */
  readonly further?: readonly string[];
}

/** The last line of a process table: without it, its maker was ended. */
export const TABLE_END = "kstlib-whole";

/**
 * Sends signals, and then asks for the server's process table. The server sends
 * them: that needs no further permission of ours. The table comes through a
 * paste buffer, since what `run-shell` prints would open a view in somebody's
 * pane.
 */
export function processScript(
  {
    tmuxBinary,
    buffer,
    sendings = [],
    pauseMs = 0,
    further = [],
    removesSocket = false,
  }: ProcessQuestion,
): string {
  const tmux = shellQuote(tmuxBinary);
  const variables = [RUN_VARIABLE, SESSION_VARIABLE]
    .map((name) => `-e '${name}=[^[:cntrl:]]*'`).join(" ");
  // Without /proc there is no session id; 0 stands for none.
  const table = `if [ -r /proc/self/stat ]; then
cat /proc/[0-9]*/stat
LC_ALL=C grep -aoH ${variables} /proc/[0-9]*/environ
else
ps -A -o pid= -o stat= -o ppid= -o pgid= -o tpgid= -o comm= |
while read -r pid stat ppid pgid tpgid comm; do
echo "$pid ($comm) $stat $ppid $pgid 0 0 $tpgid"
done
fi
echo ${TABLE_END}`;
  const kill = killCommand(sendings);
  const commands = [
    ...(kill === "" ? [] : [kill]),
    ...(pauseMs === 0 ? [] : [`sleep ${pauseMs / 1000}`]),
    `{ ${
      [table, ...further].join("\n")
    }; } | ${tmux} load-buffer -b ${buffer} -`,
    `${tmux} wait-for -S ${buffer}`,
    ...(removesSocket ? ['rm -f "${TMUX%%,*}"'] : []),
  ];
  return group(
    line(...runAside(commands.join("; "))),
    line("wait-for", buffer),
    line("save-buffer", "-b", buffer, "-"),
    line("delete-buffer", "-b", buffer),
  );
}

/**
 * Types into a pane, which is taken out of copy mode first. Enter follows
 * text, never a single key.
 */
export function sendScript(
  paneId: string,
  keys: string,
  { enter, literal }: { readonly enter: boolean; readonly literal: boolean },
): string {
  const sendKeys = ["send-keys", "-t", paneId];
  const typed = literal || !isKeyName(keys);
  return group(
    line("copy-mode", "-q", "-t", paneId),
    line(...sendKeys, ...(typed ? ["-l"] : []), "--", keys),
    ...(typed && enter ? [line(...sendKeys, "Enter")] : []),
  );
}

/** All of a pane's text, with its colours and without its line wraps. */
export function capturePane(paneId: string): string[] {
  return ["capture-pane", "-p", "-e", "-J", "-S", "-", "-t", paneId];
}

/** Stores a text in a user option so that it cannot break a listing. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
