/** Nothing that ops started lives on unseen, whatever ends its pane. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  SessionNotFoundError,
  SessionStartError,
  SessionStopError,
} from "../../src/core/errors.ts";
import {
  SessionConfig,
  type SessionStatus,
} from "../../src/core/definition.ts";
import { ops, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { isAlive, processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { logged } from "../helpers/sessions.ts";
import { allOf, until } from "../helpers/wait.ts";
import { SessionManager } from "../../mod.ts";

/** Commands that take a hang-up in different ways. */
const COMMANDS: Record<string, string> = {
  "is ended by it": "echo ready; sleep 1000",
  "ignores it": "trap '' HUP; echo ready; while :; do sleep 0.1; done",
  "cleans up first":
    `trap 'sleep 0.5; echo clean >"$DONE"; exit 3' TERM; trap : HUP; echo ready; while :; do sleep 0.1; done`,
  "has a child with a session of its own":
    "setsid sh -c \"trap '' HUP; while :; do sleep 0.1; done\" & echo ready; wait",
};

/** What a user may do to a pane, or a machine to its server. */
const ENDS: Record<
  string,
  (sandbox: Sandbox, sessions: readonly SessionStatus[]) => Promise<unknown>
> = {
  "kill-pane": forEach("kill-pane", "-t", "=NAME:"),
  "kill-window": forEach("kill-window", "-t", "=NAME:"),
  "kill-session": forEach("kill-session", "-t", "=NAME"),
  "respawn-pane": forEach("respawn-pane", "-k", "-t", "=NAME:"),
  "respawn-window": forEach("respawn-window", "-k", "-t", "=NAME:"),
  "kill-server": (it) => it.tmux("kill-server"),
  "exit-unattached": (it) =>
    it.tmux("set-option", "-s", "exit-unattached", "on"),
  "kill -9 of the server": async (_, [first]) => {
    await Promise.resolve(Deno.kill(first!.pid!, "SIGKILL"));
  },
};

/** Does so to each session. */
function forEach(...words: readonly string[]) {
  return (sandbox: Sandbox, sessions: readonly SessionStatus[]) =>
    Promise.all(
      sessions.map(({ name }) =>
        sandbox.tmux(...words.map((word) => word.replace("NAME", name)))
      ),
    );
}

for (const restart of ["no", "always"]) {
  for (const [how, end] of Object.entries(ENDS)) {
    tmuxTest(`${how}, restart: ${restart}: nothing is left`, async () => {
      await using sandbox = new Sandbox();
      const kinds = Object.keys(COMMANDS).map((kind, i) =>
        new Kind(sandbox, kind, `bot-${i}`, restart)
      );
      const sessions = await Promise.all(kinds.map((kind) => kind.start()));
      await end(sandbox, sessions);
      const state = how.startsWith("respawn") ? "exited" : "stopped";
      await allOf(kinds.map((kind) => kind.isEnded(state)));
    });
  }
}

/** A session whose command takes a hang-up in its own way. */
class Kind {
  readonly #sandbox: Sandbox;
  readonly #kind: string;
  readonly #tree: string;
  readonly #done: string;
  readonly #bot: SessionManager;

  constructor(sandbox: Sandbox, kind: string, name: string, restart: string) {
    this.#sandbox = sandbox;
    this.#kind = kind;
    this.#tree = sandbox.path(`${name}-tree`);
    this.#done = sandbox.path(`${name}-done`);
    this.#bot = new SessionManager(name, {
      command: COMMANDS[kind]!,
      env: { DONE: this.#done, TREE: this.#tree },
      restart,
      stopTimeout: 2,
    });
  }

  async start(): Promise<SessionStatus> {
    const status = await this.#bot.start();
    await logged(this.#sandbox.runner(), status.name, "ready");
    await until(() => this.#alive().length > 0);
    return status;
  }

  /** Nothing is left, nothing starts it again, and its end is remembered. */
  async isEnded(state: string): Promise<void> {
    const [bot, kind] = [this.#bot, this.#kind];
    await until(() => this.#alive().length === 0).catch((cause) => {
      const argv = this.#alive().map((it) => it.argv.join(" "));
      throw new Error(`${kind}: left ${argv.join("; ")}`, { cause });
    });
    const run = await until(async () => {
      const last = await bot.lastRun();
      return last?.endedBy === "engine_gone" && last;
    }).catch((cause) => {
      throw new Error(`${kind}: not noted`, { cause });
    });
    assert(run.exitCode !== null || run.signal !== null, kind);
    if (kind === "cleans up first") {
      assertEquals(run.exitCode, 3);
      assertEquals(await Deno.readTextFile(this.#done), "clean\n");
    }
    // One that was just being started when its shell ended has come late.
    await until(() => this.#alive().length === 0);
    await until(async () => (await bot.status()).state === state);
    // So is the next start alone, and has nothing to end.
    const { detail } = await bot.start();
    assertEquals([detail, this.#alive().length > 0], [null, true], kind);
    await bot.stop();
  }

  #alive() {
    return processesWith("TREE", this.#tree);
  }
}

/** Kills the launcher of a session and then its server, which leaves the command. */
async function lose(sandbox: Sandbox, name: string): Promise<SessionStatus> {
  const runner = sandbox.runner();
  const status = await runner.start(
    new SessionConfig({
      name,
      command: "trap '' HUP; echo ready; while :; do sleep 0.1; done",
      log: "none",
    }),
  );
  const panes = await sandbox.tmux(
    "list-panes",
    "-t",
    `=${name}:`,
    "-F",
    "#{pane_pid}",
  );
  // The writer of the pane would end what the launcher leaves.
  const ours = processesWith("OPS_TEST_SANDBOX", sandbox.dir);
  for (const { pid, argv } of ours) {
    if (argv[3]?.endsWith(" (log)")) Deno.kill(pid, "SIGKILL");
  }
  Deno.kill(Number(panes), "SIGKILL");
  await sandbox.tmux("kill-server");
  assert(isAlive(status.panePid!));
  return status;
}

tmuxTest("a start ends what its session has lost, and says so", async () => {
  await using sandbox = new Sandbox();
  const lost = await lose(sandbox, "bot");
  const started = await sandbox.runner().start(
    new SessionConfig({ name: "bot", command: "sleep 1000" }),
  );
  assert(!isAlive(lost.panePid!));
  assertEquals(started.state, "running");
  assertMatch(started.detail!, /ended what an earlier run had left: \d+ \(/);
});

tmuxTest("a stop ends what its session has lost", async () => {
  await using sandbox = new Sandbox();
  const lost = await lose(sandbox, "bot");
  const { stopped, survivors } = await sandbox.runner().stop("bot");
  assertEquals([stopped, survivors], [true, []]);
  assert(!isAlive(lost.panePid!));
  await assertRejects(
    () => sandbox.runner().stop("bot"),
    SessionNotFoundError,
  );
});

tmuxTest("doctor tells what was lost, and ops stop ends it", async () => {
  await using sandbox = tmuxSandbox();
  const lost = await lose(sandbox, "bot");
  await sandbox.runner("other").start(
    new SessionConfig({ name: "other", command: "sleep 1000" }),
  );
  const { stdout } = await ops(sandbox, "doctor");
  const line = stdout.split("\n").find((it) => it.includes("has lost"));
  assertMatch(line ?? stdout, /session "bot" \(socket default\)/);
  assertMatch(stdout, new RegExp(`alive: ${lost.panePid} \\(`));
  const stopped = await ops(sandbox, "stop", "bot");
  assertEquals([stopped.code, stopped.stderr], [0, ""]);
  assert(!isAlive(lost.panePid!));
  assertEquals((await ops(sandbox, "stop", "bot")).code, 3);
  assertEquals((await ops(sandbox, "doctor")).stdout.includes("lost"), false);
});

tmuxTest("a server whose socket is gone keeps its sessions, once", async () => {
  await using sandbox = tmuxSandbox();
  const runner = sandbox.runner();
  const config = new SessionConfig({ name: "bot", command: "sleep 1000" });
  const { pid, panePid } = await runner.start(config);
  const uid = Deno.uid();
  await Deno.remove(sandbox.path(`tmux-${uid}/default`));
  const remedy = new RegExp(`kill -USR1 ${pid}`);
  const started = await assertRejects(
    () => runner.start(config),
    SessionStartError,
  );
  assertMatch(started.message, remedy);
  const stopped = await assertRejects(
    () => runner.stop("bot"),
    SessionStopError,
  );
  assertMatch(stopped.message, remedy);
  assertMatch((await ops(sandbox, "doctor")).stdout, remedy);
  assert(isAlive(panePid!));

  Deno.kill(pid!, "SIGUSR1");
  const status = await until(() => runner.status("bot").catch(() => undefined));
  assertEquals([status.state, status.panePid], ["running", panePid]);
});

tmuxTest("who takes the pipe of a pane away ends nothing", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const { panePid } = await runner.start(
    new SessionConfig({ name: "bot", command: "sleep 1000" }),
  );
  const writers = () =>
    processesWith("OPS_TEST_SANDBOX", sandbox.dir)
      .filter(({ argv }) => argv[3]?.endsWith(" (log)")).length;
  assert(writers() > 0);
  await sandbox.tmux("pipe-pane", "-t", "=bot:");
  await until(() => writers() === 0);
  assert(isAlive(panePid!));
});

tmuxTest("a hook that holds up the start loses nothing of it", async () => {
  await using sandbox = new Sandbox();
  await sandbox.write(
    "home/.tmux.conf",
    "set-hook -g after-new-session 'run-shell \"sleep 0.7\"'\n",
  );
  const bot = new SessionManager("bot", {
    command: "echo up; exit 3",
    restart: "on-failure:1",
  });
  await bot.start();
  const run = await until(async () => {
    const last = await bot.lastRun();
    return last?.endedBy === "itself" && last;
  });
  assertEquals([run.exitCode, run.restartCount], [3, 1]);
});

tmuxTest(
  "what another server's session of that name has is let be",
  async () => {
    await using sandbox = new Sandbox();
    const other = await sandbox.runner("other").start(
      new SessionConfig({ name: "bot", command: "sleep 1000" }),
    );
    await sandbox.runner().start(
      new SessionConfig({ name: "bot", command: "sleep 1000" }),
    );
    await sandbox.runner().stop("bot");
    assert(isAlive(other.panePid!));
  },
);

tmuxTest("a server that goes during a stop hides nothing", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const TREE = sandbox.path("tree");
  await runner.start(
    new SessionConfig({
      name: "bot",
      command: "trap '' HUP INT TERM; echo ready; while :; do sleep 0.1; done",
      env: { TREE },
      stopTimeout: 2,
    }),
  );
  await logged(runner, "bot", "ready");
  const stop = runner.stop("bot");
  await new Promise((resolve) => setTimeout(resolve, 400));
  await sandbox.tmux("kill-server");
  const { stopped, survivors } = await stop;
  assertEquals([stopped, survivors], [true, []]);
  assertEquals(processesWith("TREE", TREE), []);
});
