import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  inTerminal,
  listed,
  ops,
  opsArgv,
  opsInTerminal,
  opsJson,
  tmuxSandbox,
} from "../helpers/cli.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { logged } from "../helpers/sessions.ts";

tmuxTest("list: nothing there is a note, and no failure", async () => {
  await using sandbox = tmuxSandbox();
  const nothing = { code: 0, stdout: "", stderr: "No sessions.\n" };
  assertEquals(await ops(sandbox, "list"), nothing);
  assertEquals(await ops(sandbox, "ls", "-q"), nothing);
  assertEquals(await ops(sandbox, "list", "--json"), {
    code: 0,
    stdout: "[]\n",
    stderr: "",
  });
});

/** One session of each kind, and what only the config knows. */
async function populate(sandbox: Sandbox): Promise<void> {
  await sandbox.write("kstlib.conf.yml", CONFIG);
  await Promise.all([
    ops(sandbox, "start", "bot"),
    ops(sandbox, "start", "worker", "-L", "work", "-c", "sleep 1000"),
  ]);
  await sandbox.tmux("new-session", "-d", "-s", "0", "--", "env", "cat");
}

// What names the default socket, or speaks of containers, changes nothing.
const CONFIG = `ops:
  container_runtime: podman
  sessions:
    bot: {command: [sleep, "1000"], socket_name: default}
    later: {command: [sleep, "1"]}
`;

// deno-fmt-ignore
const FIELDS = [
  "attached", "backend", "changed", "command", "command_pid", "created_at",
  "detail", "exit_code",
  "finished_at", "health", "image", "last_run", "log_error", "managed", "name",
  "next_restart_at", "oom_killed", "pane_pid", "pid", "ports", "restart_count",
  "runtime", "signal", "socket_name", "spec", "started_as", "started_at", "state",
  "window_count",
];

const selections: [flags: string[], names: string[]][] = [
  [[], ["0", "bot", "later", "worker"]],
  [["--managed"], ["bot", "worker"]],
  [["-L", "work"], ["worker"]],
  [["-L", "default"], ["0", "bot", "later"]],
  [["-L", "nowhere"], []],
  [["-b", "tmux"], ["0", "bot", "later", "worker"]],
  [["-b", "tmux", "-L", "work", "--managed"], ["worker"]],
];

tmuxTest(
  "list: one bot, one worker, a stranger, one only defined",
  async (t) => {
    await using sandbox = tmuxSandbox();
    await populate(sandbox);

    await t.step("flags select", async () => {
      await Promise.all(selections.map(async ([flags, names]) => {
        const found = await listed(sandbox, ...flags);
        assertEquals(found.toSorted(), names, flags.join(" "));
      }));
    });

    await t.step("piped, it is a table for programs", async () => {
      const { code, stdout, stderr } = await ops(sandbox, "list");
      assertEquals([code, stderr], [0, ""]);
      const rows = stdout.split("\n").map((line) => line.split("\t"));
      assertEquals(rows.pop(), [""]);
      const shown = rows.map(([name, state, place, pid, created, ...rest]) => {
        const isStarted = name !== "later";
        assertMatch(pid!, isStarted ? /^\d+$/ : /^$/);
        assertMatch(created!, isStarted ? /^\d{4}-\d\d-\d\dT.*Z$/ : /^$/);
        return [name, state, place, ...rest];
      });
      assertEquals(shown.toSorted(), [
        ["0", "running", "tmux", "", "cat"],
        ["bot", "running", "tmux", "", "sleep 1000"],
        ["later", "defined", "tmux", "", "sleep 1"],
        ["worker", "running", "tmux:work", "", "sleep 1000"],
      ]);
    });

    await t.step("JSON has every field, those of Python too", async () => {
      const sessions: Record<string, unknown>[] = await opsJson(
        sandbox,
        "list",
      );
      for (const session of sessions) {
        assertEquals(Object.keys(session).toSorted(), FIELDS);
        // One session has one state, whoever is asked.
        const name = String(session.name);
        assertEquals(await opsJson(sandbox, "status", name), session);
      }
      assertEquals(sessions.length, 4);
    });

    await t.step("on a terminal, it is a table for people", async () => {
      const terminal = await opsInTerminal(sandbox, "list");
      const screen = await terminal.shows("[exit 0, as it was]");
      const [header, ...rows] = screen.split("\n");
      // No container, so no column of images.
      assertMatch(header!, /^NAME +STATE +PLACE +PID +CREATED +COMMAND$/);
      const bot = rows.find((row) => row.startsWith("bot "))!;
      assertMatch(bot, /^bot +running +tmux +\d+ +\d+ s ago +sleep 1000$/);
      assertEquals(bot.indexOf("running"), header!.indexOf("STATE"));
      assertEquals(bot.indexOf("sleep"), header!.indexOf("COMMAND"));
      assertMatch(screen, /^later +defined +tmux +- +- +sleep 1$/m);
    });
  },
);

tmuxTest("list: a table fits its terminal", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", `sleep 1000 # ${"x".repeat(150)}`);
  const narrow = ["sh", "-c", 'stty cols 60; exec "$@"', "sh"];
  const terminal = await inTerminal(sandbox, [...narrow, ...opsArgv(["list"])]);
  const screen = await terminal.shows("[exit 0");
  const bot = screen.split("\n").find((row) => row.startsWith("bot "))!;
  assertEquals(bot.length, 60);
  assertMatch(bot, / sleep 1000 .*…$/);
});

const colours: [how: string, env: string[], flags: string[], is: boolean][] = [
  ["by default", [], [], true],
  ["with NO_COLOR", ["NO_COLOR=1"], [], false],
  ["with --no-color", [], ["--no-color"], false],
  ["with TERM=dumb", ["TERM=dumb"], [], false],
];

tmuxTest("list: colours are for terminals that want them", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "--", "sleep", "1000");
  for (const [how, env, flags, isColoured] of colours) {
    const argv = ["env", ...env, ...opsArgv(["list", ...flags])];
    const terminal = await inTerminal(sandbox, argv);
    await terminal.shows("[exit 0");
    const screen = await terminal.screen({ colours: true });
    assertMatch(screen, /sleep 1000/);
    assertEquals(screen.includes("\x1b[32mrunning"), isColoured, how);
    assertEquals(screen.includes("\x1b[1mNAME"), isColoured, how);
    assertEquals(screen.includes("\x1b"), isColoured, how);
  }
});

/** Retitles the terminal, moves the cursor, ends a row and a cell, turns round. */
const HOSTILE =
  "printf '\x1b]0;pwned\x07\x1b[2J\t\r\n\u202e\x9b31m'; sleep 1000";

tmuxTest("list: what is hostile reaches no terminal", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", HOSTILE);
  await sandbox.tmux("new-session", "-d", "-s", "a\tb\x1b[31m\u202ec");
  const outputs = await Promise.all([
    ops(sandbox, "list"),
    ops(sandbox, "list", "-q"),
    ops(sandbox, "list", "--json"),
    ops(sandbox, "status", "bot"),
  ]);
  for (const { code, stdout } of outputs) {
    assertEquals(code, 0);
    assertNotMatch(stdout, /[^\n\t -~]/);
  }
  const [table, names] = outputs;
  assertEquals(names!.stdout.split("\n").length, 3);
  for (const row of table!.stdout.trimEnd().split("\n")) {
    assertEquals(row.split("\t").length, 7, row);
  }
  const terminal = await opsInTerminal(sandbox, "list");
  const screen = await terminal.shows("[exit 0, as it was]");
  // Nothing was cleared, and it is seen for what it is.
  assertMatch(screen, /^NAME .*\n(.*\n)*bot .*'\\x1b\]0;pwned\\x07/);
  // To a program, it is what it is.
  const { command } = await opsJson(sandbox, "status", "bot");
  assertEquals(command, HOSTILE);
});

tmuxTest(
  "list: what a stranger called a session is what finds it",
  async () => {
    await using sandbox = tmuxSandbox();
    const names = ["0", "a b", "ünï", "$(touch x)", "a;b", "-x"];
    for (const name of names) {
      await sandbox.tmux("new-session", "-d", "-s", name, "--", "env", "cat");
    }
    const sessions: { name: string }[] = await opsJson(sandbox, "list");
    assertEquals(sessions.map(({ name }) => name).toSorted(), names.toSorted());
    const asked = await opsJson(sandbox, "status", "--", ...names);
    assertEquals(asked.map(({ name }: { name: string }) => name), names);
    await Promise.all(names.map(async (name) => {
      await ops(sandbox, "send", "--", name, `I am ${name}`);
      await logged(sandbox.runner(), name, `I am ${name}`);
    }));
    const { code } = await ops(sandbox, "stop", "-q", "--", ...names);
    assertEquals([code, await listed(sandbox)], [0, []]);
    const files = [...Deno.readDirSync(sandbox.dir)].map(({ name }) => name);
    assert(!files.includes("x"));
  },
);
