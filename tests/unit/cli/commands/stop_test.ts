import { assertEquals, assertStringIncludes } from "@std/assert";
import { runStop, stop } from "../../../../src/cli/commands/stop.ts";
import type { StopResult } from "../../../../src/core/definition.ts";
import type { StopOptions } from "../../../../src/engines/runner.ts";
import { library, stopped } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

async function run(
  words: string[],
  result: Partial<StopResult> = {},
  options: RecorderOptions = {},
) {
  const calls: (StopOptions | undefined)[] = [];
  const stopAndReport = (given?: StopOptions) => {
    calls.push(given);
    return Promise.resolve(stopped(result));
  };
  const fake = library({ a: { stopAndReport }, b: { stopAndReport } });
  const context = recorder(options);
  const code = await runStop(context, input(stop, ...words), fake);
  return { code, calls, out: context.out(), err: context.err() };
}

Deno.test("stop says what it took", async () => {
  const { code, calls, out } = await run(["a"]);
  assertEquals(code, 0);
  // How long it gets is up to what it was started with.
  assertEquals(calls, [{ graceful: true, timeout: undefined }]);
  assertEquals(out, "Session 'a' stopped (SIGINT, 2.1 s).\n");
});

Deno.test("stop --force --timeout", async () => {
  const { calls } = await run(["a", "-ft", "1"]);
  assertEquals(calls, [{ graceful: false, timeout: 1 }]);
});

Deno.test("stop is for what is there, or was lost", async () => {
  const fake = library({});
  assertEquals(await runStop(recorder(), input(stop, "a"), fake), 3);
  assertEquals(fake.asked.map(({ lost }) => lost), [true]);
});

Deno.test("stop stops each name once", async () => {
  const { calls, out } = await run(["-q", "a", "b", "a"]);
  assertEquals(calls.length, 2);
  assertEquals(out, "a\nb\n");
});

Deno.test("stop of what was not running is no failure", async () => {
  const { code, out } = await run(["a"], { stopped: false });
  assertEquals(code, 0);
  assertEquals(out, "Session 'a' was not running.\n");
});

Deno.test("stop fails if something is still alive", async () => {
  const survivors = [{ pid: 42, command: "sleep 9" }];
  const { code, out, err } = await run(["a"], { stopped: false, survivors });
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "still alive: 42 (sleep 9)");
  const json = await run(["a"], { survivors }, { json: true });
  assertEquals([json.code, JSON.parse(json.out).survivors], [1, survivors]);
});

Deno.test("stop goes on after a failure", async () => {
  const { code, out } = await run(["gone", "b"]);
  assertEquals(code, 3);
  assertStringIncludes(out, "'b' stopped");
});

Deno.test("stop --json has the whole result", async () => {
  const { out } = await run(["a"], {}, { json: true });
  assertEquals(JSON.parse(out), {
    name: "a",
    backend: "tmux",
    stopped: true,
    signals: ["SIGINT"],
    duration_ms: 2100,
    exit_code: 0,
    signal: null,
    left_behind: [],
    survivors: [],
  });
});
