import { assert, assertEquals } from "@std/assert";
import {
  SessionStartError,
  SessionStopError,
  SessionWaitError,
} from "../../../src/core/errors.ts";
import {
  notRunning,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../../../src/core/definition.ts";
import type { Condition } from "../../../src/config/model.ts";
import {
  applyPlan,
  Phase,
  type Session,
  type StepResult,
} from "../../../src/plan/apply.ts";
import { planDown, planUp } from "../../../src/plan/plan.ts";
import { pause } from "../../../src/core/pause.ts";
import { actual, defined, definitionsOf } from "./model.ts";

/** A host without engines, on which each act takes a moment. */
class Host {
  readonly log: string[] = [];
  readonly #statuses: Record<string, Partial<SessionStatus>[]>;
  successExitCodes: readonly number[] = [0];
  most = 0;
  #busy = 0;

  /** @param statuses What each is found to be, one question after the other. */
  constructor(statuses: Record<string, Partial<SessionStatus>[]> = {}) {
    this.#statuses = statuses;
  }

  sessionOf = (name: string): Session => ({
    start: () => this.#act("start", name),
    restart: () => this.#act("restart", name),
    successExitCodes: this.successExitCodes,
    status: () => Promise.resolve(this.#statusOf(name)),
    wait: async (state) => {
      this.log.push(`wait ${name} ${state}`);
      await pause(1);
      return this.#statusOf(name);
    },
    stopAndReport: async () => {
      await this.#act("stop", name);
      return notRunning({ exitCode: 0, signal: null });
    },
  });

  async #act(what: string, name: string): Promise<SessionStatus> {
    this.log.push(`${what} ${name}`);
    this.most = Math.max(this.most, ++this.#busy);
    await pause(2);
    this.#busy--;
    return this.#statusOf(name);
  }

  #statusOf(name: string): SessionStatus {
    const known = this.#statuses[name] ?? [];
    const next = known.length > 1 ? known.shift() : known[0];
    const state = SessionState.RUNNING;
    return sessionStatus({ name, state, backend: "tmux", ...next });
  }
}

const diamond = definitionsOf(
  defined("bot", ["left", "right"]),
  defined("left", ["db"]),
  defined("right", ["db"]),
  defined("db"),
);

/** What came of each, and why. */
function said(results: readonly StepResult[]): string[] {
  return results.map(({ step, phase, error }) =>
    `${step.name} ${phase}${error === null ? "" : `: ${error.message}`}`
  );
}

Deno.test("each after what it needs, the rest side by side", async () => {
  const host = new Host();
  const results = await applyPlan(planUp(diamond, []), host.sessionOf);
  assertEquals(said(results), [
    "db done",
    "left done",
    "right done",
    "bot done",
  ]);
  assertEquals(host.log, [
    "start db",
    "start left",
    "start right",
    "start bot",
  ]);
  assertEquals(host.most, 2);
});

Deno.test("no more than so many at the same time", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
  const definitions = definitionsOf(...names.map((name) => defined(name)));
  const host = new Host();
  await applyPlan(planUp(definitions, []), host.sessionOf, { parallel: 3 });
  assertEquals([host.log.length, host.most], [20, 3]);
});

Deno.test("one that fails keeps what needs it from being started", async () => {
  const definitions = definitionsOf(
    defined("bad"),
    defined("needs", ["bad"]),
    defined("needs-that", ["needs"]),
    defined("likes", [{ name: "bad", required: false }]),
    defined("other"),
  );
  const host = new Host({ bad: [{ state: SessionState.EXITED, exitCode: 3 }] });
  const results = await applyPlan(planUp(definitions, []), host.sessionOf);
  assertEquals(said(results), [
    'bad failed: session "bad" could not be started (tmux): it exited (3)',
    "needs skipped: it depends on bad: it was not started",
    "needs-that skipped: it depends on needs: it was not started",
    "likes done",
    "other done",
  ]);
});

Deno.test("what needs something that is blocked is not started", async () => {
  const definitions = definitionsOf(defined("db"), defined("bot", ["db"]));
  const unknown = actual("db", SessionState.UNKNOWN, {
    status: { managed: false },
  });
  const host = new Host();
  const plan = planUp(definitions, [unknown]);
  const results = await applyPlan(plan, host.sessionOf);
  assertEquals(said(results), [
    "bot skipped: it depends on db: its engine did not answer",
  ]);
  assertEquals(host.log, []);
});

Deno.test("how a job ends does not matter to who waits for its end", async () => {
  const definitions = definitionsOf(
    defined("job"),
    defined("app", [{ name: "job", condition: "exited" }]),
  );
  const host = new Host({ job: [{ state: SessionState.EXITED, exitCode: 3 }] });
  const results = await applyPlan(planUp(definitions, []), host.sessionOf);
  assertEquals(said(results), ["job done", "app done"]);
});

Deno.test("one that has ended well was started", async () => {
  const host = new Host({ db: [{ state: SessionState.EXITED, exitCode: 0 }] });
  const results = await applyPlan(
    planUp(definitionsOf(defined("db")), []),
    host.sessionOf,
  );
  assertEquals(results.map(({ phase }) => phase), [Phase.DONE]);
});

const conditions: [
  Condition,
  Partial<SessionStatus>[],
  outcome: string,
][] = [
  ["exited", [{}, { state: SessionState.EXITED, exitCode: 3 }], "app done"],
  ["exited_ok", [{}, { state: SessionState.EXITED, exitCode: 0 }], "app done"],
  [
    "exited_ok",
    [{}, { state: SessionState.EXITED, exitCode: 3 }],
    "app skipped: it depends on job: it exited (3)",
  ],
  ["healthy", [{}, { health: "starting" }, { health: "healthy" }], "app done"],
  [
    "healthy",
    [{}, { health: "starting" }, { health: "unhealthy" }],
    'app skipped: it depends on job: session "job" was waited for in vain ' +
    "(tmux): it is unhealthy",
  ],
  [
    "healthy",
    [{}],
    'app skipped: it depends on job: session "job" was waited for in vain ' +
    "(tmux): it is without a health check",
  ],
];

for (const [condition, statuses, outcome] of conditions) {
  Deno.test(`a condition: ${condition}, ${outcome}`, async () => {
    const definitions = definitionsOf(
      defined("job"),
      defined("app", [{ name: "job", condition }]),
    );
    const host = new Host({ job: structuredClone(statuses) });
    const results = await applyPlan(planUp(definitions, []), host.sessionOf);
    assertEquals(said(results)[1], outcome);
  });
}

Deno.test("a condition: ready is waited for", async () => {
  const definitions = definitionsOf(
    defined("db"),
    defined("app", [{ name: "db", condition: "ready" }]),
  );
  const host = new Host();
  await applyPlan(planUp(definitions, []), host.sessionOf);
  assertEquals(host.log, ["start db", "wait db ready", "start app"]);
});

Deno.test("untilReady: what was started and what was kept is waited for", async () => {
  const definitions = definitionsOf(
    defined("old"),
    defined("db"),
    defined("app", [{ name: "db", condition: "ready" }]),
    defined("bad"),
    defined("late"),
  );
  const host = new Host({ bad: [{ state: SessionState.EXITED, exitCode: 3 }] });
  const told: string[] = [];
  const results = await applyPlan(
    planUp(definitions, [actual("old")]),
    (name) => ({
      ...host.sessionOf(name),
      wait: (state, options) =>
        name === "late"
          ? Promise.reject(new SessionWaitError(name, "tmux", "port 80"))
          : host.sessionOf(name).wait(state, options),
    }),
    {
      untilReady: true,
      onStep: ({ step, phase }) => told.push(`${step.name} ${phase}`),
    },
  );
  assertEquals(said(results), [
    "db done",
    "app done",
    'bad failed: session "bad" could not be started (tmux): it exited (3)',
    'late failed: session "late" was waited for in vain (tmux): port 80',
    "old done",
  ]);
  assertEquals(
    results.map(({ readyMs }) => readyMs !== null),
    [true, true, false, false, true],
  );
  assertEquals(results.at(-1)!.step.act, "keep");
  // Whoever waits for it: it is asked once.
  const waits = host.log.filter((it) => it.startsWith("wait "));
  assertEquals(waits.sort(), [
    "wait app ready",
    "wait db ready",
    "wait old ready",
  ]);
  const of = (name: string) => told.filter((it) => it.startsWith(name));
  assertEquals(of("db"), ["db begun", "db started", "db done"]);
  assertEquals(of("old"), ["old started", "old done"]);
});

Deno.test("untilReady: an end of the work ends it", async () => {
  const ending = new AbortController();
  const host = new Host();
  const results = await applyPlan(
    planUp(definitionsOf(defined("db")), []),
    (name) => ({
      ...host.sessionOf(name),
      wait: (_, { signal } = {}) => {
        ending.abort();
        return Promise.reject(signal!.reason);
      },
    }),
    { untilReady: true, signal: ending.signal },
  );
  assertEquals(said(results), [
    "db failed: db: it was interrupted before it was ready",
  ]);
});

Deno.test("success_exit_codes: what ends so is done", async () => {
  const ended = { state: SessionState.EXITED, exitCode: 130 };
  const definitions = definitionsOf(
    { ...defined("job"), successExitCodes: [0, 130] },
    defined("app", [{ name: "job", condition: "exited_ok" }]),
  );
  const host = new Host({ job: [ended] });
  host.successExitCodes = [0, 130];
  const made = planUp(definitions, []);
  assertEquals(said(await applyPlan(made, host.sessionOf)), [
    "job done",
    "app done",
  ]);
  const again = planUp(definitions, [
    actual("job", "exited", { status: { exitCode: 130 } }),
    actual("app"),
  ]);
  assertEquals(again.steps, []);
});

Deno.test("what runs already is waited for, too", async () => {
  const definitions = definitionsOf(
    defined("job"),
    defined("app", [{ name: "job", condition: "exited" }]),
  );
  const host = new Host({ job: [{ state: SessionState.EXITED, exitCode: 0 }] });
  await applyPlan(planUp(definitions, [actual("job")]), host.sessionOf);
  assertEquals(host.log, ["wait job exited", "start app"]);
});

Deno.test("an end of the work begins nothing further", async () => {
  const ending = new AbortController();
  const host = new Host();
  const results = await applyPlan(planUp(diamond, []), host.sessionOf, {
    signal: ending.signal,
    onStep: ({ step, phase }) => {
      if (step.name === "db" && phase === Phase.DONE) ending.abort();
    },
  });
  assertEquals(said(results), [
    "db done",
    "left skipped: it was interrupted",
    "right skipped: it was interrupted",
    "bot skipped: it was interrupted",
  ]);
  assertEquals(host.log, ["start db"]);
});

Deno.test("down: what depends on others first, whatever comes of it", async () => {
  const host = new Host();
  const sessions = ["db", "left", "right", "bot"].map((name) => actual(name));
  const sessionOf = (name: string): Session => ({
    ...host.sessionOf(name),
    stopAndReport: async () => {
      const result = await host.sessionOf(name).stopAndReport();
      return name === "left"
        ? { ...result, survivors: [{ pid: 7, command: "x" }] }
        : result;
    },
  });
  const results = await applyPlan(planDown(diamond, sessions), sessionOf);
  assertEquals(host.log, ["stop bot", "stop right", "stop left", "stop db"]);
  assert(results[2]!.error instanceof SessionStopError);
  assertEquals(results[3]!.phase, Phase.DONE);
});

Deno.test("steps are told when they begin, and when they are over", async () => {
  const told: string[] = [];
  const host = new Host({
    db: [{ state: SessionState.EXITED, signal: "SIGKILL" }],
  });
  const made = planUp(definitionsOf(defined("db")), []);
  await applyPlan(made, host.sessionOf, {
    onStep: ({ phase, error }) =>
      told.push(phase, `${error instanceof SessionStartError}`),
  });
  assertEquals(told, ["begun", "false", "failed", "true"]);
});
