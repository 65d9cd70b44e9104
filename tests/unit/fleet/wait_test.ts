import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EngineTimeoutError,
  SessionConfigError,
  SessionNotFoundError,
  SessionWaitError,
} from "../../../src/core/errors.ts";
import { type EngineState, waitFor } from "../../../src/fleet/wait.ts";
import type { SessionStatus } from "../../../src/core/definition.ts";
import { run, running } from "../cli/fakes.ts";

const lastRun = run("bot", { exitCode: 7 });
const up = running("bot");
const exited = running("bot", { state: "exited", exitCode: 7 });
const defined = running("bot", { state: "defined", managed: false });
const ended = { ...defined, lastRun };
const removed = running("bot", {
  state: "stopped",
  detail: "removed",
  exitCode: 7,
  lastRun,
});
const paused = running("bot", { state: "stopped", detail: "paused" });
const silent = new EngineTimeoutError("tmux", 5_000);
const notFound = new SessionNotFoundError("bot", "tmux");

/** Answers these one after the other, and then always the last. */
function asking(...answers: (SessionStatus | Error)[]) {
  let count = 0;
  const ask = () => {
    const answer = answers[Math.min(count++, answers.length - 1)]!;
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(answer);
  };
  return { ask, count: () => count };
}

Deno.test("waitFor() knows at once what is so already", async () => {
  const cases: [EngineState, SessionStatus][] = [
    ["running", up],
    ["exited", exited],
    ["exited", removed],
    ["stopped", exited],
    ["stopped", removed],
    ["stopped", paused],
    ["stopped", defined],
  ];
  for (const [state, status] of cases) {
    const { ask, count } = asking(status);
    assertEquals(await waitFor(ask, state, { timeout: 0 }), status, state);
    assertEquals(count(), 1);
  }
});

Deno.test("waitFor() goes on while it is something else", async () => {
  const cases: [EngineState, SessionStatus[]][] = [
    ["running", [defined, exited, paused, removed, up]],
    ["exited", [defined, up, paused, exited]],
    ["stopped", [up, running("bot", { state: "unknown" }), exited]],
  ];
  for (const [state, answers] of cases) {
    const { ask, count } = asking(...answers);
    assertEquals(await waitFor(ask, state), answers.at(-1), state);
    assertEquals(count(), answers.length);
  }
});

Deno.test("waitFor() asks an engine again that was too slow", async () => {
  const { ask, count } = asking(silent, up, silent, exited);
  assertEquals(await waitFor(ask, "exited"), exited);
  assertEquals(count(), 4);
  // A stranger that goes meanwhile was there before.
  const gone = await waitFor(asking(up, silent, notFound).ask, "exited");
  assertEquals(gone.detail, "removed");
});

Deno.test("waitFor() says that there was no answer at the end", async () => {
  for (const answers of [[silent], [up, silent]]) {
    const { ask, count } = asking(...answers);
    const error = await assertRejects(
      () => waitFor(ask, "exited", { timeout: 0.1 }),
      EngineTimeoutError,
    );
    assertEquals(error, silent);
    assert(count() > 1);
  }
});

Deno.test("waitFor() has the outcome of what was cleared away", async () => {
  const { exitCode, finishedAt, state } = await waitFor(
    asking(up, ended).ask,
    "exited",
  );
  assertEquals([state, exitCode, finishedAt], ["defined", 7, lastRun.endedAt]);
});

Deno.test("waitFor() sees a stranger's session go", async () => {
  const stranger = running("bot", { managed: false });
  for (const state of ["exited", "stopped"] as const) {
    const gone = await waitFor(asking(stranger, notFound).ask, state);
    assertEquals([gone.state, gone.detail], ["stopped", "removed"]);
    assertEquals([gone.pid, gone.panePid, gone.managed], [null, null, false]);
  }
});

Deno.test("waitFor() waits for nobody who was never there", async () => {
  const { ask } = asking(notFound);
  await assertRejects(() => waitFor(ask, "stopped"), SessionNotFoundError);
});

Deno.test("waitFor() says what it is when the time is over", async () => {
  const started = performance.now();
  const error = await assertRejects(
    () => waitFor(asking(paused).ask, "running", { timeout: 0.1 }),
    SessionWaitError,
  );
  assert(performance.now() - started >= 95);
  assertEquals(
    error.message,
    'session "bot" was waited for in vain (tmux): after 0.1 s it is stopped ' +
      "(paused), not running",
  );
});

Deno.test("waitFor() asks quickly at first, and then less", async () => {
  const { ask, count } = asking(up);
  await assertRejects(
    () => waitFor(ask, "exited", { timeout: 1 }),
    SessionWaitError,
  );
  // After 0, 20, 60, 140, 300, 620 and 1000 ms, unless this machine is busy.
  assert(count() >= 4 && count() <= 8, `${count()}`);
});

Deno.test("waitFor() is ended by its signal", async () => {
  const reason = new Error("enough");
  await assertRejects(
    () =>
      waitFor(asking(up).ask, "exited", { signal: AbortSignal.abort(reason) }),
    Error,
    "enough",
  );
  const abort = new AbortController();
  const { ask, count } = asking(up);
  const waiting = waitFor(
    () => {
      if (count() === 2) abort.abort(reason);
      return ask();
    },
    "exited",
    { signal: abort.signal },
  );
  await assertRejects(() => waiting, Error, "enough");
  assertEquals(count(), 3);
});

Deno.test("waitFor() refuses what makes no sense", async () => {
  const { ask, count } = asking(up);
  const wrong = [
    () => waitFor(ask, "defined" as EngineState),
    () => waitFor(ask, "running", { timeout: -1 }),
    () => waitFor(ask, "running", { timeout: NaN }),
  ];
  for (const wait of wrong) await assertRejects(wait, SessionConfigError);
  assertEquals(count(), 0);
});
