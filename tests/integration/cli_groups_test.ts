/** One word for several sessions: groups, patterns, `--all`. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

const CONFIG = `ops:
  sessions:
    bot-a: {command: exec sleep 1000, group: bots}
    bot-b: {command: exec sleep 1000, group: [bots, night]}
    web: {command: exec sleep 1000}
  groups:
    night: [web]
    one: [web]
`;

async function sandboxWith(config: string): Promise<Sandbox> {
  const sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", config);
  return sandbox;
}

/** The names of what runs. */
async function running(sandbox: Sandbox): Promise<string[]> {
  const sessions = await opsJson(sandbox, "list");
  return sessions
    .filter(({ state }: { state: string }) => state === "running")
    .map(({ name }: { name: string }) => name).sort();
}

/** The first word but one of each line. */
function names(text: string): string[] {
  return Array.from(text.matchAll(/^Session '([^']+)'/gm), ([, it]) => it!);
}

tmuxTest("a group is started, shown, restarted and stopped", async () => {
  await using sandbox = await sandboxWith(CONFIG);
  const started = await ops(sandbox, "start", "@bots");
  assertEquals([started.code, started.stderr], [0, ""]);
  assertEquals(names(started.stdout), ["bot-a", "bot-b"]);
  assertEquals(await running(sandbox), ["bot-a", "bot-b"]);

  // Each once, in the order in which they were meant.
  const shown = await ops(sandbox, "status", "-q", "@night", "bot-*", "web");
  assertEquals(
    shown.stdout,
    "bot-b: running\nweb: defined\nbot-a: running\n",
  );
  const again = await ops(sandbox, "restart", "-qf", "@bots");
  assertEquals([again.code, again.stdout], [0, "bot-a\nbot-b\n"]);
  const runs = await opsJson(sandbox, "history", "bot-?");
  assertEquals(runs.length, 4);
  const logs = await opsJson(sandbox, "logs", "@bots");
  assertEquals(logs.map(({ name }: { name: string }) => name), [
    "bot-a",
    "bot-b",
  ]);
  const stopped = await ops(sandbox, "stop", "-f", "@bots");
  assertEquals([stopped.code, names(stopped.stdout)], [0, ["bot-a", "bot-b"]]);
  assertEquals(await running(sandbox), []);
});

tmuxTest("up, diff and down take groups and patterns", async () => {
  await using sandbox = await sandboxWith(CONFIG);
  const diff = await ops(sandbox, "diff", "@night");
  assertEquals(diff.code, 10);
  assertEquals(
    diff.stdout,
    "start bot-b (tmux): not running\nstart web (tmux): not running\n",
  );
  assertEquals((await ops(sandbox, "up", "bot-*")).code, 0);
  assertEquals(await running(sandbox), ["bot-a", "bot-b"]);
  assertEquals((await ops(sandbox, "down", "@night")).code, 0);
  assertEquals(await running(sandbox), ["bot-a"]);
  for (const command of ["up", "down", "diff", "start"]) {
    for (const word of ["@nihgt", "x-*"]) {
      const { code, stdout, stderr } = await ops(sandbox, command, word);
      assertEquals([code, stdout], [3, ""]);
      assertStringIncludes(stderr, `session "${word}" was not found`);
    }
  }
  assertEquals(await running(sandbox), ["bot-a"]);
});

tmuxTest("--all is all that is defined, and no more", async () => {
  await using sandbox = await sandboxWith(CONFIG);
  await sandbox.tmux("new-session", "-d", "-s", "foreign", "sleep 1000");
  const started = await ops(sandbox, "start", "--all");
  assertEquals(names(started.stdout), ["bot-a", "bot-b", "web"]);
  const status = await opsJson(sandbox, "status", "--all");
  assertEquals(status.length, 3);
  const stopped = await ops(sandbox, "stop", "-f", "--all");
  assertEquals(stopped.code, 0);
  assertEquals(await running(sandbox), ["foreign"]);

  const both = await ops(sandbox, "stop", "--all", "web");
  assertEquals(both.code, 2);
  assertEquals(
    both.stderr,
    "error: --all does not go with a NAME; leave one of them out\n",
  );
  const command = await ops(sandbox, "start", "--all", "-c", "true");
  assertEquals(command.code, 2);
  await Deno.remove(sandbox.path("kstlib.conf.yml"));
  const none = await ops(sandbox, "stop", "--all");
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "no session is defined");
});

tmuxTest("JSON of a group is an array, also of one", async () => {
  await using sandbox = await sandboxWith(CONFIG);
  assert(Array.isArray(await opsJson(sandbox, "status", "@one")));
  assert(Array.isArray(await opsJson(sandbox, "status", "w*")));
  assert(!Array.isArray(await opsJson(sandbox, "status", "web")));
  assertEquals(await opsJson(sandbox, "list", "--groups"), {
    bots: ["bot-a", "bot-b"],
    night: ["bot-b", "web"],
    one: ["web"],
  });
  const quiet = await ops(sandbox, "list", "--groups", "-q");
  assertEquals(quiet.stdout, "@bots\n@night\n@one\n");
  const table = await ops(sandbox, "list", "--groups");
  assertStringIncludes(table.stdout, "@night\tbot-b web\n");
});

tmuxTest(
  "a session that is called like a pattern is itself meant",
  async () => {
    await using sandbox = await sandboxWith(CONFIG);
    assertEquals((await ops(sandbox, "start", "web")).code, 0);
    await sandbox.tmux("new-session", "-d", "-s", "*", "sleep 1000");
    const star = await ops(sandbox, "stop", "-f", "*");
    assertEquals(names(star.stdout), ["*"]);
    const status = await ops(sandbox, "status", "-q", "*", "web");
    assertEquals(
      status.stdout,
      "bot-a: defined\nbot-b: defined\nweb: running\n",
    );
    for (const name of ["@x", "y*"]) {
      await sandbox.tmux("new-session", "-d", "-s", name, "sleep 1000");
      const { stdout } = await ops(sandbox, "status", "-q", name);
      assertEquals(stdout, `${name}: running\n`);
      assertEquals((await ops(sandbox, "stop", "-f", name)).code, 0);
      for (const command of ["stop", "status", "restart", "logs", "history"]) {
        const { code, stdout, stderr } = await ops(sandbox, command, name);
        assertEquals([command, code, stdout], [command, 3, ""]);
        assertStringIncludes(stderr, "of the configuration): there are ");
      }
    }
    // With a configuration that is wrong, what runs can still be stopped.
    await sandbox.write("kstlib.conf.yml", "ops: {sesions: }\n");
    const stop = await ops(sandbox, "stop", "@bots");
    assertEquals(stop.code, 3);
    assertStringIncludes(stop.stderr, "going on without the configuration");
    assertEquals((await ops(sandbox, "stop", "--all")).code, 4);
  },
);

tmuxTest("replicas: one definition, several sessions", async () => {
  await using sandbox = await sandboxWith(`ops:
  sessions:
    worker:
      replicas: 3
      command: echo number $OPS_REPLICA \${REPLICA}; exec sleep 1000
    app: {command: exec sleep 1000, depends_on: [worker]}
`);
  assertEquals((await ops(sandbox, "up", "app")).code, 0);
  const workers = ["worker-1", "worker-2", "worker-3"];
  assertEquals(await running(sandbox), ["app", ...workers]);
  const logs = await ops(sandbox, "logs", "worker");
  assertEquals(
    logs.stdout,
    workers.map((it, i) => `${it} | number ${i + 1} ${i + 1}\n`).join(""),
  );
  assertEquals((await ops(sandbox, "up")).stderr, "Nothing to do.\n");
  const stopped = await ops(sandbox, "stop", "-f", "worker");
  assertEquals(names(stopped.stdout), workers);
  const again = await ops(sandbox, "start", "worker");
  assertEquals(names(again.stdout), workers);
  assertEquals((await ops(sandbox, "down")).code, 0);
  assertEquals(await running(sandbox), []);
});

tmuxTest("restart --rolling stops at what does not become ready", async () => {
  await using sandbox = await sandboxWith(`ops:
  defaults:
    group: bots
    command: echo up; exec sleep 1000
    ready: {log: ^up, timeout: 20}
  sessions:
    a: {}
    b: {}
    c: {}
`);
  assertEquals((await ops(sandbox, "up", "--wait")).code, 0);
  const all = await ops(sandbox, "restart", "-fq", "@bots", "--rolling", "2");
  assertEquals([all.code, all.stdout, all.stderr], [0, "a\nb\nc\n", ""]);

  const text = await Deno.readTextFile(sandbox.path("kstlib.conf.yml"));
  await sandbox.write(
    "kstlib.conf.yml",
    text.replace("b: {}", "b: {ready: {log: never, timeout: 1}}"),
  );
  const bad = await ops(sandbox, "restart", "-fq", "@bots", "--rolling=1");
  assertEquals([bad.code, bad.stdout], [1, "a\n"]);
  assertStringIncludes(bad.stderr, 'session "b"');
  assertStringIncludes(bad.stderr, "error: left as they are after that: c\n");
  const runs = await opsJson(sandbox, "history", "c");
  assertEquals(runs.length, 2);
  assertEquals(await running(sandbox), ["a", "b", "c"]);
});

tmuxTest("scale: more and fewer replicas, and up again", async () => {
  await using sandbox = await sandboxWith(`ops:
  sessions:
    worker: {replicas: 3, command: exec sleep 1000, depends_on: [db]}
    worker-x: {command: exec sleep 1000}
    db: {command: exec sleep 1000}
`);
  const upTo = (count: number) =>
    Array.from({ length: count }, (_, i) => `worker-${i + 1}`);
  assertEquals((await ops(sandbox, "up")).code, 0);
  await sandbox.tmux("new-session", "-d", "-s", "worker-9", "sleep 1000");
  const others = ["db", "worker-9", "worker-x"];
  assertEquals(await running(sandbox), [...upTo(3), ...others].sort());

  const dry = await ops(sandbox, "scale", "worker", "2", "--dry-run");
  assertStringIncludes(dry.stdout, "stop worker-3 (tmux): asked for");
  const more = await ops(sandbox, "scale", "worker", "5");
  assertEquals(more.code, 0);
  assertStringIncludes(more.stderr, "2 started, 3 unchanged.");
  assertStringIncludes(
    more.stderr,
    'The configuration says 3: "ops up --remove-orphans" stops the others.',
  );
  // What somebody else has started is left alone.
  assertEquals(await running(sandbox), [...upTo(5), ...others].sort());
  const again = await ops(sandbox, "scale", "worker", "5");
  assertStringIncludes(again.stderr, "Nothing to do.");

  const fewer = await ops(sandbox, "scale", "worker", "1");
  assertEquals(fewer.code, 0);
  assertStringIncludes(fewer.stderr, "4 stopped, 1 unchanged.");
  assertStringIncludes(fewer.stderr, '"ops up" starts the others.');
  assertEquals(await running(sandbox), [...upTo(1), ...others].sort());
  assertEquals((await ops(sandbox, "up")).code, 0);
  assertEquals(await running(sandbox), [...upTo(3), ...others].sort());

  const wrong: [name: string, code: number, text: string][] = [
    ["db", 2, '"db" is defined without replicas; write replicas: 1'],
    ["wroker", 3, 'did you mean "worker"?'],
    ["worker-1", 2, '"worker-1" is a replica; it is "worker" that is scaled'],
  ];
  for (const [name, code, text] of wrong) {
    const refused = await ops(sandbox, "scale", name, "2");
    assertEquals([refused.code, refused.stdout], [code, ""]);
    assertStringIncludes(refused.stderr, text);
  }
});
