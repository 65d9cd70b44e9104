import {
  assertEquals,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  SessionConfigError,
  SessionNotFoundError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";

const printed: Array<[what: string, command: string, logs: string]> = [
  ["nothing", "true", ""],
  ["one line", "echo hello", "hello"],
  ["no line break at the end", "printf 'a\\nb'", "a\nb"],
  ["blank lines only inside", "printf '\\na\\n\\n\\nb\\n\\n\\n'", "\na\n\n\nb"],
  [
    "colours",
    "printf '\\033[31mred\\033[0m \\033[42mgreen\\033[0m end\\n'",
    "\x1b[31mred\x1b[39m \x1b[42mgreen\x1b[49m end",
  ],
  ["a long line in one", "printf '%0500d\\n' 7", `${"0".repeat(499)}7`],
  [
    "a line as wide as the screen",
    "printf '%0200d\\nx\\n' 7",
    `${"0".repeat(199)}7\nx`,
  ],
  ["wide characters", "printf 'ünï 漢字 🦕\\n'", "ünï 漢字 🦕"],
  ["what a progress bar shows in the end", "printf '10%%\\r99%%\\n'", "99%"],
  ["what looks like tmux's own words", "printf '#{pid}\\t;\\n'", "#{pid}  ;"],
];

tmuxTest("logs hold what was printed", async (t) => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const logs = await Promise.all(printed.map(async ([, command], i) => {
    await runner.start(new SessionConfig({ name: `s${i}`, command }));
    await ended(runner, `s${i}`);
    return await runner.logs(`s${i}`);
  }));
  for (const [i, [what, , expected]] of printed.entries()) {
    await t.step(what, () => assertEquals(logs[i], expected));
  }
});

tmuxTest("logs are as many lines as were asked for", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "seq 300; exec cat" }),
  );
  await logged(runner, "bot", /^300$/m);
  const last = (n: number) =>
    Array.from({ length: n }, (_, i) => 300 - n + 1 + i).join("\n");
  for (const n of [0, 1, 5, 50, 51, 299, 300]) {
    assertEquals(await runner.logs("bot", n), last(n), `${n} lines`);
  }
  assertEquals(await runner.logs("bot"), last(100), "100 by default");
  assertEquals(await runner.logs("bot", 10_000), last(300));
  for (const lines of [-1, 1.5, NaN, Infinity]) {
    await assertRejects(() => runner.logs("bot", lines), SessionConfigError);
  }
  await assertRejects(() => runner.logs("other"), SessionNotFoundError);
});

tmuxTest("logs are the last that tmux's history holds", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "seq 5000; exec cat" }),
  );
  await logged(runner, "bot", /^5000$/m);
  const lines = (await runner.logs("bot", 10_000)).split("\n").map(Number);
  assertEquals(lines.at(-1), 5000);
  assertLess(lines[0]!, 3_100);
  assertEquals(lines.length, 5000 - lines[0]! + 1);
});

tmuxTest(
  "logs of a full-screen program show its screen, then the text",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const command = "echo before; printf '\\033[?1049hfull screen'; read x; " +
      "printf '\\033[?1049l'; echo after; exec cat";
    await runner.start(new SessionConfig({ name: "bot", command }));
    await logged(runner, "bot", "full screen");
    await runner.sendKeys("bot", "Enter");
    assertStringIncludes(await logged(runner, "bot", "after"), "before\nafter");
  },
);

tmuxTest("a user who scrolls back does not change the logs", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "seq 300; exec cat" }),
  );
  await logged(runner, "bot", /^300$/m);
  const before = await runner.logs("bot");
  await sandbox.tmux("copy-mode", "-t", "=bot:");
  await sandbox.tmux("send-keys", "-t", "=bot:", "-X", "history-top");
  assertEquals(await runner.logs("bot"), before);
});
