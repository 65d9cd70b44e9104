/** Sessions in containers. */
import { pause } from "../../core/pause.ts";
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  type OpsError,
  SessionExistsError,
  SessionNotFoundError,
  SessionStartError,
  SessionStopError,
} from "../../core/errors.ts";
import {
  type AttachResult,
  BackendType,
  type ContainerRuntime,
  type Run,
  RunEnd,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  type StopResult,
} from "../../core/definition.ts";
import { runningReason } from "../../core/spec.ts";
import type { ProcessHost } from "../../host/host.ts";
import { localHost } from "../../host/local/local.ts";
import type {
  ExecOptions,
  ExecResult,
  FollowOptions,
  LogOptions,
  OutputOptions,
  Runner,
  Seen,
  SendKeysOptions,
  StopOptions,
} from "../runner.ts";
import { Recorder, type RecorderOptions } from "../../state/recorder.ts";
import {
  validateCommand,
  validateKeys,
  validateLines,
  validateNewName,
  validateTimeout,
} from "../../core/validate/fields.ts";
import { ContainerClient, lastWords } from "./client.ts";
import { DIALECTS } from "./dialect.ts";
import { type Container, hasProcesses, isStopping } from "./parse.ts";
import { ContainerRecord, keyOf, type Known, renamedError } from "./record.ts";
import { beginOf } from "./save.ts";

/** How long a container is watched after its start, in milliseconds. */
const WATCH_MS = 300;

/** How often a container is stopped that somebody else starts again. */
const STOP_ATTEMPTS = 3;

/** What engines say of a container that is gone, or about to be. */
const IS_REMOVED =
  /no such container|marked for removal|removal .* in progress|is being removed/i;

/** Which container runtime, and how it is reached. */
export interface ContainerRunnerOptions extends RecorderOptions {
  /** The runtime. @default {undefined} Podman if it is installed, else Docker */
  readonly runtime?: ContainerRuntime | undefined;
  /**
   * The machine that runs the runtime's client. @default {localHost} this
   * machine
   */
  readonly host?: ProcessHost | undefined;
  /**
   * Shows a text to the person at the terminal: the progress of a pull, the last
   * lines of a container that is attached to, and how to leave it.
   */
  readonly notify?: ((text: string) => void) | undefined;
  /** A container as it was just found: it is not asked for again at first. */
  readonly seen?: Seen | undefined;
}

/**
 * All containers of one runtime, also those that ops did not make. Names are
 * matched exactly; images and beginnings of ids never match. A container that
 * ops did not make is stopped when asked, but never removed.
 *
 * @example Run a container
 * ```ts ignore
 * import { ContainerRunner, SessionConfig } from "@kstlib/ops";
 *
 * const containers = new ContainerRunner();
 * await containers.start(
 *   new SessionConfig({
 *     name: "web",
 *     backend: "container",
 *     image: "docker.io/library/nginx:1",
 *     ports: ["127.0.0.1:8080:80"],
 *   }),
 * );
 * ```
 */
export class ContainerRunner implements Runner {
  /** The kind of engine: `"container"`. */
  readonly backend: typeof BackendType.CONTAINER = BackendType.CONTAINER;
  /** The runtimes to try; the first one is in use. */
  readonly #candidates: ContainerClient[];
  readonly #isChosen: boolean;
  readonly #notify: ((text: string) => void) | undefined;
  readonly #warn: (warning: OpsError) => void;
  readonly #recorder: Recorder;
  readonly #record: ContainerRecord;
  #seen: Seen | undefined;

  /**
   * Makes a runner, without asking the runtime anything.
   *
   * @param options Which runtime, how it is reached, and where runs are
   * recorded.
   */
  constructor(options: ContainerRunnerOptions = {}) {
    const { runtime, host = localHost, notify } = options;
    this.#candidates = Object.values(DIALECTS)
      .filter((dialect) => dialect.runtime === (runtime ?? dialect.runtime))
      .map((dialect) => new ContainerClient(dialect, host));
    this.#isChosen = runtime !== undefined;
    this.#notify = notify;
    this.#warn = options.warn ?? (() => {});
    this.#seen = options.seen;
    this.#recorder = new Recorder(options);
    this.#record = new ContainerRecord(this.#recorder, options.warn);
  }

  /**
   * The runtime. If none was asked for, it is Podman until a call finds that
   * only Docker is installed.
   */
  get runtime(): ContainerRuntime {
    return this.#candidates[0]!.dialect.runtime;
  }

  /** The runtime's program; the first call finds out whether it exists. */
  get binary(): string {
    return this.runtime;
  }

  /**
   * Starts a container: anew, or again if it is stopped; a paused one goes on.
   * One that ends within its first moments is returned as `exited`; one whose
   * program cannot be run at all is `exited` with 126 or 127, and removed.
   *
   * @throws {SessionConfigError} If the name cannot name a new session.
   * @throws {SessionExistsError} If it is running.
   * @throws {SessionRenamedError} If it is running under another name.
   * @throws {SessionStartError} If the image is not available or the runtime
   * refuses.
   */
  async start(config: SessionConfig): Promise<SessionStatus> {
    validateNewName(config.name);
    const { name } = config;
    const known = await this.#find(name);
    const { container } = known;
    if (container === undefined) {
      this.#record.lastRun(known);
      return await this.#create(config);
    }
    if (isStopping(container)) {
      throw new SessionExistsError(
        name,
        this.runtime,
        "it is being stopped; start it when it has ended",
      );
    }
    if (container.status.state === SessionState.RUNNING) {
      throw new SessionExistsError(
        name,
        this.runtime,
        runningReason(container.status, config.spec),
      );
    }
    if (container.word !== "paused") {
      await this.#record.end(this.#client, container, known.last, false);
      try {
        return await this.#startAgain(container, known.last);
      } catch (error) {
        const isGone = error instanceof SessionNotFoundError;
        if (!isGone || config.image === undefined) throw error;
        return await this.#create(config);
      }
    }
    await this.#order("unpause", container);
    const status = await this.#watch(container.id, name, known.last);
    return { ...status, lastRun: known.last };
  }

  /**
   * Stops a container: its own stop signal, then, after the timeout, KILL. One
   * that ops made is then removed, and its log kept; any other stays, `exited`.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If it is started again whenever it ends.
   * @throws {EngineError} If the runtime cannot stop it.
   */
  async stop(name: string, options: StopOptions = {}): Promise<StopResult> {
    const { removeContainer } = await import("./stop.ts");
    for (let attempt = 1; attempt <= STOP_ATTEMPTS; attempt++) {
      const { result, after } = await this.#end(name, options);
      const isDone = !after.status.managed ||
        await removeContainer(this.#client, after.id);
      if (isDone) return result;
    }
    throw new SessionStopError(
      name,
      this.runtime,
      "somebody else starts it again whenever it has ended",
    );
  }

  /**
   * Stops a container and starts it again. It stays the same container, with
   * its files; the log of the run that ended is kept.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If it is started again whenever it ends.
   * @throws {SessionStartError} If the runtime refuses.
   */
  async restart(
    name: string,
    options: StopOptions = {},
  ): Promise<SessionStatus> {
    const { after, last } = await this.#end(name, options);
    return await this.#startAgain(after, last);
  }

  /**
   * Hands the terminal to a container until the user detaches (`C-p C-q`, or
   * what the runtime is configured to) or it ends.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionAttachError} If it is not running, or without a terminal.
   */
  async attach(name: string): Promise<AttachResult> {
    const { attachTo } = await import("./terminal.ts");
    const { container } = await this.#get(name);
    return await attachTo(this.#client, container, this.#notify);
  }

  /**
   * Types text into a container whose input is open, or presses a single key if
   * it has a terminal. Those that ops makes have both.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionSendError} If it is not running, or cannot be typed into.
   */
  async sendKeys(
    name: string,
    keys: string,
    options: SendKeysOptions = {},
  ): Promise<void> {
    validateKeys(keys);
    const { sendTo } = await import("./send.ts");
    const { container } = await this.#get(name);
    await sendTo(this.#client, container, keys, options);
  }

  /**
   * Runs a further program in a running container.
   *
   * @param name The container's name.
   * @param command The exact argv.
   * @throws {SessionNotFoundError} If there is no such container.
   * @throws {SessionExecError} If it is not running.
   */
  async exec(
    name: string,
    command: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecResult> {
    validateCommand(command);
    const { execIn } = await import("./terminal.ts");
    const { container } = await this.#get(name);
    return await execIn(this.#client, container, command, options);
  }

  /**
   * Checks that a container could be started.
   *
   * @throws {SessionStartError} If the container must be made, and there is no
   * image, or what it mounts is missing.
   */
  async mustBeStartable(config: SessionConfig): Promise<void> {
    const { name, image } = config;
    if (image !== undefined) {
      const { withSources } = await import("./mounts.ts");
      await this.#installed((client) => withSources(client, config));
      return;
    }
    try {
      // A container that ops did not make is still there after a stop.
      const { managed } = await this.status(name);
      if (!managed) return;
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error;
      return;
    }
    const { noImage } = await import("./create.ts");
    throw noImage(name, this.runtime);
  }

  /**
   * Asks the runtime for a container's status.
   *
   * @throws {SessionNotFoundError} If there is no such container.
   */
  async status(name: string): Promise<SessionStatus> {
    const known = await this.#get(name);
    const { withLastEnd } = await import("./attempts.ts");
    const status = await withLastEnd(this.#client, known.container);
    return { ...status, lastRun: this.#record.lastRun(known) };
  }

  /**
   * Returns the last lines of a container's output, standard output and
   * standard error in the order they happened, ANSI sequences kept. For a
   * managed container that is gone, this is the saved log.
   *
   * @throws {SessionNotFoundError} If there is no such container, and no log.
   * @throws {SessionLogError} If the output is not available in that form.
   */
  async logs(
    name: string,
    lines = 100,
    options: LogOptions = {},
  ): Promise<string> {
    validateLines(lines);
    const { readOutput } = await import("./output.ts");
    const known = await this.#find(name);
    const recorder = this.#recorder;
    return await readOutput(this.#client, recorder, known, name, {
      ...options,
      lines,
    });
  }

  /**
   * Returns the very bytes of the last lines of a container's output.
   *
   * @throws {SessionNotFoundError} If there is no such container, and no log.
   * @throws {SessionLogError} If the output is not available in that form.
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
   * Yields the very bytes of a container's output, as they come.
   *
   * @throws {SessionNotFoundError} If there is no such container, and no log.
   * @throws {SessionLogError} If the output is not available in that form.
   */
  async *followRaw(
    name: string,
    options: FollowOptions = {},
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const raw = { ...options, raw: true };
    const { fromBinaries } = await import("../../state/log_text.ts");
    yield* fromBinaries(this.follow(name, raw));
  }

  /**
   * Yields a container's output as it comes. Goes on if the container is
   * started again, or replaced by one of the same name, within about two
   * seconds.
   *
   * @throws {SessionNotFoundError} If there is no such container, and no log.
   * @throws {SessionLogError} If the output is not available in that form.
   */
  async *follow(
    name: string,
    options: FollowOptions = {},
  ): AsyncGenerator<string, void> {
    const { lines = 10 } = options;
    validateLines(lines);
    const { followContainer } = await import("./follow.ts");
    const { laterOf } = await import("./output.ts");
    const { asPiece, endAt, isPast } = await import("../../state/until.ts");
    const known = await this.#find(name);
    const { container, last } = known;
    const { until } = options;
    const { raw } = options as OutputOptions;
    const isEarlier = options.run !== undefined && options.run !== last?.run;
    if (container === undefined || isEarlier || isPast(until)) {
      return yield* asPiece(await this.logs(name, lines, options), raw);
    }
    const look = async () => {
      const now = await this.#look(name);
      return { ...now, last: this.#record.lastRun(now) };
    };
    const since = laterOf(
      options.since,
      options.run === undefined ? undefined : last && beginOf(last, container),
    );
    const { savedOf } = await import("./saved.ts");
    const saved = (gone: Container, now: Container | null) =>
      savedOf(this.#recorder, gone, now);
    try {
      yield* followContainer(this.#client, container, look, saved, {
        ...options,
        lines,
        since,
        signal: endAt(until, options.signal),
      });
    } catch (error) {
      const { explainUnread } = await import("./logs.ts");
      throw explainUnread(error, container, this.runtime);
    }
  }

  /** The remembered runs of a container, the oldest first. */
  async history(name: string): Promise<Run[]> {
    return await this.#installed(async (client) => {
      const { runtime } = client.dialect;
      const remembered = this.#recorder.remembered(keyOf(name, runtime));
      const last = remembered.at(-1) ?? null;
      const container = await client.find(name) ??
        await this.#findRenamed(name, last);
      const known = this.#record.withOwnRun({ container, last });
      const own = known.last === last ? [] : known.last ?? [];
      return this.#record.runs(remembered.concat(own), container);
    });
  }

  /** Whether the runtime has a container of that name, running or not. */
  async exists(name: string): Promise<boolean> {
    return (await this.#look(name)).container !== undefined;
  }

  /** Every container, also those that ops did not make. */
  async listSessions(): Promise<SessionStatus[]> {
    const containers = await this.#installed((client) => client.list());
    return containers.map(({ status }) => status);
  }

  get #client(): ContainerClient {
    return this.#candidates[0]!;
  }

  /** Calls the first runtime that is installed, and stays with it. */
  async #installed<T>(
    ask: (client: ContainerClient) => Promise<T>,
  ): Promise<T> {
    while (true) {
      try {
        return await ask(this.#client);
      } catch (error) {
        if (!(error instanceof BackendNotFoundError) || this.#isChosen) {
          throw error;
        }
        if (this.#candidates.length === 1) {
          throw new ContainerRuntimeNotFoundError(null, { cause: error });
        }
        this.#candidates.shift();
      }
    }
  }

  /** Looks a name up: first in the history, then at the engine. */
  async #look(name: string): Promise<Known> {
    const seen = this.#seen;
    this.#seen = undefined; // a later call asks again
    if (seen?.status.name === name) {
      const container = seen.handle as Container;
      return this.#record.withOwnRun({ container, last: seen.before });
    }
    return await this.#installed(async (client) => {
      const last = this.#recorder.last(keyOf(name, client.dialect.runtime));
      const container = await client.find(name);
      return this.#record.withOwnRun({ container, last });
    });
  }

  /**
   * The same.
   *
   * @throws {SessionRenamedError} If it runs under another name.
   */
  async #find(name: string): Promise<Known> {
    const known = await this.#look(name);
    if (known.container !== undefined) return known;
    const renamed = await this.#findRenamed(name, known.last);
    if (renamed !== undefined) throw renamedError(name, renamed.status);
    return known;
  }

  /** The container under its new name; asked only of what may still run. */
  async #findRenamed(
    name: string,
    last: Run | null,
  ): Promise<Container | undefined> {
    if (last === null || last.endedBy === RunEnd.STOP) return undefined;
    return await this.#client.findRenamed(name);
  }

  async #get(name: string): Promise<Known & { container: Container }> {
    const { container, last } = await this.#find(name);
    if (container === undefined) {
      throw new SessionNotFoundError(name, this.runtime);
    }
    return { container, last };
  }

  /** Makes a container; one that cannot be run at all has ended at once. */
  async #create(config: SessionConfig): Promise<SessionStatus> {
    const { createContainer, afterFirstMoments } = await import("./create.ts");
    const run = this.#record.begin(config, this.runtime);
    const made = await createContainer(this.#client, config, run?.run ?? null, {
      notify: this.#notify ?? (() => {}),
      warn: this.#warn,
    }).catch((error) => {
      this.#record.discard(run);
      throw error;
    });
    this.#record.confirm(run);
    const status = typeof made !== "string" ? made : await afterFirstMoments(
      this.#client,
      made,
      await this.#watch(made, config.name, run),
    );
    return this.#record.begun(run, status);
  }

  /** Starts a container that has ended, or never ran: it is a new run. */
  async #startAgain(
    container: Container,
    last: Run | null,
  ): Promise<SessionStatus> {
    const run = this.#record.beginAgain(container);
    await this.#order("start", container).catch((error) => {
      this.#record.discard(run);
      throw error;
    });
    const { id, status: { name } } = container;
    if (this.#record.isSecond(run, last, false)) await this.#giveWay(name, run);
    this.#record.confirm(run);
    const status = await this.#watch(id, name, run);
    if (this.#record.isSecond(run, last, true)) await this.#giveWay(name, run);
    return this.#record.begun(run, status);
  }

  /** Of two starts at once, the second has started nothing. */
  async #giveWay(name: string, run: Run | null): Promise<never> {
    this.#record.discard(run);
    const { STARTED_MEANWHILE } = await import("./create.ts");
    throw new SessionExistsError(name, this.runtime, STARTED_MEANWHILE);
  }

  async #order(verb: "start" | "unpause", { id, status }: Container) {
    const { code, stderr } = await this.#client.call([verb, id]);
    if (code === 0) return;
    if (IS_REMOVED.test(stderr)) {
      const reason = "somebody else has stopped and removed it meanwhile";
      throw new SessionNotFoundError(status.name, this.runtime, reason);
    }
    throw new SessionStartError(status.name, this.runtime, lastWords(stderr));
  }

  /** Ends a container's processes, and records how they ended. */
  async #end(
    name: string,
    { graceful = true, timeout }: StopOptions,
  ): Promise<{ result: StopResult; after: Container; last: Run | null }> {
    if (timeout !== undefined) validateTimeout(timeout);
    const { endContainer } = await import("./stop.ts");
    const { container, last } = await this.#get(name);
    const wasAlive = hasProcesses(container);
    const removeNote = wasAlive
      ? this.#record.stopping(container, last)
      : () => {};
    const ended = await endContainer(this.#client, container, {
      graceful,
      timeout: timeout ?? container.stopTimeout,
    }).catch((error) => {
      removeNote();
      throw error;
    });
    await this.#record.end(this.#client, ended.after, last, wasAlive);
    return { ...ended, last };
  }

  /**
   * Waits for a container's first moments, and returns its status after them.
   */
  async #watch(
    id: string,
    name: string,
    run: Run | null,
  ): Promise<SessionStatus> {
    await pause(WATCH_MS);
    const [container] = await this.#client.inspect([id]);
    if (container === undefined) {
      throw new SessionStartError(
        name,
        this.runtime,
        run !== null && this.#recorder.wasStopped(run)
          ? "somebody else stopped it meanwhile"
          : "it was removed at once",
      );
    }
    return container.status;
  }
}
