import {
  assert,
  assertEquals,
  assertFalse,
  assertObjectMatch,
  assertRejects,
} from "@std/assert";
import {
  SessionAttachError,
  SessionNotFoundError,
  SessionRenamedError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { isAlive } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";

tmuxTest("dev is not devbox, whatever is asked", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const devbox = await runner.start(
    new SessionConfig({ name: "devbox", command: "cat" }),
  );
  for (
    const name of ["dev", "devbo", "dev*", "d?vbox", "=devbox", "$0", "%0"]
  ) {
    for (
      const ask of [
        () => runner.status(name),
        () => runner.stop(name),
        () => runner.sendKeys(name, "x"),
        () => runner.logs(name),
        () => runner.attach(name),
      ]
    ) await assertRejects(ask, SessionNotFoundError);
    assertFalse(await runner.exists(name));
  }
  assertEquals(await runner.status("devbox"), devbox);
  assertEquals(await runner.logs("devbox"), "");
});

/** Named by somebody else, as tmux accepts it. */
const names = [
  "0",
  "a b",
  "ünï",
  "$(touch x)",
  "`touch x`",
  "a;b",
  "a;",
  "-x",
  "%1",
  "=x",
  "$0",
  "@0",
  "#(touch x)",
  "#{pid}",
  "{x}",
  "!",
  "*",
  "~",
  "'\"",
  "🦕",
];

tmuxTest(
  "every name a stranger chooses is listed and addressable",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    await runner.start(new SessionConfig({ name: "bot", command: "cat" }));
    for (const name of names) await foreignSession(sandbox, name);
    const found = (await runner.listSessions()).map(({ name }) => name);
    assertEquals(found.toSorted(), ["bot", ...names].toSorted());

    for (const name of names) {
      const status = await runner.status(name);
      assertObjectMatch({ ...status }, {
        name,
        managed: false,
        command: "cat",
      });
      await runner.sendKeys(name, `I am ${name}`);
      await logged(runner, name, `I am ${name}\nI am ${name}`);
      await assertRejects(
        () => runner.attach(name),
        SessionAttachError,
        "not a terminal",
      );
    }
    await Promise.all(names.map(async (name) => {
      const { panePid } = await runner.status(name);
      assert((await runner.stop(name)).stopped);
      assertFalse(isAlive(panePid!));
    }));
    const rest = (await runner.listSessions()).map(({ name }) => name);
    assertEquals(rest, ["bot"]);
    // No name was ever run.
    const files = [...Deno.readDirSync(sandbox.dir)].map(({ name }) => name);
    assertEquals(files.toSorted(), ["home", `tmux-${Deno.uid()}`]);
  },
);

/** A session that runs `cat`, under a name that tmux shall not expand. */
async function foreignSession(sandbox: Sandbox, name: string): Promise<void> {
  const id = await sandbox.tmux(
    ...["new-session", "-d", "-P", "-F", "#{session_id}", "-c", sandbox.dir],
    ...["--", "env", "cat"],
  );
  // `##` and `\;` are how tmux wants to be told of a plain `#` and `;`.
  const word = name.replaceAll("#", "##").replace(/;$/, "\\;");
  await sandbox.tmux("rename-session", "-t", id, "--", word);
}

tmuxTest(
  "names and commands with control characters break no list",
  async () => {
    await using sandbox = new Sandbox({ LC_ALL: "C", LANG: undefined });
    const runner = sandbox.runner();
    await sandbox.tmux(
      ...["new-session", "-d", "-s", "tab\tand\nline", "--"],
      ...["bash", "-c", "exec -a \"$(printf 'a\\tb\\nc')\" sleep 1000"],
    );
    await sandbox.tmux("new-session", "-d", "-s", "ünï", "--", "env", "cat");
    // tmux itself shows such characters escaped.
    const name = "tab\\tand\\nline";
    const found = (await runner.listSessions()).map(({ name }) => name);
    assertEquals(found.toSorted(), [name, "ünï"]);
    assertEquals((await runner.status(name)).command, "a?b?c");
    assert((await runner.stop(name)).stopped);
  },
);

tmuxTest("what a user opens beside the bot is not the bot", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const bot = await runner.start(
    new SessionConfig({
      name: "bot",
      command: "trap 'echo bye; exit 5' INT; echo hello; while read x; do " +
        "echo got $x; done",
    }),
  );
  await logged(runner, "bot", "hello");
  await sandbox.tmux("split-window", "-t", "=bot:", "--", "env", "cat");
  await sandbox.tmux("new-window", "-t", "=bot:", "--", "env", "cat");

  assertEquals(await runner.status("bot"), { ...bot, windowCount: 2 });
  await runner.sendKeys("bot", "this");
  await logged(runner, "bot", "got this");
  // Even when its window is moved out of the session.
  await sandbox.tmux("new-session", "-d", "-s", "mine", "--", "env", "cat");
  await sandbox.tmux("join-pane", "-s", "=bot:0.0", "-t", "=mine:");
  await runner.sendKeys("bot", "that");
  await logged(runner, "bot", "got that");

  const { stopped, exitCode } = await runner.stop("bot");
  assertEquals([stopped, exitCode], [true, 5]);
  assertFalse(isAlive(bot.panePid!));
  assertFalse(await runner.exists("bot"));
  assertObjectMatch({ ...await runner.status("mine") }, { state: "running" });
});

tmuxTest("the bot's exit code and last words are its own", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "read x; echo bye; exit 5" }),
  );
  await sandbox.tmux("split-window", "-t", "=bot:", "--", "env", "cat");
  await runner.sendKeys("bot", "now");
  assertEquals((await ended(runner, "bot")).exitCode, 5);
  assertEquals(await runner.logs("bot"), "now\nbye");
});

tmuxTest(
  "a closed pane is told, and its session can be started anew",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const config = new SessionConfig({ name: "bot", command: "cat" });
    await runner.start(config);
    await sandbox.tmux("split-window", "-t", "=bot:", "--", "env", "cat");
    await sandbox.tmux("kill-pane", "-t", "=bot:0.0");
    assertObjectMatch({ ...await runner.status("bot") }, {
      state: "exited",
      exitCode: null,
      detail: "its pane was closed",
    });
    assertEquals(await runner.logs("bot"), "");
    assertObjectMatch({ ...await runner.start(config) }, { state: "running" });
  },
);

tmuxTest(
  "a session that a user renames is ours under its new name",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    const config = new SessionConfig({ name: "bot", command: "echo hi; cat" });
    const bot = await runner.start(config);
    await sandbox.tmux("rename-session", "-t", "=bot", "my bot");
    assertEquals(await runner.status("my bot"), {
      ...bot,
      name: "my bot",
      startedAs: "bot",
      detail: 'started as "bot"',
    });
    assertEquals(await runner.logs("my bot"), "hi");
    // It has its old name still: it would run twice.
    await assertRejects(() => runner.start(config), SessionRenamedError);
    assertEquals((await runner.stop("my bot")).signals, ["SIGINT"]);
    assertEquals((await runner.start(config)).state, "running");
  },
);
