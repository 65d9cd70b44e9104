import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
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
import { logged } from "../helpers/sessions.ts";

/** What is wrong with a file, and the one line that says so. */
const broken: [what: string, text: string, says: string][] = [
  [
    "not YAML",
    "ops:\n  sessions: [",
    "kstlib.conf.yml:2:13: ops.sessions: this [ is never closed",
  ],
  [
    "a key that is unknown",
    "ops: {sesions: {}}",
    'kstlib.conf.yml:1:7: ops.sesions: is not known; did you mean "sessions"?',
  ],
  [
    "a wrong type",
    "ops: {sessions: {bot: {command: true}}}",
    "kstlib.conf.yml:1:33: ops.sessions.bot.command: ",
  ],
  [
    "a name that cannot be",
    "ops: {sessions: {1bot: {command: x}}}",
    "kstlib.conf.yml:1:18: ops.sessions: ",
  ],
];

for (const [what, text, says] of broken) {
  tmuxTest(`a broken config keeps nobody from what runs: ${what}`, async () => {
    await using sandbox = tmuxSandbox();
    await ops(sandbox, "start", "bot", "-c", "echo hello; exec cat");
    await logged(sandbox.runner(), "bot", "hello");
    await sandbox.write("kstlib.conf.yml", text);

    const refused = await ops(sandbox, "start", "other", "-c", "sleep 1000");
    assertEquals([refused.code, refused.stdout], [4, ""]);
    assertMatch(refused.stderr, /^error: .*\n$/);
    const reason = refused.stderr.slice("error: ".length, -1);
    assertEquals(reason.slice(0, says.length), says);

    const warning = `warning: ${reason}; going on without the configuration\n`;
    const commands: [args: string[], stdout: RegExp][] = [
      [["list", "-q"], /^bot\n$/],
      [["status", "-q", "bot"], /^bot: running\n$/],
      [["logs", "bot"], /^hello\n/],
      [["send", "bot", "x"], /^$/],
      [["stop", "bot"], /^Session 'bot' stopped/],
    ];
    for (const [args, expected] of commands) {
      const { code, stdout, stderr } = await ops(sandbox, ...args);
      assertEquals([code, stderr], [0, warning], args.join(" "));
      assertMatch(stdout, expected);
    }
  });
}

tmuxTest("a folder in the place of a file is named", async () => {
  await using sandbox = tmuxSandbox();
  assertEquals(
    (await ops(sandbox, "--config", ".", "start", "x", "--shell")).stderr,
    `error: ${
      sandbox.path(".").replace(/\/\.$/, "")
    }: is a folder: name a file, ` +
      "or put one in its place\n",
  );
});

tmuxTest("all that is wrong is said at once", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("home/kstlib.conf.yml", "ops:\n  tmux_binary: 'x\n");
  const keys = Array.from({ length: 21 }, (_, i) => `  k${i}: 1\n`).join("");
  await sandbox.write("kstlib.conf.yml", `ops:\n${keys}`);

  const { code, stderr } = await ops(sandbox, "start", "x", "--shell");
  const lines = stderr.trimEnd().split("\n");
  assertEquals([code, lines.length], [4, 21]);
  const first = "home/kstlib.conf.yml:2:16: ops.tmux_binary: " +
    "this quote is never closed";
  assertEquals(lines[0], `error: ${first}`);
  assertMatch(
    lines[19]!,
    /^error: kstlib.conf.yml:20:3: ops.k18: is not known;/,
  );
  assertEquals(lines[20], 'error: and 2 more: "ops config check" shows all');

  assertEquals(
    (await ops(sandbox, "list")).stderr,
    `warning: ${first} (and 21 more: "ops config check" shows all); ` +
      "going on without the configuration\nNo sessions.\n",
  );
  const warned = await ops(sandbox, "list", "--json");
  assertEquals(JSON.parse(warned.stderr).warning.problems.length, 22);

  const checked = await ops(sandbox, "config", "check");
  const problems = checked.stdout.trimEnd().split("\n");
  assertEquals([checked.code, problems.length, checked.stderr], [4, 22, ""]);
  assertEquals(problems[0], first);

  const { stdout } = await ops(sandbox, "doctor", "--json");
  const found: { check: string; level: string; fact: string }[] = JSON.parse(
    stdout,
  );
  const facts = found.filter(({ check }) => check === "config");
  assertEquals(facts.length, 22);
  assertEquals(facts[0]!.fact, first);
  assertMatch(facts[21]!.fact, /^kstlib.conf.yml:22:3: ops.k20: is not known;/);
});

tmuxTest("ops config shows what holds, and where it comes from", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "kstlib.conf.yml",
    "ops:\n  sessions:\n    Bot:\n      env: {TOKEN: planted-secret}\n" +
      "      working_dir: ./x\n",
  );
  const [plain, origins, json, wrong] = await Promise.all([
    ops(sandbox, "config"),
    ops(sandbox, "config", "show", "--origin"),
    ops(sandbox, "config", "--json", "--origin"),
    ops(sandbox, "config", "check", "--origin"),
  ]);
  const folder = sandbox.path("x");
  assertMatch(plain.stdout, /^ {6}env:\n {8}TOKEN: "\*{3}"$/m);
  assertStringIncludes(plain.stdout, `\n      working_dir: ${folder}\n`);
  assertStringIncludes(
    origins.stdout,
    `\n      working_dir: ${folder} # kstlib.conf.yml:5\n`,
  );
  const data = JSON.parse(json.stdout);
  assertEquals(data.ops.sessions.Bot.env, { TOKEN: "***" });
  assertEquals(
    data.origins["ops.sessions.Bot.working_dir"],
    "kstlib.conf.yml:5",
  );
  assertEquals(data.origins["ops.log_files"], "default");
  assertEquals([plain.code, plain.stderr, wrong.code], [0, "", 2]);
  const all = [plain, origins, json].map(({ stdout }) => stdout).join("");
  assertEquals(all.includes("planted-secret"), false);

  await sandbox.write("kstlib.conf.yml", "ops: {log: fil}\n");
  const broken = await ops(sandbox, "config");
  assertEquals([broken.code, broken.stdout], [4, ""]);
  assertMatch(broken.stderr, /^error: kstlib.conf.yml:1:12: ops.log: .*\n$/);
});

tmuxTest("ops config check tells programs where everything is", async () => {
  await using sandbox = tmuxSandbox();
  const nothing = "There is no configuration file.\n";
  assertEquals(
    await ops(sandbox, "config", "check"),
    { code: 0, stdout: nothing, stderr: "" },
  );
  await sandbox.write("kstlib.conf.yml", "ops:\n  log: fil\n  sesions: {}\n");
  const { code, stdout, stderr } = await ops(
    sandbox,
    "config",
    "check",
    "--json",
  );
  assertEquals([code, stderr], [4, ""]);
  const { files, sessions, problems } = JSON.parse(stdout);
  assertEquals([files, sessions, problems.length], [[], 0, 2]);
  assertEquals(problems[0], {
    file: "kstlib.conf.yml",
    line: 2,
    column: 8,
    key: "ops.log",
    reason: '"fil" is not known; it is file or none',
    message:
      'kstlib.conf.yml:2:8: ops.log: "fil" is not known; it is file or none',
  });

  await sandbox.write("kstlib.conf.yml", "ops: {sessions: {bot: {}}}\n");
  const path = sandbox.path("kstlib.conf.yml");
  assertEquals(
    (await ops(sandbox, "config", "check")).stdout,
    `Nothing is wrong: 1 session defined in ${path}.\n`,
  );
  assertEquals(
    JSON.parse((await ops(sandbox, "config", "check", "--json")).stdout),
    { files: [path], sessions: 1, problems: [] },
  );
  assertEquals(
    await ops(sandbox, "config", "check", "--config", "lost.yml"),
    { code: 4, stdout: "lost.yml: there is no such file\n", stderr: "" },
  );
  const env = { CONFIG_PATH: "" };
  assertEquals((await opsWith(sandbox, { env }, "config", "check")).code, 0);
  assertEquals((await ops(sandbox, "config", "chek")).code, 2);
});

tmuxTest("a file that is named has to be there", async () => {
  await using sandbox = tmuxSandbox();
  const start = ["start", "bot", "-c", "sleep 1000"];
  assertEquals(await ops(sandbox, "--config", "lost.yml", ...start), {
    code: 4,
    stdout: "",
    stderr: "error: lost.yml: there is no such file\n",
  });
  const env = { CONFIG_PATH: "lost.yml" };
  assertEquals((await opsWith(sandbox, { env }, ...start)).code, 4);
  assertEquals(await opsWith(sandbox, { env }, "list"), {
    code: 0,
    stdout: "",
    stderr:
      "warning: lost.yml: there is no such file (CONFIG_PATH names it); " +
      "going on without the configuration\nNo sessions.\n",
  });
});

/** A file that defines `bot` and another session. */
const define = (other: string, command: string) =>
  `ops: {sessions: {bot: {command: ${command}}, ${other}: {command: x}}}`;

tmuxTest(
  "what is nearer wins, key by key; what is named is alone",
  async () => {
    await using sandbox = tmuxSandbox();
    await Promise.all([
      sandbox.write("home/.config/kstlib.conf.yml", define("xdg", "in xdg")),
      sandbox.write("home/kstlib.conf.yml", define("home", "in home")),
      sandbox.write("kstlib.conf.yml", define("here", "in here")),
      sandbox.write("named/ops.yml", define("named", "in named")),
    ]);
    assertEquals(await listed(sandbox), ["bot", "xdg", "home", "here"]);
    assertEquals((await opsJson(sandbox, "status", "bot")).command, "in here");

    const flag = ["--config", "named/ops.yml"];
    assertEquals(await listed(sandbox, ...flag), ["bot", "named"]);
    const env = { CONFIG_PATH: sandbox.path("named/ops.yml") };
    const byVariable = await opsWith(sandbox, { env }, "list", "-q");
    assertEquals(byVariable.stdout, "bot\nnamed\n");
    // The flag is nearer than the variable.
    const both = await opsWith(
      sandbox,
      { env },
      ...["list", "-q", "--config", "kstlib.conf.yml"],
    );
    assertEquals(both.stdout, "bot\nhere\n");
  },
);

tmuxTest("a definition decides where its name is", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {bot: {command: sleep 1000, socket_name: work}}}",
  );
  await sandbox.tmux("new-session", "-d", "-s", "bot", "--", "env", "cat");
  const states = async () => [
    (await opsJson(sandbox, "status", "bot")).state,
    (await opsJson(sandbox, "status", "bot", "-L", "default")).state,
  ];
  assertEquals(await states(), ["defined", "running"]);
  await ops(sandbox, "start", "bot");
  assertEquals(await states(), ["running", "running"]);
  assertEquals((await ops(sandbox, "stop", "bot")).code, 0);
  assertEquals(await states(), ["defined", "running"]);
});

tmuxTest("paths are relative to the file that says them", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "named/ops.yml",
    "ops: {sessions: {bot: {command: pwd; exec sleep 1000, working_dir: ./in}}}",
  );
  await Deno.mkdir(sandbox.path("named/in"));
  await ops(sandbox, "start", "bot", "--config", "named/ops.yml");
  await logged(sandbox.runner(), "bot", sandbox.path("named/in"));
});

tmuxTest(
  "another tmux program can be named, and is then to be permitted",
  async () => {
    await using sandbox = tmuxSandbox();
    await sandbox.tmux("new-session", "-d", "-s", "bot");
    await sandbox.write("kstlib.conf.yml", "ops: {tmux_binary: my-tmux}");
    const { stdout } = await sandbox.run("sh", ["-c", "command -v tmux"]);
    const bin = sandbox.path("bin");
    await Deno.mkdir(bin);
    await Deno.symlink(stdout.trimEnd(), `${bin}/my-tmux`);
    Deno.env.set("PATH", bin);
    for (const args of [["list", "-q"], ["status", "-q", "bot"]]) {
      const denied = await ops(sandbox, ...args);
      assertEquals(denied.code, 5);
      assertStringIncludes(
        denied.stderr,
        Deno.env.has("OPS_BINARY")
          ? 'is built in, so use "deno run" with --allow-run=my-tmux'
          : 'add --allow-run=my-tmux to "deno run"',
      );
      const why = {
        values: ["my-tmux"],
        purpose: "tmux_binary",
        without: null,
      };
      const more = { kind: "run", ...why } as const;
      const permitted = await opsUnder(
        sandbox,
        [...PERMISSIONS.list, more],
        ...args,
      );
      assertEquals(permitted.code, 0);
      assertMatch(permitted.stdout, /^bot(: running)?\n$/);
    }
  },
);
