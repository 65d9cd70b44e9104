/** Starts sessions on a tmux server, and starts them again. */
import { readVariable } from "../environment.ts";
import { SessionExistsError, SessionStartError } from "../errors.ts";
import {
  BackendType,
  LogMode,
  type Run,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  survivorNames,
} from "../models.ts";
import { resolveHostPath } from "../paths.ts";
import type { RunResult } from "../process/host.ts";
import type { LogLimits } from "../state/history.ts";
import { parseRestart } from "../validation_lifecycle.ts";
import {
  line,
  OVERTAKEN,
  restartScript,
  type RunRecord,
  startScript,
} from "./args.ts";
import { serverIsAbsent, type TmuxClient } from "./client.ts";
import { launcherArgv, shellArgv } from "./launcher.ts";
import {
  type Pane,
  type PaneRun,
  parsePanes,
  runOf,
  sessionsOf,
  stopRuleOf,
  type TmuxSession,
} from "./parse.ts";
import type { Memory } from "./memory.ts";
import { endProcesses } from "./end_processes.ts";

/** How often a start is tried when others start, stop or end the server. */
const ATTEMPTS = 5;

/**
 * Starts a session; see `TmuxRunner.start`.
 *
 * @throws {SessionExistsError} If it is running, or ended and not ours.
 * @throws {SessionStartError} If tmux refuses.
 */
export async function startSession(
  client: TmuxClient,
  memory: Memory,
  config: SessionConfig,
): Promise<SessionStatus> {
  const { name } = config;
  let run: Run | null = null;
  let said = "";
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // A question first: it finds out about a hung server much sooner.
    const { session: replaces } = await memory.look(name);
    try {
      if (replaces !== undefined) await endRemains(client, replaces);
    } catch (error) {
      memory.discard(run);
      throw error;
    }
    run ??= memory.begin(name, commandText(config), limitsOf(config));
    const record = run && memory.recordOf(run, loggedBy(config));
    // Where this is given up on, tmux may still do it: the run is kept.
    const result = await tryToStart(client, config, record, replaces);
    if (result.code === 0) {
      const status = startedStatus(
        client,
        name,
        result,
        () => memory.wasStopped(run),
      );
      memory.confirm(run, status);
      return status;
    }
    said = result.stderr;
    const madeId = /^\$\d+$/m.exec(result.stdout)?.[0];
    if (madeId !== undefined) {
      // It has been a run, though perhaps a stop was quicker than its start.
      await client.attempt(line("kill-session", "-t", madeId) + "\n");
      throw startError(client, name, said);
    }
    const isTaken = said.startsWith("duplicate session");
    if (!isTaken && replaces === undefined && !serverIsAbsent(said)) break;
  }
  memory.discard(run);
  throw startError(client, name, said);
}

function startError(
  client: TmuxClient,
  name: string,
  said: string,
): SessionStartError {
  const { message } = client.failure(said);
  return new SessionStartError(name, BackendType.TMUX, message);
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
  const record = run && memory.recordOf(run, before.log);
  const script = restartScript(pane.pane_id, pane["@kstlib_run"], {
    tag: crypto.randomUUID(),
    record,
    tmuxBinary: client.binary,
  });
  const result = await client.call(["-N", "source-file", "-"], {
    stdin: script,
  });
  if (result.code !== 0) {
    memory.discard(run);
    throw startError(client, name, result.stderr);
  }
  if (result.stdout.startsWith(OVERTAKEN)) {
    memory.discard(run);
    return await overtakenStatus(client, name);
  }
  const started = startedStatus(
    client,
    name,
    result,
    () => memory.wasStopped(run),
  );
  memory.confirm(run, started);
  return started;
}

/** What runs there since somebody else was quicker to start it again. */
async function overtakenStatus(
  client: TmuxClient,
  name: string,
): Promise<SessionStatus> {
  const session = await client.find(name);
  if (session !== undefined) return session.status;
  throw new SessionStartError(
    name,
    BackendType.TMUX,
    "somebody else has stopped it meanwhile",
  );
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

async function tryToStart(
  client: TmuxClient,
  config: SessionConfig,
  record: RunRecord | null,
  replaces: TmuxSession | undefined,
): Promise<RunResult> {
  const { name, command, env, workingDir } = config;
  const argv = typeof command === "string" ? ["sh", "-c", command] : command;
  const tmuxBinary = client.binary;
  const tag = crypto.randomUUID();
  const script = startScript({
    name,
    argv: argv === undefined ? shellArgv(env) : launcherArgv({
      command: argv,
      env,
      restart: parseRestart(config.restart ?? "no"),
      tmuxBinary,
    }),
    command: commandText(config),
    env,
    stop: {
      signal: config.stopSignal ?? "SIGINT",
      timeout: config.stopTimeout ?? null,
    },
    tag,
    record,
    tmuxBinary,
    replaces: replaces && {
      sessionId: replaces.id,
      paneId: replaces.panes[0]?.pane_id ?? null,
    },
  });
  // A server keeps the command line of its first client for all to see, so
  // that says no more than this.
  return await client.call(["start-server", ";", "source-file", "-"], {
    stdin: script,
    cwd: workingDir?.startsWith("~")
      ? resolveHostPath(workingDir, "/", readVariable("HOME"), "working_dir")
      : workingDir,
  });
}

function startedStatus(
  client: TmuxClient,
  name: string,
  { stdout, withheld }: RunResult,
  wasStopped: () => boolean,
): SessionStatus {
  const session = sessionsOf(parsePanes(stdout), client.socketName)
    .find(({ status }) => status.name === name);
  if (session === undefined) {
    throw new SessionStartError(
      name,
      BackendType.TMUX,
      wasStopped()
        ? "somebody else stopped it meanwhile"
        : "it was gone at once; if it is a shell, look at its start-up files",
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
  session: TmuxSession,
): Promise<void> {
  const { status } = session;
  if (status.state === SessionState.RUNNING) {
    throw new SessionExistsError(
      status.name,
      BackendType.TMUX,
      "it is running; stop it first, or attach to it",
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
  const { survivors } = await endProcesses(client, session, timeout * 1000);
  if (survivors.length > 0) {
    throw new SessionStartError(
      status.name,
      BackendType.TMUX,
      `of its last run there is still alive: ${survivorNames(survivors)}`,
    );
  }
}
