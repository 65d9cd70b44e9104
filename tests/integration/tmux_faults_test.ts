/** What is not as it should be: tmux, its socket, a permission, a process. */
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  EngineError,
  SessionStartError,
  TmuxNotFoundError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { TmuxRunner } from "../../src/engines/tmux/runner.ts";
import { socketDirectory } from "../../src/engines/tmux/sockets.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { FakeHost } from "../helpers/fake_host.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { lineOf, ownPane } from "../unit/engines/tmux/panes.ts";

const bot = new SessionConfig({ name: "bot", command: "cat" });

/** Everything that asks tmux. */
const asks: Array<(runner: TmuxRunner) => Promise<unknown>> = [
  (runner) => runner.start(bot),
  (runner) => runner.stop("bot"),
  (runner) => runner.attach("bot"),
  (runner) => runner.status("bot"),
  (runner) => runner.logs("bot"),
  (runner) => runner.sendKeys("bot", "x"),
  (runner) => runner.exists("bot"),
  (runner) => runner.listSessions(),
];

Deno.test("a missing tmux is told at the first call, whatever it is", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner(null, { binary: "tmux-9" });
  for (const ask of asks) {
    const error = await assertRejects(() => ask(runner), TmuxNotFoundError);
    assertEquals(error.binary, "tmux-9");
    assertStringIncludes(error.message, "tmux-9 is not installed");
    assertStringIncludes(error.message, "apt install tmux");
    assertInstanceOf(error.cause, Error);
  }
});

tmuxTest("a tmux that is not on the PATH can be named", async () => {
  await using sandbox = new Sandbox();
  const binary = await sandbox.write(
    "my tmux's #{pid}",
    '#!/bin/sh\nexec tmux "$@"\n',
    0o755,
  );
  const runner = sandbox.runner(null, { binary });
  const { panePid } = await runner.start(bot);
  assertEquals((await runner.status("bot")).panePid, panePid);
  assertEquals((await runner.stop("bot")).stopped, true);
});

tmuxTest(
  "a directory that others may write to is refused by tmux",
  async () => {
    await using sandbox = new Sandbox();
    await Deno.mkdir(socketDirectory());
    await Deno.chmod(socketDirectory(), 0o777);
    for (const ask of asks) {
      await assertRejects(
        () => ask(sandbox.runner()),
        EngineError,
        "unsafe permissions",
      );
    }
  },
);

tmuxTest(
  "a socket that we may not use is an error, not an empty list",
  async () => {
    await using sandbox = new Sandbox();
    const { runner, socket } = await strangersSocket(sandbox);
    for (const ask of asks) {
      await assertRejects(
        () => ask(runner),
        EngineError,
        `tmux: error connecting to ${socket} (Permission denied)`,
      );
    }
  },
);

/** A runner, and a socket where it looks but which is not for its user. */
async function strangersSocket(sandbox: Sandbox) {
  if (Deno.uid() !== 0) {
    await sandbox.runner().start(bot);
    const socket = `${socketDirectory()}/default`;
    await Deno.chmod(socket, 0);
    return { runner: sandbox.runner(), socket };
  }
  // Nothing is refused to root, so tmux is asked by somebody who is not.
  const nobody = 65534;
  const socket = sandbox.path(`tmux-${nobody}/default`);
  await Deno.mkdir(sandbox.path(`tmux-${nobody}`), { mode: 0o700 });
  await Deno.chown(sandbox.path(`tmux-${nobody}`), nobody, nobody);
  await Deno.chmod(sandbox.dir, 0o755);
  await sandbox.tmux("-S", socket, "new-session", "-d");
  await Deno.chmod(socket, 0o600);
  const binary = await sandbox.write(
    "tmux-as-nobody",
    `#!/bin/sh\nexec setpriv --reuid=${nobody} --clear-groups tmux "$@"\n`,
    0o755,
  );
  return { runner: sandbox.runner(null, { binary }), socket };
}

tmuxTest("a listener that is no tmux server is told in time", async () => {
  await using sandbox = new Sandbox();
  await Deno.mkdir(socketDirectory(), { mode: 0o700 });
  using listener = Deno.listen({
    transport: "unix",
    path: `${socketDirectory()}/default`,
  });
  // It hangs up on everybody.
  const hangUp = (async () => {
    for await (const connection of listener) connection.close();
  })();
  assertEquals(await sandbox.runner().listSessions(), []);
  await assertRejects(() => sandbox.runner().start(bot), SessionStartError);
  listener.close();
  await hangUp;
});

/** Does everything that needs no terminal, and tells how it went. */
const EVERYTHING = `
  import { SessionConfig } from "./src/core/definition.ts";
  import { TmuxRunner } from "./src/engines/tmux/runner.ts";
  const runner = new TmuxRunner();
  const bot = new SessionConfig({ name: "bot", command: "echo hi; cat" });
  const outcomes = [
    () => runner.start(bot).then(({ state, detail }) => [state, detail]),
    () => runner.sendKeys("bot", "x"),
    () => runner.logs("bot", 1),
    () => runner.attach("bot"),
    () => runner.stop("bot").then(({ stopped }) => stopped),
  ].map((ask) => () => ask().catch(({ name, flag }) => [name, flag]));
  for (const ask of outcomes) console.log(JSON.stringify(await ask()));`;

tmuxTest("narrow permissions suffice, and a missing one is named", async () => {
  await using sandbox = new Sandbox();
  const told = async (flags: string[], env?: Record<string, string>) => {
    const { stdout, stderr } = await sandbox.deno(flags, EVERYTHING, env);
    assertEquals(stderr, "");
    return stdout.trimEnd().split("\n");
  };
  assertEquals(await told(["--allow-run=tmux", "--allow-env=TMUX"]), [
    '["running",null]',
    "undefined",
    '"x"',
    '["SessionAttachError",null]',
    "true",
  ]);
  const [start] = await told([]);
  assertEquals(start, '["PermissionError","--allow-run=tmux"]');

  const withheld = await told(["--allow-run=tmux"], { LD_BIND_NOW: "1" });
  assertStringIncludes(withheld[0]!, "LD_BIND_NOW not passed on");
  assertEquals(withheld[3], '["PermissionError","--allow-env=TMUX"]');
  assertEquals(withheld[4], "true");
});

Deno.test("stop never claims success while a process lives", async () => {
  // No process that withstands SIGKILL can be had at will.
  const stat = "200 (immortal) D 1 200 200 34816 200 0\n";
  const host = new FakeHost(({ stdin }) => ({
    stdout: stdin?.includes("save-buffer")
      ? `${stat}kstlib-whole\n`
      : lineOf(ownPane()),
  }));
  const result = await new TmuxRunner({ host }).stop("bot", { timeout: 0 });
  assertEquals(result.stopped, false);
  assertEquals(result.signals, ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"]);
  assertEquals(result.survivors, [{ pid: 200, command: "immortal" }]);
  // What is still alive keeps its session, of which no pane is dead.
  const says = host.calls.flatMap(({ stdin }) => stdin?.split("\n") ?? []);
  const kills = says.filter((it) => it.includes("kill-session"));
  assertEquals(kills.filter((it) => !it.includes("#{pane_dead}")), []);
});
