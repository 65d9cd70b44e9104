import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import { PERMISSIONS } from "../../src/cli/permissions.ts";
import { tmuxTest } from "../helpers/engines.ts";
import {
  listed,
  ops,
  opsJson,
  opsUnder,
  opsWith,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { processes } from "../helpers/processes.ts";
import { logged } from "../helpers/sessions.ts";

const CONFIG = `ops:
  sessions:
    bot: {command: "echo I am $WHO; exec sleep 1000", env: {WHO: bot}}
    worker: {command: [sleep, "1000"], socket_name: work}
    quick: {command: "exit 7"}
`;

tmuxTest("start: what is defined, and more than one at once", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", CONFIG);
  const { code, stdout, stderr } = await ops(sandbox, "start", "bot", "worker");
  assertEquals([code, stderr], [0, ""]);
  const [bot, worker] = await opsJson(sandbox, "status", "bot", "worker");
  assertEquals(
    stdout,
    `Session 'bot' started (tmux). PID ${bot.pane_pid}.\n` +
      `Session 'worker' started (tmux:work). PID ${worker.pane_pid}.\n`,
  );
  assertEquals(worker.socket_name, "work");
  await logged(sandbox.runner(), "bot", "I am bot");
});

tmuxTest("start: flags come before the definition", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", CONFIG);
  const flags = ["-L", "work", "-w", sandbox.path("home"), "-e", "WHO=I"];
  const command = ["sh", "-c", 'echo "$WHO in $PWD"; exec sleep 1000'];
  const { code } = await ops(
    sandbox,
    "start",
    "bot",
    ...flags,
    "--",
    ...command,
  );
  assertEquals(code, 0);
  await logged(sandbox.runner("work"), "bot", `I in ${sandbox.path("home")}`);
});

tmuxTest("start: a command line arrives as it was written", async () => {
  await using sandbox = tmuxSandbox();
  const words = [
    "a b",
    "$HOME",
    "",
    ";",
    "it's",
    "#{pid}",
    "a\nb",
    "--json",
    "ü",
  ];
  await Promise.all([
    ops(
      sandbox,
      "start",
      "text",
      "-c",
      'echo "$((6 * 7))" | cat; exec sleep 1000',
    ),
    ops(
      sandbox,
      ...["start", "list", "--", "sh", "-c"],
      ...['for word; do echo "<$word>"; done; exec sleep 1000', "sh", ...words],
    ),
  ]);
  await logged(sandbox.runner(), "text", "42");
  const expected = words.map((word) => `<${word}>`).join("\n");
  assertEquals(await logged(sandbox.runner(), "list", "<ü>"), expected);
});

tmuxTest("start: variables are given, or passed on", async () => {
  await using sandbox = tmuxSandbox({ TOKEN: "from here" });
  const env = ["-e", "A=1=2", "-e", "EMPTY=", "-e", "TOKEN"];
  const command = 'echo "<$A> <$EMPTY> <$TOKEN>"; exec sleep 1000';
  const args = ["start", "bot", ...env, "-c", command];
  // Which variables those will be is not for a table of permissions to say.
  const refused = await ops(sandbox, ...args);
  assertEquals(refused.code, 5);
  assertMatch(refused.stderr, /^error: .*TOKEN.*--allow-env=TOKEN.*\n$/);
  const more = { purpose: "-e", without: null, values: ["TOKEN", "UNSET"] };
  const permissions = [...PERMISSIONS.start, { kind: "env", ...more } as const];
  const { code, stderr } = await opsUnder(
    sandbox,
    permissions,
    ...[...args, "-e", "UNSET"],
  );
  assertEquals(code, 0);
  assertMatch(stderr, /^warning: --env UNSET: is not set here.*\n$/);
  await logged(sandbox.runner(), "bot", "<1=2> <> <from here>");
});

tmuxTest(
  "start: for programs, all there is to know or just the name",
  async () => {
    await using sandbox = tmuxSandbox();
    const [bot, quiet] = await Promise.all([
      opsJson(sandbox, "start", "bot", "-c", "sleep 1000"),
      ops(sandbox, "start", "worker", "-q", "-c", "sleep 1000"),
    ]);
    assertObjectMatch(bot, { name: "bot", state: "running", managed: true });
    assertEquals(await opsJson(sandbox, "status", "bot"), bot);
    assertEquals(quiet, { code: 0, stdout: "worker\n", stderr: "" });
  },
);

tmuxTest("start: a shell is asked for", async () => {
  await using sandbox = tmuxSandbox();
  // The forgotten -- starts no shells called sleep and 5.
  const forgotten = await ops(sandbox, "start", "zz", "sleep", "xx");
  assertEquals(forgotten.code, 3);
  assertMatch(
    forgotten.stderr,
    /^error: session "zz" was not found .*; with a command: ops start zz -- sleep xx\n$/,
  );
  const behind = await ops(sandbox, "start", "zz", "-L", "x", "ls");
  assertMatch(behind.stderr, /; with a command: ops start zz -L x -- ls\n$/);
  assertEquals(await opsJson(sandbox, "list"), []);
  assertEquals((await ops(sandbox, "start", "shell", "--shell")).code, 0);
  await ops(sandbox, "send", "shell", "echo is $((6 * 7))");
  await logged(sandbox.runner(), "shell", "is 42");
});

tmuxTest("start: what runs already is left alone", async () => {
  await using sandbox = tmuxSandbox();
  const before = await opsJson(sandbox, "start", "bot", "-c", "sleep 1000");
  assertEquals(await ops(sandbox, "start", "bot", "-c", "true"), {
    code: 1,
    stdout: "",
    stderr: 'error: session "bot" exists already (tmux): it is running; ' +
      "stop it first, or attach to it\n",
  });
  assertEquals(await opsJson(sandbox, "status", "bot"), before);
});

tmuxTest("start: what fails at once has failed, and says why", async () => {
  await using sandbox = tmuxSandbox();
  const command = "echo the reason; exit 7";
  assertEquals(await ops(sandbox, "start", "bot", "-c", command), {
    code: 1,
    stdout: "",
    stderr: "bot | the reason\n" +
      'error: session "bot" could not be started (tmux): it exited (7) at once\n',
  });
  const missing = await ops(sandbox, "start", "bot", "--", "no-such-program");
  assertEquals(missing.code, 1);
  assertMatch(
    missing.stderr,
    /^error: session "bot" could not be started \(tmux\): there is no program "no-such-program" \(PATH: .*\)\n$/,
  );
});

tmuxTest("start: what is done at once is a success", async () => {
  await using sandbox = tmuxSandbox();
  assertEquals(await ops(sandbox, "start", "job", "-c", "echo ready"), {
    code: 0,
    stdout: "Session 'job' started, and done (0).\n",
    stderr: "",
  });
  const { state, exit_code } = await opsJson(
    sandbox,
    "start",
    "job",
    "--",
    "true",
  );
  assertEquals([state, exit_code], ["exited", 0]);
});

tmuxTest("without a home folder a warning says what is not done", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("home/kstlib.conf.yml", CONFIG);
  const env = { HOME: "", XDG_CONFIG_HOME: "", XDG_STATE_HOME: "" };
  const warning = "warning: HOME is not set to an absolute path: " +
    "~/.config/kstlib.conf.yml and ~/kstlib.conf.yml are not looked for, and " +
    "no logs and no history are kept\n";
  const run = (...words: string[]) => opsWith(sandbox, { env }, ...words);
  const unknown = await run("start", "bot");
  assertEquals(unknown.code, 3);
  assert(unknown.stderr.startsWith(`${warning}error: session "bot" was not`));
  const known = await run("start", "-q", "bot", "-c", "sleep 1000");
  assertEquals(known, { code: 0, stdout: "bot\n", stderr: warning });
  assertEquals((await run("list")).stderr, warning);
});

const mistakes: [args: string[], code: number, says: RegExp][] = [
  [
    ["bot", "--comand", "x"],
    2,
    /unknown flag --comand; did you mean --command\?/,
  ],
  [["bot", "-c"], 2, /--command needs a value/],
  [["bot", "-c", "x", "--", "y"], 2, /two commands/],
  [
    ["bot", "-c", "sleep", "5"],
    2,
    /one command is given for 2 sessions; .*: ops start bot -- sleep 5$/m,
  ],
  [
    ["bot", "sh", "-c", "sleep 5"],
    2,
    /one command is given for 2 .*: ops start bot -- sh -c 'sleep 5'$/m,
  ],
  [
    ["bot", "-i", "bb", "sleep", "5"],
    2,
    /one image is given for 3 .*: ops start bot -i bb -- sleep 5$/m,
  ],
  [
    ["bot", "./x", "--shell"],
    2,
    /"\.\/x" cannot name a new session.*: ops start bot -- \.\/x --shell$/m,
  ],
  [[], 2, /needs a NAME/],
  [["1bot", "-c", "true"], 2, /"1bot" cannot name a new session/],
  [["a.b", "-c", "true"], 2, /"a\.b" cannot name a new session/],
  [["x".repeat(65), "-c", "true"], 2, /65 characters long; at most 64/],
  [
    ["bot", "-w", "./nowhere", "-c", "true"],
    1,
    /session "bot" could not be started \(tmux\): working_dir: ".*nowhere" does not exist; create it/,
  ],
  [["bot", "-e", "1=2", "-c", "true"], 2, /"1" cannot name a variable/],
  [["bot", "-b", "vm"], 2, /--backend: "vm"/],
  [
    ["bot", "-p", "80"],
    2,
    /--port is for containers, and "bot" would be on tmux/,
  ],
  [["bot", "-v", "/a:/a"], 2, /--volume is for containers/],
  [
    ["bot", "-b", "tmux", "--runtime", "docker"],
    2,
    /--runtime is for containers/,
  ],
  [["bot", "-i", "bb", "-L", "work"], 2, /--socket is for tmux/],
  [["bot", "-i", "bb", "-b", "tmux"], 2, /--image is for containers/],
  [["bot", "-i", "b b"], 2, /b b/],
];

tmuxTest("start: a mistake starts nothing", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all(mistakes.map(async ([args, code, says]) => {
    const failed = await ops(sandbox, "start", ...args);
    assertEquals([failed.code, failed.stdout], [code, ""], args.join(" "));
    assertMatch(failed.stderr, says);
    assertMatch(failed.stderr, /^error: .*\n$/);
  }));
  assertEquals(await listed(sandbox), []);
});

tmuxTest("start: one that fails stops no other", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("kstlib.conf.yml", CONFIG);
  const { code, stdout, stderr } = await ops(sandbox, "start", "quick", "bot");
  assertEquals(code, 1);
  assertMatch(stdout, /^Session 'bot' started.*\n$/);
  assertMatch(stderr, /^error: session "quick" .*exited \(7\) at once\n$/);
});

tmuxTest("start: a secret is in no list of processes", async () => {
  await using sandbox = tmuxSandbox();
  const secret = `s3cret-${crypto.randomUUID()}`;
  await sandbox.write(
    "kstlib.conf.yml",
    `ops: {sessions: {bot: {command: 'echo "$KEY"; exec sleep 1000', env: {KEY: ${secret}}}}}`,
  );
  const words = new Set<string>();
  const look = () => {
    for (const { argv } of processes()) argv.forEach((word) => words.add(word));
  };
  let isStarting = true;
  const starting = ops(sandbox, "start", "bot").finally(() => {
    isStarting = false;
  });
  do {
    look();
    await new Promise((resolve) => setTimeout(resolve, 1));
  } while (isStarting);
  assertEquals((await starting).code, 0);
  await logged(sandbox.runner(), "bot", secret);
  look();
  assert(words.has("sleep"));
  assert(![...words].some((word) => word.includes(secret)));
});
