/** A session that somebody renames, or takes apart, runs on and is no other. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SessionConfig, SessionManager } from "../../mod.ts";
import { SessionRenamedError } from "../../src/core/errors.ts";
import { ops, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";

const BOT = new SessionConfig({ name: "bot", command: "exec sleep 1000" });

tmuxTest("a session that was renamed is not started twice", async () => {
  await using sandbox = tmuxSandbox();
  const config = await sandbox.write(
    "home/.config/kstlib.conf.yml",
    "ops: {sessions: {bot: {command: exec sleep 1000}}}",
  );
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
  await sandbox.tmux("rename-session", "-t", "=bot", "bot-old");

  for (
    const args of [["start"], ["stop"], ["restart"], ["status"], ["send", "x"]]
  ) {
    const [command, ...rest] = args;
    const { code, stderr } = await ops(sandbox, command!, "bot", ...rest);
    assertEquals(code, 3, stderr);
    assertStringIncludes(stderr, `it runs as "bot-old"`);
    assertStringIncludes(stderr, "tmux rename-session -t '=bot-old' bot");
  }
  const { stdout } = await ops(sandbox, "list", "--json", "--config", config);
  const listed = JSON.parse(stdout).map((
    it: { name: string; state: string; started_as: string },
  ) => [it.name, it.state, it.started_as]);
  assertEquals(listed, [["bot-old", "running", "bot"]]);

  // Its run goes on, and with its name it is itself again.
  const bot = new SessionManager("bot");
  assertEquals((await bot.lastRun())?.endedBy, null);
  await sandbox.tmux("rename-session", "-t", "=bot-old", "bot");
  assertEquals((await bot.status()).startedAs, null);
  assertEquals(await bot.stop(), true);
});

tmuxTest("a session whose pane was moved is not started twice", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner("work");
  await runner.start(BOT);
  const tmux = (...args: string[]) => sandbox.tmux("-L", "work", ...args);
  await tmux("new-session", "-d", "-s", "dev");
  await tmux("move-pane", "-s", "=bot:", "-t", "=dev:");

  const work = [
    () => runner.start(BOT),
    () => runner.stop("bot"),
    () => runner.status("bot"),
  ];
  for (const act of work) {
    const { message } = await assertRejects(act, SessionRenamedError);
    assertStringIncludes(message, 'was moved to the tmux session "dev"');
    assertStringIncludes(message, "tmux -L work kill-pane -t %0");
  }
  assertEquals((await runner.status("dev")).detail, 'has the pane of "bot"');

  await tmux("kill-pane", "-t", "%0");
  assertEquals((await runner.start(BOT)).state, "running");
});

tmuxTest("a session that another one shows has kept its name", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(BOT);
  await sandbox.tmux("new-session", "-d", "-t", "=bot", "-s", "view");
  const found = (await runner.listSessions())
    .map(({ name, startedAs, detail }) => [name, startedAs, detail]);
  assertEquals(found, [["bot", null, null], ["view", null, null]]);
  assertEquals((await runner.stop("bot")).stopped, true);
});

tmuxTest("a renamed session that has ended leaves its name", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const short = { name: "bot", command: "exit 7" };
  await runner.start(new SessionConfig(short));
  await sandbox.tmux("rename-session", "-t", "=bot", "bot-old");
  assertEquals((await runner.start(BOT)).state, "running");
  assertEquals((await runner.status("bot-old")).exitCode, 7);
});
