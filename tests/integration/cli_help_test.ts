import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
} from "@std/assert";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import config from "../../deno.json" with { type: "json" };
import { tmuxTest } from "../helpers/engines.ts";
import { ops, opsUnder, tmuxSandbox } from "../helpers/cli.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** What needs no engine needs no permission either. */
async function told(sandbox: Sandbox, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await opsUnder(sandbox, [], ...args);
  assertEquals([code, stderr], [0, ""], args.join(" "));
  return stdout;
}

Deno.test("help: of ops, however it is asked for", async () => {
  await using sandbox = new Sandbox();
  const [help, ...others] = await Promise.all(
    [["--help"], ["-h"], ["help"], []].map((args) => told(sandbox, ...args)),
  );
  for (const other of others) assertEquals(other, help);
  for (const { name, summary } of COMMANDS) {
    assertMatch(help!, new RegExp(`^ +${name}\\b.* ${summary}`, "m"));
  }
});

Deno.test("help: of every command, however it is asked for", async () => {
  await using sandbox = new Sandbox();
  await Promise.all(COMMANDS.map(async ({ name, aliases }) => {
    const ways = [["help", name], ...aliases.map((it) => [it, "-h"])];
    const help = await told(sandbox, name, "--help");
    for (const way of ways) assertEquals(await told(sandbox, ...way), help);
    assertMatch(help, new RegExp(`^  ops ${name} \\[flags\\]`, "m"));
    assertMatch(help, /^Examples:\n *# /m);
    for (const line of help.split("\n")) {
      assert(line.length <= 80 || line.startsWith("  ops "), line);
    }
  }));
});

Deno.test("version: that of the package", async () => {
  await using sandbox = new Sandbox();
  for (const word of ["--version", "-V", "version"]) {
    assertEquals(await told(sandbox, word), `ops ${config.version}\n`);
  }
});

const unknown: [args: string[], says: string][] = [
  [["statsu"], 'unknown command "statsu"; did you mean "ops status"?'],
  [["stat"], 'unknown command "stat"; did you mean "ops status"?'],
  [["top"], 'unknown command "top"; see "ops --help" for those there are'],
  [["lsit"], 'unknown command "lsit"; did you mean "ops list"?'],
  [["help", "strat"], 'unknown command "strat"; did you mean "ops start"?'],
  [
    ["frobnicate"],
    'unknown command "frobnicate"; see "ops --help" for those there are',
  ],
  [["--jsn", "list"], "unknown flag --jsn; did you mean --json?"],
  [["list", "--manged"], "unknown flag --manged; did you mean --managed?"],
  [
    ["exec", "web", "ls"],
    '"ops exec" does not take "ls"; with a command: ops exec web -- ls',
  ],
  [
    ["exec", "web", "ls", "-l"],
    '"ops exec" does not take "ls"; with a command: ops exec web -- ls -l',
  ],
  [
    ["exec", "db", "psql", "-h", "localhost"],
    '"ops exec" does not take "psql"; with a command: ' +
    "ops exec db -- psql -h localhost",
  ],
  [
    ["start", "zz", "sleep", "-n", "5"],
    "unknown flag -n; with a command: ops start zz -- sleep -n 5",
  ],
  [
    ["start", "bot", "worker", "--quite"],
    "unknown flag --quite; did you mean --quiet?",
  ],
  [
    ["send", "bot", "ls", "-la"],
    "unknown flag -a; to type it: ops send bot -- ls -la",
  ],
  [["stop", "bot", "-x"], 'unknown flag -x; see "ops stop --help"'],
  [["list", "bot"], '"ops list" does not take "bot"; see "ops list --help"'],
  [["status"], '"ops status" needs a NAME, or --all; see "ops status --help"'],
];

Deno.test("what is not understood is said, and what was meant", async () => {
  await using sandbox = new Sandbox();
  await Promise.all(unknown.map(async ([args, says]) => {
    const expected = { code: 2, stdout: "", stderr: `error: ${says}\n` };
    assertEquals(await ops(sandbox, ...args), expected);
  }));
});

tmuxTest("JSON: errors and warnings too, a line each", async () => {
  await using sandbox = tmuxSandbox();
  await Promise.all(
    ["default", "work"].map((socket) =>
      ops(sandbox, "start", "bot", "-L", socket, "-c", "sleep 1000")
    ),
  );
  const errors: [args: string[], code: number, error: object][] = [
    [["statsu"], 2, { code: "usage" }],
    [["status", "nobody"], 3, {
      code: "session_not_found",
      session_name: "nobody",
      backend: "tmux",
    }],
    [["stop", "bot"], 2, {
      code: "session_ambiguous",
      session_name: "bot",
      places: ["--socket default", "--socket work"],
    }],
    [["start", "1bot"], 2, { code: "session_config", key: "name", file: null }],
    [["start", "bot", "--config", "lost.yml"], 4, {
      code: "session_config",
      file: "lost.yml",
    }],
  ];
  await Promise.all(errors.map(async ([args, code, expected]) => {
    const failed = await ops(sandbox, ...args, "--json");
    assertEquals([failed.code, failed.stdout], [code, ""]);
    assertEquals(failed.stderr.split("\n").length, 2);
    assertObjectMatch(JSON.parse(failed.stderr), { error: expected });
  }));

  const list = await ops(sandbox, "list", "--json", "--config", "lost.yml");
  assertEquals([list.code, JSON.parse(list.stdout).length], [0, 2]);
  assertObjectMatch(JSON.parse(list.stderr), {
    warning: { code: "session_config", file: "lost.yml" },
  });
  // Of several, those that are there are told of on one stream, the rest on the other.
  const some = await ops(
    sandbox,
    "status",
    "--json",
    "-L",
    "work",
    "bot",
    "nobody",
  );
  assertEquals(some.code, 3);
  assertObjectMatch(JSON.parse(some.stdout)[0], { name: "bot" });
  assertObjectMatch(JSON.parse(some.stderr), {
    error: { code: "session_not_found" },
  });
});
