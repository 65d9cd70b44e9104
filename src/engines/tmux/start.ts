/** Starts sessions on a tmux server, and starts them again. */
import { SessionExistsError, SessionStartError } from "../../core/errors.ts";
import {
  BackendType,
  LogMode,
  type Run,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  type Survivor,
  survivorNames,
} from "../../core/definition.ts";
import { runningReason } from "../../core/spec.ts";
import type { LogLimits } from "../../state/history.ts";
import { parseRestart } from "../../core/validate/lifecycle.ts";
import {
  line,
  MADE_MARK,
  OVERTAKEN_MARK,
  restartScript,
  type RunRecord,
  startScript,
} from "./args.ts";
import { firstLine, serverIsAbsent, targetIsAbsent } from "./answers.ts";
import type { Begun, TmuxClient } from "./client.ts";
import { launchCommand, launchShell } from "./launcher.ts";
import type { Memory } from "./memory.ts";
import {
  type Pane,
  type PaneRun,
  runOf,
  stopRuleOf,
  type TmuxSession,
} from "./parse.ts";
import type { Process } from "./processes.ts";
import { shellArgv, simpleProgram } from "./simple_command.ts";
import { endProcesses, endStrays } from "./stop.ts";
import { type Strays, unreachable } from "./strays.ts";
import { folderPath, ofSession } from "./working_dir.ts";

/** How often a start is tried when others start, stop or end the server. */
const ATTEMPTS = 5;
/** What a stop gives a session that says nothing, in seconds. */
const DEFAULT_STOP_TIMEOUT = 10;

/**
 * Starts a session; see `TmuxRunner.start`.
 *
 * @throws {SessionExistsError} If it is running, or ended and not ours.
 * @throws {SessionStartError} If tmux refuses, or something of an earlier run
 *   cannot be ended.
 */
export async function startSession(
  client: TmuxClient,
  memory: Memory,
  config: SessionConfig,
): Promise<SessionStatus> {
  const { name } = config;
  const tag = crypto.randomUUID();
  let run: Run | null = null;
  let said = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // A question first: it finds out about a hung server much sooner.
    const { session: replaces, strays, scan } = await memory.scan(name);
    let ended: readonly Survivor[];
    try {
      memory.refuseRenamed(name, scan.sessions);
      ended = [
        ...replaces === undefined
          ? []
          : await endRemains(client, config, replaces),
        ...await endStraysOf(client, config, strays),
      ];
    } catch (error) {
      memory.discard(run);
      throw error;
    }
    run ??= memory.begin(name, commandText(config), limitsOf(config));
    const record = run && memory.recordOf(run, loggedBy(config));
    // Where this is given up on, tmux may still do it: the run is kept.
    const begun = await begin(client, config, { tag, record, replaces })
      .catch((error) => {
        const failure = ofSession(name, error);
        if (failure !== error) memory.discard(run);
        throw failure;
      });
    if (begun.failure === null) {
      const isShell = config.command === undefined;
      const started = { name, tag, run, isShell };
      const status = startedStatus(memory, started, begun);
      memory.confirm(run, status);
      return ended.length === 0
        ? status
        : { ...status, detail: endedDetail(ended, status.detail) };
    }
    said = begun.failure;
    const madeId = madeIdOf(tag, begun.printed);
    if (madeId !== undefined) {
      // It has been a run, though perhaps a stop was quicker than its start.
      await client.attempt(line("kill-session", "-t", madeId));
      await endOwn(client, config, tag);
      throw startError(client, name, said);
    }
    const isTaken = said.startsWith("duplicate session");
    if (serverHasEnded(said)) await endOwn(client, config, tag);
    else if (!isTaken && replaces === undefined) break;
  }
  memory.discard(run);
  throw startError(client, name, said);
}

/** The id of the session that was made, though not all of its start was done. */
function madeIdOf(
  tag: string,
  printed: readonly string[],
): string | undefined {
  const mark = `${MADE_MARK}${tag} `;
  return printed.find((it) => it.startsWith(mark))?.slice(mark.length);
}

function startError(
  client: TmuxClient,
  name: string,
  said: string,
): SessionStartError {
  const reason = serverHasEnded(said)
    ? SERVER_ENDED + (said && ` (${firstLine(said)})`)
    : client.failure(said).message;
  return new SessionStartError(name, BackendType.TMUX, reason);
}

const SERVER_ENDED = "its server ended as soon as it was there: something in " +
  "tmux's configuration ends it (look into ~/.tmux.conf, " +
  "~/.config/tmux/tmux.conf and /etc/tmux.conf), or somebody else does";

/** Whether a start failed for want of a server, which may end without a word. */
function serverHasEnded(said: string): boolean {
  return said === "" || serverIsAbsent(said);
}

/**
 * Starts the command of a session again in its pane, as another run.
 *
 * @throws {SessionStartError} If tmux refuses.
 */
export async function restartSession(
  client: TmuxClient,
  memory: Memory,
  session: TmuxSession,
): Promise<SessionStatus> {
  const { name, command } = session.status;
  const { pane, before } = mustBeOurs(session);
  const run = memory.begin(name, command, before.log);
  const tag = crypto.randomUUID();
  const script = restartScript(pane.pane_id, pane["@kstlib_run"], {
    name,
    tag,
    record: run && memory.recordOf(run, before.log),
    stopTimeout: stopRuleOf(pane).timeout,
    tmuxBinary: client.binary,
  });
  const begun = await client.begin({ script, tag });
  if (begun.failure !== null) {
    memory.discard(run);
    if (targetIsAbsent(begun.failure)) throw stoppedMeanwhile(name);
    throw startError(client, name, begun.failure);
  }
  if (begun.printed.includes(`${OVERTAKEN_MARK}${tag}`)) {
    memory.discard(run);
    return await overtakenStatus(client, name);
  }
  const restarted = { name, tag, run, isShell: false };
  const started = startedStatus(memory, restarted, begun);
  memory.confirm(run, started);
  return started;
}

function stoppedMeanwhile(name: string): SessionStartError {
  return new SessionStartError(
    name,
    BackendType.TMUX,
    "somebody else stopped it meanwhile",
  );
}

/** The status after another process was quicker to start it again. */
async function overtakenStatus(
  client: TmuxClient,
  name: string,
): Promise<SessionStatus> {
  const session = await client.find(name);
  if (session !== undefined) return session.status;
  throw stoppedMeanwhile(name);
}

/**
 * What a session was started with.
 *
 * @throws {SessionStartError} If ops did not start it.
 */
export function mustBeOurs(
  { panes: [pane], status }: TmuxSession,
): { readonly pane: Pane; readonly before: PaneRun } {
  const before = pane && runOf(pane);
  if (pane === undefined || !before) {
    throw new SessionStartError(
      status.name,
      BackendType.TMUX,
      "ops did not start it, so it cannot start it again",
    );
  }
  return { pane, before };
}

async function begin(
  client: TmuxClient,
  config: SessionConfig,
  { tag, record, replaces }: {
    readonly tag: string;
    readonly record: RunRecord | null;
    readonly replaces: TmuxSession | undefined;
  },
): Promise<Begun> {
  const { name, command, env, workingDir } = config;
  const isText = typeof command === "string";
  const argv = isText ? shellArgv(command) : command;
  const program = isText ? simpleProgram(command) ?? "" : "$1";
  const tmuxBinary = client.binary;
  const restart = parseRestart(config.restart ?? "no");
  const script = startScript({
    name,
    launch: argv === undefined ? launchShell(env) : launchCommand({
      ...{ name, command: argv, program, env, restart, tmuxBinary },
    }),
    command: commandText(config),
    stopSignal: config.stopSignal ?? "SIGINT",
    stopTimeout: config.stopTimeout ?? DEFAULT_STOP_TIMEOUT,
    spec: config.spec,
    tag,
    record,
    tmuxBinary,
    replaces: replaces && {
      sessionId: replaces.id,
      paneId: replaces.panes[0]?.pane_id ?? null,
    },
  });
  return await client.begin(
    { script, tag },
    workingDir && folderPath(workingDir),
  );
}

function startedStatus(
  memory: Memory,
  { name, tag, run, isShell }: {
    readonly name: string;
    readonly tag: string;
    readonly run: Run | null;
    readonly isShell: boolean;
  },
  { sessions, withheld }: Begun,
): SessionStatus {
  // The name may belong to a later run by now.
  const ofTag = (session: TmuxSession | undefined) =>
    session?.panes.some((pane) => runOf(pane)?.tag === tag)
      ? session
      : undefined;
  const session = ofTag(sessions.byName.get(name));
  if (session === undefined) {
    if (memory.wasStopped(run)) throw stoppedMeanwhile(name);
    throw new SessionStartError(
      name,
      BackendType.TMUX,
      isShell
        ? "it was gone at once; look at the start-up files of the shell"
        : "it was gone at once: something else has ended it, or tmux itself",
    );
  }
  return withheld.length === 0 ? session.status : {
    ...session.status,
    detail: `${withheld.join(", ")} not passed on: Deno needs --allow-run ` +
      "without a list for that",
  };
}

function commandText({ command }: SessionConfig): string | null {
  return typeof command === "string" ? command : command?.join(" ") ?? null;
}

function limitsOf({ logMaxSize, logFiles }: SessionConfig): LogLimits {
  return { maxSize: logMaxSize, maxFiles: logFiles };
}

/** What a shell puts out is for its user, unless it is wanted. */
function loggedBy(config: SessionConfig): LogLimits | null {
  const mode = config.log ??
    (config.command === undefined ? LogMode.NONE : LogMode.FILE);
  return mode === LogMode.FILE ? limitsOf(config) : null;
}

/** Refuses to replace what is not ours to replace, and ends what it has left. */
async function endRemains(
  client: TmuxClient,
  { spec }: SessionConfig,
  session: TmuxSession,
): Promise<readonly Survivor[]> {
  const { status } = session;
  if (status.state === SessionState.RUNNING) {
    throw new SessionExistsError(
      status.name,
      BackendType.TMUX,
      runningReason(status, spec),
    );
  }
  if (!status.managed) {
    throw new SessionExistsError(
      status.name,
      BackendType.TMUX,
      "it has ended, but ops did not start it and so does not clear it away; " +
        "stop it with tmux, or use another name",
    );
  }
  const { timeout } = stopRuleOf(session.panes[0]);
  const { survivors, found } = await endProcesses(
    client,
    session,
    timeout * 1000,
  );
  refuseSurvivors(status.name, survivors);
  return found;
}

/**
 * Ends what is left of a session that its server has lost, so that it never runs
 * beside the one that starts.
 *
 * @throws {SessionStartError} If it cannot be ended, or a server has it that
 *   cannot be reached.
 */
async function endStraysOf(
  client: TmuxClient,
  { name, stopTimeout = DEFAULT_STOP_TIMEOUT }: SessionConfig,
  strays: Strays,
): Promise<readonly Process[]> {
  const { processes, server } = strays;
  if (server !== null) {
    throw new SessionStartError(name, BackendType.TMUX, unreachable(strays));
  }
  if (processes.length === 0) return [];
  const { survivors } = await endStrays(client, processes, stopTimeout * 1000);
  refuseSurvivors(name, survivors);
  return processes;
}

/** Ends what a start that has failed has left, if its server went meanwhile. */
async function endOwn(
  client: TmuxClient,
  config: SessionConfig,
  tag: string,
): Promise<void> {
  const { table } = await client.scan();
  const own = table.all.filter((process) => process.tag === tag);
  if (own.length === 0) return;
  const { stopTimeout = DEFAULT_STOP_TIMEOUT } = config;
  const { survivors } = await endStrays(client, own, stopTimeout * 1000);
  refuseSurvivors(config.name, survivors);
}

function refuseSurvivors(name: string, survivors: readonly Survivor[]): void {
  if (survivors.length === 0) return;
  throw new SessionStartError(
    name,
    BackendType.TMUX,
    `of its last run there is still alive: ${survivorNames(survivors)}`,
  );
}

function endedDetail(
  ended: readonly Survivor[],
  detail: string | null,
): string {
  const what = `ended what an earlier run had left: ${survivorNames(ended)}`;
  return detail === null ? what : `${what}; ${detail}`;
}
