/** A stop reaches all that a session has started, and nothing else. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertMatch,
} from "@std/assert";
import { SessionConfig } from "../../src/core/definition.ts";
import { opsArgv, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { asNobody, needsRoot } from "../helpers/nobody.ts";
import { isAlive, processes, processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { logged } from "../helpers/sessions.ts";
import { allOf, until } from "../helpers/wait.ts";

/** Each kind of process that has been seen to outlive a stop, by its mark. */
const KINDS: Record<string, string> = {
  "a session of its own": "setsid sleep 2001 &",
  "nohup": "nohup sleep 2002 >/dev/null 2>&1 &",
  "ignores INT and TERM":
    `sh -c "trap '' INT TERM; while :; do sleep 0.1; done" 2003 &`,
  "forked twice": "sh -c 'sh -c \"sleep 2004; true\" &' &",
  "needs a second to clean up, below sh -c 'a; b'":
    `sh -c 'sh -c "$CLEANER" 2005; true' &`,
  "stopped": "sh -c 'kill -s STOP $$; sleep 1' 2006 &",
  "a pipeline":
    "(while :; do sleep 0.1; echo; done) | sh -c 'cat; true' 2007 &",
  "a grandchild with a session of its own, and no parent":
    "sh -c 'setsid sh -c \"sleep 2008; true\" & exit' &",
  // In the foreground, as it needs the terminal.
  "a background job of an interactive bash":
    "bash --norc -ic 'sleep 2009 & echo ready; wait; wait'",
};
const MARKS = Object.keys(KINDS).map((_, i) => `${2001 + i}`);

const CLEANER = `trap 'sleep 1; echo clean >"$DONE"; exit' TERM
: >"$DONE.ready"
while :; do sleep 0.05; done`;

for (const graceful of [true, false]) {
  const how = graceful ? "with time to clean up" : "at once";
  tmuxTest(`stop ends nine kinds of processes ${how}`, async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const TREE = sandbox.path("tree");
    const DONE = sandbox.path("done");
    // What the server itself runs for the session is not to have it.
    const command = [`export TREE=${TREE}`, ...Object.values(KINDS)].join("\n");
    const env = { DONE, CLEANER };
    const alive = () => processesWith("TREE", TREE);
    await runner.start(new SessionConfig({ name: "bot", command, env }));
    await runner.start(new SessionConfig({ name: "other", command: "cat" }));
    await until(() => {
      const there = alive();
      const orphan = there.find(({ argv }) => argv.join(" ") === "sleep 2008");
      // Before its trap stands, a signal would simply end it.
      return isThere(`${DONE}.ready`) && MARKS.every((mark) =>
        there.some(({ argv }) => argv.includes(mark))
      ) &&
        there.some(({ state }) => state === "T") &&
        !there.some(({ pid }) => pid === orphan?.parent && pid === 1);
    }).catch((cause) => {
      const all = alive().map(({ argv }) => argv.join(" "));
      throw new Error(`not all are there, only:\n${all.join("\n")}`, { cause });
    });
    const result = await runner.stop("bot", { graceful, timeout: 4 });
    assertEquals(alive(), []);
    assertEquals(result.survivors, []);
    assert(result.stopped);
    assertEquals(await textOf(DONE), graceful ? "clean\n" : "");
    assertEquals((await runner.status("other")).state, "running");
  });
}

tmuxTest("what a shell command has called may clean up too", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await allOf(["INT", "TERM"].map(async (name) => {
    const DONE = sandbox.path(`done-${name}`);
    const BOT = `trap 'sleep 1.5 && echo clean >"$DONE"; exit' ${name}
      echo ready; while :; do sleep 0.05; done`;
    // The shell is gone at the first TERM; what it left in the background
    // never hears of an interrupt.
    const command =
      `export TREE=${DONE}; sleep 1000 & cd / && sh -c "$BOT"; true`;
    await runner.start(
      new SessionConfig({
        name,
        command,
        env: { DONE, BOT },
        stopSignal: name,
      }),
    );
    await logged(runner, name, "ready");
    const { stopped, signals, durationMs } = await runner.stop(name);
    assert(stopped);
    assertEquals(await textOf(DONE), "clean\n");
    // Who is cleaning up is not asked again.
    assertEquals(signals, [...new Set([`SIG${name}`, "SIGTERM"])]);
    assertLess(durationMs, 9_000);
    assertEquals(processesWith("TREE", DONE), []);
  }));
});

const FOR_EVER = "echo ready; while :; do sleep 0.05; done";
const SIGNALS = ["TERM", "USR1", "QUIT", "HUP", "USR2", "ABRT", "ALRM"];

tmuxTest("a stop begins with the session's own signal", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await allOf(SIGNALS.map(async (name) => {
    const others = SIGNALS.filter((it) => it !== name).join(" ");
    const DONE = sandbox.path(`done-${name}`);
    const command =
      `trap 'sleep 0.5; echo ${name} >>"$DONE"; exit 7' ${name}; ` +
      `trap 'echo wrong >>"$DONE"' INT ${others}; ${FOR_EVER}`;
    await runner.start(
      new SessionConfig({ name, command, env: { DONE }, stopSignal: name }),
    );
    await logged(runner, name, "ready");
    const { signals, exitCode, signal } = await runner.stop(name);
    assertEquals(signals, [`SIG${name}`]);
    assertEquals([exitCode, signal, await textOf(DONE)], [
      7,
      null,
      `${name}\n`,
    ]);
  }));
});

tmuxTest("a stop takes the session's own time", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const DONE = sandbox.path("done");
  async function stop(
    name: string,
    command: string,
    config: { stopSignal?: string; stopTimeout: number },
    timeout?: number,
  ) {
    await runner.start(
      new SessionConfig({ name, command, env: { DONE }, ...config }),
    );
    await logged(runner, name, "ready");
    return await runner.stop(name, { timeout });
  }
  const deaf = `trap '' INT TERM HUP; ${FOR_EVER}`;
  const slow = `trap 'sleep 2; echo clean >"$DONE"; exit' USR1; ${FOR_EVER}`;
  const [short, given, long] = await Promise.all([
    stop("short", deaf, { stopTimeout: 1 }),
    stop("given", deaf, { stopTimeout: 60 }, 0.5),
    stop("long", slow, { stopSignal: "USR1", stopTimeout: 10 }),
  ]);
  const all = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];
  assertEquals([short.signals, short.signal], [all, "SIGKILL"]);
  assertGreater(short.durationMs, 1_000);
  assertLess(short.durationMs, 5_000);
  assertEquals([given.signals, given.signal], [all, "SIGKILL"]);
  assertLess(given.durationMs, 5_000);
  assertEquals(long.signals, ["SIGUSR1"]);
  assertEquals(await textOf(DONE), "clean\n");
});

(needsRoot === null ? tmuxTest : Deno.test.ignore)(
  "what cannot be killed is named, and its session left",
  async () => {
    await using sandbox = new Sandbox();
    const nobody = await asNobody(sandbox);
    const ops = (...args: string[]) => nobody(opsArgv(args));
    // As sudo does it: all of its user ids are those of root.
    const asRoot = sandbox.path("as-root");
    await sandbox.run("cp", ["/usr/bin/setpriv", asRoot]);
    await Deno.chmod(asRoot, 0o4755);
    const TREE = sandbox.path("tree");
    // When its session ends, the kernel itself hangs up on it.
    const command = `trap '' INT HUP; export TREE=${TREE}; ` +
      `${asRoot} --reuid=0 --regid=0 --clear-groups sleep 3000 & sleep 3001`;
    assertEquals(
      (await ops("start", "bot", "--", "sh", "-c", command)).code,
      0,
    );
    const survivor = await until(() =>
      processesWith("TREE", TREE).find(({ argv }) => argv[1] === "3000")
    );
    const { code, stdout, stderr } = await ops(
      ...["--json", "stop", "bot", "--timeout", "0"],
    );
    assertEquals(code, 1, stderr);
    assertEquals(JSON.parse(stdout).survivors, [
      { pid: survivor.pid, command: "sleep" },
    ]);
    assertFalse(JSON.parse(stdout).stopped);
    assertMatch(stderr, new RegExp(`still alive: ${survivor.pid} \\(sleep\\)`));
    assertEquals(
      processesWith("TREE", TREE).map(({ pid }) => pid),
      [survivor.pid],
    );
    assertEquals((await ops("list", "-q")).stdout, "bot\n");

    // Once it is gone there is nothing that keeps the session.
    Deno.kill(survivor.pid, "SIGKILL");
    await until(() => !isAlive(survivor.pid));
    assertEquals((await ops("stop", "bot")).code, 0);
    assertEquals((await ops("list", "-q")).stdout, "");
  },
);

tmuxTest("sessions that a session has started are not its own", async () => {
  await using sandbox = tmuxSandbox();
  const runner = sandbox.runner();
  const start = (name: string, ...flags: string[]) =>
    opsArgv(["start", name, ...flags, "--", "sleep", "1000"])
      .map((word) => `'${word}'`).join(" ");
  const ready = sandbox.path("ready");
  const command = [
    start("same"),
    start("anew", "--socket", "anew"),
    // A server that ops knows nothing of, and which carries the tag.
    `tmux -L byhand new-session -d -s user 'nohup sleep 1000 >/dev/null & exec sleep 1001'`,
    `echo $? >'${ready}'; exec sleep 3002`,
  ].join("\n");
  await runner.start(new SessionConfig({ name: "outer", command }));
  await until(async () => await textOf(ready) === "0\n");
  const foreign = () =>
    processes().filter(({ argv }) => /^sleep 100[01]$/.test(argv.join(" ")))
      .filter((it) =>
        processesWith("TMUX_TMPDIR", sandbox.dir)
          .some(({ pid }) => pid === it.pid)
      );
  const before = await until(() => foreign().length === 4 && foreign());

  await runner.restart("outer", { timeout: 1 });
  const { stopped, survivors } = await runner.stop("outer", { timeout: 1 });
  assertEquals([stopped, survivors], [true, []]);
  assertEquals(
    before.filter(({ pid }) => !isAlive(pid)).map(({ argv }) => argv),
    [],
  );
  const states = [
    (await runner.status("same")).state,
    (await sandbox.runner("anew").status("anew")).state,
    (await sandbox.runner("byhand").status("user")).state,
  ];
  assertEquals(states, ["running", "running", "running"]);
});

async function textOf(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

tmuxTest(
  "what a command has left behind is ended by a stop, or the next start",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const MARK = sandbox.path("mark");
    const command = `export MARK='${MARK}'; setsid sleep 1000 & exit 3`;
    const alive = () => processesWith("MARK", MARK).length;
    const config = new SessionConfig({ name: "bot", command });
    assertEquals((await runner.start(config)).state, "exited");
    assertEquals(alive(), 1);
    await runner.start(config);
    assertEquals(alive(), 1, "only that of the second run");
    const { stopped, survivors } = await runner.stop("bot");
    assertEquals([stopped, survivors], [false, []]);
    assertEquals(alive(), 0);
  },
);

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
