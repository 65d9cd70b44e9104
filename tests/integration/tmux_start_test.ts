import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import {
  SessionConfigError,
  SessionNotFoundError,
  SessionStartError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { logged } from "../helpers/sessions.ts";
import { processesWith, processInfo } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

tmuxTest("a session is started, and its status is the truth", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner("work");
  const before = Date.now() - 1_000;
  const status = await runner.start(
    new SessionConfig({ name: "bot", command: ["sleep", "1000"] }),
  );

  const serverPid = await sandbox.tmux("-L", "work", "display", "-p", "#{pid}");
  assertObjectMatch({ ...status }, {
    name: "bot",
    state: "running",
    backend: "tmux",
    pid: Number(serverPid),
    windowCount: 1,
    socketName: "work",
    exitCode: null,
    signal: null,
    finishedAt: null,
    managed: true,
    command: "sleep 1000",
    attached: 0,
    detail: null,
  });
  assertMatch(status.createdAt ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
  assert(Date.parse(status.startedAt ?? "") >= before);
  assertEquals(await runner.status("bot"), status);
  assertEquals(await runner.listSessions(), [status]);
  assert(await runner.exists("bot"));
  // What people find in `ps`, not some shell around it.
  assertEquals(processInfo(status.panePid!)?.argv, ["sleep", "1000"]);
});

tmuxTest(
  "a shell command's pid is that of the shell that runs it",
  async () => {
    await using sandbox = new Sandbox();
    const command = "sleep 1000; echo never";
    const { panePid } = await sandbox.runner().start(
      new SessionConfig({ name: "bot", command }),
    );
    assertEquals(processInfo(panePid!)?.argv, ["sh", "-c", command]);
  },
);

tmuxTest("where no server runs there are no sessions", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  assertEquals(await runner.listSessions(), []);
  assertEquals(await runner.exists("bot"), false);
  await assertRejects(() => runner.status("bot"), SessionNotFoundError);
  await assertRejects(() => sandbox.tmux("list-sessions"), Error, "No such");
});

tmuxTest("a command that dies at once is told as it ended", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const start = (name: string, command: string | string[]) =>
    runner.start(new SessionConfig({ name, command }));
  const missing = await start("missing", "no-such-program --flag");
  const list = await start("list", ["no-such-program"]);
  const denied = await start("denied", ["/etc/passwd"]);
  const quick = await start("quick", "true");
  const ended = (exitCode: number) => ({ state: "exited", exitCode });
  assertObjectMatch({ ...missing }, ended(127));
  assertObjectMatch({ ...list }, ended(127));
  assertObjectMatch({ ...denied }, ended(126));
  assertObjectMatch({ ...quick }, ended(0));
  const path = Deno.env.get("PATH");
  const fault = `there is no program "no-such-program" (PATH: ${path})`;
  const chmod = '"/etc/passwd" may not be executed: chmod +x';
  assertEquals(
    [missing, list, denied, quick].map(({ detail }) => detail),
    [fault, fault, chmod, null],
  );
  // The terminal breaks a long line.
  const logs = async (name: string) =>
    (await runner.logs(name)).replaceAll("\n", "");
  assertEquals(await logs("missing"), `ops: ${fault}`);
  assertEquals(await logs("list"), `ops: ${fault}`);
  assertEquals(await logs("denied"), `ops: ${chmod}`);
});

tmuxTest("a program that comes to be there is no fault any more", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const command = [sandbox.path("late")];
  const waiting = await runner.start(
    new SessionConfig({ name: "bot", command, restart: "always" }),
  );
  assertEquals(
    [waiting.state, waiting.detail],
    [
      "running",
      `waiting to be started again; there is no program "${command[0]}"`,
    ],
  );
  await sandbox.write("late", "#!/bin/sh\nexec sleep 1000\n", 0o755);
  await until(async () => (await runner.status("bot")).panePid !== null);
  assertObjectMatch({ ...await runner.status("bot") }, {
    state: "running",
    detail: null,
  });
});

tmuxTest("an ended session makes room, together with its output", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const run = (word: string) =>
    runner.start(
      new SessionConfig({ name: "bot", command: `echo ${word}; exit 1` }),
    );
  await run("first");
  assertEquals(await runner.logs("bot"), "first");
  assertObjectMatch({ ...await run("second") }, { state: "exited" });
  assertEquals(await runner.logs("bot"), "second");
  assertEquals((await runner.listSessions()).length, 1);
});

tmuxTest(
  "without a command it is a shell that goes when it exits",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    // Keeps the server alive, so that "gone" is not "no server".
    await sandbox.tmux("new-session", "-d", "-s", "other");
    const status = await runner.start(new SessionConfig({ name: "shell" }));
    assertObjectMatch({ ...status }, { managed: true, state: "running" });
    await until(async () =>
      /^-?sh$/.test((await runner.status("shell")).command ?? "")
    );

    await runner.sendKeys("shell", "echo is $((6 * 7))");
    await logged(runner, "shell", "is 42");
    await runner.sendKeys("shell", "exit");
    await until(async () => !await runner.exists("shell"));
  },
);

tmuxTest("a shell gets the variables that tmux sets itself, too", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const env = { PATH: "/bin:/usr/bin:/x y", TERM: "screen", A: "$b" };
  await runner.start(new SessionConfig({ name: "shell", env }));
  // A login shell's start-up files may put their own PATH in its place.
  await runner.sendKeys("shell", 'echo "<$TERM> <$A> <${KSTLIB_OPS_TERM-no}>"');
  await logged(runner, "shell", "<screen> <$b> <no>");
});

tmuxTest(
  "a name that cannot be, a directory that is not: refused",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    for (const name of ["0", "a b", "ünï", "-x", "a.b", "a:b", "=x"]) {
      await assertRejects(
        () => runner.start(new SessionConfig({ name, command: "true" })),
        SessionConfigError,
        "cannot name a new session",
      );
    }
    const workingDir = sandbox.path("nowhere");
    await assertRejects(
      () => runner.start(new SessionConfig({ name: "bot", workingDir })),
      SessionStartError,
      `session "bot" could not be started (tmux): working_dir: "${workingDir}" ` +
        "does not exist; create it or name another",
    );
    assertEquals(await runner.listSessions(), []);
  },
);

tmuxTest("start works right after kill-server", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const config = new SessionConfig({ name: "bot", command: "sleep 1000" });
  let pid: number | null = null;
  for (let round = 0; round < 5; round++) {
    const status = await runner.start(config);
    assertEquals(status.state, "running");
    assertNotEquals(status.pid, pid);
    pid = status.pid;
    await sandbox.tmux("kill-server");
  }
});

tmuxTest(
  "a socket that a dead server left behind is no hindrance",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const config = new SessionConfig({ name: "bot", command: "sleep 1000" });
    const { pid } = await runner.start(config);
    Deno.kill(pid!, "SIGKILL");
    await until(async () => !await runner.exists("bot"));
    await Deno.stat(sandbox.path(`tmux-${Deno.uid()}/default`));
    assertEquals(await runner.listSessions(), []);
    assertObjectMatch({ ...await runner.start(config) }, { state: "running" });
  },
);

tmuxTest(
  "ps stays readable, and tells the command from what is ours",
  async () => {
    await using sandbox = new Sandbox();
    const stateFolder = sandbox.path("state");
    const runner = sandbox.runner(null, { stateFolder });
    const command = ["sh", "-c", "sleep 1000; :", "bot.py"];
    const { panePid } = await runner.start(
      new SessionConfig({ name: "bot", command }),
    );
    const ours = processesWith("OPS_TEST_SANDBOX", sandbox.dir)
      .filter(({ argv }) => argv[0] !== "tmux");
    const lines = ours.map(({ argv }) => argv.join(" "));
    const named = lines.filter((line) => line.includes("ops: bot")).sort();
    assertEquals(named.length, 2, lines.join("\n"));
    assertEquals(
      named[0],
      'sh -c eval "${KSTLIB_OPS_LAUNCHER:-$KSTLIB_OPS_RESPAWNED}" ops: bot',
    );
    assertMatch(
      named[1]!,
      /^sh -c eval "\$\{KSTLIB_OPS_WRITER:\?\}" ops: bot \(log\) [^\n]{1,300}$/,
    );
    const found = ours.filter(({ argv }) => argv.includes("bot.py"));
    assertEquals(found.map(({ pid }) => pid), [panePid]);
  },
);
