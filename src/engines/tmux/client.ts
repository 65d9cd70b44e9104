/** Questions to one tmux server, and orders. */
import { pause } from "../../core/pause.ts";
import {
  BackendNotFoundError,
  EngineError,
  TmuxNotFoundError,
} from "../../core/errors.ts";
import type { ProcessHost, RunResult } from "../../host/host.ts";
import { ACTION_MS, QUESTION_MS } from "../../host/local/local.ts";
import {
  beginStopScript,
  line,
  prepareScript,
  type ProcessQuestion,
  processScript,
  TABLE_END,
  watchScript,
} from "./args.ts";
import {
  failuresOf,
  firstLine,
  marked,
  reasonOf,
  serverIsAbsent,
  targetIsAbsent,
} from "./answers.ts";
import { Batch, shared } from "./batch.ts";
import { shellQuote } from "./quote.ts";
import { QUESTION_LABEL } from "./sockets.ts";
import { DEFAULT_LABEL } from "../../core/place.ts";
import { SessionState } from "../../core/status.ts";
import {
  engineName,
  listPanes,
  listPanesAgain,
  serverArgs,
} from "./listing.ts";
import { mayHaveLeft, withLeft } from "./left.ts";
import {
  outcomeIsMissing,
  type Pane,
  parsePanes,
  renamedIn,
  runOf,
  sessionsOf,
  type TmuxSession,
} from "./parse.ts";

import { parseProcesses, type ProcessTable } from "./processes.ts";
import { type Answer, type Question, StopLoop } from "./stop_loop.ts";

/** How a call is made, where it differs from an ordinary one. */
export interface CallOptions {
  /** Commands for `source-file -`: they show in no process list. */
  readonly stdin?: string;
  /** Working directory, which a new session inherits. */
  readonly cwd?: string | undefined;
  /** Time limit, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Everything that is known of a server at one moment. */
export interface Sessions {
  /** Its sessions, in its order. */
  readonly all: readonly TmuxSession[];
  /** The session of exactly that name. */
  readonly byName: ReadonlyMap<string, TmuxSession>;
  /** Every pane by its id. */
  readonly byPane: ReadonlyMap<string, Pane>;
  /** Panes that run under another name now, by that which they had. */
  readonly renamed: ReadonlyMap<string, Pane>;
}

/** The sessions of a server, and the processes of its host. */
export interface Scan {
  readonly sessions: Sessions;
  /** Every process of the host. */
  readonly table: ProcessTable;
  /** The path of the server's socket, as its sessions have it. */
  readonly socketPath: string;
  /** Whether a server has answered there. */
  readonly isAnswered: boolean;
}

/** A start among others. */
export interface Beginning {
  /** What the server is to do. */
  readonly script: string;
  /** What the processes of its run carry. */
  readonly tag: string;
}

/** What came of one start among others. */
export interface Begun {
  /** What tmux said against it; `null` where all of it was done. */
  readonly failure: string | null;
  /** What it and the others printed. */
  readonly printed: readonly string[];
  /** The sessions once they have been watched, and their commands run. */
  readonly sessions: Sessions;
  /** See {@linkcode RunResult.withheld}. */
  readonly withheld: readonly string[];
}

/** Begins the line that tells the path of the socket. */
const SOCKET_MARK = "kstlib-socket ";
/** Begins the line that tells how a listing of sessions came out. */
const LISTED_MARK = "kstlib-listed ";
/** How long sending signals and looking at the processes may take. */
const LOOK_MS = 10_000;
/** How much longer for each pane that is stopped. */
const LOOK_MORE_MS = 100;
/** How many scripts one call of tmux takes. */
const MOST_SCRIPTS = 200;
/** How many sessions start together: more would only keep each other from it. */
const MOST_STARTS = 100;
/** How often in vain it is asked for commands that have not told their pids. */
const PID_ATTEMPTS = 20;
const PID_PAUSE_MS = 100;
/** How often processes and sessions are asked for before that is given up. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 20;

/**
 * Talks to one tmux server. Callers that ask at the same time share one call.
 */
export class TmuxClient {
  /** The tmux program. */
  readonly binary: string;
  /** Label of the socket; `null` for the default one. */
  readonly socketName: string | null;
  /** Label of the socket, also that of the default one. */
  readonly label: string;
  /** What errors call this server. */
  readonly engine: string;
  /** Ends processes of this server. */
  readonly stops: StopLoop<Sessions>;
  readonly #host: ProcessHost;
  readonly #lists: Batch<null, Sessions>;
  readonly #listsAgain: Batch<null, Sessions>;
  readonly #scans: Batch<null, Scan>;
  readonly #scripts: Batch<string, string | null>;
  readonly #starts = new Map<string | undefined, Batch<Beginning, Begun>>();

  constructor(binary: string, socketName: string | null, host: ProcessHost) {
    this.binary = binary;
    this.socketName = socketName;
    this.label = socketName ?? DEFAULT_LABEL;
    this.engine = engineName(socketName);
    this.#host = host;
    this.#lists = shared(() => this.#list());
    this.#listsAgain = shared(() => this.#listAgain(ACTION_MS));
    this.#scans = shared(() => this.#scan());
    this.#scripts = new Batch((all) => this.#runScripts(all), MOST_SCRIPTS);
    this.stops = new StopLoop((question) => this.#lookAtStops(question));
  }

  /** The sessions of the server; none where there is no server. */
  async list(): Promise<Sessions> {
    return await this.#lists.do(null);
  }

  /** The sessions and the processes, as of one moment. */
  async scan(): Promise<Scan> {
    return await this.#scans.do(null);
  }

  /** Lists after tmux has noticed which panes are dead. */
  async listAgain(): Promise<Sessions> {
    return await this.#listsAgain.do(null);
  }

  /** Every session of the server; none where there is no server. */
  async sessions(): Promise<readonly TmuxSession[]> {
    return (await this.list()).all;
  }

  /** The session of exactly that name. */
  async find(name: string): Promise<TmuxSession | undefined> {
    return (await this.list()).byName.get(name);
  }

  async #list(timeoutMs = QUESTION_MS): Promise<Sessions> {
    const { stdout } = await this.ask(listPanes(), timeoutMs);
    const panes = parsePanes(stdout);
    const listed = outcomeIsMissing(panes)
      ? await this.#listAgain(timeoutMs)
      : this.#sessionsIn(panes);
    if (!listed.all.some(mayHaveLeft)) return listed;
    const look = await this.#lookAtProcesses([], {}, timeoutMs);
    const table = parseProcesses(look.stdout);
    return {
      ...listed,
      ...byName(listed.all.map((it) => withLeft(it, table))),
    };
  }

  async #listAgain(timeoutMs: number): Promise<Sessions> {
    const { stdout } = await this.ask(listPanesAgain(), timeoutMs);
    return this.#sessionsIn(parsePanes(stdout));
  }

  #sessionsIn(panes: readonly Pane[]): Sessions {
    return {
      ...byName(sessionsOf(panes, this.socketName)),
      byPane: new Map(panes.map((it) => [it.pane_id, it])),
      renamed: renamedIn(panes),
    };
  }

  async #lookAtStops(
    { marks, sendings, pauseMs, removals }: Question,
  ): Promise<Answer<Sessions>> {
    const list = this.#shellCommand("-u", ...listPanesAgain());
    const { stdout, isOwn } = await this.#lookAtProcesses(
      marks.map(beginStopScript),
      { sendings, pauseMs, further: removals === null ? [] : [list] },
      LOOK_MS + LOOK_MORE_MS * marks.length,
      removals ?? [],
    );
    return {
      table: parseProcesses(stdout),
      listed: isOwn && removals !== null
        ? this.#sessionsIn(parsePanes(stdout))
        : null,
    };
  }

  // The processes first: what begins in between belongs to no session that is
  // not listed, and is in no table. All of it comes through one buffer, since
  // tmux cannot print what it saves and what it says.
  async #scan(): Promise<Scan> {
    const further = [
      `${this.#shellCommand("-u", ...listPanes())} 2>&1`,
      `echo "${LISTED_MARK}$?"`,
      this.#shellCommand(
        ...["display-message", "-p", `${SOCKET_MARK}#{socket_path}`],
      ),
    ];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const { stdout, isOwn } = await this.#lookAtProcesses(
        [line("run-shell", ":")],
        { further },
        QUESTION_MS,
      );
      // What is not listed must not pass for lost. A server without any session
      // has nothing to list.
      const said = stdout.split("\n");
      const isListed = said.includes(`${LISTED_MARK}0`) ||
        said.some(targetIsAbsent);
      const path = said.find((it) => it.startsWith(SOCKET_MARK));
      if (!isListed || path === undefined) continue;
      const folder = path.slice(SOCKET_MARK.length, path.lastIndexOf("/"));
      return {
        // If another server has answered, the server itself may be back by now.
        sessions: isOwn
          ? this.#sessionsIn(parsePanes(stdout))
          : await this.#list(),
        table: parseProcesses(stdout),
        socketPath: `${folder}/${this.label}`,
        isAnswered: isOwn,
      };
    }
    throw new EngineError(this.engine, "its sessions cannot be listed");
  }

  /** Calls tmux from a shell that the server runs. */
  #shellCommand(...args: readonly string[]): string {
    return [this.binary, ...args].map(shellQuote).join(" ");
  }

  /**
   * Sends signals and lists the processes. If the server is gone, another one is
   * started to do so: without an answer nothing is known of the processes.
   */
  async #lookAtProcesses(
    before: readonly string[],
    options: Pick<ProcessQuestion, "further" | "pauseMs" | "sendings">,
    timeoutMs: number,
    after: readonly string[] = [],
  ): Promise<{ readonly stdout: string; readonly isOwn: boolean }> {
    let args = ["-N", "source-file", "-"];
    let server: string | null = null; // that is started for it
    let { sendings } = options;
    for (let attempt = 1;; attempt++) {
      const buffer = `kstlib-ops-${crypto.randomUUID()}`;
      const tmuxBinary = this.binary;
      const look = processScript({
        tmuxBinary,
        buffer,
        ...options,
        ...(sendings && { sendings }),
        removesSocket: server !== null,
      });
      const script = [...before, look, ...(server === null ? after : [])];
      // It goes once it is left alone.
      if (server !== null) {
        script.push(line("set-option", "-s", "exit-empty", "on"));
      }
      const result = await this.#callServer(server ?? this.socketName, args, {
        stdin: `${script.join("\n")}\n`,
        timeoutMs,
      });
      if (result.stdout.includes(`\n${TABLE_END}\n`)) {
        return { stdout: result.stdout, isOwn: server === null };
      }
      if (serverIsAbsent(result.stderr) && server === null) {
        server = `${QUESTION_LABEL}${crypto.randomUUID().slice(0, 8)}`;
        // Without anybody's configuration.
        args = [
          ...["-f", "/dev/null", "start-server", ";"],
          ...["set-option", "-s", "exit-empty", "off", ";"],
          ...["source-file", "-"],
        ];
        continue;
      }
      // The shell that makes the table was ended meanwhile. Or the server has lost
      // its last session: then it refuses to wait, and exits soon.
      if (attempt === ATTEMPTS) throw this.failure(result.stderr);
      // The signals have been sent: a command that gets a second one may give up
      // cleaning up.
      sendings = [];
      await pause(FIRST_PAUSE_MS * 2 ** attempt);
    }
  }

  /**
   * Asks the server something; what is absent has nothing to say.
   *
   * @throws {EngineError} If it does not answer the question.
   */
  async ask(
    args: readonly string[],
    timeoutMs = QUESTION_MS,
  ): Promise<RunResult> {
    const result = await this.call(["-N", ...args], { timeoutMs });
    if (result.code !== 0 && !targetIsAbsent(result.stderr)) {
      throw this.failure(result.stderr);
    }
    return result;
  }

  /** Has the server run a script, and fails if any of it does. */
  async perform(script: string): Promise<void> {
    const failure = await this.#scripts.do(script);
    if (failure !== null) throw this.failure(failure);
  }

  /** The same, but what it is to act upon may be gone already. */
  async attempt(script: string): Promise<void> {
    const failure = await this.#scripts.do(script);
    if (failure !== null && !targetIsAbsent(failure)) {
      throw this.failure(failure);
    }
  }

  /**
   * Has the server start something, started itself if need be, and watches the
   * first moments of it, until its command runs.
   *
   * @param cwd The working directory of what is started.
   */
  async begin(beginning: Beginning, cwd?: string): Promise<Begun> {
    let batch = this.#starts.get(cwd);
    if (batch === undefined) {
      batch = new Batch((all) => this.#begin(all, cwd), MOST_STARTS);
      this.#starts.set(cwd, batch);
    }
    return await batch.do(beginning);
  }

  async #begin(
    beginnings: readonly Beginning[],
    cwd: string | undefined,
  ): Promise<Begun[]> {
    const scripts = beginnings.map(({ script }) => script);
    // A server keeps the command line of its first client for all to see, so
    // that says no more than this.
    const result = await this.call(["start-server", ";", "source-file", "-"], {
      stdin: `${prepareScript()}\n${marked(scripts)}${watchScript()}\n`,
      cwd,
    });
    const sessions = await this.#withPids(
      new Set(beginnings.map(({ tag }) => tag)),
      this.#sessionsIn(parsePanes(result.stdout)),
    );
    const printed = result.stdout.split("\n");
    return failuresOf(scripts, result).map((failure) => ({
      failure,
      printed,
      sessions,
      withheld: result.withheld,
    }));
  }

  /** On a busy machine, launchers come to their commands late. */
  async #withPids(
    tags: ReadonlySet<string>,
    first: Sessions,
  ): Promise<Sessions> {
    let sessions = first;
    let missing = countWithoutPid(sessions, tags);
    for (let i = 0; i < PID_ATTEMPTS && missing > 0; i++) {
      await pause(PID_PAUSE_MS);
      sessions = await this.#list(ACTION_MS);
      const before = missing;
      missing = countWithoutPid(sessions, tags);
      if (missing < before) i = 0;
    }
    return sessions;
  }

  async #runScripts(scripts: readonly string[]): Promise<(string | null)[]> {
    // The exit code tells only whether the last script was done.
    const [only] = scripts.length === 1 ? scripts : [];
    const result = await this.call(["-N", "source-file", "-"], {
      stdin: only === undefined ? marked(scripts) : `${only}\n`,
    });
    if (only === undefined) return failuresOf(scripts, result);
    return [result.code === 0 ? null : result.stderr];
  }

  /** Runs tmux and leaves it to the caller what its exit code means. */
  async call(
    args: readonly string[],
    options: CallOptions = {},
  ): Promise<RunResult> {
    return await this.#callServer(this.socketName, args, options);
  }

  async #callServer(
    socketName: string | null,
    args: readonly string[],
    { stdin, cwd, timeoutMs = ACTION_MS }: CallOptions,
  ): Promise<RunResult> {
    return await this.#named(this.#host.run(
      {
        binary: this.binary,
        args: [...serverArgs(socketName), ...args],
        engine: this.engine,
        cwd,
      },
      { timeoutMs, ...(stdin === undefined ? {} : { stdin }) },
    ));
  }

  /** Hands our terminal to tmux. */
  async attach(args: readonly string[]): Promise<void> {
    await this.#named(this.#host.attach({
      binary: this.binary,
      args: [...serverArgs(this.socketName), "-N", ...args],
      engine: this.engine,
    }));
  }

  /** Whether our standard input and output are a terminal. */
  isTerminal(): boolean {
    return this.#host.isTerminal();
  }

  /** The error for what tmux said on its standard error. */
  failure(stderr: string): EngineError {
    return new EngineError(this.engine, reasonOf(firstLine(stderr)));
  }

  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof BackendNotFoundError) {
        throw new TmuxNotFoundError(this.binary, { cause: error });
      }
      throw error;
    }
  }
}

function byName(
  all: readonly TmuxSession[],
): Pick<Sessions, "all" | "byName"> {
  return { all, byName: new Map(all.map((it) => [it.status.name, it])) };
}

/** How many run of those that were started, without a known command. */
function countWithoutPid(
  { all }: Sessions,
  tags: ReadonlySet<string>,
): number {
  return all.filter(({ panes, status }) =>
    status.state === SessionState.RUNNING && status.panePid === null &&
    panes.some((pane) =>
      pane["@kstlib_fault"] === "" && tags.has(runOf(pane)?.tag ?? "")
    )
  ).length;
}

/** The clients by host and server: callers share calls by sharing a client. */
const CLIENTS = new WeakMap<ProcessHost, Map<string, TmuxClient>>();

/** The client of a server: one for all callers on that host. */
export function clientOf(
  binary: string,
  socketName: string | null,
  host: ProcessHost,
): TmuxClient {
  let ofHost = CLIENTS.get(host);
  if (ofHost === undefined) CLIENTS.set(host, ofHost = new Map());
  const key = JSON.stringify([binary, socketName]);
  let client = ofHost.get(key);
  if (client === undefined) {
    ofHost.set(key, client = new TmuxClient(binary, socketName, host));
  }
  return client;
}
