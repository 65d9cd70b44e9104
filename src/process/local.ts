/**
 * This machine, which runs programs. What runs one to its end within a time
 * limit stands here; what else can be done with one is loaded when it is.
 */
import { EngineTimeoutError } from "../errors.ts";
import type { Invocation, ProcessHost, RunOptions, RunResult } from "./host.ts";
import { kill, spawn } from "./spawn.ts";

/** How long an engine may take to answer a question, in milliseconds. */
export const QUESTION_MS = 5_000;
/** How long it may take to do something. */
export const ACTION_MS = 30_000;

/** Runs programs on this machine. */
export const localHost: ProcessHost = {
  run,
  stream: async function* (invocation, options) {
    const { stream } = await import("./stream.ts");
    return yield* stream(invocation, options);
  },
  attach: async (invocation, options) => {
    const { attach } = await import("./attach.ts");
    return await attach(invocation, options);
  },
  isTerminal: () => Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
};

/** See {@linkcode ProcessHost.run}. */
export async function run(
  invocation: Invocation,
  { timeoutMs, stdin, onStderr }: RunOptions,
): Promise<RunResult> {
  const { child, withheld } = spawn(invocation, {
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const stdout = new Collector(child.stdout);
  const stderr = new Collector(child.stderr, onStderr);
  let timedOut = false;
  const gaveUp = Promise.withResolvers<void>();
  const limit = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
  // A stopped tmux server holds its client's streams open even after the
  // client is dead, so waiting for their end would never end either.
  const giveUp = () => {
    timedOut = true;
    gaveUp.resolve();
    kill(child);
    stdout.cancel();
    stderr.cancel();
  };
  limit?.addEventListener("abort", giveUp, { once: true });
  try {
    const [{ code }] = await Promise.all([
      child.status,
      stdout.done,
      stderr.done,
      // Nothing can cancel a write to a full pipe that nobody reads.
      stdin === undefined
        ? undefined
        : Promise.race([feed(child.stdin, stdin), gaveUp.promise]),
    ]);
    if (timeoutMs !== null && timedOut) {
      throw new EngineTimeoutError(invocation.engine, timeoutMs);
    }
    return {
      code,
      stdout: stdout.text(),
      stderr: stderr.text(),
      withheld,
    };
  } finally {
    limit?.removeEventListener("abort", giveUp);
  }
}

/** Reads a stream to its end, or until it is cancelled. */
class Collector {
  readonly done: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #parts: string[] = [];
  readonly #onText: ((text: string) => void) | undefined;

  constructor(
    stream: ReadableStream<Uint8Array>,
    onText?: (text: string) => void,
  ) {
    this.#reader = stream.getReader();
    this.#onText = onText;
    this.done = this.#read();
  }

  async #read(): Promise<void> {
    while (true) {
      const { value, done } = await this.#reader.read();
      const text = this.#decoder.decode(value, { stream: !done });
      this.#parts.push(text);
      if (text !== "") this.#onText?.(text);
      if (done) return;
    }
  }

  cancel(): void {
    // Cancelling makes the pending read end; there is nobody to tell if the
    // stream has failed by itself in the same moment.
    this.#reader.cancel().catch(() => undefined);
  }

  text(): string {
    return this.#parts.join("");
  }
}

async function feed(
  stream: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // It ended without reading everything: its exit code says what happened.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
