/** Sessions on tmux. */
import {
  SessionNotFoundError,
  SessionSendError,
  SessionStopError,
} from "../../core/errors.ts";
import {
  type AttachResult,
  BackendType,
  type Run,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  type StopResult,
  survivorNames,
} from "../../core/definition.ts";
import { lazy } from "../../core/lazy.ts";
import type { ProcessHost } from "../../host/host.ts";
import { localHost } from "../../host/local/local.ts";
import type {
  FollowOptions,
  LogOptions,
  Runner,
  Seen,
  SendKeysOptions,
  StopOptions,
} from "../runner.ts";
import { Recorder, type RecorderOptions } from "../../state/recorder.ts";
import {
  validateKeys,
  validateLines,
  validateNewName,
  validateSocketName,
  validateTimeout,
} from "../../core/validate/fields.ts";
import { clientOf, type TmuxClient } from "./client.ts";
import { Memory } from "./memory.ts";
import { runOf, stopRuleOf, type TmuxSession } from "./parse.ts";
import { isAny, lostStatus } from "./strays.ts";
import { canonicalLabel } from "../../core/place.ts";

const starting = lazy(() => import("./start.ts"));
const stopping = lazy(() => import("./stop.ts"));

/** Which tmux server, and how it is reached. */
export interface TmuxRunnerOptions extends RecorderOptions {
  /** The tmux program. @default {"tmux"} */
  readonly binary?: string | undefined;
  /** Label of the socket, as in `tmux -L`. @default {null} the default one */
  readonly socketName?: string | null | undefined;
  /** Where tmux is run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /** Shows a text to the person at the terminal: how to leave a session. */
  readonly notify?: ((text: string) => void) | undefined;
  /** A session as it was just found: it is not asked for again at first. */
  readonly seen?: Seen | undefined;
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
  readonly #memory: Memory;
  readonly #host: ProcessHost;
  readonly #notify: ((text: string) => void) | undefined;

  /**
   * Makes a runner; tmux is asked nothing yet.
   *
   * @param options Which server, and how it is reached.
   * @throws {SessionConfigError} If the socket's label cannot be one.
   */
  constructor(
    {
      binary = "tmux",
      socketName = null,
      host = localHost,
      notify,
      seen,
      ...recorder
    }: TmuxRunnerOptions = {},
  ) {
    if (socketName !== null) validateSocketName(socketName);
    this.binary = binary;
    this.socketName = socketName && canonicalLabel(socketName);
    this.#host = host;
    this.#notify = notify;
    this.#client = clientOf(binary, this.socketName, host);
    this.#memory = new Memory(this.#client, new Recorder(recorder), seen);
  }

  /**
   * Starts a session. An ended one of ours makes room; its output is then gone.
   * A command that ends within its first moments is returned as `exited`.
   *
   * @throws {SessionConfigError} If the name cannot name a new session.
   * @throws {SessionExistsError} If it is running, or ended and not ours.
   * @throws {SessionStartError} If tmux refuses, or the working directory does
   *   not exist.
   */
  async start(config: SessionConfig): Promise<SessionStatus> {
    validateNewName(config.name);
    const { startSession } = await starting();
    return await startSession(this.#client, this.#memory, config);
  }

  /**
   * Stops a session: sends its stop signal, an interrupt by default, terminates
   * it at half of the time, and hangs up and kills at its end. An interactive
   * shell is hung up on at once. An ended session of ours is cleared away, one
   * of others left as it is; so is one of which a process is still alive. What
   * lives of a session that tmux has lost is ended, too.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  async stop(name: string, options: StopOptions = {}): Promise<StopResult> {
    if (options.timeout !== undefined) validateTimeout(options.timeout);
    const { endLost, endSession } = await stopping();
    const session = await this.#memory.find(name);
    return session === undefined
      ? await endLost(this.#client, name, options)
      : await endSession(this.#client, this.#memory, session, options, true);
  }

  /**
   * Stops a session that ops started, and starts it again in its place, with
   * the same command and environment.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStartError} If ops did not start it, or tmux refuses.
   * @throws {SessionStopError} If a process of it outlives even a kill.
   */
  async restart(
    name: string,
    options: StopOptions = {},
  ): Promise<SessionStatus> {
    if (options.timeout !== undefined) validateTimeout(options.timeout);
    const { mustBeOurs, restartSession } = await starting();
    const { endSession } = await stopping();
    const client = this.#client;
    const session = await this.#get(name);
    mustBeOurs(session);
    const { survivors } = await endSession(
      client,
      this.#memory,
      session,
      options,
      false,
    );
    if (survivors.length > 0) {
      throw new SessionStopError(
        name,
        this.backend,
        `still alive: ${survivorNames(survivors)}; it was not started again`,
      );
    }
    return await restartSession(client, this.#memory, session);
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
    const { attachTo } = await import("./attach.ts");
    return await attachTo(this.#client, await this.#get(name), this.#notify);
  }

  /**
   * Asks tmux. Reports a durable log that has stopped, and has it go on.
   *
   * @throws {SessionNotFoundError} If there is none.
   */
  async status(name: string): Promise<SessionStatus> {
    const { session, sessions, strays, last } = await this.#memory.look(name);
    if (session === undefined) {
      this.#memory.refuseRenamed(name, sessions);
      if (last !== null && isAny(strays)) {
        return { ...lostStatus(last, strays), lastRun: last };
      }
      throw new SessionNotFoundError(name, this.#client.engine);
    }
    if (session.status.logError !== null) await this.#resumeLog(session);
    const status = this.#memory.withLastEnd(session.status, last);
    return { ...status, lastRun: this.#memory.lastEnded(last) };
  }

  /**
   * The last lines of the session's durable log, colors kept. Without one, and
   * while a program draws on the whole screen, they are those of the screen and
   * above it; tmux keeps `history-limit` of them, 2000 by default.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it cannot be had in that form.
   */
  async logs(
    name: string,
    lines = 100,
    options: LogOptions = {},
  ): Promise<string> {
    validateLines(lines);
    const { readLog } = await import("./logs.ts");
    return await readLog(this.#client, this.#memory, name, lines, options);
  }

  /**
   * The very bytes of the last lines of the session's durable log.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it has no durable log.
   */
  async rawLogs(
    name: string,
    lines = 100,
    options: LogOptions = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const raw = { ...options, raw: true };
    const { fromBinary } = await import("../../state/log_text.ts");
    return fromBinary(await this.logs(name, lines, raw));
  }

  /**
   * What goes into the durable log of a session, as it comes.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it has no durable log.
   */
  async *follow(
    name: string,
    options: FollowOptions = {},
  ): AsyncGenerator<string, void> {
    const { followLog } = await import("./logs.ts");
    yield* followLog(this.#client, this.#memory, name, options);
  }

  /**
   * The very bytes that go into the durable log of a session, as they come.
   *
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it has no durable log.
   */
  async *followRaw(
    name: string,
    options: FollowOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const raw = { ...options, raw: true };
    const { fromBinaries } = await import("../../state/log_text.ts");
    yield* fromBinaries(this.follow(name, raw));
  }

  /** Its runs that are remembered, the oldest first. */
  async history(name: string): Promise<Run[]> {
    return [...await this.#memory.history(name)];
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
    const { sendScript } = await import("./args.ts");
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

  /**
   * Finds what would keep a session from being started, as a start would.
   *
   * @throws {SessionStartError} If its working directory does not exist.
   */
  async mustBeStartable({ name, workingDir }: SessionConfig): Promise<void> {
    if (workingDir === undefined) return;
    const { refuseFolder } = await import("./working_dir.ts");
    await refuseFolder(this.#host, name, workingDir);
  }

  /** Whether tmux has a session of that name, running or ended. */
  async exists(name: string): Promise<boolean> {
    return (await this.#client.find(name)) !== undefined;
  }

  /** Every session of the server, also those that ops did not start. */
  async listSessions(): Promise<SessionStatus[]> {
    return (await this.#client.sessions()).map(({ status }) => status);
  }

  async #get(name: string): Promise<TmuxSession> {
    const session = await this.#memory.find(name);
    if (session === undefined) {
      throw new SessionNotFoundError(name, this.#client.engine);
    }
    return session;
  }

  /** Whatever it was that stopped the log, it may be over. */
  async #resumeLog(
    { panes: [pane], status, isLaunched }: TmuxSession,
  ): Promise<void> {
    const run = pane && runOf(pane);
    if (!run || run.log === null || run.run === null) return;
    const { resumeLogScript } = await import("./args.ts");
    const history = this.#memory.filesOf(status.name);
    if (history === null) return;
    await this.#client.attempt(resumeLogScript(pane.pane_id, {
      name: status.name,
      tag: run.tag,
      record: {
        run: run.run,
        prefix: history.prefix(run.run),
        log: run.log,
      },
      stopTimeout: stopRuleOf(pane).timeout,
      tmuxBinary: this.binary,
    }, isLaunched));
  }
}
