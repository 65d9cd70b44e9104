import { assertEquals, assertStringIncludes } from "@std/assert";
import { list, runList } from "../../../../src/cli/commands/list.ts";
import {
  EngineTimeoutError,
  SessionConfigError,
} from "../../../../src/core/errors.ts";
import type { ListOptions } from "../../../../src/fleet/survey.ts";
import type { SessionStatus } from "../../../../src/core/definition.ts";
import { config, running } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const now = Date.parse("2026-11-23T12:00:00Z");

const sessions: SessionStatus[] = [
  running("bot", {
    createdAt: "2026-11-23T10:00:00Z",
    command: "python bot.py",
  }),
  running("web", {
    backend: "container",
    runtime: "docker",
    state: "exited",
    exitCode: 7,
    panePid: null,
    pid: null,
    image: "nginx",
    managed: false,
  }),
  running("a\tb\x1b[2J", { socketName: "work", managed: false }),
];

function fake(found: readonly SessionStatus[] = sessions) {
  const asked: ListOptions[] = [];
  return {
    asked,
    loadConfig: () => Promise.resolve(config()),
    listAll: (options: ListOptions = {}) => {
      asked.push(options);
      return Promise.resolve({ sessions: found, warnings: [] });
    },
  };
}

Deno.test("list shows a table on a terminal", async () => {
  const context = recorder({ isTerminal: true, now });
  assertEquals(await runList(context, input(list), fake()), 0);
  assertEquals(context.out().split("\n"), [
    "NAME         STATE       PLACE      PID  CREATED  IMAGE  COMMAND",
    "bot          running     tmux       42   2 h ago  -      python bot.py",
    "web          exited (7)  docker     -    -        nginx  -",
    "a\\tb\\x1b[2J  running     tmux:work  42   -        -      -",
    "",
  ]);
  assertEquals(context.err(), "");
});

Deno.test("list fits 60 and 40 columns, its states short", async () => {
  const command = "x".repeat(90);
  const all = [
    ...sessions,
    running("api", {
      backend: "container",
      runtime: "podman",
      image: "localhost/ops-test:latest",
      health: "unhealthy",
      createdAt: "2026-11-23T11:38:00Z",
      command,
    }),
    running("worker", {
      detail: "waiting to be started again; last ended with 1",
      command,
    }),
  ];
  const lines = async (columns: number) => {
    const context = recorder({ isTerminal: true, now, columns });
    await runList(context, input(list), fake(all));
    return context.out().split("\n");
  };
  assertEquals(await lines(60), [
    "NAME         STATE                 PLACE      COMMAND",
    "bot          running               tmux       python bot.py",
    "web          exited (7)            docker     -",
    "a\\tb\\x1b[2J  running               tmux:work  -",
    "api          running (unhealthy)   podman     xxxxxxxxxxxxx…",
    "worker       running (restarting)  tmux       xxxxxxxxxxxxx…",
    "",
  ]);
  assertEquals((await lines(40)).slice(0, 2), [
    "NAME         STATE",
    "bot          running",
  ]);
  const piped = recorder({ now });
  await runList(piped, input(list), fake(all));
  assertStringIncludes(
    piped.out(),
    "\nworker\trunning (waiting to be started again; last ended with 1)\t",
  );
});

Deno.test("list gives a pipe tabs and no header", async () => {
  const context = recorder({ now });
  await runList(context, input(list), fake());
  assertEquals(
    context.out().split("\n")[0],
    "bot\trunning\ttmux\t42\t2026-11-23T10:00:00Z\t\tpython bot.py",
  );
});

Deno.test("list --quiet prints names", async () => {
  const context = recorder();
  await runList(context, input(list, "-q", "--managed"), fake());
  assertEquals(context.out(), "bot\n");
});

Deno.test("list --json is an array with every field", async () => {
  const context = recorder({ json: true });
  await runList(context, input(list), fake());
  const listed = JSON.parse(context.out());
  assertEquals(listed.length, 3);
  assertEquals(listed[1].exit_code, 7);
  assertEquals(listed[2].name, "a\tb\x1b[2J");
});

Deno.test("list says that there is nothing, but not in its result", async () => {
  const context = recorder({ isTerminal: true });
  assertEquals(await runList(context, input(list), fake([])), 0);
  assertEquals([context.out(), context.err()], ["", "No sessions.\n"]);

  const json = recorder({ json: true });
  await runList(json, input(list), fake([]));
  assertEquals([json.out(), json.err()], ["[]\n", ""]);
});

Deno.test("list passes on where to look", async () => {
  const library = fake();
  await runList(recorder(), input(list, "-L", "work"), library);
  assertEquals(library.asked[0]?.socketName, "work");
});

Deno.test("list warns of silent engines and goes on", async () => {
  const context = recorder();
  const warnings = [new EngineTimeoutError("docker", 5000)];
  const code = await runList(context, input(list), {
    ...fake(),
    listAll: () => Promise.resolve({ sessions, warnings }),
  });
  assertEquals(code, 0);
  assertStringIncludes(context.err(), "warning: docker: no answer within 5 s");
});

Deno.test("list warns of a broken configuration and goes on", async () => {
  const context = recorder();
  const library = {
    ...fake(),
    loadConfig: () => {
      throw new SessionConfigError("ops.sesions", "is unknown", "k.yml");
    },
  };
  assertEquals(await runList(context, input(list), library), 0);
  assertEquals(library.asked[0]?.config, null);
  assertEquals(
    context.err(),
    "warning: k.yml: ops.sesions: is unknown; " +
      "going on without the configuration\n",
  );
});
