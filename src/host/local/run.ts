/** Runs a program to its end, within a time limit. */
import { EngineTimeoutError } from "../../core/errors.ts";
import type { Invocation, RunOptions, RunResult } from "../host.ts";
import { kill, spawn } from "./spawn.ts";

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
    // Cancelling ends the pending read. If the stream has just failed by
    // itself, nobody needs to know.
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
    // The program ended without reading everything: its exit code says why. A
    // stream that has failed before it is closed says so with a TypeError.
    const hasEnded = error instanceof Deno.errors.BrokenPipe ||
      error instanceof TypeError;
    if (!hasEnded) throw error;
  }
}
