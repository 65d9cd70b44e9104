import { assert, assertEquals, assertThrows } from "@std/assert";
import { SessionNotFoundError } from "../../../src/core/errors.ts";
import { SessionConfig, SessionState } from "../../../src/core/definition.ts";
import {
  type Actual,
  planDown,
  type PlanOptions,
  planUp,
} from "../../../src/plan/plan.ts";
import { wantedOf } from "../../../src/plan/graph.ts";
import { planText } from "../../../src/cli/render/plan.ts";
import {
  actual,
  after,
  defined,
  type Definitions,
  definitionsOf,
  randomDefinitions,
  randomHost,
  randomOf,
} from "./model.ts";

const diamond = definitionsOf(
  defined("bot", ["left", "right"]),
  defined("left", ["db"]),
  defined("right", ["db"]),
  defined("db"),
);

const { RUNNING, EXITED, STOPPED, UNKNOWN } = SessionState;
const all = [actual("db"), actual("left"), actual("right"), actual("bot")];

const table: Record<
  string,
  [
    definitions: Definitions,
    host: Actual[],
    options: PlanOptions,
    plan: string[],
  ]
> = {
  "nothing runs": [diamond, [], {}, [
    "start db (tmux): not running",
    "start left (tmux): not running, after db",
    "start right (tmux): not running, after db",
    "start bot (tmux): not running, after left, right",
  ]],
  "all runs": [diamond, all, {}, []],
  "one has ended": [
    diamond,
    [...all.slice(1), actual("db", EXITED, { status: { exitCode: 3 } })],
    {},
    ["start db (tmux): exited (3)"],
  ],
  "one was stopped": [
    diamond,
    [...all.slice(1), actual("db", STOPPED)],
    {},
    ["start db (tmux): stopped"],
  ],
  "one has changed": [
    diamond,
    [...all.slice(1), actual("db", RUNNING, { changed: ["command", "env"] })],
    {},
    ["recreate db (tmux): command changed, env changed"],
  ],
  "one has changed, and is to be left": [
    diamond,
    [...all.slice(1), actual("db", RUNNING, { changed: ["env"] })],
    { recreate: "never" },
    ["keep db (env changed)"],
  ],
  "all are to be recreated": [diamond, all, { recreate: "always" }, [
    "recreate db (tmux): asked for",
    "recreate left (tmux): asked for, after db",
    "recreate right (tmux): asked for, after db",
    "recreate bot (tmux): asked for, after left, right",
  ]],
  "of one nobody knows what it was made from": [
    definitionsOf(defined("old")),
    [actual("old", RUNNING, { changed: null })],
    {},
    [
      "keep old (what it was made from is not known: ops restart makes it as " +
      "defined)",
    ],
  ],
  "what its engine does not tell is left alone": [
    definitionsOf(defined("lost")),
    [actual("lost", UNKNOWN, { status: { detail: "tmux is silent" } })],
    {},
    ["blocked lost (tmux): tmux is silent"],
  ],
  "what depends on it is made anew with it, where that is asked": [
    definitionsOf(
      defined("a", [{ name: "db", restart: true }]),
      defined("b", ["db"]),
      defined("c", [{ name: "a", restart: true }]),
      defined("db"),
    ),
    [
      ...["a", "b", "c"].map((name) => actual(name)),
      actual("db", RUNNING, { changed: ["image"] }),
    ],
    {},
    [
      "recreate db (tmux): image changed",
      "recreate a (tmux): depends on db, which is recreated, after db",
      "recreate c (tmux): depends on a, which is recreated, after a",
    ],
  ],
  "a job that somebody waits for need not run for ever": [
    definitionsOf(
      defined("app", [{ name: "migrate", condition: "exited_ok" }]),
      defined("migrate"),
      defined("nightly"),
    ),
    [
      actual("app"),
      actual("migrate", EXITED, { status: { exitCode: 0 } }),
      actual("nightly", EXITED, { status: { exitCode: 0 } }),
    ],
    {},
    ["start nightly (tmux): exited (0)"],
  ],
  "a job that failed is tried again": [
    definitionsOf(
      defined("app", [{ name: "migrate", condition: "exited_ok" }]),
      defined("migrate"),
    ),
    [
      actual("app"),
      actual("migrate", EXITED, { status: { exitCode: 1 } }),
    ],
    {},
    ["start migrate (tmux): exited (1)"],
  ],
  "named ones, and what they depend on": [diamond, [], { names: ["left"] }, [
    "start db (tmux): not running",
    "start left (tmux): not running, after db",
  ]],
  "named ones alone": [
    diamond,
    [],
    { names: ["left"], withNeeds: false },
    ["start left (tmux): not running"],
  ],
  "under the name that it was given in tmux": [
    definitionsOf(defined("bot")),
    [actual("bot-old", RUNNING, { status: { startedAs: "bot" } })],
    {},
    [],
  ],
  "what is defined elsewhere now is stopped where it was": [
    definitionsOf(defined("bot", ["db"]), defined("db")),
    [
      actual("db"),
      actual("bot", RUNNING, { isOrphan: true, status: { socketName: "old" } }),
    ],
    {},
    ["recreate bot (tmux): its place changed, after db"],
  ],
  "what others started is left alone": [
    definitionsOf(defined("bot")),
    [actual("bot", RUNNING, { changed: null, status: { managed: false } })],
    { recreate: "changed" },
    ["keep bot (ops did not start it)"],
  ],
  "what was lost elsewhere is not started a second time": [
    definitionsOf(defined("bot")),
    [
      actual("bot", UNKNOWN, {
        changed: null,
        status: { socketName: "old", detail: "its socket is gone" },
      }),
    ],
    {},
    ["blocked bot (tmux): its socket is gone"],
  ],
  "names that were given in turn": [
    definitionsOf(defined("n1"), defined("n2")),
    [
      actual("foo", RUNNING, { status: { startedAs: "n1" } }),
      actual("n1", RUNNING, { status: { startedAs: "n2" } }),
    ],
    { recreate: "always" },
    ["recreate n1 (tmux): asked for", "recreate n2 (tmux): asked for"],
  ],
  "what another configuration started is not taken over": [
    definitionsOf(defined("a"), defined("b")),
    [
      actual("a", RUNNING, { isOthers: true }),
      actual("b", RUNNING, { isOthers: true, changed: ["command"] }),
    ],
    {},
    [
      "blocked b (tmux): it was started for another configuration: ops restart " +
      "takes it over",
    ],
  ],
  "what both runtimes have is left alone": [
    definitionsOf({
      config: new SessionConfig({
        name: "web",
        backend: "container",
        image: "nginx",
      }),
      socketName: null,
    }),
    (["podman", "docker"] as const).map((runtime) =>
      actual("web", EXITED, { status: { backend: "container", runtime } })
    ),
    {},
    ["blocked web (podman/docker): it is in more than one place: podman, docker"],
  ],
  "what others started, and what has ended, is in the way": [
    definitionsOf(defined("bot")),
    [actual("bot", EXITED, { changed: null, status: { managed: false } })],
    {},
    [
      "blocked bot (tmux): ops did not start what has its name, and that has " +
      "ended: remove it, or rename one",
    ],
  ],
  "orphans are left alone": [
    definitionsOf(defined("bot")),
    [actual("bot"), actual("old", RUNNING, { isOrphan: true })],
    {},
    [],
  ],
  "orphans are stopped where that is asked": [
    definitionsOf(defined("bot")),
    [actual("bot"), actual("old", RUNNING, { isOrphan: true })],
    { removeOrphans: true },
    ["stop old (tmux): nothing defines it any more"],
  ],
};

for (
  const [what, [definitions, host, options, expected]] of Object.entries(table)
) {
  Deno.test(`planUp(): ${what}`, () => {
    const text = planText(planUp(definitions, host, options));
    assertEquals(text.trimEnd().split("\n").filter(Boolean), expected);
  });
}

Deno.test("planDown(): what depends on others goes first", () => {
  const text = planText(planDown(diamond, all));
  assertEquals(text.split("\n"), [
    "stop bot (tmux): asked for",
    "stop right (tmux): asked for, after bot",
    "stop left (tmux): asked for, after bot",
    "stop db (tmux): asked for, after right, left",
    "",
  ]);
});

Deno.test("planDown(): what has ended is cleared away, what is not there kept", () => {
  const { steps, kept } = planDown(diamond, [actual("db", EXITED)]);
  assertEquals(steps.map(({ name }) => name), ["db"]);
  assertEquals(kept.map(({ name }) => name), ["bot", "right", "left"]);
});

Deno.test("planDown(): what is not of this configuration stays", () => {
  const { steps, kept } = planDown(
    definitionsOf(defined("a"), defined("b"), defined("c"), defined("d")),
    [
      actual("a", RUNNING, { status: { managed: false } }),
      actual("b", RUNNING, { isOthers: true }),
      actual("c", RUNNING, { isOrphan: true, status: { socketName: "old" } }),
      actual("d", UNKNOWN),
    ],
  );
  assertEquals(
    steps.map(({ name, place }) => [name, place.socketName]),
    [["d", null], ["c", "old"]],
  );
  assertEquals(kept.map(({ name, because }) => [name, ...because]), [
    ["b", "it was started for another configuration"],
    ["a", "ops did not start it"],
  ]);
});

Deno.test("a name that is not defined is refused, with one that is near", () => {
  assertThrows(
    () => planUp(diamond, [], { names: ["lefd"] }),
    SessionNotFoundError,
    'did you mean "left"?',
  );
});

Deno.test("2,000 random configurations on random hosts", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = randomOf(seed);
    const definitions = randomDefinitions(random);
    const host = randomHost(definitions, random);
    const said = `seed ${seed}`;
    const { steps, kept } = planUp(definitions, host);

    // Each is done or left, and no other is touched.
    const names = [...steps, ...kept].map(({ name }) => name);
    assertEquals(names.toSorted(), [...definitions.keys()].toSorted(), said);
    // The order is that of the graph.
    for (const [i, { name }] of steps.entries()) {
      const before = steps.slice(0, i).map((step) => step.name);
      for (const need of definitions.get(name)!.needs!) {
        const isMet = before.includes(need.name) ||
          kept.some((it) => it.name === need.name);
        assert(isMet, `${said}: ${name} before ${need.name}`);
      }
    }
    // Where it is done, nothing is left to do.
    const reached = steps.reduce(after, host);
    assertEquals(planUp(definitions, reached).steps, [], said);
    // Where it was cut off, the rest is.
    const some = Math.floor(random() * (steps.length + 1));
    const cut = steps.slice(0, some).reduce(after, host);
    const rest = planUp(definitions, cut).steps.map(({ name }) => name);
    for (const step of steps.slice(some)) {
      const isMadeAnew = step.because.every((it) =>
        it.startsWith("depends on")
      );
      assert(rest.includes(step.name) || isMadeAnew, `${said}: ${step.name}`);
    }
    // And all of it goes.
    const down = planDown(definitions, reached).steps.reduce(after, reached);
    assertEquals(down.map(({ status }) => status.name), ["stranger"], said);
  }
});

Deno.test("wantedOf(): what is needed by what is needed", () => {
  assertEquals(
    [...wantedOf(diamond, ["bot"], true)],
    ["bot", "left", "right", "db"],
  );
});
