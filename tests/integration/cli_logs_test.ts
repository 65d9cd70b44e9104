import { assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { ops, opsInTerminal, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { ended, logged } from "../helpers/sessions.ts";

/** 120 lines, the last of them colourful. */
const COLOURED = "for i in $(seq 119); do echo $i; done; " +
  "printf 'in \\033[31mred\\033[39m ink\\n'; read x";

const counts: [flags: string[], lines: number][] = [
  [[], 100],
  [["-n", "2"], 2],
  [["-n1"], 1],
  [["--lines=1000"], 120],
];

tmuxTest("logs: the last lines, with their colours", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", COLOURED);
  await logged(sandbox.runner(), "bot", "ink");
  await Promise.all(counts.map(async ([flags, lines]) => {
    const { code, stdout, stderr } = await ops(
      sandbox,
      "logs",
      "bot",
      ...flags,
    );
    assertEquals([code, stderr], [0, ""]);
    const shown = stdout.trimEnd().split("\n");
    assertEquals(shown.length, lines, flags.join(" "));
    assertEquals(shown.pop(), "in \x1b[31mred\x1b[39m ink");
    if (lines > 1) assertEquals(shown.pop(), "119");
  }));

  const plain = await ops(sandbox, "logs", "bot", "-n2", "--no-color");
  assertEquals(plain.stdout, "119\nin red ink\n");
  assertEquals(await opsJson(sandbox, "logs", "bot", "-n1"), {
    name: "bot",
    logs: "in \x1b[31mred\x1b[39m ink",
  });
});

tmuxTest("logs: last words, and none", async () => {
  await using sandbox = tmuxSandbox();
  const start = (name: string, command: string) =>
    ops(sandbox, "start", name, "-c", command);
  await Promise.all([
    start("bot", "read x; echo bye; exit 7"),
    start("mute", "sleep 1000"),
  ]);
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");
  assertEquals((await ops(sandbox, "logs", "bot")).stdout, "now\nbye\n");
  assertEquals(await ops(sandbox, "logs", "mute"), {
    code: 0,
    stdout: "",
    stderr: "No output of mute so far.\n",
  });
});

tmuxTest("logs: a colour that was cut off does not run on", async () => {
  await using sandbox = tmuxSandbox();
  const command = "printf '\\033[31mred'; sleep 1000";
  await ops(sandbox, "start", "bot", "-c", command);
  await logged(sandbox.runner(), "bot", "red");
  const terminal = await opsInTerminal(sandbox, "logs", "bot");
  await terminal.shows("[exit 0, as it was]");
  const screen = await terminal.screen({ colours: true });
  const visible = screen.replaceAll("\x1b", "^");
  assertMatch(visible, /\^\[31mred\s*\^\[(39|0)m\s*\[exit 0/);
});

tmuxTest("logs: what cannot be is refused", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "echo hello; sleep 1000");
  const mistakes: [args: string[], says: RegExp][] = [
    [[], /needs a NAME/],
    [["bot", "-n", "few"], /--lines/],
    [["bot", "-n", "1.5"], /--lines/],
    [["bot", "worker", "--raw"], /--raw is for one session/],
    [["bot", "--grep", "a("], /--grep: .*Unterminated group/],
    [["bot", "--since", "soon"], /--since: "soon" is no time/],
    [["bot", "--run", "0"], /--run/],
    [["bot", "--line", "3"], /did you mean --lines\?/],
  ];
  await Promise.all(mistakes.map(async ([args, says]) => {
    const { code, stdout, stderr } = await ops(sandbox, "logs", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, says);
  }));
});
