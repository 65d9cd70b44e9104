import {
  assertEquals,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  SessionConfig,
  type SessionStatus,
} from "../../src/core/definition.ts";
import { signalName } from "../../src/core/signals.ts";
import { simpleProgram } from "../../src/engines/tmux/simple_command.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processInfo } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";

tmuxTest("exit code and last words of 200 that end at once", async () => {
  await using sandbox = new Sandbox();
  const runners = [sandbox.runner("one"), sandbox.runner("two")];
  const [RUNS, BATCH] = [200, 20];
  for (let first = 0; first < RUNS; first += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, async (_, i) => {
      const name = `run${first + i}`;
      const runner = runners[i % 2]!;
      await runner.start(
        new SessionConfig({ name, command: ["sh", "-c", "echo out; exit 7"] }),
      );
      const { exitCode, signal } = await ended(runner, name);
      assertEquals([exitCode, signal], [7, null]);
      assertEquals(await runner.logs(name), "out");
    }));
  }
});

const endings: Array<[command: string, expected: Partial<SessionStatus>]> = [
  ["exit 0", { exitCode: 0, signal: null }],
  ["exit 1", { exitCode: 1, signal: null }],
  ["exit 128", { exitCode: 128, signal: null }],
  ["exit 255", { exitCode: 255, signal: null }],
  // 128 + CHLD, STOP, 64 and 72: none of them ends a process by itself.
  ["exit 145", { exitCode: 145, signal: null }],
  ["exit 147", { exitCode: 147, signal: null }],
  ["exit 200", { exitCode: 200, signal: null }],
  ...["HUP", "INT", "QUIT", "ABRT", "USR1", "SEGV", "PIPE", "TERM", "KILL"]
    .map((name): [string, Partial<SessionStatus>] => [
      `kill -s ${name} $$`,
      { exitCode: null, signal: `SIG${name}` },
    ]),
  // As every shell does, for lack of a way to tell them apart.
  ["exit 137", { exitCode: null, signal: "SIGKILL" }],
];

tmuxTest("how a command ended is told as it was", async (t) => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const statuses = await Promise.all(endings.map(async ([command], i) => {
    await runner.start(new SessionConfig({ name: `end${i}`, command }));
    return await ended(runner, `end${i}`);
  }));
  for (const [i, [command, expected]] of endings.entries()) {
    await t.step(command, () => {
      assertObjectMatch({ ...statuses[i]! }, expected);
    });
  }
});

tmuxTest("an interrupt that a command outlives is not its end", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const text = "trap 'exit 0' INT; echo up; while :; do sleep 0.1; done";
  const bot = await sandbox.write("bot", `#!/bin/sh\n${text}\n`, 0o755);
  // A shell around it would die of the interrupt that both of them get.
  const command = `${bot} "$HOME" 'a;b' 2>&1\n`;
  const status = await runner.start(
    new SessionConfig({ name: "bot", command }),
  );
  const home = Deno.env.get("HOME")!;
  assertEquals(processInfo(status.panePid!)?.argv, [
    ...["/bin/sh", bot, home, "a;b"],
  ]);
  assertEquals(status.command, command);
  assertStringIncludes(await logged(runner, "bot", "up"), "up");
  const { signals, exitCode, signal } = await runner.stop("bot");
  assertEquals([signals, exitCode, signal], [["SIGINT"], 0, null]);
});

tmuxTest("what bash does itself is left to the shell", async () => {
  await using sandbox = new Sandbox();
  const { stdout } = await sandbox.run("bash", ["-c", "compgen -bk"]);
  for (const word of stdout.trim().split("\n")) {
    assertEquals(simpleProgram(`${word} x`), null, word);
  }
});

tmuxTest("kill -9 of the command is told as that", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const { panePid } = await runner.start(
    new SessionConfig({ name: "bot", command: "echo up; exec sleep 1000" }),
  );
  assertEquals(processInfo(panePid!)?.argv, ["sleep", "1000"]);
  const before = Date.now();
  Deno.kill(panePid!, "SIGKILL");
  const status = await ended(runner, "bot");
  assertObjectMatch({ ...status }, { exitCode: null, signal: "SIGKILL" });
  const seconds = (Date.parse(status.finishedAt ?? "") - before) / 1_000;
  assertEquals(Math.abs(seconds) < 2, true, `finished ${seconds} s after`);
  assertEquals(await runner.logs("bot"), "up");
});

tmuxTest("nothing that a command prints before its end is lost", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const command = "i=0; while [ $i -lt 1500 ]; do i=$((i+1)); echo $i; done";
  await runner.start(new SessionConfig({ name: "bot", command }));
  await ended(runner, "bot");
  const expected = Array.from({ length: 1500 }, (_, i) => String(i + 1));
  assertEquals((await runner.logs("bot", 5_000)).split("\n"), expected);
});

tmuxTest(
  "output that still comes after the command's end is kept",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    await runner.start(
      new SessionConfig({
        name: "bot",
        command: "sh -c 'echo child' & exit 3",
      }),
    );
    assertEquals((await ended(runner, "bot")).exitCode, 3);
    assertStringIncludes(await logged(runner, "bot", "child"), "child");
  },
);

tmuxTest("signals are numbered as this machine's shell does", async () => {
  await using sandbox = new Sandbox();
  const script = "i=1; while [ $i -le 31 ]; do kill -l $i; i=$((i+1)); done";
  const { stdout } = await sandbox.run("bash", ["-c", script]);
  assertEquals(
    Array.from({ length: 31 }, (_, i) => signalName(String(i + 1))),
    stdout.trim().split("\n").map((name) => `SIG${name}`),
  );
});
