/** Questions to one container runtime, and orders. */
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  EngineError,
} from "../../core/errors.ts";
import type {
  AttachOptions,
  Chunk,
  ProcessHost,
  RunOptions,
  RunResult,
  StreamOptions,
} from "../../host/host.ts";
import { ACTION_MS, QUESTION_MS } from "../../host/local/local.ts";
import { inspectArgs, madeAsArgs } from "./args.ts";
import type { Dialect } from "./dialect.ts";
import {
  type Container,
  parseInspected,
  parsePodmanList,
  UNDECIDED,
} from "./parse.ts";

/** What a container can be called; Docker and Podman share the rule. */
const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** How much of a long standard error is kept for its message, in characters. */
const LAST_WORDS = 4_096;

/** How a call differs from an ordinary one. */
export interface CallOptions extends Partial<RunOptions> {
  /** Environment variables of the client. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Talks to one container runtime. */
export class ContainerClient {
  /** What is particular to this runtime. */
  readonly dialect: Dialect;
  readonly #host: ProcessHost;

  constructor(dialect: Dialect, host: ProcessHost) {
    this.dialect = dialect;
    this.#host = host;
  }

  /** Every container, running or not. */
  async list(): Promise<Container[]> {
    const { stdout } = await this.ask(this.dialect.list);
    if (this.dialect.listTellsAll) {
      return await this.#decide(this.#read(parsePodmanList, stdout));
    }
    const ids = stdout.split("\n").filter(Boolean);
    return ids.length === 0 ? [] : await this.inspect(ids);
  }

  /** Asks more about the containers whose state the list cannot tell. */
  async #decide(listed: readonly Container[]): Promise<Container[]> {
    const ids = listed.filter(({ word }) => word === UNDECIDED)
      .map(({ id }) => id);
    if (ids.length === 0) return [...listed];
    const decided = await this.inspect(ids);
    return listed.map((one) => decided.find(({ id }) => id === one.id) ?? one);
  }

  /** The container of exactly that name; never an image, never by its id. */
  async find(name: string): Promise<Container | undefined> {
    if (!CONTAINER_NAME.test(name)) return undefined;
    return (await this.inspect([name]))
      .find(({ status }) => status.name === name);
  }

  /** The container that was made under that name, and runs under another one. */
  async findRenamed(name: string): Promise<Container | undefined> {
    const { stdout } = await this.ask(madeAsArgs(name));
    const ids = stdout.split("\n").filter(Boolean);
    if (ids.length === 0) return undefined;
    return (await this.inspect(ids))
      .find(({ status }) => status.startedAs === name);
  }

  /** The containers that still exist. */
  async inspect(ids: readonly string[]): Promise<Container[]> {
    const result = await this.call(inspectArgs(ids), {
      timeoutMs: QUESTION_MS,
    });
    if (result.code !== 0 && !/no such container/i.test(result.stderr)) {
      throw this.failure(result.stderr);
    }
    const { runtime } = this.dialect;
    return this.#read((text) => parseInspected(text, runtime), result.stdout);
  }

  /** Asks the engine a question. */
  async ask(args: readonly string[]): Promise<RunResult> {
    return await this.perform(args, { timeoutMs: QUESTION_MS });
  }

  /** Has the engine do something, and fails if it does not. */
  async perform(
    args: readonly string[],
    options?: CallOptions,
  ): Promise<RunResult> {
    const result = await this.call(args, options);
    if (result.code !== 0) throw this.failure(result.stderr);
    return result;
  }

  /** Runs the client; the caller judges its exit code. */
  async call(
    args: readonly string[],
    { env, timeoutMs = ACTION_MS, ...options }: CallOptions = {},
  ): Promise<RunResult> {
    return await this.#named(this.#host.run(
      this.#invocation(args, env),
      { ...options, timeoutMs },
    ));
  }

  /**
   * Yields the client's output as it comes, its standard error included: a
   * container without a terminal has one, too.
   *
   * @throws {EngineError} If the client fails.
   */
  async *stream(
    args: readonly string[],
    options?: StreamOptions,
  ): AsyncGenerator<Chunk, void> {
    const said = this.#host.stream(this.#invocation(args), options);
    const decoder = new TextDecoder();
    let stderr = "";
    try {
      while (true) {
        const next = await this.#named(said.next());
        if (next.done) {
          const isWanted = !options?.signal?.aborted;
          if (next.value !== 0 && isWanted) throw this.failure(stderr);
          return;
        }
        const { source, bytes } = next.value;
        if (source === "stderr") {
          const text = decoder.decode(bytes, { stream: true });
          stderr = (stderr + text).slice(-LAST_WORDS);
        }
        yield next.value;
      }
    } finally {
      await said.return(0);
    }
  }

  /** Hands our terminal to the client, and returns its exit code. */
  async attach(
    args: readonly string[],
    options?: AttachOptions,
  ): Promise<number> {
    return await this.#named(
      this.#host.attach(this.#invocation(args), options),
    );
  }

  /** Whether our standard input and output are a terminal. */
  isTerminal(): boolean {
    return this.#host.isTerminal();
  }

  /** Whether a path is surely missing where this client runs. */
  async isAbsent(path: string): Promise<boolean> {
    return await this.#host.isAbsent(path);
  }

  /** Whether the engine surely has the files of the machine of this client. */
  async isHere(): Promise<boolean> {
    // Elsewhere engines live in a virtual machine, which shares some folders.
    if (Deno.build.os !== "linux") return false;
    const { address, here } = this.dialect;
    const { code, stdout } = await this.call(address, {
      timeoutMs: QUESTION_MS,
    });
    return code === 0 && here.test(stdout);
  }

  /** Makes an error from the client's standard error. */
  failure(stderr: string): EngineError {
    const { runtime, getAccess } = this.dialect;
    const said = lastWords(stderr);
    if (/permission denied/i.test(said) && /socket|dial|connect/i.test(said)) {
      return new EngineError(
        runtime,
        `no right to its socket: ${getAccess} (it says: ${said})`,
      );
    }
    if (
      /cannot connect|failed to connect|unable to connect|connection refused|error during connect|is the docker daemon running/i
        .test(said)
    ) {
      return this.#unreachable(said);
    }
    return new EngineError(runtime, said || "it failed without a word");
  }

  /** Makes an error of what the client says of an engine that is not there. */
  #unreachable(said: string): EngineError {
    const { runtime, startEngine, elsewhere, ownAddress } = this.dialect;
    const address = addressIn(said);
    const its = `(it says: ${said})`;
    if (address === null || ownAddress.test(address)) {
      return new EngineError(
        runtime,
        "installed, but its engine does not run: start it, for instance " +
          `with ${startEngine} ${its}`,
        { isOff: true },
      );
    }
    const reason = address.startsWith("unix:")
      ? "installed, but its engine does not run: start it, or check " +
        `${elsewhere}, which says ${address}`
      : `no engine answers at ${address}: check ${elsewhere}, which says so`;
    return new EngineError(runtime, `${reason} ${its}`);
  }

  #invocation(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    const { runtime } = this.dialect;
    return { binary: runtime, args, engine: runtime, env };
  }

  #read(parse: (text: string) => Container[], stdout: string): Container[] {
    try {
      return parse(stdout);
    } catch (cause) {
      throw new EngineError(
        this.dialect.runtime,
        `answered what cannot be understood: ${stdout.slice(0, 80)}`,
        { cause },
      );
    }
  }

  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof BackendNotFoundError) {
        const { runtime } = this.dialect;
        throw new ContainerRuntimeNotFoundError(runtime, { cause: error });
      }
      throw error;
    }
  }
}

/**
 * The line that says what went wrong. Podman puts warnings before it, Docker
 * advice after it.
 */
export function lastWords(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" &&
    !/^time=|^Run '|^See '|^Trying to pull|^Error: failed to start containers:/
      .test(line)
  );
  const error = lines.findLast((line) =>
    /^(?:error|docker):|^error response/i.test(line)
  );
  return (error ?? lines.at(-1) ?? "")
    .replace(/^(?:(?:Error response from daemon|Error|docker): )+/, "");
}

/** The forms in which a client tells where it looked for its engine. */
const ADDRESSES: readonly (readonly [scheme: string, form: RegExp])[] = [
  ["unix://", /\bdial unix (\S+?):/],
  ["ssh://", /\[ssh .* -- (\S+) docker /],
  ["tcp://", /\bdial tcp (\S+:\d+)/],
  // A path in the place of a host is that of a pipe.
  ["tcp://", /"http:\/\/([^/"%]+)[/"]/],
  ["", /\b((?:unix|tcp|npipe):\/\/[^\s;]+?)\.?(?:[\s;]|$)/],
];

/** The address at which an engine was looked for, if the client tells it. */
function addressIn(said: string): string | null {
  for (const [scheme, form] of ADDRESSES) {
    const [, address] = form.exec(said) ?? [];
    if (address !== undefined) return scheme + address;
  }
  return null;
}
