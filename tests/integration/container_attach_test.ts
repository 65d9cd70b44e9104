/** Attach, in terminals that tmux plays. */
import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { pause } from "../../src/core/pause.ts";
import { SessionAttachError } from "../../src/core/errors.ts";
import type { ProcessHost } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local/local.ts";
import { inTerminal } from "../helpers/cli.ts";
import { Containers, forEachRuntime, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processes } from "../helpers/processes.ts";
import { ROOT, Sandbox } from "../helpers/sandbox.ts";
import type { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";

/** Attaches the terminal it is run in to a container, and tells how it ended. */
const ATTACH = `
  import { ContainerRunner } from "${ROOT}src/engines/container/runner.ts";
  const [runtime, name, isTold] = Deno.args;
  const notify = isTold === undefined ? undefined : (text) =>
    Deno.stdout.writeSync(new TextEncoder().encode("notice: " + text));
  const outcome = await new ContainerRunner({ runtime, notify }).attach(name)
    .catch(({ name, message }) => ({ error: name, message }));
  console.log("outcome " + JSON.stringify(outcome));`;

function attachTo(
  sandbox: Sandbox,
  it: Containers,
  what: string,
  isTold = false,
): Promise<Terminal> {
  const deno = [Deno.execPath(), "eval", "--config", `${ROOT}deno.json`];
  const args = [it.runtime, it.name(what), ...(isTold ? ["told"] : [])];
  return inTerminal(sandbox, [...deno, ATTACH, ...args]);
}

/** Waits for the end, and reads how it was; the terminal is as it was. */
async function outcomeOf(terminal: Terminal): Promise<unknown> {
  const screen = await terminal.shows("[exit 0, as it was]");
  return JSON.parse(/outcome (.*)$/m.exec(screen)?.[1] ?? "null");
}

const DETACHED = {
  ended: false,
  restarted: false,
  switched: false,
  exitCode: null,
  signal: null,
};

/** Repeats what it is told, and the size of its terminal when that changes. */
const PARROT = `trap 'echo caught' INT; trap 'stty size' WINCH; echo hello
  while :; do read x && echo got $x; done`;

function attachTest(
  name: string,
  body: (it: Containers, sandbox: Sandbox) => Promise<void>,
): void {
  forEachRuntime(`attach: ${name}`, body, tmuxTest);
}

attachTest("type, interrupt, and detach with C-p C-q", async (it, sandbox) => {
  const runner = it.runner();
  await it.start("bot", ["sh", "-c", PARROT]);
  const terminal = await attachTo(sandbox, it, "bot");
  await terminal.press("this", "Enter");
  await terminal.shows("got this");
  await terminal.press("C-c");
  await terminal.shows("caught");
  await terminal.leave("C-p", "C-q");
  assertEquals(await outcomeOf(terminal), DETACHED);
  assertEquals((await runner.status(it.name("bot"))).state, "running");
  // What is typed now is typed here.
  await terminal.press("after", "Enter");
  await terminal.shows("after\nafter");
  assertEquals((await runner.logs(it.name("bot"))).includes("after"), false);
});

attachTest("a closed terminal leaves it running", async (it, sandbox) => {
  const { startedAt } = await it.start("bot", ["sleep", "1000"]);
  const id = await it.engine("inspect", "--format", "{{.Id}}", it.name("bot"));
  const clients = () =>
    processes().filter(({ argv }) =>
      argv.includes("attach") && argv.includes(id)
    );
  await attachTo(sandbox, it, "bot");
  await until(() => clients().length > 0);
  await pause(500); // until it passes signals on
  await sandbox.tmux("-L", "terminal", "kill-server");
  await until(() => clients().length === 0);
  const { state, ...after } = await it.runner().status(it.name("bot"));
  assertEquals([state, after.startedAt], ["running", startedAt]);
});

attachTest("the container knows the terminal's size", async (it, sandbox) => {
  const script = "while :; do stty size; sleep 0.1; done";
  await it.start("bot", ["sh", "-c", script]);
  const terminal = await attachTo(sandbox, it, "bot");
  await terminal.shows("50 200");
  for (const [columns, rows] of [["120", "30"], ["90", "25"]] as const) {
    await sandbox.tmux(
      ...["-L", "terminal", "resize-window", "-x", columns, "-y", rows],
    );
    await terminal.shows(`${rows} ${columns}`);
  }
  await terminal.leave("C-p", "C-q");
  assertEquals(await outcomeOf(terminal), DETACHED);
});

const endings: Array<[command: string, exitCode: number]> = [
  ["exit 0", 0],
  ["exit 7", 7],
];

attachTest("its end is told, with its code", async (it, sandbox) => {
  await Promise.all(endings.map(async ([command, exitCode], i) => {
    const script = `echo hello; read x; ${command}`;
    await it.start(`end${i}`, ["sh", "-c", script]);
    const terminal = await attachTo(sandbox, it, `end${i}`);
    await terminal.press("Enter");
    const expected = { ...DETACHED, ended: true, exitCode };
    assertEquals(await outcomeOf(terminal), expected, command);
  }));
});

attachTest("so is that its engine started it again", async (it, sandbox) => {
  const script = "trap 'exit 7' INT; while :; do echo tick; sleep 0.1; done";
  await it.start("bot", ["sh", "-c", script], { restart: "always" });
  const terminal = await attachTo(sandbox, it, "bot");
  await terminal.shows("tick");
  await terminal.press("C-c");
  const expected = { ...DETACHED, ended: true, restarted: true, exitCode: 7 };
  assertEquals(await outcomeOf(terminal), expected);
});

attachTest("so is that somebody restarted it", async (it, sandbox) => {
  await it.start("bot", ["sh", "-c", `trap 'exit 7' TERM; ${PARROT}`]);
  const terminal = await attachTo(sandbox, it, "bot");
  await terminal.press("this", "Enter");
  await terminal.shows("got this");
  await it.engine("restart", it.name("bot"));
  // How long the client goes on differs; what it was is told all the same.
  assertObjectMatch(await outcomeOf(terminal) as object, {
    ended: true,
  });
});

testOn(["podman"], "podman: attach: an end that it hears of late", async () => {
  await using _sandbox = new Sandbox();
  await using it = new Containers("podman");
  await it.foreign("bot", Containers.trap("TERM", 7), { flags: ["--tty"] });
  await it.says("bot", "ready");
  const pid = async (which: string) =>
    Number(
      await it.engine(
        ...["container", "inspect", "--format", `{{.State.${which}}}`],
        it.name("bot"),
      ),
    );
  const [bot, monitor] = [await pid("Pid"), await pid("ConmonPid")];
  const host: ProcessHost = {
    ...localHost,
    isTerminal: () => true,
    // The terminal is closed, and whoever is to tell Podman has not come to it.
    attach: async () => {
      Deno.kill(monitor, "SIGSTOP");
      Deno.kill(bot, "SIGTERM");
      await until(() =>
        Deno.readTextFileSync(`/proc/${bot}/stat`).includes(") Z ")
      );
      setTimeout(() => Deno.kill(monitor, "SIGCONT"), 1_000);
      return 0;
    },
  };
  assertEquals(await it.runner({ host }).attach(it.name("bot")), {
    ...DETACHED,
    ended: true,
    exitCode: 7,
  });
});

attachTest("so is that it was stopped and removed", async (it, sandbox) => {
  await it.start("bot", ["sh", "-c", PARROT]);
  const terminal = await attachTo(sandbox, it, "bot");
  await terminal.press("this", "Enter");
  await terminal.shows("got this");
  await it.runner().stop(it.name("bot"), { graceful: false });
  assertObjectMatch(await outcomeOf(terminal) as object, { ended: true });
});

attachTest(
  "its last lines come first, and how to leave",
  async (it, sandbox) => {
    const script =
      "i=0; while [ $((i += 1)) -le 100 ]; do echo line $i; done; " +
      "printf 'prompt> '; read x; sleep 1000";
    await it.start("bot", ["sh", "-c", script]);
    // Docker logs no line before its end.
    const isShown = it.runtime === "podman";
    await it.says("bot", isShown ? "prompt> " : "line 100");
    const terminal = await attachTo(sandbox, it, "bot", true);
    const screen = await terminal.shows(isShown ? "prompt>" : "line 100");
    const [greeting, first, ...lines] = screen.split("\n").filter(Boolean);
    assertEquals(
      greeting,
      `notice: attached to ${
        it.name("bot")
      } (${it.runtime}); leave with C-p C-q`,
    );
    const numbers = Array.from({ length: 15 }, (_, i) => `line ${i + 86}`);
    const expected = isShown ? [...numbers.slice(1), "prompt>"] : numbers;
    assertEquals([first, ...lines], [
      `notice: ${expected[0]}`,
      ...expected.slice(1),
    ]);
    await terminal.leave("C-p", "C-q");
    assertEquals(await outcomeOf(terminal), DETACHED);
  },
);

/** The engine's programs that are attached to a container. */
function clientsOf(id: string) {
  return processes().filter(({ argv }) =>
    argv.includes("attach") && argv.includes(id)
  );
}

attachTest(
  "into what cannot be typed, Ctrl-C only leaves",
  async (it, sandbox) => {
    const loop = Containers.trap("INT", 9);
    const id = await it.foreign("bot", loop, { flags: ["--tty"] });
    await it.says("bot", "ready");
    const terminal = await attachTo(sandbox, it, "bot", true);
    await terminal.shows("its input is not open: you see its output, Ctrl-C");
    // Its last lines come before the client that is left.
    await until(() => clientsOf(id).length > 0);
    await terminal.leave("C-c");
    assertEquals(await outcomeOf(terminal), DETACHED);
    assertEquals((await it.runner().status(it.name("bot"))).state, "running");
  },
);

attachTest(
  "without a terminal inside, Ctrl-C only leaves",
  async (it, sandbox) => {
    const runner = it.runner();
    const id = await it.foreign("bot", Containers.trap("INT", 9));
    await it.says("bot", "ready");
    const terminal = await attachTo(sandbox, it, "bot", true);
    const clients = () => clientsOf(id);
    await terminal.shows(
      `notice: attached to ${it.name("bot")} (${it.runtime}); it has no ` +
        "terminal: you see its output, Ctrl-C leaves it running",
    );
    await until(() => clients().length > 0);
    await terminal.leave("C-c");
    assertEquals(await outcomeOf(terminal), DETACHED);
    await until(() => clients().length === 0);
    assertEquals((await runner.status(it.name("bot"))).state, "running");
  },
);

attachTest(
  "without a terminal inside, its output is seen",
  async (it, sandbox) => {
    const script =
      "trap 'echo last words; exit 3' TERM; while :; do echo tick; " +
      "sleep 0.1; done";
    await it.foreign("bot", ["sh", "-c", script]);
    const terminal = await attachTo(sandbox, it, "bot");
    await terminal.shows("tick");
    await it.engine("kill", "--signal", "TERM", it.name("bot"));
    const expected = { ...DETACHED, ended: true, exitCode: 3 };
    assertEquals(await outcomeOf(terminal), expected);
    await terminal.shows("last words");
  },
);

forEachRuntime("attach: only to what runs, and from a terminal", async (it) => {
  const attach = (what: string) => () =>
    it.runner({ host: { ...localHost, isTerminal: () => false } })
      .attach(it.name(what));
  await Promise.all([
    it.foreign("exited", ["true"]),
    it.foreign("paused", ["sleep", "1000"]),
    it.foreign("running", ["sleep", "1000"]),
  ]);
  await it.engine("pause", it.name("paused"));
  await it.ended("exited");
  const hint = (what: string) =>
    `see its output with "ops logs ${it.name(what)}"`;
  await assertRejects(attach("exited"), SessionAttachError, hint("exited"));
  await assertRejects(attach("paused"), SessionAttachError, "it is paused");
  await assertRejects(attach("running"), SessionAttachError, "not a terminal");
});
