/** One tmux server, as whoever asks it sees it. */
import {
  BackendNotFoundError,
  EngineError,
  TmuxNotFoundError,
} from "../errors.ts";
import type { ProcessHost, RunResult } from "../process/host.ts";
import { ACTION_MS, QUESTION_MS } from "../process/local.ts";
import {
  engineName,
  listPanes,
  listPanesAgain,
  serverArgs,
} from "./listing.ts";
import {
  outcomeIsMissing,
  type Pane,
  parsePanes,
  sessionsOf,
  type TmuxSession,
} from "./parse.ts";

/** How a call is made, where it differs from an ordinary one. */
export interface CallOptions {
  /** Commands for `source-file -`: they show in no process list. */
  readonly stdin?: string;
  /** Working directory, which a new session inherits. */
  readonly cwd?: string | undefined;
  /** Time limit, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Talks to one tmux server. */
export class TmuxClient {
  /** The tmux program. */
  readonly binary: string;
  /** Label of the socket; `null` for the default one. */
  readonly socketName: string | null;
  /** What errors call this server. */
  readonly engine: string;
  readonly #host: ProcessHost;

  constructor(binary: string, socketName: string | null, host: ProcessHost) {
    this.binary = binary;
    this.socketName = socketName;
    this.engine = engineName(socketName);
    this.#host = host;
  }

  /** Every pane of the server; none where there is no server. */
  async panes(): Promise<Pane[]> {
    const panes = parsePanes((await this.ask(listPanes())).stdout);
    return outcomeIsMissing(panes)
      ? parsePanes((await this.ask(listPanesAgain())).stdout)
      : panes;
  }

  /** Every session of the server; none where there is no server. */
  async sessions(): Promise<TmuxSession[]> {
    return sessionsOf(await this.panes(), this.socketName);
  }

  /** The session of exactly that name. */
  async find(name: string): Promise<TmuxSession | undefined> {
    return (await this.sessions()).find(({ status }) => status.name === name);
  }

  /**
   * Asks the server something; what is absent has nothing to say.
   *
   * @throws {EngineError} If it does not answer the question.
   */
  async ask(args: readonly string[]): Promise<RunResult> {
    const result = await this.call(["-N", ...args], { timeoutMs: QUESTION_MS });
    if (result.code !== 0 && !targetIsAbsent(result.stderr)) {
      throw this.failure(result.stderr);
    }
    return result;
  }

  /** Has the server run a script, and fails if any of it does. */
  async perform(script: string): Promise<void> {
    const { code, stderr } = await this.#runScript(script);
    if (code !== 0) throw this.failure(stderr);
  }

  /** The same, but what it is to act upon may be gone already. */
  async attempt(script: string): Promise<void> {
    const { code, stderr } = await this.#runScript(script);
    if (code !== 0 && !targetIsAbsent(stderr)) throw this.failure(stderr);
  }

  async #runScript(script: string): Promise<RunResult> {
    return await this.call(["-N", "source-file", "-"], { stdin: script });
  }

  /** Runs tmux and leaves it to the caller what its exit code means. */
  async call(
    args: readonly string[],
    { stdin, cwd, timeoutMs = ACTION_MS }: CallOptions = {},
  ): Promise<RunResult> {
    return await this.#named(this.#host.run(
      {
        binary: this.binary,
        args: [...serverArgs(this.socketName), ...args],
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
    const said = firstLine(stderr);
    return new EngineError(
      this.engine,
      /unknown option|^usage:|invalid option|unknown command/.test(said)
        ? `tmux 3.3 or later is needed (it says: ${said})`
        : said || "it failed without a word",
    );
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

/** Whether the words mean that no server listens on the socket. */
export function serverIsAbsent(stderr: string): boolean {
  return /^(?:no server running|error connecting to .*\((?:No such file or directory|Connection refused)\)|lost server|server exited)/
    .test(stderr);
}

/** Whether the words mean that what was meant is not there, or no longer. */
export function targetIsAbsent(stderr: string): boolean {
  // Without any session, tmux has "no current target".
  return serverIsAbsent(stderr) ||
    /^(?:no current target|no such pane|can't find (?:pane|session))/
      .test(stderr);
}

/** The first line of what a program said. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
