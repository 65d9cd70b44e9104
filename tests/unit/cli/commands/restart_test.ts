import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { restart, runRestart } from "../../../../src/cli/commands/restart.ts";
import {
  SessionConfigError,
  SessionStopError,
  SessionWaitError,
} from "../../../../src/core/errors.ts";
import type { SessionStatus } from "../../../../src/core/definition.ts";
import type { StopOptions } from "../../../../src/engines/runner.ts";
import { UsageError } from "../../../../src/cli/errors.ts";
import { library, running } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

async function run(
  words: string[],
  known: Partial<SessionStatus> = {},
  options: RecorderOptions = {},
) {
  const calls: (StopOptions | undefined)[] = [];
  const can = (name: string) => ({
    restart: (given?: StopOptions) => {
      calls.push(given);
      return Promise.resolve(running(name, known));
    },
    logs: () => Promise.resolve("why"),
  });
  const stuck = {
    restart: () =>
      Promise.reject(new SessionStopError("stuck", "tmux", "still alive: 7")),
  };
  const fake = library({ a: can("a"), b: can("b"), stuck });
  const context = recorder(options);
  const code = await runRestart(context, input(restart, ...words), fake);
  const { asked } = fake;
  return { code, calls, asked, out: context.out(), err: context.err() };
}

Deno.test("restart restarts each name once", async () => {
  const { code, calls, asked, out } = await run(["a", "b", "a"]);
  assertEquals(code, 0);
  assertEquals(calls, Array(2).fill({ graceful: true, timeout: undefined }));
  // Nothing says what one that is gone was started with.
  assertEquals(asked.map(({ remembered }) => remembered), [false, false]);
  assertEquals(
    out,
    "Session 'a' restarted (tmux). PID 42.\n" +
      "Session 'b' restarted (tmux). PID 42.\n",
  );
});

Deno.test("restart --force --timeout --quiet", async () => {
  const { calls, out } = await run(["-qft", "1", "a"]);
  assertEquals(calls, [{ graceful: false, timeout: 1 }]);
  assertEquals(out, "a\n");
});

Deno.test("restart of what is done at once is a success", async () => {
  const { code, out, err } = await run(["a"], { state: "exited", exitCode: 0 });
  assertEquals([code, err], [0, ""]);
  assertEquals(out, "Session 'a' restarted, and done (0).\n");
});

Deno.test("restart fails if the session fails at once", async () => {
  const died = { state: "exited", exitCode: 7 } as const;
  const { code, out, err } = await run(["a"], died);
  assertEquals([code, out], [1, ""]);
  assertStringIncludes(err, "a | why\nerror: ");
  assertStringIncludes(err, "it exited (7) at once");
});

Deno.test("restart goes on after a failure", async () => {
  const { code, out, err } = await run(["stuck", "gone", "b"]);
  assertEquals(code, 1);
  assertEquals(out, "Session 'b' restarted (tmux). PID 42.\n");
  const [first, second] = err.split("\n");
  assertStringIncludes(first!, "still alive: 7");
  assertStringIncludes(second!, '"gone" was not found');
});

Deno.test("restart --json has the status", async () => {
  const one = await run(["a"], {}, { json: true });
  assertEquals(JSON.parse(one.out).pane_pid, 42);
  const two = await run(["a", "b"], {}, { json: true });
  assertEquals(JSON.parse(two.out).length, 2);
});

Deno.test("restart touches nothing with a broken configuration", async () => {
  const fake = {
    ...library({}),
    loadConfig: () =>
      Promise.reject(new SessionConfigError("ops", "is wrong", "k.yml")),
  };
  await assertRejects(
    () => runRestart(recorder(), input(restart, "a"), fake),
    SessionConfigError,
  );
  assertEquals(fake.asked, []);
});

/** Restarts some, and tells in which order that was. */
async function roll(words: string[], bad: string[], options = {}) {
  const order: string[] = [];
  const can = (name: string) => ({
    restart: () => {
      order.push(`restart ${name}`);
      return Promise.resolve(running(name));
    },
    wait: async (state: string) => {
      await new Promise((resolve) => setTimeout(resolve));
      order.push(`${state} ${name}`);
      if (bad.includes(name)) throw new SessionWaitError(name, "tmux", "no");
      return running(name);
    },
  });
  const names = ["a", "b", "c", "d", "e"];
  const fake = library(Object.fromEntries(names.map((it) => [it, can(it)])));
  const context = recorder(options);
  const code = await runRestart(
    context,
    input(restart, ...names, ...words),
    fake,
  );
  return { code, order, out: context.out(), err: context.err() };
}

Deno.test("restart --rolling: so many at a time, each ready before the next", async () => {
  const { code, order, out } = await roll(["-q", "--rolling", "2"], []);
  assertEquals([code, out], [0, "a\nb\nc\nd\ne\n"]);
  assertEquals(order, [
    "restart a",
    "restart b",
    "ready a",
    "ready b",
    "restart c",
    "restart d",
    "ready c",
    "ready d",
    "restart e",
    "ready e",
  ]);
});

Deno.test("restart --rolling: the first that fails is the last", async () => {
  const { code, order, out, err } = await roll(["-q", "--rolling=1"], ["b"]);
  assertEquals([code, out], [1, "a\n"]);
  assertEquals(order, ["restart a", "ready a", "restart b", "ready b"]);
  assertStringIncludes(err, 'session "b" was waited for in vain');
  assertStringIncludes(err, "error: left as they are after that: c, d, e\n");
  const json = await roll(["--rolling=2"], ["d"], { json: true });
  assertEquals(
    JSON.parse(json.out).map(({ name }: { name: string }) => name),
    ["a", "b", "c"],
  );
});

Deno.test("restart --rolling wants a number of them", async () => {
  for (const number of ["0", "1.5", "x"]) {
    await assertRejects(
      () => roll([`--rolling=${number}`], []),
      UsageError,
      "--rolling must be a whole number from 1 on",
    );
  }
});
