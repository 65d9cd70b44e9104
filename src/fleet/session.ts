/** One session, whatever engine it lives on. */
import { loadConfig } from "../config/load.ts";
import { hasChanged, specOf } from "../core/spec.ts";
import type { SessionDefinition } from "../config/model.ts";
import {
  BackendNotFoundError,
  SessionConfigError,
  SessionExecError,
  SessionExistsError,
  SessionNotFoundError,
  SessionSendError,
  SessionStopError,
} from "../core/errors.ts";
import { definedStatus } from "./survey.ts";
import {
  type AttachResult,
  BackendType,
  type Run,
  SessionConfig,
  SessionState,
  type SessionStatus,
  type StopResult,
  survivorNames,
} from "../core/definition.ts";
import { finding } from "./finding.ts";
import type {
  FindOptions,
  FromConfigOptions,
  SessionManagerOptions,
  StartOverrides,
} from "./session_options.ts";
import { tellMeanwhile, type WatchedStopOptions } from "./stop_wait.ts";
import { saysWhatToStart } from "./startable.ts";
import type { WaitOptions, WaitState } from "./wait.ts";
import { localHost } from "../host/local/local.ts";
import { SUCCESS_EXIT_CODES } from "../core/success.ts";
import { validateExitCode, validateReadiness } from "../core/ready.ts";
import type {
  ExecOptions,
  ExecResult,
  FollowOptions,
  LogOptions,
  Runner,
  Seen,
  SendKeysOptions,
  StopOptions,
} from "../engines/runner.ts";
import { removedStatus } from "../state/lookup.ts";
import { memoryOf } from "../state/memory.ts";
import { askWhether } from "../core/suggest.ts";
import { lazy } from "../core/lazy.ts";
import { canonicalLabel } from "../core/place.ts";
import { connect, engineOf, ownFields } from "../engines/registry.ts";
import {
  validateNewName,
  validateSocketName,
} from "../core/validate/fields.ts";

const moving = lazy(() => import("./moved.ts"));

/**
 * One session: a named, persistent process. Nothing is asked of an engine, and
 * nothing remembered, until a method is called.
 *
 * @example Start a session and look at it
 * ```ts ignore
 * import { SessionManager } from "@kstlib/ops";
 *
 * const bot = new SessionManager("bot", { command: "python bot.py" });
 * await bot.start();
 * const { state, panePid } = await bot.status();
 * console.log(state, panePid);
 * await bot.stop({ timeout: 30 });
 * ```
 */
export class SessionManager {
  /** The session's name. */
  readonly name: string;
  /** The kind of engine. */
  readonly backend: BackendType;
  /** What it is started with. */
  readonly config: SessionConfig;
  /** The exit codes that are no failure. */
  readonly successExitCodes: readonly number[];
  /** Label of the tmux socket; `null` for the default one, or a container. */
  readonly socketName: string | null;
  readonly #options: SessionManagerOptions;
  #loading: Promise<Runner> | undefined;
  #definition: SessionDefinition | undefined;
  /** Why it was not found, if it was looked for nevertheless. */
  #unknown: SessionNotFoundError | undefined;
  /** What was just found of it. */
  #seen: Seen | undefined;

  /**
   * Makes a manager; no engine is asked anything yet.
   *
   * @param name Any name an engine can hold; {@linkcode start} is stricter.
   * @param options How it is started, and where.
   * @throws {SessionConfigError} If a field is wrong.
   */
  constructor(name: string, options: SessionManagerOptions = {}) {
    this.config = new SessionConfig({ ...options, name });
    this.name = name;
    this.backend = this.config.backend;
    const { socketName } = ownFields(this.config, options.socketName ?? null);
    if (socketName !== null) validateSocketName(socketName);
    if (options.shell && saysWhatToStart(this.config)) {
      throw new SessionConfigError(
        "shell",
        "is for a session on tmux without a command: leave one of them out",
      );
    }
    const { ready, successExitCodes = SUCCESS_EXIT_CODES } = options;
    if (ready !== undefined) validateReadiness(ready);
    successExitCodes.forEach((code, i) =>
      validateExitCode(code, `success_exit_codes[${i}]`)
    );
    this.successExitCodes = [...successExitCodes];
    this.socketName = socketName === null ? null : canonicalLabel(socketName);
    this.#options = { ...options, ...memoryOf(options) };
  }

  /**
   * The session that the configuration defines under that name.
   *
   * @throws {SessionConfigError} If there is none, or the configuration is wrong.
   */
  static fromConfig(
    name: string,
    { config, ...options }: FromConfigOptions = {},
  ): SessionManager {
    const loaded = typeof config === "object"
      ? config
      : loadConfig({ file: config });
    const definition = loaded.sessions.get(name);
    if (definition === undefined) {
      const names = [...loaded.sessions.keys()];
      const hint = askWhether(name, names);
      throw new SessionConfigError(
        `ops.sessions.${name}`,
        "is not defined; " +
          (hint && `${hint} `) +
          `there ${names.length === 1 ? "is" : "are"} ${
            names.join(", ") || "no definitions"
          }`,
        loaded.files.at(-1) ?? null,
      );
    }
    return SessionManager.#ofDefinition(definition, {
      ...options,
      runtime: options.runtime ?? definition.config.runtime,
      tmuxBinary: loaded.tmuxBinary,
    });
  }

  /**
   * The session of exactly that name, started by ops or not. A definition decides
   * first, unless the options name another place. One that is gone is found,
   * too, if a run of it is remembered.
   *
   * @throws {SessionNotFoundError} If no engine has it, and no run of it is
   *   remembered.
   * @throws {SessionAmbiguousError} If more than one place has it.
   * @throws {OpsError} If none has it, no run of it is remembered, and not every
   *   engine answered.
   */
  static async find(
    name: string,
    options: FindOptions = {},
  ): Promise<SessionManager> {
    return await SessionManager.finder(options)(name);
  }

  /**
   * What does for a name what {@linkcode find} does, and rejects as that does.
   * Names that are looked for at once, before anything is awaited, share one
   * question to the engines.
   *
   * @example Stop several sessions
   * ```ts ignore
   * import { SessionManager } from "@kstlib/ops";
   *
   * const find = SessionManager.finder();
   * await Promise.all(["bot", "web"].map(async (name) => {
   *   const session = await find(name);
   *   await session.stop();
   * }));
   * ```
   */
  static finder(
    options: FindOptions = {},
  ): (name: string) => Promise<SessionManager> {
    const find = finding(options);
    return async (name) => {
      const { definition, place, seen, unknown, world } = await find(name);
      const runtime = place.runtime ?? undefined;
      const manager = definition === null
        ? new SessionManager(name, { ...world, ...place, runtime })
        : SessionManager.#ofDefinition(definition, { ...world, runtime });
      manager.#seen = seen ?? undefined;
      manager.#unknown = unknown ?? undefined;
      return manager;
    };
  }

  static #ofDefinition(
    definition: SessionDefinition,
    options: Omit<SessionManagerOptions, "socketName">,
  ): SessionManager {
    const { config, socketName, ready, successExitCodes } = definition;
    const manager = new SessionManager(config.name, {
      ...config,
      ...options,
      socketName,
      ready,
      successExitCodes,
      shell: !saysWhatToStart(config),
      spec: specOf(definition),
    });
    manager.#definition = definition;
    return manager;
  }

  /**
   * Starts the session, and returns once it has lived through its first moments
   * or ended in them: look at the state.
   *
   * @param command Instead of the configured one.
   * @param overrides Instead of what is configured; `env` is merged over it.
   * @throws {SessionConfigError} If a field is wrong, or the name cannot name a
   *   new session.
   * @throws {SessionNotFoundError} If nothing says what to start: it is on tmux,
   *   not defined, and there is neither a command nor `shell`.
   * @throws {SessionExistsError} If it is running.
   * @throws {SessionStartError} If the engine refuses, or the working directory
   *   does not exist.
   */
  async start(
    command?: string | readonly string[],
    overrides: StartOverrides = {},
  ): Promise<SessionStatus> {
    const { shell = this.#options.shell, ...fields } = overrides;
    // Now, since what was handed in may be something else later.
    const config = new SessionConfig({
      ...this.config,
      ...fields,
      command: command ?? this.config.command,
      env: { ...this.config.env, ...overrides.env },
    });
    if (!saysWhatToStart({ ...config, shell })) {
      throw new SessionNotFoundError(
        this.name,
        this.backend,
        "nothing says what to start: give it a command, or shell: true for an " +
          "interactive shell",
      );
    }
    const elsewhere = await this.#elsewhere(config.spec);
    if (elsewhere !== null) {
      throw new SessionExistsError(
        this.name,
        engineOf(elsewhere),
        "it was defined there before, and runs on: " +
          `"ops restart ${this.name}" moves it`,
      );
    }
    const status = await (await this.#runner()).start(config);
    // A container that was there has been started as it was made.
    return { ...status, changed: hasChanged(status, config.spec) };
  }

  /**
   * Stops the session and waits until it has ended. It gets `timeout` seconds
   * to clean up (by default its `stopTimeout`), unless `graceful` is `false`.
   *
   * @param options How it is stopped, and who is told that it takes its time.
   * @returns Whether it was running.
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If a process of it outlives even a kill.
   */
  async stop(options: WatchedStopOptions = {}): Promise<boolean> {
    const result = await this.stopAndReport(options);
    this.#refuseSurvivors(result, "end them as their owner");
    return result.stopped;
  }

  /**
   * Does what {@linkcode stop} does, and tells what it took. What outlives even
   * a kill is among the `survivors`.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If it runs again whenever it is stopped.
   */
  async stopAndReport(options: WatchedStopOptions = {}): Promise<StopResult> {
    try {
      return await this.#watched(
        options,
        (chosen) => this.#ifStarted((it) => it.stop(this.name, chosen)),
      );
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error;
      const elsewhere = await this.#elsewhere(this.config.spec);
      if (elsewhere === null) throw error;
      return await this.#at(elsewhere).stopAndReport(options);
    }
  }

  /**
   * Stops the session and starts it again. One that is defined, or that this
   * manager has a command, an image or `shell` for, is started as that now says, also if
   * it was not running; any other with what it was started with.
   *
   * @param options How it is stopped.
   * @throws {SessionConfigError} If its name cannot name a new session: then it
   *   is not stopped.
   * @throws {SessionNotFoundError} If there is none, and nothing says how to
   *   start it.
   * @throws {SessionStopError} If a process of it outlives even a kill: then it
   *   is not started.
   * @throws {SessionStartError} If the engine refuses; before it is stopped, if
   *   its working directory does not exist, or a container is to be made and
   *   there is no image.
   */
  async restart(options: WatchedStopOptions = {}): Promise<SessionStatus> {
    const { command, image } = this.config;
    const isDescribed = this.#definition !== undefined ||
      command !== undefined || image !== undefined || this.#options.shell;
    if (!isDescribed) {
      const runner = await this.#runner();
      return await this.#watched(
        options,
        (chosen) => runner.restart(this.name, chosen),
      );
    }
    validateNewName(this.name);
    await (await this.#runner()).mustBeStartable(this.config);
    await this.#stopIfThere(options);
    return await this.start();
  }

  /**
   * Waits until the session runs, is ready, has ended, or is not running. A
   * session that was cleared away after it ended has the outcome of its last run.
   *
   * It is `ready` when all holds that its definition says, or `ready` of this
   * manager; else when the health check of its container is content, or when it
   * is started. What it is waited for is then limited by that, if no `timeout`
   * is given.
   *
   * @param state What is waited for.
   * @param options How long is waited.
   * @throws {SessionWaitError} If it is something else when the time is over; for
   *   `ready`, as soon as it ends before.
   * @throws {PermissionError} If Deno may not look whether it is ready.
   * @throws {SessionNotFoundError} If there is none.
   *
   * @example
   * ```ts ignore
   * import { SessionManager } from "@kstlib/ops";
   *
   * const job = await SessionManager.find("job");
   * const { exitCode } = await job.wait("exited", { timeout: 60 });
   * console.log(exitCode);
   * ```
   */
  async wait(
    state: WaitState,
    options: WaitOptions = {},
  ): Promise<SessionStatus> {
    if (state === "ready") return await this.#waitUntilReady(options);
    const { waitFor } = await import("./wait.ts");
    return await waitFor(() => this.status(), state, options);
  }

  async #waitUntilReady(options: WaitOptions): Promise<SessionStatus> {
    const [{ waitUntilReady }, network] = await Promise.all([
      import("./ready.ts"),
      import("../host/network.ts"),
    ]);
    const { successExitCodes } = this;
    const { ready: readiness } = this.#options;
    const subject = {
      status: () => this.status(),
      follow: (chosen: FollowOptions) => this.follow(chosen),
      logs: (lines: number, chosen?: LogOptions) => this.logs(lines, chosen),
      run: (command: readonly string[], timeoutMs: number) =>
        this.#runBeside(command, timeoutMs),
      network,
    };
    return await waitUntilReady(subject, {
      ...options,
      readiness,
      successExitCodes,
    });
  }

  /** Runs a program where the session runs. */
  async #runBeside(command: readonly string[], timeoutMs: number) {
    if (this.backend === BackendType.CONTAINER) {
      return await this.exec(command, { timeout: timeoutMs / 1000 });
    }
    const { env, workingDir: cwd } = this.config;
    const [binary = "", ...args] = command;
    const { host = localHost } = this.#options;
    const call = { binary, args, engine: binary, env, cwd };
    return await host.run(call, { timeoutMs });
  }

  /**
   * The runs of it that are remembered, the oldest first; none of a session
   * that ops did not start.
   */
  async history(): Promise<Run[]> {
    return await (await this.#runner()).history(this.name);
  }

  /** The last of its runs that are remembered, also the present one. */
  async lastRun(): Promise<Run | null> {
    return (await this.history()).at(-1) ?? null;
  }

  /**
   * Hands the terminal to the session until the user detaches or it ends.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionAttachError} If it is not running, or without a terminal.
   */
  async attach(): Promise<AttachResult> {
    return await this.#ifStarted((runner) => runner.attach(this.name));
  }

  /**
   * Asks the engine. A session that is only defined is `defined` if this comes
   * from {@linkcode fromConfig}; any other that is gone, but of which a run is
   * remembered, is `stopped`, its detail `removed`.
   *
   * @throws {SessionNotFoundError} If there is none, nor a run of it.
   */
  async status(): Promise<SessionStatus> {
    try {
      const status = await (await this.#runner()).status(this.name);
      const { spec } = this.config;
      return { ...status, changed: hasChanged(status, spec) };
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error;
      const elsewhere = await this.#elsewhere(this.config.spec);
      if (elsewhere !== null) return { ...elsewhere, changed: true };
      const lastRun = await this.lastRun();
      if (this.#definition !== undefined) {
        return { ...definedStatus(this.#definition), lastRun };
      }
      if (lastRun !== null) return removedStatus(lastRun);
      throw error;
    }
  }

  /**
   * The last lines of its output, ANSI sequences kept; also of a session that
   * ops started and that is gone.
   *
   * @param lines How many lines at most.
   * @param options Which part of it, and in which form.
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it cannot be had in that form.
   */
  async logs(lines = 100, options: LogOptions = {}): Promise<string> {
    return await this.#ifStarted((it) => it.logs(this.name, lines, options));
  }

  /**
   * The very bytes of the last lines of its output, as a terminal would get
   * them: also those that move the cursor, and what is no UTF-8.
   *
   * @param lines How many lines at most.
   * @param options Which part of it.
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it cannot be had in that form.
   */
  async rawLogs(
    lines = 100,
    options: LogOptions = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#ifStarted((it) => it.rawLogs(this.name, lines, options));
  }

  /**
   * Its output as it comes, in pieces of any length; its last lines come first.
   * It goes on when the session is restarted, and ends when the session is gone
   * for good or by the signal.
   *
   * @param options Which part of it, in which form, and how long.
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it cannot be had in that form.
   *
   * @example
   * ```ts ignore
   * import { SessionManager } from "@kstlib/ops";
   *
   * const bot = await SessionManager.find("bot");
   * const signal = AbortSignal.timeout(60_000);
   * for await (const text of bot.follow({ signal })) {
   *   if (text.includes("ready")) break;
   * }
   * ```
   */
  async *follow(options: FollowOptions = {}): AsyncGenerator<string> {
    try {
      yield* (await this.#runner()).follow(this.name, options);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * The very bytes of its output as it comes, as {@linkcode follow} yields the
   * text.
   *
   * @param options Which part of it, and how long.
   * @throws {SessionNotFoundError} If there is none, and no log of it.
   * @throws {SessionLogError} If it cannot be had in that form.
   */
  async *followRaw(
    options: FollowOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      yield* (await this.#runner()).followRaw(this.name, options);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * Types text into the session, or presses a single key such as `C-c`.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionSendError} If it is not running, or a container that cannot
   *   be typed into.
   */
  async sendKeys(keys: string, options: SendKeysOptions = {}): Promise<void> {
    await this.#ifStarted(async (runner) => {
      if (runner.sendKeys === undefined) {
        throw new SessionSendError(
          this.name,
          this.config.runtime ?? this.backend,
          "it cannot be typed into; attach to it",
        );
      }
      await runner.sendKeys(this.name, keys, options);
    });
  }

  /**
   * Runs a further program in the session's container.
   *
   * @param command The exact argv.
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionExecError} If it is not running, or not a container.
   */
  async exec(
    command: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecResult> {
    return await this.#ifStarted(async (runner) => {
      if (runner.exec === undefined) {
        throw new SessionExecError(
          this.name,
          this.backend,
          "only containers can; send it keys, or attach to it",
        );
      }
      return await runner.exec(this.name, command, options);
    });
  }

  /** Whether the engine has it, running or ended. */
  async exists(): Promise<boolean> {
    return await (await this.#runner()).exists(this.name);
  }

  /** Whether it runs. */
  async isRunning(): Promise<boolean> {
    try {
      return (await this.status()).state === SessionState.RUNNING;
    } catch (error) {
      if (error instanceof SessionNotFoundError) return false;
      throw error;
    }
  }

  /** Stops it as is chosen, or as it is configured, and tells meanwhile. */
  async #watched<T>(
    { onWait, ...options }: WatchedStopOptions,
    stop: (chosen: StopOptions) => Promise<T>,
  ): Promise<T> {
    const timeout = options.timeout ?? this.config.stopTimeout;
    const told = options.graceful === false ? null : timeout ?? null;
    return await tellMeanwhile(
      () => stop({ ...options, timeout }),
      onWait && ((waitedMs) => {
        onWait({ name: this.name, waitedMs, timeout: told });
      }),
    );
  }

  async #stopIfThere(options: WatchedStopOptions): Promise<void> {
    try {
      const result = await this.stopAndReport(options);
      this.#refuseSurvivors(result, "it was not started again");
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error;
    }
  }

  #refuseSurvivors({ survivors }: StopResult, consequence: string): void {
    if (survivors.length === 0) return;
    throw new SessionStopError(
      this.name,
      this.backend,
      `still alive: ${survivorNames(survivors)}; ${consequence}`,
    );
  }

  /** Where it runs that was defined there before; `null` where it does not. */
  async #elsewhere(spec: string | undefined): Promise<SessionStatus | null> {
    const { name, backend, socketName, config: { runtime = null } } = this;
    const { stateFolder, warn } = this.#options;
    if (spec === undefined || !stateFolder) return null;
    const { runningElsewhere } = await moving();
    const place = { backend, socketName, runtime };
    const memory = { stateFolder, warn };
    return await runningElsewhere(name, place, spec, memory, this.#options);
  }

  /** The same session at another place. */
  #at({ backend, socketName, runtime }: SessionStatus): SessionManager {
    return new SessionManager(this.name, {
      ...memoryOf(this.#options),
      tmuxBinary: this.#options.tmuxBinary,
      host: this.#options.host,
      notify: this.#options.notify,
      backend,
      socketName,
      runtime: runtime ?? undefined,
    });
  }

  /** What acts on the session; only the one of its backend is loaded. */
  #runner(): Promise<Runner> {
    const { backend, socketName, config: { runtime = null } } = this;
    const place = { backend, socketName, runtime };
    const seen = this.#seen;
    return this.#loading ??= connect(place, { ...this.#options, seen });
  }

  async #ifStarted<T>(
    work: (runner: Runner) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(await this.#runner());
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** What an error means of a session that is defined, or not known at all. */
  #explain(error: unknown): unknown {
    if (
      this.#unknown !== undefined &&
      (error instanceof SessionNotFoundError ||
        error instanceof BackendNotFoundError)
    ) return this.#unknown;
    const isDefined = this.#definition !== undefined;
    if (!isDefined || !(error instanceof SessionNotFoundError)) return error;
    return new SessionNotFoundError(
      this.name,
      error.backend,
      `it is defined but not started; start it with "ops start ${this.name}"`,
      { cause: error, isDefined: true },
    );
  }
}
