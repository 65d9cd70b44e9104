/**
 * The seam between the backends and the operating system: where programs are
 * run. A test can put a fault here, and another host can be reached through it.
 */

/** One program, and how it is to be called. */
export interface Invocation {
  /** The program, looked up on the PATH. */
  readonly binary: string;
  /** Its arguments, passed exactly. */
  readonly args: readonly string[];
  /** The name of the engine in error messages, such as `"tmux (socket work)"`. */
  readonly engine: string;
  /** Environment variables on top of our own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory; by default our own. */
  readonly cwd?: string | undefined;
}

/** How a program is to be run to its end. */
export interface RunOptions {
  /** The program is killed when this has passed, in ms; `null`: never. */
  readonly timeoutMs: number | null;
  /** What it reads on its standard input. */
  readonly stdin?: string;
  /** Gets its standard error, as it comes. */
  readonly onStderr?: ((text: string) => void) | undefined;
}

/** How our terminal is handed to a program. */
export interface AttachOptions {
  /** End the program on Ctrl-C: it would not end by itself. @default {false} */
  readonly endOnInterrupt?: boolean;
}

/** How a program is listened to. */
export interface StreamOptions {
  /** Kills the program, and ends the stream without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The program is killed when it has said nothing for so long, in ms.
   *
   * @default {null} it may be silent for ever
   */
  readonly idleMs?: number | null | undefined;
  /** What it reads on its standard input, which ends with this. */
  readonly stdin?: ReadableStream<Uint8Array> | undefined;
}

/** A piece of what a program says. */
export interface Chunk {
  /** Where it said it. */
  readonly source: "stdout" | "stderr";
  /** What it said; a character may run over the end of it. */
  readonly bytes: Uint8Array;
}

/** What a program said. */
export interface RunResult {
  /** Its exit code; 128 + n if signal n ended it. */
  readonly code: number;
  /** Its standard output. */
  readonly stdout: string;
  /** Its standard error. */
  readonly stderr: string;
  /**
   * Variables of our environment that Deno would not pass on under a scoped
   * `--allow-run`, so that the program saw them empty.
   */
  readonly withheld: readonly string[];
}

/** Where programs are run. */
export interface ProcessHost {
  /**
   * Runs a program to its end.
   *
   * @throws {BackendNotFoundError} If it is not installed.
   * @throws {PermissionError} If Deno may not run it.
   * @throws {SessionConfigError} If the working directory does not exist.
   * @throws {EngineTimeoutError} If it takes too long; it is then dead.
   */
  run(invocation: Invocation, options: RunOptions): Promise<RunResult>;
  /**
   * Runs a program and hands on what it says as it comes, no faster than that
   * is taken. A reader that stops taking it ends the program. Returns its exit code.
   *
   * @throws {BackendNotFoundError} If it is not installed.
   * @throws {PermissionError} If Deno may not run it.
   * @throws {EngineTimeoutError} If it is silent for too long; it is then dead.
   */
  stream(
    invocation: Invocation,
    options?: StreamOptions,
  ): AsyncGenerator<Chunk, number>;
  /**
   * Hands our terminal to a program until it ends, and returns its exit code.
   * Ctrl-C is the program's meanwhile, and the terminal is restored after it.
   *
   * @throws {BackendNotFoundError} If it is not installed.
   * @throws {PermissionError} If Deno may not run it.
   */
  attach(invocation: Invocation, options?: AttachOptions): Promise<number>;
  /** Whether our standard input and output are a terminal. */
  isTerminal(): boolean;
  /**
   * What keeps programs from being run in a folder, such as "does not exist";
   * `null`: nothing, or nothing that can be found out beforehand.
   */
  folderFault(path: string): Promise<string | null>;
  /** Whether there is no file or folder of that path, if that can be told. */
  isAbsent(path: string): Promise<boolean>;
}
