/** What is said to tmux to act on sessions, as pure text. */
import { RUN_VARIABLE } from "../process/spawn.ts";
import type { LogLimits } from "../state/history.ts";
import { OVERRIDDEN_VARIABLES, travelName } from "./launcher.ts";
import { listPanes } from "./listing.ts";
import { logWriter } from "./log_writer.ts";
import { quote, shellQuote } from "./quote.ts";

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

/** How long a session is watched after its start, in seconds. */
const WATCH_SECONDS = 0.4;

/** By what a run is known, and where it is remembered. */
export interface RunSpec {
  /** What all its processes carry in their environment. */
  readonly tag: string;
  /** Where it is remembered, if it is. */
  readonly record: RunRecord | null;
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
  /** The session's name, checked by `validateNewName`. */
  readonly name: string;
  /** The argv of its pane, or `null` for tmux's own choice of shell. */
  readonly argv: readonly string[] | null;
  /** The command for people to read, or `null` for an interactive shell. */
  readonly command: string | null;
  /** Its environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** How it is to be stopped. */
  readonly stop: { readonly signal: string; readonly timeout: number | null };
  /** An ended session that is to make room. */
  readonly replaces?: {
    readonly sessionId: string;
    readonly paneId: string | null;
  } | undefined;
}

/** Starts a session, watches its first moments, and lists all panes. */
export function startScript(spec: StartSpec): string {
  const target = ["-t", `=${spec.name}:`];
  const { signal, timeout } = spec.stop;
  const marks = [
    line("set-option", ...target, "destroy-unattached", "off"),
    line("set-option", "-F", ...target, "@kstlib_pane", "#{pane_id}"),
    line(
      "set-option",
      "-p",
      ...target,
      "@kstlib_stop",
      `${signal} ${timeout ?? ""}`,
    ),
    ...remember(target, spec),
  ];
  const keepEnded = spec.command === null ? [] : [
    line("set-option", ...target, "@kstlib_command", encode(spec.command)),
    line("set-option", "-p", ...target, "remain-on-exit", "on"),
    line("set-option", "-p", ...target, "remain-on-exit-format", ""),
    line("set-hook", "-p", ...target, "pane-died", sendHome(spec.name)),
    line(...runShell(`sleep ${WATCH_SECONDS}`)),
  ];
  return group(
    ...(spec.replaces === undefined ? [] : [clearAway(spec.replaces)]),
    newSession(spec),
    ...marks,
    ...keepEnded,
    line(...listPanes()),
  ) + "\n";
}

function newSession({ name, argv, env }: StartSpec): string {
  const overridden: readonly string[] = OVERRIDDEN_VARIABLES;
  return line(
    "new-session",
    "-d",
    "-P",
    "-F",
    "#{session_id}",
    "-s",
    name,
    "-x",
    "200",
    "-y",
    "50",
    ...Object.entries(env).flatMap(([key, value]) => [
      "-e",
      `${overridden.includes(key) ? travelName(key) : key}=${value}`,
    ]),
    ...(argv === null ? [] : ["--", ...argv]),
  );
}

/** From the first byte: the pane has had no time to write anything yet. */
function remember(
  target: readonly string[],
  { tag, record, tmuxBinary }: RunSpec,
): string[] {
  const { run = "-", prefix = "", log = null } = record ?? {};
  const limits = log === null ? "" : ` ${log.maxSize} ${log.maxFiles}`;
  return [
    line("set-option", "-p", ...target, "@kstlib_prefix", prefix),
    line(
      "set-option",
      "-p",
      ...target,
      "@kstlib_run",
      `${tag} ${run}${limits}`,
    ),
    ...(log === null ? [] : [startLog(target, log, tmuxBinary)]),
  ];
}

function startLog(
  target: readonly string[],
  limits: LogLimits,
  tmuxBinary: string,
): string {
  return line("pipe-pane", "-o", ...target, logWriter(limits, tmuxBinary));
}

/** Has a log that has stopped go on. */
export function resumeLogScript(
  paneId: string,
  limits: LogLimits,
  tmuxBinary: string,
): string {
  const target = ["-t", paneId];
  return group(
    line("set-option", "-pu", ...target, "@kstlib_log_error"),
    startLog(target, limits, tmuxBinary),
  ) + "\n";
}

/** What is said where a run is no longer what its pane holds. */
export const OVERTAKEN = "kstlib-overtaken";

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
  const forgotten = ["pid", "restarts", "stopping", "log_error"];
  const restart = group(
    ...forgotten.map((it) =>
      line("set-option", "-pu", ...target, `@kstlib_${it}`)
    ),
    line("respawn-pane", "-k", ...target),
    // The pipe is still that of the run before.
    line("pipe-pane", ...target),
    ...remember(target, spec),
    line(...runShell(`sleep ${WATCH_SECONDS}`)),
    line(...listPanes()),
  );
  const overtaken = line("display-message", "-p", OVERTAKEN);
  return ifStill(paneId, before, restart, overtaken) + "\n";
}

/** Removes a session, if its pane still holds that run and it has ended. */
export function removeScript(
  sessionId: string,
  paneId: string,
  run: string,
): string {
  return ifStill(paneId, run, line("kill-session", "-t", sessionId)) + "\n";
}

/** Does something if a pane still holds that run, and it has ended. */
function ifStill(
  paneId: string,
  run: string,
  ...branches: readonly string[]
): string {
  const isSame = `#{==:#{@kstlib_run},${run}}`;
  const condition = `#{&&:${isSame},${PANE_HAS_ENDED}}`;
  return line("if-shell", "-F", "-t", paneId, condition, ...branches);
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
 * Keeps panes when their process ends, so that its exit code can be read, and
 * has nothing start it again.
 *
 * @param until Until when that holds, in seconds since 1970: whoever stops it
 * may be killed.
 */
export function beginStopScript(
  paneIds: readonly string[],
  until: number,
): string {
  return paneIds.map((id) =>
    line("set-option", "-p", "-t", id, "remain-on-exit", "on") + "\n" +
    line("set-option", "-p", "-t", id, "@kstlib_stopping", `${until}`) + "\n"
  ).join("");
}

/** What a signal is sent to: a process group, or one process. */
export type Target = { readonly group: number } | {
  readonly pid: number;
  /** When it started; 0 where that is not known. */
  readonly started: number;
};

/**
 * Sends a signal. The server sends it: that needs no further permission of
 * ours. Whoever is stopped is woken, so that it can act on the signal. A single
 * process gets it only if it is still the one that was meant, since its number
 * may have been given away.
 */
export function killScript(
  signal: Deno.Signal,
  targets: readonly Target[],
): string {
  const kill = (who: string) =>
    `kill -s ${signal.slice("SIG".length)} -- ${who}; kill -s CONT -- ${who}`;
  const groups = targets.flatMap((it) => "group" in it ? `-${it.group}` : []);
  const singles = targets.flatMap((it) => "pid" in it ? [it] : []);
  return line(...runAside([
    ...(groups.length === 0 ? [] : [kill(groups.join(" "))]),
    ...singles.map(({ pid, started }) =>
      started === 0
        ? kill(`${pid}`)
        : `if [ "$(${startOf(pid)})" = ${started} ]; then ${kill(`${pid}`)}; fi`
    ),
  ].join("; "))) + "\n";
}

/** Prints when a process started, as its stat has it. */
function startOf(pid: number): string {
  return `sed 's/.*) //' /proc/${pid}/stat | cut -d' ' -f20`;
}

/**
 * Asks for the server's process table. It comes through a paste buffer, since
 * what `run-shell` prints would open a view in somebody's pane.
 *
 * @param tags What the processes carry that are to be told apart.
 */
export function processTable(
  tmuxBinary: string,
  buffer: string,
  tags: readonly string[],
): string[] {
  const tagged = tags.map((tag) =>
    `grep -ls ${RUN_VARIABLE}=${tag} /proc/[0-9]*/environ; `
  ).join("");
  const table =
    `if [ -r /proc/self/stat ]; then cat /proc/[0-9]*/stat; ${tagged}else ${
      // Without /proc there is no session id to be had; 0 is nobody's.
      "ps -A -o pid= -o stat= -o ppid= -o pgid= -o tpgid= -o comm= | " +
      "while read -r pid stat ppid pgid tpgid comm; do " +
      'echo "$pid ($comm) $stat $ppid $pgid 0 0 $tpgid"; done'}; fi`;
  const tmux = shellQuote(tmuxBinary);
  return [
    ...runAside(
      `{ ${table}; } | ${tmux} load-buffer -b ${buffer} -; ` +
        `${tmux} wait-for -S ${buffer}`,
    ),
    ";",
    ...["wait-for", buffer],
    ";",
    ...["save-buffer", "-b", buffer, "-"],
    ";",
    ...["delete-buffer", "-b", buffer],
  ];
}

/** Keys that are sent by name unless literal text is asked for. */
const KEY_NAME =
  /^(?:(?:[CM]-)+[!-~]|Enter|Escape|Tab|Space|BSpace|Up|Down|Left|Right|F(?:[1-9]|1[0-2]))$/;

/** Whether this is the name of a key rather than text to be typed. */
export function isKeyName(keys: string): boolean {
  return KEY_NAME.test(keys);
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
  ) + "\n";
}

/** All of a pane's text, with its colours and without its line wraps. */
export function capturePane(paneId: string): string[] {
  return ["capture-pane", "-p", "-e", "-J", "-S", "-", "-t", paneId];
}

/** Stores a text in a user option so that it cannot break a listing. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
