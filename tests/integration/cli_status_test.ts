import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { ended, logged } from "../helpers/sessions.ts";

tmuxTest("status: one is an object, several are an array", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {later: {command: sleep 1, socket_name: work}}}",
  );
  await Promise.all([
    ops(sandbox, "start", "bot", "-c", "echo bye; read x; exit 7"),
    ops(sandbox, "start", "worker", "-L", "work", "-c", "sleep 1000"),
  ]);
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");

  const names = ["bot", "later", "worker"];
  const one = await Promise.all(
    names.map((name) => opsJson(sandbox, "status", name)),
  );
  assertEquals(await opsJson(sandbox, "status", ...names), one);
  assertEquals(
    one.map((it) => [it.name, it.state, it.exit_code, it.socket_name]),
    [
      ["bot", "exited", 7, null],
      ["later", "defined", null, "work"],
      ["worker", "running", null, "work"],
    ],
  );
  assertEquals(await ops(sandbox, "status", "-q", ...names), {
    code: 0,
    stdout: "bot: exited\nlater: defined\nworker: running\n",
    stderr: "",
  });
});

tmuxTest("status: command_pid is the command's, while it lives", async () => {
  await using sandbox = tmuxSandbox();
  const bot = await opsJson(sandbox, "start", "bot", "-c", "sleep 1000");
  assertEquals(bot.command_pid, bot.pane_pid);
  assertNotEquals(bot.command_pid, bot.pid);
  const other = await opsJson(sandbox, "start", "other", "-c", "sleep 1000");
  Deno.kill(bot.command_pid, "SIGTERM");
  await ended(sandbox.runner(), "bot");
  const after = await opsJson(sandbox, "status", "bot");
  assertEquals([after.signal, after.command_pid], ["SIGTERM", null]);
  assertEquals(await opsJson(sandbox, "status", "other"), other);
});

tmuxTest("status: piped, it is a property and its value a line", async () => {
  await using sandbox = tmuxSandbox();
  const bot = await opsJson(sandbox, "start", "bot", "-c", "sleep 1000");
  assertEquals((await ops(sandbox, "status", "bot")).stdout.split("\n"), [
    "Name\tbot",
    "State\trunning",
    "Place\ttmux",
    `PID\t${bot.command_pid}`,
    `Server PID\t${bot.pid}`,
    `Created\t${bot.created_at}`,
    `Started\t${bot.started_at}`,
    "Windows\t1",
    "Attached\t0",
    "Managed\tyes",
    "Command\tsleep 1000",
    "",
  ]);
});

tmuxTest(
  "status: who is not there is not found, nor who is similar",
  async () => {
    await using sandbox = tmuxSandbox();
    await sandbox.write(
      "kstlib.conf.yml",
      "ops: {sessions: {worker: {command: sleep 1}}}",
    );
    await ops(sandbox, "start", "astro", "-c", "sleep 1000");
    const suggestions: [name: string, suffix: string][] = [
      ["astor", ': did you mean "astro"?'],
      ["workr", ': did you mean "worker"?'],
      ["nobody", ""],
    ];
    await Promise.all(suggestions.map(async ([name, suffix]) => {
      assertEquals(await ops(sandbox, "status", name), {
        code: 3,
        stdout: "",
        stderr: `error: session "${name}" was not found (tmux)${suffix}\n`,
      });
    }));
    // One who is there is told of all the same.
    const mixed = await ops(sandbox, "status", "-q", "nobody", "astro");
    assertEquals([mixed.code, mixed.stdout], [3, "astro: running\n"]);
  },
);

tmuxTest("dev is not devbox, whatever is asked", async () => {
  await using sandbox = tmuxSandbox();
  const devbox = await opsJson(sandbox, "start", "devbox", "-c", "cat");
  const names = ["dev", "devbo", "dev*", "=devbox"];
  const commands = [
    ["status", ...names],
    ["stop", "-f", ...names],
    ...names.flatMap((name) => [
      ["logs", name],
      ["send", name, "typed"],
      ["attach", name],
    ]),
  ];
  await Promise.all(commands.map(async (args) => {
    const { code, stdout, stderr } = await ops(sandbox, ...args);
    assertEquals([code, stdout], [3, ""], args.join(" "));
    // What runs is not what a pattern is for.
    assertMatch(
      stderr,
      /^(error: session ".*" was not found \((tmux|definitions .*)\).*\n)+$/,
    );
  }));
  assertEquals(await opsJson(sandbox, "status", "devbox"), devbox);
  // Had anything been typed before this, it would stand before this.
  await ops(sandbox, "send", "devbox", "here");
  const logs = await logged(sandbox.runner(), "devbox", "here\nhere");
  assertEquals(logs, "here\nhere");
});

tmuxTest("a name on two sockets is not guessed at", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all([
    ops(sandbox, "start", "bot", "-c", "sleep 1000"),
    ops(sandbox, "start", "bot", "-L", "work", "-c", "sleep 1000"),
  ]);
  await Promise.all(["status", "stop", "logs"].map(async (command) => {
    const { code, stderr } = await ops(sandbox, command, "bot");
    assertEquals([code, stderr], [
      2,
      'error: session "bot" is in more than one place (tmux, tmux:work): ' +
      "choose one with --socket default or --socket work\n",
    ]);
  }));
  for (const socket of ["default", "work"]) {
    const { code, stdout } = await ops(
      sandbox,
      "stop",
      "bot",
      "-q",
      "-L",
      socket,
    );
    assertEquals([code, stdout], [0, "bot\n"]);
  }
});
