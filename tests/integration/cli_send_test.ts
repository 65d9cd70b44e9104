import { assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { ended, logged } from "../helpers/sessions.ts";

/** Tells each byte that is typed into it, on a line of its own. */
const BYTES = "stty raw -echo; echo up; exec od -An -ta -v -w1";

const typed: [args: string[], arrives: string][] = [
  [["hello"], "h e l l o cr"],
  [["hello", "--no-enter"], "h e l l o"],
  [["a", "b"], "a b cr"],
  [["C-c"], "etx"],
  [["Escape", ":wq"], "esc : w q cr"],
  [["Up"], "esc [ A"],
  [["C-c", "--literal"], "C - c cr"],
  [["Enter", "-l", "--no-enter"], "E n t e r"],
  [["--", "-x;"], "- x ; cr"],
  [["$(id) #{pid}"], "$ ( i d ) sp # { p i d } cr"],
];

tmuxTest("send: keys are pressed, all else is typed", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all(typed.map(async ([args, arrives], i) => {
    const name = `bot${i}`;
    await sandbox.tmux(
      "new-session",
      "-d",
      "-s",
      name,
      "--",
      "sh",
      "-c",
      BYTES,
    );
    await logged(sandbox.runner(), name, "up");
    const silence = { code: 0, stdout: "", stderr: "" };
    assertEquals(await ops(sandbox, "send", name, ...args), silence);
    // Behind this, nothing can still be on its way.
    await sandbox.tmux("send-keys", "-t", `=${name}:`, "~");
    const lines = (await logged(sandbox.runner(), name, "~")).split("\n");
    const bytes = lines.slice(1, -1).map((line) => line.trim());
    assertEquals(bytes.join(" "), arrives);
  }));
});

tmuxTest("send: keys reach what runs, wherever it is", async () => {
  await using sandbox = tmuxSandbox();
  const command = "trap 'echo interrupted' INT; while :; do sleep 0.05; done";
  await ops(sandbox, "start", "bot", "-L", "work", "-c", command);
  assertEquals(await opsJson(sandbox, "send", "bot", "C-c"), {
    name: "bot",
    sent: 1,
  });
  await logged(sandbox.runner("work"), "bot", "interrupted");
});

tmuxTest("send: who has ended hears nothing", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "read x");
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");
  assertEquals(await ops(sandbox, "send", "bot", "hello"), {
    code: 1,
    stdout: "",
    stderr: 'error: session "bot" could not be sent to (tmux): ' +
      "it has exited; start it first\n",
  });
});

const mistakes: [args: string[], says: RegExp][] = [
  [[], /needs a NAME/],
  [["bot"], /needs a KEYS/],
  [["bot", "-x"], /unknown flag -x/],
  [["bot", "--litteral", "x"], /did you mean --literal\?/],
];

tmuxTest("send: a mistake types nothing", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "cat");
  await Promise.all(mistakes.map(async ([args, says]) => {
    const { code, stderr } = await ops(sandbox, "send", ...args);
    assertEquals(code, 2);
    assertMatch(stderr, says);
  }));
  await ops(sandbox, "send", "bot", "here");
  const logs = await logged(sandbox.runner(), "bot", "here\nhere");
  assertEquals(logs, "here\nhere");
});
