/** Sessions on tmux. */
import { readVariable } from "../environment.ts";
import {
  SessionAttachError,
  SessionExistsError,
  SessionNotFoundError,
  SessionSendError,
  SessionStartError,
  SessionStopError,
} from "../errors.ts";
import {
  type AttachResult,
  BackendType,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  type StopResult,
} from "../models.ts";
import { resolveHostPath } from "../paths.ts";
import type { ProcessHost, RunResult } from "../process/host.ts";
import { localHost } from "../process/local.ts";
import type { Runner, StopOptions } from "../runner.ts";
import {
  validateKeys,
  validateLines,
  validateNewName,
  validateSocketName,
  validateTimeout,
} from "../validation.ts";
import { capturePane, line, sendScript, startScript } from "./args.ts";
import { serverIsAbsent, TmuxClient } from "./client.ts";
import { launcherArgv, shellArgv } from "./launcher.ts";
import {
  outcomeOf,
  parsePanes,
  sessionsOf,
  type TmuxSession,
} from "./parse.ts";
import { canonicalLabel, isInside } from "./sockets.ts";
import { endProcesses } from "./stop.ts";

/** How often a start is tried when others start, stop or end the server. */
const START_ATTEMPTS = 5;

/** Which tmux server, and how it is reached. */
export interface TmuxRunnerOptions {
  /** The tmux program. @default {"tmux"} */
  readonly binary?: string | undefined;
  /** Label of the socket, as in `tmux -L`. @default {null} the default one */
  readonly socketName?: string | null | undefined;
  /** Where tmux is run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
}

/** How keys are sent. */
export interface SendKeysOptions {
  /** Press Enter after text; never after a single key. @default {true} */
  readonly enter?: boolean | undefined;
  /** Type the name of a key instead of pressing it. @default {false} */
  readonly literal?: boolean | undefined;
}

/**
 * The sessions of one tmux server. Names are matched exactly, and of a session
 * that ops started only its own pane counts, whatever a user opens beside it.
 *
 * @example Start a session and read its output
 * ```ts ignore
 * import { SessionConfig, TmuxRunner } from "@kstlib/ops";
 *
 * const tmux = new TmuxRunner({ socketName: "bots" });
 * await tmux.start(new SessionConfig({ name: "bot", command: "python bot.py" }));
 * console.log(await tmux.logs("bot", 20));
 * ```
 */
export class TmuxRunner implements Runner {
  /** The kind of engine: `"tmux"`. */
  readonly backend: typeof BackendType.TMUX = BackendType.TMUX;
  /** The tmux program; that it exists is found out at the first call. */
  readonly binary: string;
  /** Label of the socket; `null` for the default one. */
  readonly socketName: string | null;
  readonly #client: TmuxClient;

  /**
   * Makes a runner; tmux is asked nothing yet.
   *
   * @param options Which server, and how it is reached.
   * @throws {SessionConfigError} If the socket's label cannot be one.
   */
  constructor(
    { binary = "tmux", socketName = null, host = localHost }:
      TmuxRunnerOptions = {},
  ) {
    if (socketName !== null) validateSocketName(socketName);
    this.binary = binary;
    this.socketName = socketName && canonicalLabel(socketName);
    this.#client = new TmuxClient(binary, this.socketName, host);
  }

  /**
   * Starts a session. An ended one of ours makes room; its output is then gone.
   * A command that ends within its first moments is returned as `exited`.
   *
   * @throws {SessionConfigError} If the name cannot name a new session, or the
   *   working directory does not exist.
   * @throws {SessionExistsError} If it is running, or ended and not ours.
   * @throws {SessionStartError} If tmux refuses.
   */
  async start(config: SessionConfig): Promise<SessionStatus> {
    validateNewName(config.name);
    let result: RunResult | undefined;
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      // A question first: it finds out about a hung server much sooner.
      const replaces = await this.#client.find(config.name);
      if (replaces !== undefined) mustMakeRoom(replaces.status);
      result = await this.#tryToStart(config, replaces);
      if (result.code === 0) return this.#started(config.name, result);
      const madeId = /^\$\d+$/m.exec(result.stdout)?.[0];
      if (madeId !== undefined) {
        await this.#remove(madeId);
        break;
      }
      const isTaken = result.stderr.startsWith("duplicate session");
      if (
        !isTaken && replaces === undefined && !serverIsAbsent(result.stderr)
      ) {
        break;
      }
    }
    throw new SessionStartError(
      config.name,
      this.backend,
      this.#client.failure(result?.stderr ?? "").message,
    );
  }

  /**
   * Stops a session: interrupts it, terminates it at half of the time, and
   * hangs up and kills at its end. An interactive shell is hung up on at once.
   * An ended session of ours is cleared away, one of others left as it is.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If a process of it outlives even a kill.
   */
  async stop(
    name: string,
    { graceful = true, timeout = 10 }: StopOptions = {},
  ): Promise<StopResult> {
    validateTimeout(timeout);
    const session = await this.#get(name);
    const { status } = session;
    if (status.state !== SessionState.RUNNING) {
      if (status.managed) await this.#remove(session.id);
      const { exitCode, signal } = status;
      return {
        stopped: false,
        signals: [],
        durationMs: 0,
        exitCode,
        signal,
        survivors: [],
      };
    }
    const started = performance.now();
    const { signals, survivors } = await endProcesses(
      this.#client,
      session,
      graceful ? timeout * 1000 : null,
    );
    if (survivors.length > 0) {
      const who = survivors.map(({ pid, command }) => `${pid} (${command})`);
      throw new SessionStopError(
        name,
        this.backend,
        `still alive after ${signals.join(", ")}: ${who.join(", ")}; ` +
          "it may belong to another user, or wait for a device",
      );
    }
    const own = session.panes[0]?.pane_id;
    const { exitCode, signal } = outcomeOf(
      (await this.#client.panes()).find((pane) => pane.pane_id === own),
    );
    await this.#remove(session.id);
    const durationMs = Math.round(performance.now() - started);
    return { stopped: true, signals, durationMs, exitCode, signal, survivors };
  }

  /**
   * Hands the terminal to the session until the user detaches (the prefix key
   * and `d`) or it ends. Inside tmux on the same socket, the client switches
   * to it instead.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionAttachError} If it is not running, or without a terminal.
   */
  async attach(name: string): Promise<AttachResult> {
    const { id, status } = await this.#get(name);
    if (status.state !== SessionState.RUNNING) {
      throw new SessionAttachError(
        name,
        this.backend,
        `it has ${status.state}; see its output with "ops logs ${name}"`,
      );
    }
    if (isInside(status.pid)) {
      await this.#client.perform(line("switch-client", "-t", id) + "\n");
      return { switched: true, ended: false, exitCode: null, signal: null };
    }
    if (!this.#client.isTerminal()) {
      throw new SessionAttachError(
        name,
        this.backend,
        "standard input and output are not a terminal; run it in one",
      );
    }
    await this.#client.attach(["attach-session", "-t", id]);
    const after = (await this.#client.sessions()).find((s) => s.id === id);
    return {
      switched: false,
      ended: after?.status.state !== SessionState.RUNNING,
      exitCode: after?.status.exitCode ?? null,
      signal: after?.status.signal ?? null,
    };
  }

  /**
   * Asks tmux.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  async status(name: string): Promise<SessionStatus> {
    return (await this.#get(name)).status;
  }

  /**
   * The last lines on the session's screen and above it, ANSI sequences kept,
   * wrapped lines joined. tmux keeps `history-limit` lines, 2000 by default.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  async logs(name: string, lines = 100): Promise<string> {
    validateLines(lines);
    const session = await this.#get(name);
    const pane = session.panes[0];
    if (pane === undefined || lines === 0) return "";
    const { stdout } = await this.#client.ask(capturePane(pane.pane_id));
    return stdout.trimEnd().split("\n").slice(-lines).join("\n");
  }

  /**
   * Types text into a session, or presses a single key: `C-c`, `M-x`, `Enter`,
   * `Escape`, `Tab`, `Space`, `BSpace`, `Up`, `Down`, `Left`, `Right`, `F1`…
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionSendError} If it is not running.
   */
  async sendKeys(
    name: string,
    keys: string,
    { enter = true, literal = false }: SendKeysOptions = {},
  ): Promise<void> {
    validateKeys(keys);
    const { panes: [pane], status } = await this.#get(name);
    if (status.state !== SessionState.RUNNING || pane === undefined) {
      throw new SessionSendError(
        name,
        this.backend,
        `it has ${status.state}; start it first`,
      );
    }
    await this.#client.perform(
      sendScript(pane.pane_id, keys, { enter, literal }),
    );
  }

  /** Whether tmux has a session of that name, running or ended. */
  async exists(name: string): Promise<boolean> {
    return (await this.#client.find(name)) !== undefined;
  }

  /** Every session of the server, whoever started it. */
  async listSessions(): Promise<SessionStatus[]> {
    return (await this.#client.sessions()).map(({ status }) => status);
  }

  async #get(name: string): Promise<TmuxSession> {
    const session = await this.#client.find(name);
    if (session === undefined) {
      throw new SessionNotFoundError(name, this.#client.engine);
    }
    return session;
  }

  async #tryToStart(
    { name, command, env, workingDir }: SessionConfig,
    replaces: TmuxSession | undefined,
  ): Promise<RunResult> {
    const argv = typeof command === "string" ? ["sh", "-c", command] : command;
    const script = startScript({
      name,
      argv: argv === undefined
        ? shellArgv(env)
        : launcherArgv(argv, env, this.binary),
      command: typeof command === "string" ? command : argv?.join(" ") ?? null,
      env,
      replaces: replaces && {
        sessionId: replaces.id,
        paneId: replaces.panes[0]?.pane_id ?? null,
      },
    });
    // A server keeps the command line of its first client for all to see, so
    // that says no more than this.
    return await this.#client.call(
      ["start-server", ";", "source-file", "-"],
      {
        stdin: script,
        cwd: workingDir?.startsWith("~")
          ? resolveHostPath(
            workingDir,
            "/",
            readVariable("HOME"),
            "working_dir",
          )
          : workingDir,
      },
    );
  }

  #started(name: string, { stdout, withheld }: RunResult): SessionStatus {
    const session = sessionsOf(parsePanes(stdout), this.socketName)
      .find(({ status }) => status.name === name);
    if (session === undefined) {
      throw new SessionStartError(
        name,
        this.backend,
        "it was gone at once; if it is a shell, look at its start-up files",
      );
    }
    return withheld.length === 0 ? session.status : {
      ...session.status,
      detail: `${withheld.join(", ")} not passed on: Deno needs --allow-run ` +
        "without a list for that",
    };
  }

  async #remove(sessionId: string): Promise<void> {
    await this.#client.attempt(line("kill-session", "-t", sessionId) + "\n");
  }
}

function mustMakeRoom(status: SessionStatus): void {
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
}
