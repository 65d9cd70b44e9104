import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  EngineTimeoutError,
  PermissionError,
  SessionLogError,
  SessionNotFoundError,
  SessionWaitError,
} from "../../../src/core/errors.ts";
import type { SessionStatus } from "../../../src/core/definition.ts";
import {
  beginOf,
  standingOf,
  type Subject,
  waitUntilReady,
} from "../../../src/fleet/ready.ts";
import { run, running } from "../cli/fakes.ts";

const up = running("bot");
const exited = (exitCode: number) =>
  running("bot", { state: "exited", exitCode });
const defined = running("bot", { state: "defined", managed: false });
const ended = { ...defined, lastRun: run("bot", { exitCode: 7 }) };

/** A session that answers one thing after the other, and then the last. */
function subject(
  statuses: (SessionStatus | Error)[],
  more: Partial<Subject> = {},
): Subject {
  let count = 0;
  return {
    status: () => {
      const answer = statuses[Math.min(count++, statuses.length - 1)]!;
      return answer instanceof Error
        ? Promise.reject(answer)
        : Promise.resolve(answer);
    },
    follow: async function* ({ signal }) {
      yield* [];
      await new Promise<void>((resolve) =>
        signal!.addEventListener("abort", () => resolve())
      );
    },
    logs: () => Promise.resolve(""),
    run: () => Promise.resolve({ code: 0, stderr: "" }),
    network: {
      portFault: () => Promise.resolve(null),
      httpFault: () => Promise.resolve(null),
    },
    ...more,
  };
}

/** Answers with these, one after the other, and then always the last. */
function each<T>(...answers: T[]): () => Promise<T> {
  let count = 0;
  return () => Promise.resolve(answers[Math.min(count++, answers.length - 1)]!);
}

const standings: [
  status: SessionStatus,
  Partial<Parameters<typeof standingOf>[1]>,
  is: string,
][] = [
  [up, {}, "up"],
  [running("bot", { health: "healthy" }), {}, "up"],
  [
    running("bot", { health: "starting" }),
    {},
    "missing: health check: starting",
  ],
  [
    running("bot", { health: "unhealthy" }),
    {},
    "lost: its health check says that it is unhealthy",
  ],
  [running("bot", { health: "unhealthy" }), { hasProbes: true }, "up"],
  [exited(0), {}, "up"],
  [exited(0), { hasProbes: true }, "lost: it exited (0) before it was ready"],
  [exited(3), {}, "lost: it exited (3) before it was ready"],
  [exited(3), { successExitCodes: [0, 3] }, "up"],
  [
    running("bot", { state: "exited", exitCode: null, signal: "SIGINT" }),
    { successExitCodes: [0, 130] },
    "up",
  ],
  [
    running("bot", { state: "exited", exitCode: null, signal: "SIGKILL" }),
    {},
    "lost: it exited (SIGKILL) before it was ready",
  ],
  [defined, {}, "missing: it is not started"],
  [ended, {}, "missing: it is not started"],
  [ended, { wasRunning: true }, "lost: it exited (7) before it was ready"],
  [
    running("bot", { state: "stopped", detail: "paused" }),
    {},
    "missing: it is paused",
  ],
  [
    running("bot", { state: "stopped", detail: "removed", exitCode: 7 }),
    {},
    "lost: it exited (7) before it was ready",
  ],
  [
    running("bot", { state: "unknown", detail: "no answer" }),
    {},
    "missing: no answer",
  ],
];

for (const [status, beside, expected] of standings) {
  const { state, exitCode, health, detail } = status;
  const given = JSON.stringify({ state, exitCode, health, detail, ...beside });
  Deno.test(`standingOf() ${given}`, () => {
    const standing = standingOf(status, {
      wasRunning: false,
      hasProbes: false,
      ...beside,
    });
    assertEquals(
      standing.is === "up" ? "up" : `${standing.is}: ${standing.why}`,
      expected,
    );
  });
}

Deno.test("ready: without a word, what is started is", async () => {
  assertEquals(await waitUntilReady(subject([defined, up])), up);
});

Deno.test("ready: waits for its health check", async () => {
  const healthy = running("bot", { health: "healthy" });
  const session = subject([running("bot", { health: "starting" }), healthy]);
  assertEquals(await waitUntilReady(session), healthy);
});

Deno.test("ready: all has to hold", async () => {
  const asked: unknown[] = [];
  const session = subject([up], {
    network: {
      portFault: each<string | null>("connection refused", null),
      httpFault: (url, status) => {
        asked.push([url, status]);
        return Promise.resolve(asked.length < 3 ? "the answer is 503" : null);
      },
    },
    run: (command) => {
      asked.push(command);
      return Promise.resolve({ code: asked.length < 6 ? 1 : 0, stderr: "" });
    },
  });
  const readiness = {
    port: 80,
    http: { url: "http://x/", status: 204 },
    command: ["ask", "-q"],
  };
  assertEquals(await waitUntilReady(session, { readiness }), up);
  assertEquals(asked.slice(0, 2), [["http://x/", 204], ["ask", "-q"]]);
  assertEquals(asked.length, 6);
});

Deno.test("ready: a line of the log, wherever its pieces begin", async () => {
  const asked: unknown[] = [];
  const session = subject([up], {
    follow: async function* (options) {
      asked.push(options.since);
      yield* ["listen", "ing o", "\x1b[32mn 80\x1b[0m\n"];
      await new Promise(() => {});
    },
  });
  const readiness = { log: "^listening on \\d+$" };
  assertEquals(await waitUntilReady(session, { readiness }), up);
  assertEquals(asked, [undefined]);
});

Deno.test("ready: of a container's log only what came since its start", async () => {
  const asked: unknown[] = [];
  const startedAt = "2026-01-02T03:04:05.000Z";
  const box = running("bot", {
    backend: "container",
    startedAt,
    createdAt: "2026-01-01T00:00:00.000Z",
    lastRun: run("bot", { startedAt }),
  });
  const session = subject([box], {
    follow: async function* ({ since }) {
      asked.push(since?.toISOString());
      yield "up\n";
    },
  });
  await waitUntilReady(session, { readiness: { log: "up" } });
  assertEquals(asked, [startedAt]);
});

Deno.test("beginOf(): since when a log counts", () => {
  const [before, at, after] = ["04", "05", "06"].map((second) =>
    `2026-01-02T03:04:${second}.500Z`
  ) as [string, string, string];
  const box = running("bot", {
    backend: "container",
    createdAt: at,
    startedAt: after,
  });
  const begin = (more: Partial<SessionStatus>) =>
    beginOf({ ...box, ...more })?.toISOString();
  // Its first start is the only one that it has had.
  const ofRun = (startedAt: string) => ({ lastRun: run("bot", { startedAt }) });
  assertEquals(begin(ofRun(before)), undefined);
  assertEquals(begin(ofRun(after)), after);
  assertEquals(begin({}), undefined);
  assertEquals(begin({ createdAt: before }), at);
  assertEquals(begin({ backend: "tmux", ...ofRun(after) }), undefined);
});

Deno.test("ready: a log that is not there yet is looked for again", async () => {
  let count = 0;
  const session = subject([up], {
    follow: async function* () {
      if (count++ < 2) throw new SessionLogError("bot", "tmux", "none yet");
      yield "up\n";
    },
  });
  assertEquals(
    await waitUntilReady(session, { readiness: { log: "up" } }),
    up,
  );
});

Deno.test("ready: in vain, what is missing is told", async () => {
  const session = subject([up], {
    network: {
      portFault: () => Promise.resolve("connection refused"),
      httpFault: () => Promise.resolve("the answer is 503"),
    },
    run: () => Promise.resolve({ code: 2, stderr: "a\n no server\n\n" }),
  });
  const readiness = {
    log: "up",
    port: 80,
    http: { url: "http://kim:secret@x/?key=secret" },
    command: ["ask"],
    timeout: 0,
  };
  const error = await assertRejects(
    () => waitUntilReady(session, { readiness }),
    SessionWaitError,
  );
  assertEquals(
    error.message,
    'session "bot" was waited for in vain (tmux): after 0 s it is not ready: ' +
      "log: no line matches /up/; port 80: connection refused; http://x/: the " +
      "answer is 503; ask: exits with 2: no server",
  );
});

Deno.test("ready: a given time goes before that of the definition", async () => {
  const session = subject([up], {
    network: {
      portFault: () => Promise.resolve("connection refused"),
      httpFault: () => Promise.resolve(null),
    },
  });
  const { message } = await assertRejects(
    () => waitUntilReady(session, { readiness: { port: 80 }, timeout: 0.01 }),
    SessionWaitError,
  );
  assertStringIncludes(message, "after 0.01 s it is not ready: port 80");
});

Deno.test("ready: what dies before is a failure at once, with its last words", async () => {
  const session = subject([up, exited(3)], {
    network: {
      portFault: () => Promise.resolve("connection refused"),
      httpFault: () => Promise.resolve(null),
    },
    logs: () =>
      Promise.resolve("a\n\nopening db\n\x1b[31mno db\x1b[0m \nbye\n"),
  });
  const { reason } = await assertRejects(
    () => waitUntilReady(session, { readiness: { port: 80 } }),
    SessionWaitError,
  );
  assertEquals(
    reason,
    "it exited (3) before it was ready; its last words: opening db | no db | bye",
  );
});

Deno.test("ready: what is cleared away meanwhile is lost", async () => {
  const gone = new SessionNotFoundError("bot", "tmux");
  const starting = running("bot", { health: "starting" });
  await assertRejects(
    () => waitUntilReady(subject([starting, gone])),
    SessionWaitError,
    "before it was ready",
  );
});

Deno.test("ready: an engine that is silent is asked again, and told in the end", async () => {
  const silent = new EngineTimeoutError("tmux", 5_000);
  assertEquals(await waitUntilReady(subject([silent, up])), up);
  await assertRejects(
    () => waitUntilReady(subject([silent]), { timeout: 0 }),
    EngineTimeoutError,
  );
});

Deno.test("ready: what is not permitted is told at once", async () => {
  const refused = new PermissionError("connect to x", "--allow-net=x");
  const session = subject([up], {
    network: {
      portFault: () => Promise.reject(refused),
      httpFault: () => Promise.resolve(null),
    },
  });
  await assertRejects(
    () => waitUntilReady(session, { readiness: { port: 80 } }),
    PermissionError,
    "--allow-net=x",
  );
});

Deno.test("ready: the signal ends the wait, also a look that hangs", async () => {
  const ending = new AbortController();
  const session = subject([up], {
    run: () => {
      ending.abort(new Error("enough"));
      return new Promise(() => {});
    },
  });
  const { signal } = ending;
  await assertRejects(
    () => waitUntilReady(session, { readiness: { command: ["x"] }, signal }),
    Error,
    "enough",
  );
});
