/** Sessions in containers. */
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  SessionAttachError,
  SessionExecError,
  SessionExistsError,
  SessionNotFoundError,
  SessionStartError,
  SessionStopError,
} from "../errors.ts";
import {
  type AttachResult,
  BackendType,
  type ContainerRuntime,
  type SessionConfig,
  SessionState,
  type SessionStatus,
  type StopResult,
} from "../models.ts";
import type { ProcessHost } from "../process/host.ts";
import { localHost } from "../process/local.ts";
import type { Runner, StopOptions } from "../runner.ts";
import {
  validateCommand,
  validateLines,
  validateNewName,
  validateTimeout,
} from "../validation.ts";
import { attachArgs, execArgs, stopArgs } from "./args.ts";
import { ContainerClient, lastWords } from "./client.ts";
import { createContainer } from "./create.ts";
import { DIALECTS } from "./dialect.ts";
import { readLogs } from "./logs.ts";
import type { Container } from "./parse.ts";

/** How long a container is watched after its start, in milliseconds. */
const WATCH_MS = 300;
/** What a stop may take beyond the container's own time, in seconds. */
const STOP_MARGIN_SECONDS = 10;

/** Which container runtime, and how it is reached. */
export interface ContainerRunnerOptions {
  /** The runtime. @default {undefined} Podman if it is installed, else Docker */
  readonly runtime?: ContainerRuntime | undefined;
  /** Where the runtime's client is run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /**
   * Is handed what a person at a terminal should see meanwhile: the progress
   * of a pull, how to leave a container without a terminal.
   */
  readonly notify?: ((text: string) => void) | undefined;
}

/** How a program is run in a container. */
export interface ExecOptions {
  /** Hand it our terminal instead of collecting its output. @default {false} */
  readonly interactive?: boolean | undefined;
}

/** What a program in a container did. */
export interface ExecResult {
  /** Its exit code. */
  readonly code: number;
  /** Its standard output; empty if it had our terminal. */
  readonly stdout: string;
  /** Its standard error; empty if it had our terminal. */
  readonly stderr: string;
}

/**
 * The containers of one runtime, whoever made them. Names are matched exactly;
 * images and beginnings of ids never match. What ops did not make is stopped
 * when asked, but never removed.
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
  /** The runtimes that may do, the first of them in use. */
  readonly #candidates: ContainerClient[];
  readonly #isChosen: boolean;
  readonly #notify: (text: string) => void;

  /**
   * Makes a runner; the runtime is asked nothing yet.
   *
   * @param options Which runtime, and how it is reached.
   */
  constructor(
    { runtime, host = localHost, notify = () => {} }: ContainerRunnerOptions =
      {},
  ) {
    this.#candidates = Object.values(DIALECTS)
      .filter((dialect) => dialect.runtime === (runtime ?? dialect.runtime))
      .map((dialect) => new ContainerClient(dialect, host));
    this.#isChosen = runtime !== undefined;
    this.#notify = notify;
  }

  /**
   * The runtime. If none was asked for, it is Podman until a call finds that
   * only Docker is installed.
   */
  get runtime(): ContainerRuntime {
    return this.#candidates[0]!.dialect.runtime;
  }

  /** The runtime's program; that it exists is found out at the first call. */
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
   * @throws {SessionStartError} If the image cannot be had or the runtime
   *   refuses.
   */
  async start(config: SessionConfig): Promise<SessionStatus> {
    validateNewName(config.name);
    const { name } = config;
    const existing = await this.#find(name);
    if (existing === undefined) {
      const made = await createContainer(this.#client, config, this.#notify);
      return typeof made === "string" ? await this.#watch(made) : made;
    }
    if (existing.status.state === SessionState.RUNNING) {
      throw new SessionExistsError(
        name,
        this.runtime,
        "it is running; stop it first, or attach to it",
      );
    }
    const verb = existing.word === "paused" ? "unpause" : "start";
    const { code, stderr } = await this.#client.call([verb, existing.id]);
    if (code !== 0) {
      throw new SessionStartError(name, this.runtime, lastWords(stderr));
    }
    return await this.#watch(existing.id);
  }

  /**
   * Stops a container: its own stop signal, then, after the timeout, KILL. One
   * that ops made is then removed; any other stays, `exited`.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionStopError} If it is started again whenever it ends.
   * @throws {EngineError} If the runtime cannot stop it.
   */
  async stop(
    name: string,
    { graceful = true, timeout = 10 }: StopOptions = {},
  ): Promise<StopResult> {
    validateTimeout(timeout);
    const container = await this.#get(name);
    const { id, stopSignal, status, word } = container;
    const isAlive = status.state === SessionState.RUNNING || word === "paused";
    const started = performance.now();
    let after: Container | undefined;
    if (isAlive) {
      if (word === "paused") await this.#client.perform(["unpause", id]);
      after = await this.#end(
        container,
        graceful ? stopArgs(id, timeout) : ["kill", id],
        (timeout + STOP_MARGIN_SECONDS) * 1000,
      );
    }
    const durationMs = Math.round(performance.now() - started);
    if (status.managed) await this.#remove(id);
    const { exitCode } = (after ?? container).status;
    const wasKilled = !graceful ||
      exitCode === 137 && durationMs >= timeout * 1000;
    return {
      stopped: isAlive,
      signals: !isAlive ? [] : [
        ...(graceful ? [stopSignal] : []),
        ...(wasKilled ? ["SIGKILL"] : []),
      ],
      durationMs,
      exitCode,
      signal: null,
      survivors: [],
    };
  }

  /**
   * Hands the terminal to a container until the user detaches (`C-p C-q`, or
   * what the runtime is configured to) or it ends.
   *
   * @throws {SessionNotFoundError} If there is none.
   * @throws {SessionAttachError} If it is not running, or without a terminal.
   */
  async attach(name: string): Promise<AttachResult> {
    const { id, hasTerminal, status } = await this.#get(name);
    if (status.state !== SessionState.RUNNING) {
      throw new SessionAttachError(
        name,
        this.runtime,
        `it is ${status.detail ?? status.state}; see its output with ` +
          `"ops logs ${name}"`,
      );
    }
    if (!this.#client.isTerminal()) {
      throw new SessionAttachError(
        name,
        this.runtime,
        "standard input and output are not a terminal; run it in one",
      );
    }
    if (!hasTerminal) {
      this.#notify(
        `${name} has no terminal: you see its output, Ctrl-C leaves it running\n`,
      );
    }
    await this.#client.attach(
      attachArgs(id, hasTerminal === true),
      { endOnInterrupt: !hasTerminal },
    );
    // The client's exit code does not tell what happened.
    const [after] = await this.#client.inspect([id]);
    return {
      switched: false,
      ended: after?.status.state !== SessionState.RUNNING,
      exitCode: after?.status.exitCode ?? null,
      signal: null,
    };
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
    { interactive = false }: ExecOptions = {},
  ): Promise<ExecResult> {
    validateCommand(command);
    const { id, status } = await this.#get(name);
    if (status.state !== SessionState.RUNNING) {
      throw new SessionExecError(
        name,
        this.runtime,
        `it is ${status.detail ?? status.state}; start it first`,
      );
    }
    if (!interactive) {
      const args = execArgs(id, command, { interactive: false, tty: false });
      const { code, stdout, stderr } = await this.#client.call(args, {
        timeoutMs: null,
      });
      return { code, stdout, stderr };
    }
    const code = await this.#client.attach(
      execArgs(id, command, {
        interactive: true,
        tty: this.#client.isTerminal(),
      }),
    );
    return { code, stdout: "", stderr: "" };
  }

  /**
   * Asks the runtime.
   *
   * @throws {SessionNotFoundError} If there is no such container.
   */
  async status(name: string): Promise<SessionStatus> {
    return (await this.#get(name)).status;
  }

  /**
   * The last lines of a container's output, standard output and standard error
   * in the order they happened, ANSI sequences kept.
   *
   * @throws {SessionNotFoundError} If there is no such container.
   */
  async logs(name: string, lines = 100): Promise<string> {
    validateLines(lines);
    const { id } = await this.#get(name);
    if (lines === 0) return "";
    return await readLogs(this.#client, id, lines);
  }

  /** Whether the runtime has a container of that name, running or not. */
  async exists(name: string): Promise<boolean> {
    return (await this.#find(name)) !== undefined;
  }

  /** Every container, whoever made it. */
  async listSessions(): Promise<SessionStatus[]> {
    const containers = await this.#installed((client) => client.list());
    return containers.map(({ status }) => status);
  }

  get #client(): ContainerClient {
    return this.#candidates[0]!;
  }

  /** Asks the first runtime that is installed; it is the one from then on. */
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

  async #find(name: string): Promise<Container | undefined> {
    return await this.#installed((client) => client.find(name));
  }

  async #get(name: string): Promise<Container> {
    const container = await this.#find(name);
    if (container === undefined) {
      throw new SessionNotFoundError(name, this.runtime);
    }
    return container;
  }

  /** Lets a container live through its first moments, or end in them. */
  async #watch(id: string): Promise<SessionStatus> {
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
    const [container] = await this.#client.inspect([id]);
    if (container === undefined) {
      throw new SessionStartError(id, this.runtime, "it was removed at once");
    }
    return container.status;
  }

  /**
   * Stops a container, and returns what is left of it. Podman before 4.6 does
   * nothing, or fails, when it is asked in between two restarts.
   */
  async #end(
    { id, isRestarted, status }: Container,
    args: readonly string[],
    timeoutMs: number,
  ): Promise<Container | undefined> {
    const deadline = performance.now() + timeoutMs;
    while (true) {
      const { code, stderr } = await this.#client.call(args, { timeoutMs });
      const [after] = await this.#client.inspect([id]);
      if (after?.status.state !== SessionState.RUNNING) return after;
      if (!isRestarted && code !== 0) throw this.#client.failure(stderr);
      if (!isRestarted || performance.now() > deadline) {
        throw new SessionStopError(
          status.name,
          this.runtime,
          "it is running again",
        );
      }
    }
  }

  async #remove(id: string): Promise<void> {
    const { code, stderr } = await this.#client.call(["rm", id]);
    const isGone = code === 0 || /no such container/i.test(stderr);
    if (!isGone) throw this.#client.failure(stderr);
  }
}
