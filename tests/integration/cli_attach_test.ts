import { assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  inTerminal,
  ops,
  opsArgv,
  opsInTerminal,
  opsJson,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { processesWith } from "../helpers/processes.ts";
import { ended } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";

/** Greets, counts what it is told, and reports each interrupt. */
const BOT = "trap 'echo interrupted' INT; echo hello; " +
  "while :; do read x && echo got $x; done";

tmuxTest("attach: the user's own prefix and d detach", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("home/.tmux.conf", "set-option -g prefix C-a\n");
  await ops(sandbox, "start", "bot", "-L", "work", "-c", BOT);
  const terminal = await opsInTerminal(sandbox, "attach", "bot");
  await terminal.shows("hello");
  assertEquals((await opsJson(sandbox, "status", "bot")).attached, 1);
  await terminal.press("this", "Enter");
  await terminal.shows("got this");

  await terminal.press("C-a", "d");
  const screen = await terminal.shows("[exit 0, as it was]");
  assertMatch(screen, /^attached to bot \(tmux:work\); leave with C-a d$/m);
  assertMatch(screen, /^detached from bot$/m);
  // What is typed now is typed here.
  await terminal.press("after", "Enter");
  await terminal.shows("after\nafter");
  const bot = await opsJson(sandbox, "status", "bot");
  assertEquals([bot.state, bot.attached], ["running", 0]);
  assertEquals((await ops(sandbox, "logs", "bot", "-n1")).stdout, "got this\n");
});

tmuxTest("attach: Ctrl-C is the session's", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", BOT);
  const terminal = await opsInTerminal(sandbox, "attach", "bot");
  await terminal.shows("hello");
  await terminal.press("C-c");
  await terminal.shows("interrupted");
  await terminal.press("still here", "Enter");
  await terminal.shows("got still here");
  await terminal.press("C-b", "d");
  await terminal.shows("[exit 0, as it was]");
});

const KILL_SERVER = "kill -s KILL $(tmux display-message -p '#{pid}')";

/** What ends a session that somebody is watching, and what they are told. */
const ends: [how: string, by: string, told: RegExp][] = [
  ["its command", "exit 7", /^bot exited \(7\)$/m],
  ["a signal", "kill -s KILL $$", /^bot exited \(SIGKILL\)$/m],
  ["its server", "tmux kill-server", /^bot ended$/m],
  // Nobody else is left then to put the terminal in order.
  ["its server's death", KILL_SERVER, /bot ended$/m],
];

for (const [how, by, told] of ends) {
  tmuxTest(`attach: whoever watches is told of the end by ${how}`, async () => {
    await using sandbox = tmuxSandbox();
    await ops(sandbox, "start", "bot", "-c", `echo hello; read x; ${by}`);
    const terminal = await opsInTerminal(sandbox, "attach", "bot");
    await terminal.shows("hello");
    await terminal.press("Enter");
    assertMatch(await terminal.shows("[exit 0, as it was]"), told);
  });
}

tmuxTest(
  "attach: a client that is killed has only left",
  async () => {
    await using sandbox = tmuxSandbox();
    await ops(sandbox, "start", "bot", "-c", BOT);
    const terminal = await opsInTerminal(sandbox, "attach", "bot");
    await terminal.shows("hello");
    const client = processesWith("TMUX_TMPDIR", sandbox.dir)
      .find(({ argv }) => argv.includes("attach-session"));
    Deno.kill(client!.pid, "SIGKILL");
    const screen = await terminal.shows("[exit 0, as it was]");
    assertMatch(screen, /^detached from bot$/m);
    assertEquals((await opsJson(sandbox, "status", "bot")).state, "running");
  },
);

tmuxTest("attach: inside tmux, its client is switched", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", BOT);
  await sandbox.tmux("new-session", "-d", "-s", "desk", "--", "sh", "-i");
  const tmux = [
    "env",
    "-u",
    "TMUX",
    "tmux",
    "-u",
    "attach-session",
    "-t",
    "=desk",
  ];
  const terminal = await inTerminal(sandbox, tmux);
  await terminal.shows("desk");
  const attach = opsArgv(["attach", "bot"]).join(" ");
  await terminal.press(`${attach}; echo done $? > ${sandbox.path("done")}`);
  await terminal.press("Enter");
  await terminal.shows("hello");
  await terminal.press("through", "Enter");
  await terminal.shows("got through");
  const done = await until(() => Deno.readTextFile(sandbox.path("done")));
  assertEquals(done, "done 0\n");
});

tmuxTest(
  "attach: not to what does not run, and not without a terminal",
  async () => {
    await using sandbox = tmuxSandbox();
    const define = "ops: {sessions: {later: {command: sleep 1}}}";
    await sandbox.write("kstlib.conf.yml", define);
    await Promise.all([
      ops(sandbox, "start", "bot", "-c", BOT),
      ops(sandbox, "start", "gone", "-c", "read x"),
    ]);
    await ops(sandbox, "send", "gone", "now");
    await ended(sandbox.runner(), "gone");
    const refusals: [name: string, code: number, says: RegExp][] = [
      ["bot", 1, /are not a terminal; run it in one\n$/],
      ["gone", 1, /it has exited; see its output with "ops logs gone"\n$/],
      [
        "later",
        3,
        /defined but not started; start it with "ops start later"\n$/,
      ],
      ["nobody", 3, /was not found \(tmux\)\n$/],
    ];
    await Promise.all(refusals.map(async ([name, code, says]) => {
      const refused = await ops(sandbox, "attach", name);
      assertEquals([refused.code, refused.stdout], [code, ""]);
      assertMatch(refused.stderr, says);
    }));
  },
);
