import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertObjectMatch,
} from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  listed,
  ops,
  opsInTerminal,
  opsJson,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { isAlive } from "../helpers/processes.ts";
import { ended, logged } from "../helpers/sessions.ts";

/** Says that it is up, and has something to do when it is to go. */
const TIDY = "trap 'sleep 0.3; touch tidy; exit 0' INT; " +
  "echo up; while :; do sleep 0.05; done";
/** Says that it is up, and does not mean to go. */
const STUBBORN = "trap '' INT TERM HUP; echo up; while :; do sleep 0.05; done";

const stops: [how: string, command: string, flags: string[], says: RegExp][] = [
  ["with time to tidy up", TIDY, [], /\(SIGINT, 0\.\d s\)/],
  ["by force", TIDY, ["--force"], /\(SIGKILL, 0\.\d s\)/],
  [
    "against its will",
    STUBBORN,
    ["-t", "1"],
    /\(SIGINT, SIGTERM, SIGHUP, SIGKILL, 1\.\d s\)/,
  ],
  ["by its name alone", TIDY, ["-q"], /^bot$/],
];

for (const [how, command, flags, says] of stops) {
  tmuxTest(`stop: ${how}`, async () => {
    await using sandbox = tmuxSandbox();
    const bot = await opsJson(
      sandbox,
      ...["start", "bot", "-w", sandbox.dir, "-c", command],
    );
    await logged(sandbox.runner(), "bot", "up");
    const { code, stdout, stderr } = await ops(
      sandbox,
      "stop",
      "bot",
      ...flags,
    );
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout.trimEnd(), says);
    assertEquals(isAlive(bot.pane_pid), false);
    assertEquals(await listed(sandbox), []);
    const files = [...Deno.readDirSync(sandbox.dir)].map(({ name }) => name);
    const isTidy = command === TIDY && !flags.includes("--force");
    assertEquals(files.includes("tidy"), isTidy);
  });
}

tmuxTest(
  "stop, restart: on a terminal it is told what is waited for",
  async () => {
    await using sandbox = tmuxSandbox();
    const names = ["bot", "two"];
    const config = names.map((name) =>
      `${name}: {command: ${JSON.stringify(STUBBORN)}, stop_timeout: 3}`
    );
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${config.join(", ")}}}`,
    );
    const up = () =>
      Promise.all(names.map((name) => logged(sandbox.runner(), name, "up")));
    await ops(sandbox, "start", ...names);
    await up();
    const restart = await opsInTerminal(sandbox, "restart", "bot");
    await restart.shows(
      /^waiting for "bot" to end \([1-3] of at most 3 s\)…$/m,
    );
    const restarted = await restart.shows("[exit 0, as it was]");
    assertMatch(restarted, /^Session 'bot' restarted/);
    assertNotMatch(restarted, /waiting/);

    await up();
    const stop = await opsInTerminal(sandbox, "stop", ...names);
    await stop.shows(/^waiting for 2 sessions to end \([1-3] s\)…$/m);
    const stopped = await stop.shows("[exit 0, as it was]");
    assertMatch(stopped, /^Session 'bot' stopped .*\nSession 'two' stopped /);
    assertNotMatch(stopped, /waiting/);

    await ops(sandbox, "start", ...names);
    await up();
    const quiet = await opsInTerminal(sandbox, "stop", "-q", "bot");
    assertEquals(
      (await quiet.shows("[exit 0, as it was]")).split("\n")[0],
      "bot",
    );
    const { stderr } = await ops(sandbox, "stop", "two");
    assertEquals(stderr, "");
  },
);

tmuxTest("stop: several, and one of them is not there", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all([
    ops(sandbox, "start", "bot", "-c", "sleep 1000"),
    ops(sandbox, "start", "worker", "-L", "work", "-c", "sleep 1000"),
    ops(sandbox, "start", "other", "-c", "sleep 1000"),
  ]);
  const { code, stdout, stderr } = await ops(
    sandbox,
    ...["stop", "bot", "nobody", "worker", "bot"],
  );
  assertEquals(code, 3);
  assertMatch(
    stdout,
    /^Session 'bot' stopped \(.*\)\.\nSession 'worker' stopped \(.*\)\.\n$/,
  );
  assertEquals(stderr, 'error: session "nobody" was not found (tmux)\n');
  assertEquals(await listed(sandbox), ["other"]);
});

tmuxTest("stop: what has ended is cleared away", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "read x; exit 7");
  await ops(sandbox, "send", "bot", "now");
  await ended(sandbox.runner(), "bot");
  assertEquals(await ops(sandbox, "stop", "bot"), {
    code: 0,
    stdout: "Session 'bot' was not running.\n",
    stderr: "",
  });
  assertEquals((await ops(sandbox, "stop", "bot")).code, 3);
});

tmuxTest("stop: what is only defined was not running", async () => {
  await using sandbox = tmuxSandbox();
  const config = "ops: {sessions: {bot: {command: sleep 1000}}}";
  await sandbox.write("kstlib.conf.yml", config);
  assertEquals(await ops(sandbox, "stop", "bot"), {
    code: 0,
    stdout: "Session 'bot' was not running.\n",
    stderr: "",
  });
  assertEquals((await ops(sandbox, "stop", "bto")).code, 3);

  await ops(sandbox, "start", "bot");
  assertEquals((await ops(sandbox, "stop", "bot")).code, 0);
  assertEquals((await opsJson(sandbox, "status", "bot")).state, "defined");
});

tmuxTest("stop: for programs, an object or an array of them", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all(["bot", "worker", "other"].map(async (name) => {
    const command = "trap 'exit 5' INT; echo up; while :; do sleep 0.05; done";
    await ops(sandbox, "start", name, "-c", command);
    await logged(sandbox.runner(), name, "up");
  }));
  const bot = { stopped: true, signals: ["SIGINT"], survivors: [] };
  assertObjectMatch(await opsJson(sandbox, "stop", "bot"), {
    ...bot,
    name: "bot",
    exit_code: 5,
    backend: "tmux",
  });
  const both = await opsJson(sandbox, "stop", "worker", "other");
  assertObjectMatch(both[0], { ...bot, name: "worker" });
  assertObjectMatch(both[1], { ...bot, name: "other" });
});

const mistakes: [args: string[], says: RegExp][] = [
  [[], /needs a NAME/],
  [["bot", "--forced"], /unknown flag --forced; did you mean --force\?/],
  [["bot", "-t", "soon"], /--timeout/],
  [["bot", "-t", "100000"], /--timeout/],
  [["bot", "--force=yes"], /--force takes no value/],
];

tmuxTest("stop: a mistake stops nothing", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "sleep 1000");
  await Promise.all(mistakes.map(async ([args, says]) => {
    const { code, stderr } = await ops(sandbox, "stop", ...args);
    assertEquals(code, 2);
    assertMatch(stderr, says);
  }));
  assertEquals((await opsJson(sandbox, "status", "bot")).state, "running");
});
