import { assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  ops,
  opsArgv,
  opsInTerminal,
  opsJson,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { isAlive } from "../helpers/processes.ts";
import { logged } from "../helpers/sessions.ts";

/** Where the output goes, and what comes of it. */
const faults: [command: string, how: string, code: number, stderr: RegExp][] = [
  ["list", "| head -n 1 >first", 0, /^$/],
  ["list", "| true", 0, /^$/],
  ["list", ">&-", 0, /^$/],
  ["list", ">/dev/full", 1, /^error: .*[Nn]o space left.*\n$/],
  ["status nobody", "2>&-", 3, /^$/],
  ["status nobody", "2>/dev/full", 3, /^$/],
];

tmuxTest("output: may have nowhere to go", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "sleep 1000");
  for (const [command, how, code, said] of faults) {
    const script = `{ "$@"; echo $? >code; } ${how}`;
    const argv = ["-c", script, "sh", ...opsArgv(command.split(" "))];
    const { stderr } = await sandbox.run("sh", argv, { cwd: sandbox.dir });
    assertMatch(stderr, said, how);
    const written = await Deno.readTextFile(sandbox.path("code"));
    assertEquals(written, `${code}\n`, how);
  }
  const first = await Deno.readTextFile(sandbox.path("first"));
  assertMatch(first, /^bot\trunning\t.*\n$/);
});

tmuxTest("Ctrl-C ends a stop, not what is to be stopped", async () => {
  await using sandbox = tmuxSandbox();
  const command =
    "trap 'echo asked' INT; echo up; while :; do sleep 0.05; done";
  const bot = await opsJson(sandbox, "start", "bot", "-c", command);
  await logged(sandbox.runner(), "bot", "up");
  const terminal = await opsInTerminal(sandbox, "stop", "bot", "-t", "60");
  await logged(sandbox.runner(), "bot", "asked");
  await terminal.press("C-c");
  await terminal.shows("[exit 130, as it was]");
  assertEquals(isAlive(bot.pane_pid), true);
  assertEquals((await opsJson(sandbox, "status", "bot")).state, "running");
});
