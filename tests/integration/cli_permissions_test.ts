import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import type { CommandName } from "../../src/cli/commands/table.ts";
import { PERMISSIONS } from "../../src/cli/permissions.ts";
import { tmuxTest } from "../helpers/engines.ts";
import {
  inTerminal,
  ops,
  opsArgv,
  opsJson,
  opsUnder,
  opsWith,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { logged } from "../helpers/sessions.ts";

/** Each command on a session of its own, and what it is to end with. */
const calls: Record<CommandName, (name: string) => [string[], code: number]> = {
  list: () => [["list", "-q"], 0],
  start: (name) => [["start", `new-${name}`, "-c", "sleep 1000"], 0],
  stop: (name) => [["stop", name], 0],
  // Without a terminal, and on tmux: this far they come, and no further.
  attach: (name) => [["attach", name], 1],
  exec: (name) => [["exec", name, "--", "true"], 1],
  init: (name) => [["init", "--from-running", "--config", `${name}.yml`], 0],
  config: () => [["config", "check"], 0],
  doctor: () => [["doctor"], 0],
  restart: (name) => [["restart", name], 0],
  up: (name) => [["up", name], 0],
  down: (name) => [["down", name], 0],
  diff: (name) => [["diff", name], 0],
  scale: (name) => [["scale", name, "2"], 0],
  status: (name) => [["status", "-q", name], 0],
  history: (name) => [["history", name], 0],
  wait: (name) => [["wait", name, "--for", "running"], 0],
  logs: (name) => [["logs", name], 0],
  send: (name) => [["send", name, "x"], 0],
  completions: () => [["completions", "bash"], 0],
  version: () => [["version"], 0],
};

/** The commands that look at every session there is. */
const LISTING = ["list", "up", "down", "diff", "scale", "init"];

for (const [command, permissions] of Object.entries(PERMISSIONS)) {
  tmuxTest(`permissions of ${command}: each is needed as is said`, async () => {
    await using sandbox = tmuxSandbox();
    const call = calls[command as CommandName];
    // From a binary nothing can be taken away: it has what was baked in.
    const isBinary = Deno.env.has("OPS_BINARY");
    const rows = [null, ...(isBinary ? [] : permissions)];
    const names = rows.map((_, i) => `bot${i}`);
    await ops(sandbox, "start", ...names, "--config", await config(names));
    await Promise.all(rows.map(async (missing, i) => {
      const [args, code] = call(names[i]!);
      const rest = permissions.filter((it) => it !== missing);
      const result = missing === null
        ? await ops(sandbox, ...args)
        : await opsUnder(sandbox, rest, ...args);
      const { stderr } = result;
      assertNotMatch(stderr, /^\s+at |internal error/m);
      if (missing === null) {
        assertEquals([result.code, warnings(stderr)], [code, []]);
      } else if (missing.without === null) {
        const flag = `--allow-${missing.kind}`;
        assertEquals(result.code, 5, `${flag}: ${stderr}`);
        // They share a configuration, so one may wait for the other.
        const said = stderr.replace(/^Waiting for ops .*\n/, "");
        assertMatch(said, /^error: not permitted to .*\n$/);
        assertStringIncludes(stderr, flag);
      } else {
        assertEquals(result.code, code, `${missing.purpose}: ${stderr}`);
        const isTold = missing.without.startsWith("a warning") ||
          LISTING.includes(command) && missing.without.includes("warn of it");
        assertEquals(warnings(stderr).length > 0, isTold, missing.purpose);
        for (const warning of warnings(stderr)) {
          assertStringIncludes(warning, `--allow-${missing.kind}=`);
        }
      }
    }));

    async function config(names: string[]): Promise<string> {
      const sessions = names.map((name) =>
        `${name}: {command: "echo up; cat"${
          command === "scale" ? ", replicas: 1" : ""
        }}`
      );
      const text = `ops: {sessions: {${sessions.join(", ")}}}`;
      const isSearched = ["up", "down", "diff", "scale"].includes(command);
      const file = isSearched ? "kstlib.conf.yml" : "sessions.yml";
      return await sandbox.write(file, text);
    }
  });
}

function warnings(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("warning: "));
}

tmuxTest(
  "permissions: nobody is asked for one, even at a terminal",
  async () => {
    await using sandbox = tmuxSandbox();
    for (const command of ["list", "status bot", "start bot", "stop bot"]) {
      const argv = opsArgv(command.split(" ")).filter((it) =>
        it !== "--no-prompt"
      );
      const terminal = await inTerminal(sandbox, argv);
      assertNotMatch(await terminal.shows(/^\[exit/m), /allow/i);
    }
  },
);

tmuxTest(
  "permissions: LD_ variables, which Deno withholds, are no hindrance",
  async () => {
    await using sandbox = tmuxSandbox();
    const env = { LD_LIBRARY_PATH: "/nowhere" };
    const command = 'echo "<$LD_LIBRARY_PATH>"; exec sleep 1000';
    const started = await opsWith(
      sandbox,
      { env },
      "start",
      "bot",
      "-c",
      command,
    );
    assertEquals(started.code, 0);
    assertMatch(
      started.stderr,
      /^warning: bot: LD_LIBRARY_PATH not passed on.*\n$/,
    );
    await logged(sandbox.runner(), "bot", "<>");
    const listed = await opsWith(sandbox, { env }, "list", "-q");
    assertEquals(listed, { code: 0, stdout: "bot\n", stderr: "" });
    assertEquals((await opsWith(sandbox, { env }, "stop", "bot")).code, 0);
    assertEquals(await opsJson(sandbox, "list"), []);
  },
);

tmuxTest(
  "permissions: a variable of the configuration is allowed by name, or in .env",
  async () => {
    await using sandbox = tmuxSandbox({ OPS_TEST_TOKEN: "given" });
    const text =
      "ops:\n  sessions:\n    bot:\n      command: 'echo \"<$T>\"; cat'" +
      "\n      env: { T: '${OPS_TEST_TOKEN}' }\n";
    await sandbox.write("kstlib.conf.yml", text);
    const reason = "not permitted to read the variable OPS_TEST_TOKEN, which " +
      "kstlib.conf.yml:5:17: ops.sessions.bot.env.T names and no .env sets: ";

    const up = await ops(sandbox, "up");
    assertEquals([up.code, up.stdout], [5, ""]);
    assertStringIncludes(up.stderr, `error: ${reason}`);
    assertStringIncludes(up.stderr, "--allow-env=OPS_TEST_TOKEN");
    const list = await ops(sandbox, "list");
    assertEquals(list.code, 0);
    assertStringIncludes(list.stderr, `warning: ${reason}`);

    await sandbox.write(".env", "OPS_TEST_TOKEN=filed\n");
    assertEquals((await ops(sandbox, "up")).code, 0);
    await logged(sandbox.runner(), "bot", "<filed>");
    const token = {
      kind: "env",
      values: ["OPS_TEST_TOKEN"],
      purpose: "",
      without: null,
    } as const;
    const permissions = [...PERMISSIONS.up, token];
    assertEquals((await opsUnder(sandbox, permissions, "up")).code, 0);
    await logged(sandbox.runner(), "bot", "<given>");
  },
);
