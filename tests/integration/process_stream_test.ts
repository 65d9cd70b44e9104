import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import {
  BackendNotFoundError,
  EngineTimeoutError,
} from "../../src/core/errors.ts";
import type { Chunk, StreamOptions } from "../../src/host/host.ts";
import { stream } from "../../src/host/local/stream.ts";
import { ourChildren } from "../helpers/processes.ts";

const sh = (script: string, options?: StreamOptions) =>
  stream({ binary: "sh", args: ["-c", script], engine: "sh" }, options);

/** All of it by source, and the exit code. */
async function all(chunks: AsyncGenerator<Chunk, number>) {
  const decoder = new TextDecoder();
  const said = { stdout: "", stderr: "" };
  while (true) {
    const next = await chunks.next();
    if (next.done) return { ...said, code: next.value };
    said[next.value.source] += decoder.decode(next.value.bytes);
  }
}

Deno.test("stream: both streams, and the exit code", async () => {
  assertEquals(await all(sh("echo out; echo err >&2; exit 7")), {
    stdout: "out\n",
    stderr: "err\n",
    code: 7,
  });
  assertEquals((await all(sh("seq 1 300000"))).stdout.length, 1_988_895);
  assertEquals(ourChildren(), []);
});

Deno.test("stream: it reads what it is given, as that comes", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  const chunks = sh("cat; echo end", { stdin: readable });
  write("one\n");
  const first = await chunks.next();
  assertEquals(new TextDecoder().decode((first.value as Chunk).bytes), "one\n");
  write("two\n");
  writer.close();
  assertEquals((await all(chunks)).stdout, "two\nend\n");

  // Neither a program that does not read, nor a reader that leaves, hangs it.
  const open = () => new TransformStream<Uint8Array, Uint8Array>().readable;
  assertEquals((await all(sh("exit 3", { stdin: open() }))).code, 3);
  const left = sh("echo one; cat", { stdin: open() });
  await left.next();
  await left.return(0);
  assertEquals(ourChildren(), []);
});

Deno.test("stream: what is written comes at once", async () => {
  const chunks = sh("echo one; sleep 5; echo two");
  const before = performance.now();
  const { value } = await chunks.next();
  assertEquals(new TextDecoder().decode((value as Chunk).bytes), "one\n");
  await chunks.return(0);
  assertLess(performance.now() - before, 2_000);
  assertEquals(ourChildren(), []);
});

Deno.test("stream: no faster than it is taken", async () => {
  const chunks = sh("yes");
  await chunks.next();
  const before = Deno.memoryUsage().rss;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertLess(Deno.memoryUsage().rss - before, 50_000_000);
  await chunks.return(0);
  assertEquals(ourChildren(), []);
});

Deno.test("stream: a signal ends it, whoever else holds its output", async () => {
  const abort = new AbortController();
  // The sleep outlives its parent and keeps the streams open.
  const chunks = sh("sleep 3 & echo $!; wait", { signal: abort.signal });
  await chunks.next();
  const before = performance.now();
  setTimeout(() => abort.abort(), 50);
  await all(chunks);
  assertLess(performance.now() - before, 1_000);
  assertEquals(ourChildren(), []);
  assertEquals((await all(sh("echo x", { signal: abort.signal }))).stdout, "");
});

Deno.test("stream: a program may not be silent for longer than it is told", async () => {
  const { message } = await assertRejects(
    () => all(sh("echo one; exec sleep 9", { idleMs: 100 })),
    EngineTimeoutError,
  );
  assert(message.startsWith("sh: no answer"), message);
  const lively = sh("for i in 1 2 3 4; do echo $i; sleep 0.2; done", {
    idleMs: 2_000,
  });
  assertEquals((await all(lively)).stdout, "1\n2\n3\n4\n");
  assertEquals(ourChildren(), []);
});

Deno.test("stream: what is not installed", async () => {
  await assertRejects(
    () => all(stream({ binary: "no-such", args: [], engine: "x" })),
    BackendNotFoundError,
  );
});
