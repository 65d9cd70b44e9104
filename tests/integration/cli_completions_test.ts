/** Completions in the shells themselves, typed at a terminal. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import { programTest } from "../helpers/engines.ts";
import {
  inTerminal,
  ops,
  opsArgv,
  opsJson,
  tmuxSandbox,
} from "../helpers/cli.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import type { Terminal } from "../helpers/terminal.ts";

/** Names that would do harm, or be taken apart, if a shell read them. */
const NAMES = ["bot", "a b", "$(touch x)", "-x", "q\"u'o", "k=v", "*"];

/** Puts an `ops` on the PATH, and sessions of these names on the host. */
async function sandboxWith(names: readonly string[]): Promise<Sandbox> {
  const sandbox = tmuxSandbox();
  await putOnPath(sandbox, opsArgv(["history"]).slice(0, -1));
  for (const name of names) {
    await sandbox.tmux("new-session", "-d", "-s", name, "sleep 1000");
  }
  await sandbox.write("conf/more.yml", "");
  await sandbox.write("home/.config/kstlib.conf.yml", DEFINED);
  return sandbox;
}

const DEFINED =
  "ops: {sessions: {nightly: {command: date, group: [jobs, late]}}}\n";

async function putOnPath(
  sandbox: Sandbox,
  argv: readonly string[],
): Promise<void> {
  const quoted = argv.map((it) => `'${it}'`).join(" ");
  await sandbox.write("bin/ops", `#!/bin/sh\nexec ${quoted} "$@"\n`, 0o755);
}

function inPath(sandbox: Sandbox): string[] {
  return ["env", `PATH=${sandbox.path("bin")}:${Deno.env.get("PATH")}`];
}

/** What bash would offer for the last of these words. */
async function bashOffers(
  sandbox: Sandbox,
  ...words: readonly string[]
): Promise<string[]> {
  const script = `source <(ops completions bash) || exit
    COMP_WORDS=(ops "$@") COMP_CWORD=$#
    _ops
    [[ \${#COMPREPLY[@]} -eq 0 ]] || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const bash = ["bash", "--norc", "-c", script, "bash", ...words];
  return await offers(sandbox, bash);
}

/** A session that has run twice and is gone, and another socket. */
async function addHistory(sandbox: Sandbox): Promise<void> {
  await ops(sandbox, "start", "twice", "-L", "work", "-c", "sleep 1000");
  await ops(sandbox, "restart", "-f", "twice");
  await ops(sandbox, "stop", "-f", "twice");
}

/** What fish would offer for this line, without the descriptions. */
async function fishOffers(sandbox: Sandbox, line: string): Promise<string[]> {
  const script = "ops completions fish | source; complete -C $argv[1]";
  const fish = ["fish", "--no-config", "-c", script, line];
  const all = await offers(sandbox, fish);
  return all.map((it) => it.split("\t")[0]!);
}

async function offers(
  sandbox: Sandbox,
  argv: readonly string[],
): Promise<string[]> {
  const [env, ...args] = [...inPath(sandbox), ...argv];
  const { code, stdout, stderr } = await sandbox.run(env!, args, {
    cwd: sandbox.dir,
  });
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").slice(0, -1);
}

/** How each shell is started in a terminal, and made to complete ops. */
const SHELLS = {
  bash: {
    argv: ["bash", "--norc", "--noprofile"],
    load: "source <(ops completions bash)",
  },
  zsh: {
    argv: ["zsh", "-f"],
    load: "autoload -U compinit; compinit -u -D; source <(ops completions zsh)",
  },
  fish: {
    argv: ["fish", "--no-config"],
    load: "ops completions fish | source",
  },
} as const;

/** A shell in a terminal that completes ops. */
async function interactive(
  sandbox: Sandbox,
  shell: keyof typeof SHELLS,
): Promise<Terminal> {
  const { argv, load } = SHELLS[shell];
  const terminal = await inTerminal(sandbox, [...inPath(sandbox), ...argv]);
  await terminal.shows(PROMPT, PATIENT);
  await terminal.press(`${load}; echo load''ed`, "Enter");
  await terminal.shows(/^loaded$/m, PATIENT);
  await clear(terminal);
  return terminal;
}

const PROMPT = /[$%#>]\s*$/;

/** A completion starts ops, and this machine may have other things to do. */
const PATIENT = { timeoutMs: 60_000 };

async function clear(terminal: Terminal): Promise<void> {
  await terminal.press("C-l");
  await terminal.shows(/^\S.*[$%#>]\s*$/, PATIENT);
}

/** Types, presses Tab, and forgets the line when all of this is shown. */
async function completes(
  terminal: Terminal,
  typed: string,
  ...shown: readonly RegExp[]
): Promise<void> {
  await terminal.press(typed, "Tab");
  for (const it of shown) await terminal.shows(it, PATIENT);
  await terminal.press("C-u");
  await clear(terminal);
}

/** Has the shell complete the name in a command line, and run that. */
async function finds(
  terminal: Terminal,
  typed: string,
  name: string,
): Promise<void> {
  await terminal.press(`ops status -q ${typed}`, "Tab", "Enter");
  const screen = await terminal.shows(/\n(.*: \w+|error: .*)\n/, PATIENT);
  assertStringIncludes(screen, `\n${name}: `);
  await clear(terminal);
}

for (const shell of ["bash", "zsh", "fish"] as const) {
  const test = programTest(shell);

  test(`completions of ${shell}: at a terminal`, async () => {
    await using sandbox = await sandboxWith(NAMES);
    const terminal = await interactive(sandbox, shell);
    await completes(terminal, "ops sto", /ops stop\s*$/m);
    await completes(terminal, "ops --no-c", /ops --no-color\s*$/m);
    await completes(terminal, "ops stop --fo", /ops stop --force\s*$/m);
    await completes(terminal, "ops ls -b con", /ops ls -b container\s*$/m);
    await completes(terminal, "ops ls --backend=c", /--backend=container\s*$/m);
    await completes(terminal, "ops wait bot --for ex", /--for exited\s*$/m);
    await completes(terminal, "ops help wa", /ops help wait\s*$/m);
    await completes(terminal, "ops --config conf/m", /conf\/more.yml\s*$/m);
    await completes(terminal, "ops start bot -w con", /-w conf\/$/m);
    await completes(terminal, "ops stop bo", /ops stop bot\s*$/m);
    await completes(terminal, "ops stop @jo", /ops stop @jobs\s*$/m);
    await completes(terminal, "ops start bot -- cat conf/m", /more.yml\s*$/m);

    await completes(terminal, "ops start x --restart al", / always\s*$/m);
    await completes(terminal, "ops ls -L ter", /-L terminal\s*$/m);
    await completes(terminal, "ops ls --socket=ter", /=terminal\s*$/m);
    await ops(sandbox, "start", "once", "-c", "sleep 1000");
    await completes(terminal, "ops logs once --run ", /--run 1\s*$/m);

    await finds(terminal, "nigh", "nightly");
    await finds(terminal, "a", "a b");
    await finds(terminal, "'a", "a b");
    await finds(terminal, '"a', "a b");
    await finds(terminal, "\\$", "$(touch x)");
    await finds(terminal, "'$", "$(touch x)");
    await finds(terminal, "q", "q\"u'o");
    await finds(terminal, "k=", "k=v");
    await finds(terminal, "\\*", "*");
    await finds(terminal, "-- -", "-x");
    const made = [...Deno.readDirSync(sandbox.dir)].map((it) => it.name);
    assert(!made.includes("x"), `${made}`);
  });

  test(`completions of ${shell}: silent where ops fails`, async () => {
    await using sandbox = await sandboxWith([]);
    const terminal = await interactive(sandbox, shell);
    await putOnPath(sandbox, [
      "sh",
      "-c",
      "echo warning: no engine >&2; exit 5",
    ]);
    // The z is shown once the Tab is dealt with.
    await terminal.press("ops stop b", "Tab", "z");
    await terminal.shows(/^.* ops stop bz\s*$/, PATIENT);
    await Deno.remove(sandbox.path("bin/ops"));
    await terminal.press("C-u");
    await clear(terminal);
    await terminal.press("ops stop b", "Tab", "z");
    await terminal.shows(/^.* ops stop bz\s*$/, PATIENT);
  });
}

/** Every word that calls a command. */
const WORDS = [
  ...COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]),
  "help",
].sort();

programTest("bash")("completions of bash: what is offered", async () => {
  await using sandbox = await sandboxWith(["bot", "a b", "-x"]);
  await addHistory(sandbox);
  const cases: [words: string[], offered: string[]][] = [
    [["st"], ["start", "status", "stop"]],
    [["ls", "-b", ""], ["container", "tmux"]],
    // Bash breaks words at =, unless it was told not to.
    [["list", "--backend", "=", "t"], ["tmux"]],
    [["list", "--backend", "="], ["container", "tmux"]],
    [["list", "--backend=t"], ["--backend=tmux"]],
    [["list", "--runtime", ""], ["docker", "podman"]],
    [["--config", "f", "list", "--man"], ["--managed"]],
    [["wait", "bot", "--for", ""], ["exited", "ready", "running", "stopped"]],
    [["start", "--log", ""], ["file", "none"]],
    [
      ["start", "--restart", ""],
      ["always", "no", "on-failure", "unless-stopped"],
    ],
    [["start", "--stop-signal", "HU"], ["HUP"]],
    [["list", "-L", ""], ["default", "work"]],
    [["list", "--socket=w"], ["--socket=work"]],
    [["logs", "twice", "--run", ""], ["1", "2"]],
    [["logs", "--run", ""], []],
    [["stop", ""], ["a\\ b", "bot", "nightly"]],
    [["stop", "bot", "--", ""], ["-x", "a\\ b", "bot", "nightly"]],
    [["stop", "--", "--f"], []],
    [["stop", "@", "j"], ["@jobs"]],
    [["stop", "bot", "@"], ["@jobs", "@late"]],
    [["stop", "@l"], ["@late"]],
    [["attach", "bot", ""], []],
    [["send", "bot", ""], []],
    [["send", "b"], ["bot"]],
    [["stop", "$(touch"], []],
    [["exec", "bot", "--", ""], []],
    [["completions", ""], ["bash", "fish", "zsh"]],
  ];
  for (const [words, offered] of cases) {
    const all = await bashOffers(sandbox, ...words);
    assertEquals(all.sort(), offered, words.join(" "));
  }
  assertEquals((await bashOffers(sandbox, "")).sort(), WORDS);
});

programTest("fish")("completions of fish: what is offered", async () => {
  await using sandbox = await sandboxWith(["bot", "a b", "-x"]);
  await addHistory(sandbox);
  const cases: [line: string, offered: string[]][] = [
    ["ops st", ["start", "status", "stop"]],
    ["ops ls -b ", ["container", "tmux"]],
    ["ops list --backend=t", ["--backend=tmux"]],
    ["ops list --runtime ", ["docker", "podman"]],
    ["ops --config f list --man", ["--managed"]],
    ["ops wait bot --for ", ["exited", "ready", "running", "stopped"]],
    ["ops start --log ", ["file", "none"]],
    [
      "ops start --restart ",
      ["always", "no", "on-failure", "unless-stopped"],
    ],
    ["ops start --stop-signal HU", ["HUP"]],
    ["ops list -L ", ["default", "work"]],
    ["ops list --socket=w", ["--socket=work"]],
    ["ops logs twice --run ", ["1", "2"]],
    ["ops logs --run ", []],
    ["ops stop ", ["a b", "bot", "nightly"]],
    ["ops stop bot -- ", ["-x", "a b", "bot", "nightly"]],
    ["ops stop -- --f", []],
    ["ops stop bot @", ["@jobs", "@late"]],
    ["ops stop @l", ["@late"]],
    ["ops attach bot ", []],
    ["ops send bot ", []],
    ["ops send b", ["bot"]],
    ["ops completions ", ["bash", "fish", "zsh"]],
    ["ops --config conf/", ["conf/more.yml"]],
    ["ops start bot --workdir con", ["conf/"]],
    ["ops start bot -- cat conf/", ["conf/more.yml"]],
  ];
  for (const [line, offered] of cases) {
    assertEquals((await fishOffers(sandbox, line)).sort(), offered, line);
  }
  assertEquals((await fishOffers(sandbox, "ops ")).sort(), WORDS);
});

programTest("zsh")("completions of zsh: what is shown", async () => {
  await using sandbox = await sandboxWith(["bot"]);
  const terminal = await interactive(sandbox, "zsh");
  const commands = COMMANDS.map(({ name, summary }) =>
    new RegExp(`^${name}\\b.* -- ${summary}`, "m")
  );
  await completes(terminal, "ops ", ...commands);
  await completes(terminal, "ops ls -b ", /^container +tmux/m);
  await completes(terminal, "ops stop -", /^--force +-f +-- Kill it at once/m);
  await completes(terminal, "ops stop ", /\bbot +nightly\b/);
});

programTest("zsh")("completions of zsh: from a folder of fpath", async () => {
  await using sandbox = await sandboxWith(["bot"]);
  const { stdout } = await ops(sandbox, "completions", "zsh");
  await sandbox.write("functions/_ops", stdout);
  const argv = [...inPath(sandbox), "zsh", "-f"];
  const terminal = await inTerminal(sandbox, argv);
  await terminal.shows(PROMPT, PATIENT);
  const load = `fpath=('${sandbox.path("functions")}' $fpath)`;
  await terminal.press(
    `${load}; autoload -U compinit; compinit -u -D`,
    "Enter",
  );
  await completes(terminal, "ops stop bo", /ops stop bot\s*$/m);
});

Deno.test("completions: as JSON, and of a shell that is not known", async () => {
  await using sandbox = tmuxSandbox();
  const { stdout } = await ops(sandbox, "completions", "bash");
  const json = await opsJson(sandbox, "completions", "bash");
  assertEquals(json, { shell: "bash", script: stdout });
  assertEquals(await ops(sandbox, "completions", "tcsh"), {
    code: 2,
    stdout: "",
    stderr: 'error: SHELL: "tcsh" is not known; it is bash or zsh or fish\n',
  });
});
