/** `ops up`, `ops down` and `ops diff`, on real engines. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  ops,
  opsInTerminal,
  opsJson,
  opsWith,
  RunningOps,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { Containers, IMAGE, RUNTIMES, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** A configuration of the sandbox. */
function define(sandbox: Sandbox, sessions: string): Promise<string> {
  return sandbox.write("kstlib.conf.yml", `ops:\n  sessions:\n${sessions}`);
}

const DIAMOND = `
    bot: {command: exec sleep 1000, depends_on: [left, right]}
    left: {command: exec sleep 1000, depends_on: [db]}
    right: {command: exec sleep 1000, depends_on: [db]}
    db: {command: exec sleep 1000}
`;

/** The names of what runs. */
async function running(sandbox: Sandbox): Promise<string[]> {
  const sessions = await opsJson(sandbox, "list");
  return sessions
    .filter(({ state }: { state: string }) => state === "running")
    .map(({ name }: { name: string }) => name).sort();
}

tmuxTest("up, up again, diff, down", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, DIAMOND);
  const before = await ops(sandbox, "diff");
  assertEquals(before.code, 10);
  assertEquals(before.stdout.trimEnd().split("\n"), [
    "start db (tmux): not running",
    "start left (tmux): not running, after db",
    "start right (tmux): not running, after db",
    "start bot (tmux): not running, after left, right",
  ]);

  const up = await ops(sandbox, "up");
  assertEquals([up.code, up.stderr], [0, "4 started.\n"]);
  const lines = up.stdout.trimEnd().split("\n");
  assertMatch(lines[0]!, /^db started \(tmux, \d\.\d s\)\.$/);
  assertMatch(lines[3]!, /^bot started /);
  assertEquals(await running(sandbox), ["bot", "db", "left", "right"]);

  const again = await ops(sandbox, "up");
  assertEquals(again, { code: 0, stdout: "", stderr: "Nothing to do.\n" });
  assertEquals((await ops(sandbox, "diff")).code, 0);

  const down = await ops(sandbox, "down");
  assertEquals([down.code, down.stderr], [0, "4 stopped.\n"]);
  assertMatch(down.stdout, /^bot stopped[^]*\ndb stopped .*\n$/);
  assertEquals(await running(sandbox), []);
});

tmuxTest("down: on a terminal it is told what is waited for", async () => {
  await using sandbox = tmuxSandbox();
  const command = "trap '' INT TERM HUP; while :; do sleep 0.05; done";
  await define(
    sandbox,
    `    bot: {command: ${JSON.stringify(command)}, stop_timeout: 3}\n`,
  );
  assertEquals((await ops(sandbox, "up")).code, 0);
  const terminal = await opsInTerminal(sandbox, "down");
  await terminal.shows(/^waiting for "bot" to end \([1-3] of at most 3 s\)…$/m);
  const screen = await terminal.shows("[exit 0, as it was]");
  assertMatch(screen, /^bot stopped[^]*\n1 stopped\.\n/);
  assertEquals(screen.includes("waiting"), false);
});

tmuxTest("up of one brings what it depends on, and no other", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, DIAMOND);
  assertEquals((await ops(sandbox, "up", "left")).code, 0);
  assertEquals(await running(sandbox), ["db", "left"]);
  assertEquals((await ops(sandbox, "down", "db")).code, 0);
  assertEquals(await running(sandbox), ["left"]);
  assertEquals((await ops(sandbox, "up", "--no-deps", "right")).code, 0);
  assertEquals(await running(sandbox), ["left", "right"]);
});

tmuxTest("--dry-run and --json do and say what they should", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, "    a: {command: exec sleep 1000}\n");
  const dry = await ops(sandbox, "up", "--dry-run");
  assertEquals(dry.code, 0);
  assertEquals(dry.stdout, "start a (tmux): not running\n");
  const [, hash] = /^Plan ([\da-f]{12})\.$/m.exec(dry.stderr)!;
  const other = await ops(sandbox, "up", "--if-plan", "0123456789ab");
  assertEquals(other.code, 1);
  assertStringIncludes(other.stderr, `the plan is ${hash} by now`);
  assertEquals(await running(sandbox), []);

  const up = await opsJson(sandbox, "up", "--if-plan", hash!);
  assertEquals(up.changed, true);
  assertEquals(
    up.steps.map(({ act, name, phase, because }: Record<string, unknown>) => [
      act,
      name,
      phase,
      because,
    ]),
    [["start", "a", "done", ["not running"]]],
  );
  assertEquals((await opsJson(sandbox, "up")).changed, false);
});

tmuxTest("what fails keeps only its own from starting", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    bad: {command: echo oh; exit 3}
    needs: {command: exec sleep 1000, depends_on: [bad]}
    other: {command: exec sleep 1000}
`,
  );
  const { code, stdout, stderr } = await ops(sandbox, "up");
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    "needs not started: it depends on bad: it was not started",
  );
  assertStringIncludes(stderr, "1 started, 1 failed, 1 not tried.");
  assertStringIncludes(stderr, 'session "bad" could not be started (tmux)');
  assertEquals(await running(sandbox), ["other"]);
});

tmuxTest("a job that ends well is waited for, and not run again", async () => {
  await using sandbox = tmuxSandbox();
  const done = sandbox.path("done");
  await define(
    sandbox,
    `    migrate: {command: sleep 1; echo x >>${done}}
    app:
      command: test -s ${done} && exec sleep 1000
      depends_on: {migrate: {condition: exited_ok}}
`,
  );
  assertEquals((await ops(sandbox, "up")).code, 0);
  assertEquals(await running(sandbox), ["app"]);
  assertEquals((await ops(sandbox, "up")).stderr, "Nothing to do.\n");
  assertEquals(await Deno.readTextFile(done), "x\n");
});

tmuxTest("two at once: the second waits, and finds nothing to do", async () => {
  await using sandbox = tmuxSandbox();
  const DONE = sandbox.path("done");
  await define(
    sandbox,
    `    job: {command: until test -e ${DONE}; do sleep 0.05; done}
    app:
      command: exec sleep 1000
      depends_on: {job: {condition: exited}}
`,
  );
  const first = ops(sandbox, "up");
  await until(async () => (await running(sandbox)).includes("job"));
  const second = new RunningOps(sandbox, "up");
  await second.says("Waiting for");
  await Deno.writeTextFile(DONE, "");
  assertEquals((await first).stderr, "2 started.\n");
  const { code, stderr } = await second.output;
  assertEquals(code, 0);
  assertMatch(stderr, /^Waiting for ops up, process \d+\.\nNothing to do\.\n$/);
});

tmuxTest("Ctrl-C begins nothing further, and says so", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    job: {command: exec sleep 1000}
    app: {command: exec sleep 1, depends_on: {job: {condition: exited}}}
`,
  );
  const up = new RunningOps(sandbox, "up");
  // From then on it waits for the end of the job.
  await up.says("job started");
  up.kill("SIGINT");
  const { code, stdout } = await up.output;
  assertEquals(code, 130);
  assertStringIncludes(stdout, "app not started: it was interrupted");
  assertEquals(await running(sandbox), ["job"]);
});

tmuxTest(
  "an up that is killed leaves no lock, and the next one ends it",
  async () => {
    await using sandbox = tmuxSandbox();
    await define(sandbox, DIAMOND);
    for (const afterMs of [30, 90, 150, 210, 270, 350, 450, 600, 800, 1000]) {
      const up = new RunningOps(sandbox, "up");
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      up.kill("SIGKILL");
      await up.output;
      const { code, stderr } = await ops(sandbox, "up");
      assertEquals(code, 0, stderr);
      assertEquals(await running(sandbox), ["bot", "db", "left", "right"]);
      assertEquals((await ops(sandbox, "down")).code, 0);
    }
  },
);

tmuxTest("what is wrong is told before anything is touched", async () => {
  await using sandbox = tmuxSandbox();
  const none = await ops(sandbox, "up");
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "no session is defined");
  await define(sandbox, DIAMOND);
  const unknown = await ops(sandbox, "up", "lefd");
  assertEquals(unknown.code, 3);
  assertStringIncludes(unknown.stderr, 'did you mean "left"?');
  await define(sandbox, `${DIAMOND}    odd: {depends_on: [bott]}\n`);
  const wrong = await ops(sandbox, "up");
  assertEquals(wrong.code, 4);
  assertMatch(wrong.stderr, /depends_on\[0\].*did you mean "bot"/);
  const both = await ops(sandbox, "up", "--no-recreate", "--force-recreate");
  assertEquals(both.code, 2);
  assertEquals(await running(sandbox), []);
});

tmuxTest("what has changed is recreated, key by key", async () => {
  await using sandbox = tmuxSandbox();
  const text = (env: string, stop: number) =>
    `    bot:
      command: exec sleep 1000
      env: {TOKEN: ${env}}
      stop_timeout: ${stop}
    app: {command: exec sleep 1000, depends_on: {bot: {restart: true}}}
    other: {command: exec sleep 1000, depends_on: [bot]}
`;
  await define(sandbox, text("first-secret", 5));
  assertEquals((await ops(sandbox, "up")).code, 0);
  const pid = async (name: string) =>
    (await opsJson(sandbox, "status", name)).command_pid;
  const [bot, other] = [await pid("bot"), await pid("other")];
  await define(sandbox, text("second-secret", 6));
  const diff = await ops(sandbox, "diff");
  assertEquals(diff.code, 10);
  assertEquals(diff.stdout.trimEnd().split("\n"), [
    "recreate bot (tmux): env changed, stop_timeout changed",
    "recreate app (tmux): depends on bot, which is recreated, after bot",
  ]);
  const kept = await ops(sandbox, "up", "--no-recreate");
  assertEquals(
    kept.stderr,
    "bot is left: env changed, stop_timeout changed.\nNothing to do.\n",
  );
  const up = await ops(sandbox, "up");
  assertEquals([up.code, up.stderr], [0, "2 recreated, 1 unchanged.\n"]);
  assert(await pid("bot") !== bot);
  assertEquals(await pid("other"), other);
  assertEquals((await ops(sandbox, "diff")).code, 0);
});

tmuxTest("orphans are told of, and stopped where that is asked", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    "    a: {command: exec sleep 1000}\n    b: {command: exec sleep 1000}\n",
  );
  await ops(sandbox, "up");
  await ops(sandbox, "start", "mine", "-c", "exec sleep 1000");
  await define(sandbox, "    a: {command: exec sleep 1000}\n");
  const up = await ops(sandbox, "up");
  assertEquals(up.code, 0);
  assertStringIncludes(up.stderr, "warning: b (tmux) was started for this");
  assertEquals(await running(sandbox), ["a", "b", "mine"]);
  // To another configuration it is none.
  const others = await sandbox.write(
    "other.yml",
    "ops: {sessions: {c: {command: exec sleep 1000}}}",
  );
  const flags = ["--remove-orphans", "--config", others];
  assertEquals((await ops(sandbox, "up", ...flags)).code, 0);
  assertEquals(await running(sandbox), ["a", "b", "c", "mine"]);

  const removed = await ops(sandbox, "up", "--remove-orphans");
  assertEquals([removed.code, removed.stderr], [
    0,
    "1 stopped, 1 unchanged.\n",
  ]);
  assertEquals(await running(sandbox), ["a", "c", "mine"]);
});

tmuxTest("what cannot be asked is not taken for running", async () => {
  await using sandbox = tmuxSandbox();
  const dead = "Cannot connect to the Docker daemon at unix:///nope.sock.";
  await sandbox.write(
    "bin/docker",
    `#!/bin/sh\necho '${dead}' >&2; exit 1\n`,
    0o755,
  );
  const PATH = `${sandbox.path("bin")}:${Deno.env.get("PATH")}`;
  await define(
    sandbox,
    `    db: {image: "ops-test:latest", runtime: docker}
    bot: {command: exec sleep 1000, depends_on: [db]}
    other: {command: exec sleep 1000}
`,
  );
  const up = await opsWith(sandbox, { env: { PATH } }, "up");
  assertEquals(up.code, 1);
  assertStringIncludes(up.stdout, "bot not started: it depends on db: ");
  assertStringIncludes(up.stderr, "1 started, 1 blocked, 1 not tried.");
  assertMatch(up.stderr, /^error: db: its engine did not answer$/m);
  const diff = await opsWith(sandbox, { env: { PATH } }, "diff");
  assertEquals(diff.code, 10);
  assertMatch(diff.stdout, /^blocked db \(docker\): its engine/m);
  const json = await opsWith(sandbox, { env: { PATH } }, "up", "--json");
  const { blocked } = JSON.parse(json.stdout);
  assertEquals(blocked.map((it: { name: string }) => it.name), ["db"]);
});

tmuxTest("what others have made or defined is left to them", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.tmux("new-session", "-d", "-s", "mine", "sleep 1000");
  await define(sandbox, "    mine: {command: exec sleep 1000}\n");
  assertEquals(await ops(sandbox, "up"), {
    code: 0,
    stdout: "",
    stderr: "mine is left: ops did not start it.\nNothing to do.\n",
  });
  assertEquals((await ops(sandbox, "down")).code, 0);
  assertEquals(await running(sandbox), ["mine"]);

  const config = (seconds: number) =>
    sandbox.write(
      `${seconds}.yml`,
      `ops: {sessions: {a: {command: exec sleep ${seconds}}}}`,
    );
  const [one, two] = [await config(1001), await config(1002)];
  assertEquals((await ops(sandbox, "up", "--config", one)).code, 0);
  const other = await ops(sandbox, "up", "--config", two);
  assertEquals(other.code, 1);
  assertStringIncludes(other.stderr, "a: it was started for another config");
  assertEquals((await ops(sandbox, "down", "--config", two)).code, 0);
  assertEquals(await running(sandbox), ["a", "mine"]);
});

tmuxTest("orphans of what defines nothing any more", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, "    a: {command: exec sleep 1000}\n");
  await ops(sandbox, "up");
  await sandbox.write("kstlib.conf.yml", "ops: {sessions: {}}\n");
  const up = await ops(sandbox, "up");
  assertEquals(up.code, 0);
  assertStringIncludes(up.stderr, "warning: a (tmux) was started for this");
  assertEquals((await ops(sandbox, "down", "--remove-orphans")).code, 0);
  assertEquals(await running(sandbox), []);
});

tmuxTest("names that were given in turn in tmux change nothing", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    "    n1: {command: exec sleep 1001}\n    n2: {command: exec sleep 1002}\n",
  );
  await ops(sandbox, "up");
  await sandbox.tmux("rename-session", "-t", "=n1", "foo");
  await sandbox.tmux("rename-session", "-t", "=n2", "n1");
  assertEquals(
    await ops(sandbox, "up", "--remove-orphans"),
    { code: 0, stdout: "", stderr: "Nothing to do.\n" },
  );
});

tmuxTest("what is defined on another socket now moves there", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, "    a: {command: exec sleep 1000}\n");
  await ops(sandbox, "up");
  await define(
    sandbox,
    "    a: {command: exec sleep 1000, socket_name: work}\n",
  );
  const up = await ops(sandbox, "up");
  assertEquals([up.code, up.stderr], [0, "1 recreated.\n"]);
  await define(
    sandbox,
    "    a: {command: exec sleep 1000, socket_name: late}\n",
  );
  const down = await ops(sandbox, "down");
  assertEquals([down.code, down.stderr], [0, "1 stopped.\n"]);
  assertEquals(await running(sandbox), []);
  await define(
    sandbox,
    "    a: {command: exec sleep 1000, socket_name: work}\n",
  );
  await ops(sandbox, "up");
  const all = await opsJson(sandbox, "list");
  assertEquals(
    all.map((it: Record<string, unknown>) => [it.name, it.socket_name]),
    [["a", "work"]],
  );
});

testOn(RUNTIMES, "a diamond over tmux, Podman and Docker", async () => {
  await using sandbox = new Sandbox();
  await using podman = new Containers("podman");
  await using docker = new Containers("docker");
  const [db, cache] = [podman.name("db"), docker.name("cache")];
  await define(
    sandbox,
    `    bot: {command: exec sleep 1000, depends_on: [${db}, ${cache}]}
    ${cache}:
      image: ${IMAGE}
      runtime: docker
      command: [sleep, "1000"]
      depends_on: [base]
    ${db}:
      image: ${IMAGE}
      runtime: podman
      command: [sleep, "1000"]
      depends_on: [base]
    base: {command: exec sleep 1000}
`,
  );
  const up = await ops(sandbox, "up");
  assertEquals([up.code, up.stderr], [0, "4 started.\n"]);
  const names = await running(sandbox);
  for (const name of ["base", "bot", db, cache]) assert(names.includes(name));
  assertEquals((await ops(sandbox, "up")).stderr, "Nothing to do.\n");

  const forced = await ops(sandbox, "up", "--force-recreate", "--no-deps", db);
  assertEquals([forced.code, forced.stderr], [0, "1 recreated.\n"]);
  const down = await ops(sandbox, "down");
  assertEquals([down.code, down.stderr], [0, "4 stopped.\n"]);
});
