/** What a command is given arrives to the byte, and shows nowhere else. */
import {
  assertEquals,
  assertGreater,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  SessionConfig,
  type SessionConfigOptions,
} from "../../src/core/definition.ts";
import {
  MAX_TEXT_BYTES,
  MAX_TOTAL_BYTES,
} from "../../src/core/validate/fields.ts";
import type { TmuxRunner } from "../../src/engines/tmux/runner.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processes } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";

const awkward = [
  "",
  " two  words ",
  'it\'s "quoted" `id` $(id) ${HOME} $HOME $$',
  "a;b; ;;",
  ";",
  "\\;",
  "back\\slash \\n \\",
  "#{pid} #(id) ## #[fg=red]",
  "one\ntwo\n\n",
  "\n",
  "tab\tcr\rbell\x07esc\x1b[1m",
  "~ ~root * ? [a-z] {a,b} !! % & | < >",
  "a=b=c =",
  "-x",
  "ünï 🦕 \u2028",
  "%if 1\n'\"'\n",
  "x".repeat(50_000) + ";",
];

/** Runs a command to its end, and tells what it has written to `$OUT`. */
async function outputOf(
  sandbox: Sandbox,
  runner: TmuxRunner,
  options: Omit<SessionConfigOptions, "name">,
): Promise<string> {
  const name = `s${crypto.randomUUID()}`;
  const out = sandbox.path(name);
  await runner.start(
    new SessionConfig({ name, ...options, env: { ...options.env, OUT: out } }),
  );
  assertObjectMatch({ ...await ended(runner, name) }, { exitCode: 0 });
  return await Deno.readTextFile(out);
}

tmuxTest("a list command is the exact argv", async () => {
  await using sandbox = new Sandbox();
  const script = `printf '%s\\0' "$@" >"$OUT"`;
  const command = ["sh", "-c", script, "$0", ...awkward];
  const output = await outputOf(sandbox, sandbox.runner(), { command });
  assertEquals(output.split("\0").slice(0, -1), awkward);
});

tmuxTest("a shell command is one shell's own", async () => {
  await using sandbox = new Sandbox();
  const env = { A: "a b" };
  const command = "x='$A'; for i in 1 2; do\n  printf '%s' \"$x-$A\"; done | " +
    'cat >"$OUT" && cd / # a comment';
  const output = await outputOf(sandbox, sandbox.runner(), { command, env });
  assertEquals(output, "$A-a b$A-a b");
});

/** Everything `env` tells of one session. */
async function environmentOf(
  sandbox: Sandbox,
  env: Record<string, string>,
): Promise<Record<string, string>> {
  // No shell: that would put some of it right again.
  const command = ["/bin/cp", "/proc/self/environ", sandbox.path("environ")];
  const runner = sandbox.runner();
  await runner.start(new SessionConfig({ name: "bot", command, env }));
  assertObjectMatch({ ...await ended(runner, "bot") }, { exitCode: 0 });
  const output = await Deno.readTextFile(sandbox.path("environ"));
  return Object.fromEntries(
    output.split("\0").slice(0, -1).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

tmuxTest("environment values arrive, whatever is in them", async () => {
  await using sandbox = new Sandbox();
  const env = Object.fromEntries(awkward.map((text, i) => [`A${i}`, text]));
  assertObjectMatch(await environmentOf(sandbox, env), env);
});

tmuxTest("as much as the limits allow arrives", async () => {
  await using sandbox = new Sandbox();
  const long = "x".repeat(MAX_TEXT_BYTES - 10);
  const many = MAX_TOTAL_BYTES / MAX_TEXT_BYTES;
  const env = Object.fromEntries(
    Array.from({ length: many }, (_, i) => [`V${i}`, long]),
  );
  const script = 'printf "%s " $# "${#1}" "${#V0}" >"$OUT"';
  const args = Array.from({ length: many - 1 }, () => long);
  const command = ["sh", "-c", script, "sh", ...args];
  const output = await outputOf(sandbox, sandbox.runner(), { command, env });
  assertEquals(output, `${many - 1} ${long.length} ${long.length} `);
});

tmuxTest(
  "a variable may have any name, tmux's and the shell's too",
  async () => {
    await using sandbox = new Sandbox();
    // deno-fmt-ignore
    const names = [
    "PATH", "TERM", "HOME", "SHELL", "IFS", "code", "TMUX", "TMUX_PANE",
    "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORTERM", "LANG", "USER",
    "DISPLAY", "SSH_AUTH_SOCK", "TMUX_TMPDIR", "ENV", "PS1", "kstlib_ops_code",
    "i", "name", "_x", "A", "a",
  ];
    const env = Object.fromEntries(names.map((n) => [n, `my ${n}:/x;$y`]));
    const found = await environmentOf(sandbox, env);
    assertObjectMatch(found, env);
    const ours = Object.keys(found).filter((name) => /^KSTLIB/i.test(name));
    // Of ours are the marks by which a stop finds all processes.
    assertEquals(ours.toSorted(), [
      "KSTLIB_OPS_RUN",
      "KSTLIB_OPS_SESSION",
      "kstlib_ops_code",
    ]);
  },
);

tmuxTest(
  "without variables a command has tmux's, and of ours two marks",
  async () => {
    await using sandbox = new Sandbox();
    const found = await environmentOf(sandbox, {});
    const ours = Object.keys(found).filter((name) => /^KSTLIB/i.test(name));
    assertEquals(ours.toSorted(), ["KSTLIB_OPS_RUN", "KSTLIB_OPS_SESSION"]);
    assertMatch(found.KSTLIB_OPS_SESSION ?? "", /^\/.*\/default:bot$/);
    assertMatch(found.TERM ?? "", /^(?:screen|tmux)/);
    assertStringIncludes(found.TMUX ?? "", sandbox.dir);
  },
);

tmuxTest("the command is looked up on the session's PATH", async () => {
  await using sandbox = new Sandbox();
  await sandbox.write("my bin/tool", '#!/bin/sh\necho "$0" >"$OUT"\n', 0o755);
  const env = { PATH: `${sandbox.path("my bin")}:/usr/bin:/bin` };
  const command = ["tool"];
  const output = await outputOf(sandbox, sandbox.runner(), { command, env });
  assertEquals(output, `${sandbox.path("my bin/tool")}\n`);
});

tmuxTest("a working directory may have any name", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const names = [
    "a b",
    "it's",
    '"',
    "$HOME",
    "#{pid}",
    "#(id)",
    "a\nb",
    ";",
    "~",
  ];
  await Promise.all(names.map(async (name) => {
    const workingDir = sandbox.path(name);
    await Deno.mkdir(workingDir);
    const command = ["sh", "-c", 'printf %s "$PWD" >"$OUT"'];
    const output = await outputOf(sandbox, runner, { command, workingDir });
    assertEquals(output, workingDir);
  }));
});

tmuxTest("a shell starts in the working directory, too", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const workingDir = sandbox.path("a b #{pid}");
  await Deno.mkdir(workingDir);
  await runner.start(new SessionConfig({ name: "shell", workingDir }));
  await runner.sendKeys("shell", 'echo "[$PWD]"');
  await logged(runner, "shell", `[${workingDir}]`);
});

tmuxTest("a secret shows in no process list, then or later", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const secret = `hunter2-${crypto.randomUUID()}`;
  const env = { TOKEN: secret, PATH: `/${secret}:${Deno.env.get("PATH")}` };
  const start = (name: string, command?: string) =>
    runner.start(new SessionConfig({ name, command, env, workingDir: "/" }));

  // Looked at all the time while sessions come and go, the first of which
  // starts the server: that keeps its command line for good.
  let looks = 0;
  let watching = true;
  const found = (async () => {
    const seen = [];
    while (watching) {
      looks++;
      seen.push(
        ...processes().filter(({ argv }) =>
          argv.some((argument) => argument.includes(secret))
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return seen;
  })();
  try {
    await start("bot", "cat");
    await Promise.all([start("again", "true"), start("shell")]);
    await runner.sendKeys("bot", secret);
    await logged(runner, "bot", `${secret}\n${secret}`);
    await runner.listSessions();
    await runner.stop("bot");
  } finally {
    watching = false;
  }
  assertEquals(await found, []);
  assertGreater(looks, 50);
});
