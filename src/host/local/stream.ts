/** Listens to a program, within no time limit. */
import { EngineTimeoutError } from "../../core/errors.ts";
import type { Chunk, Invocation, StreamOptions } from "../host.ts";
import { kill, spawn } from "./spawn.ts";

/** See {@linkcode ProcessHost.stream}. */
export async function* stream(
  invocation: Invocation,
  { signal, idleMs = null, stdin }: StreamOptions = {},
): AsyncGenerator<Chunk, number> {
  if (signal?.aborted) return 0;
  const { child } = spawn(invocation, {
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const said = new Merged({ stdout: child.stdout, stderr: child.stderr });
  const over = new AbortController();
  // A program that ends without reading everything tells why by its exit code.
  const fed = stdin?.pipeTo(child.stdin, { signal: over.signal })
    .catch(() => undefined);
  let isTooLong = false;
  // Others may hold its streams open after its death, a hung engine for one:
  // only cancelling them ends them for sure.
  const end = () => {
    kill(child);
    said.cancel();
    over.abort();
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    while (true) {
      const idle = idleMs === null ? undefined : setTimeout(() => {
        isTooLong = true;
        end();
      }, idleMs);
      const chunk = await said.next();
      clearTimeout(idle);
      if (chunk === null) break;
      yield chunk;
    }
    const { code } = await child.status;
    if (isTooLong && idleMs !== null) {
      throw new EngineTimeoutError(invocation.engine, idleMs);
    }
    return code;
  } finally {
    signal?.removeEventListener("abort", end);
    end();
    await child.status;
    await fed;
  }
}

/** Two streams as one, in which each piece waits until it is taken. */
class Merged {
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  readonly #ready: { readonly chunk: Chunk; readonly taken: () => void }[] = [];
  #open = 0;
  #error: unknown;
  #wake = () => {};

  constructor(
    streams: Readonly<Record<Chunk["source"], ReadableStream<Uint8Array>>>,
  ) {
    this.#read("stdout", streams.stdout);
    this.#read("stderr", streams.stderr);
  }

  /** The next piece; `null` at the end of both. */
  async next(): Promise<Chunk | null> {
    while (this.#ready.length === 0 && this.#open > 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const next = this.#ready.shift();
    next?.taken();
    if (next === undefined && this.#error !== undefined) throw this.#error;
    return next?.chunk ?? null;
  }

  /** Ends both, even if another process holds them open. */
  cancel(): void {
    for (const reader of this.#readers) {
      // An error of its own in this moment can be told to nobody.
      reader.cancel().catch(() => undefined);
    }
  }

  async #read(
    source: Chunk["source"],
    stream: ReadableStream<Uint8Array>,
  ): Promise<void> {
    const reader = stream.getReader();
    this.#readers.push(reader);
    this.#open++;
    try {
      while (true) {
        const { value, done } = await reader.read();
        if (done) break;
        const chunk = { source, bytes: value };
        await new Promise<void>((taken) => {
          this.#ready.push({ chunk, taken });
          this.#wake();
        });
      }
    } catch (error) {
      this.#error = error;
    }
    this.#open--;
    this.#wake();
  }
}
