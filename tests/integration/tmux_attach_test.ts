/** Attach, in terminals that are played by another tmux server. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  SessionAttachError,
  SessionNotFoundError,
} from "../../src/core/errors.ts";
import { type AttachResult, SessionConfig } from "../../src/core/definition.ts";
import { localHost } from "../../src/host/local/local.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { Terminal } from "../helpers/terminal.ts";
import { until } from "../helpers/wait.ts";

// deno-fmt-ignore
const ATTACH = [
  Deno.execPath(), "run", "-A", import.meta.resolve("../helpers/attach.ts"),
];

/** A terminal in which our program attaches, then shows the terminal's mode. */
function attachTo(sandbox: Sandbox, ...args: string[]): Promise<Terminal> {
  return Terminal.openTellingMode(sandbox, [...ATTACH, ...args]);
}

/** Waits for the end, and reads how it was; the terminal has to be sane. */
async function outcomeOf(terminal: Terminal): Promise<AttachResult> {
  const screen = await terminal.shows("end of it");
  for (const mode of ["icanon", "echo", "isig", "icrnl", "opost"]) {
    assertMatch(screen, new RegExp(`(?<!-)\\b${mode}\\b`));
  }
  return JSON.parse(/^outcome (.*)$/m.exec(screen)?.[1] ?? "null");
}

const DETACHED = {
  switched: false,
  restarted: false,
  ended: false,
  exitCode: null,
  signal: null,
};

tmuxTest("attach, type, and detach with the prefix key and d", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "echo hi; cat" }),
  );
  const terminal = await attachTo(sandbox, "bot");
  await terminal.shows(/^hi/m);
  assertEquals((await runner.status("bot")).attached, 1);
  await terminal.press("typed", "Enter");
  await logged(runner, "bot", "typed\ntyped");

  await terminal.press("C-b", "d");
  assertEquals(await outcomeOf(terminal), DETACHED);
  const { state, attached } = await runner.status("bot");
  assertEquals([state, attached], ["running", 0]);
});

tmuxTest(
  "the user's own prefix key holds, on a socket of any name",
  async () => {
    await using sandbox = new Sandbox();
    await sandbox.write("home/.tmux.conf", "set -g prefix C-a\n");
    await sandbox.runner("my work").start(
      new SessionConfig({ name: "bot", command: "echo hi; cat" }),
    );
    const terminal = await attachTo(sandbox, "bot", "my work");
    await terminal.shows(/^hi/m);
    await terminal.press("C-a", "d");
    assertEquals(await outcomeOf(terminal), DETACHED);
  },
);

const ENDED = { ...DETACHED, ended: true };
const endings: Array<[command: string, expected: AttachResult]> = [
  ["exit 7", { ...ENDED, exitCode: 7 }],
  ["kill -s KILL $$", { ...ENDED, signal: "SIGKILL" }],
];

for (const [command, expected] of endings) {
  tmuxTest(`who is attached is sent home after "${command}"`, async () => {
    await using sandbox = new Sandbox();
    // Servers of their own, since a tmux before 3.6 that misses the end of one
    // session learns of it by the end of another.
    await Promise.all(Array.from({ length: 6 }, async (_, i) => {
      const runner = sandbox.runner(`s${i}`);
      await runner.start(
        new SessionConfig({
          name: "bot",
          command: `echo hi; read x; ${command}`,
        }),
      );
      const terminal = await attachTo(sandbox, "bot", `s${i}`);
      await terminal.shows(/^hi/m);
      await terminal.press("Enter");
      assertEquals(await outcomeOf(terminal), expected);
      assertEquals((await runner.status("bot")).state, "exited");
    }));
  });
}

tmuxTest("a restart meanwhile is an end, too", async () => {
  await using sandbox = new Sandbox();
  const other = sandbox.runner();
  const runner = sandbox.runner(null, {
    host: {
      ...localHost,
      isTerminal: () => true,
      // Nobody can see to it that the client is quicker, or slower, than this.
      attach: async () => {
        await other.restart("bot");
        return 0;
      },
    },
  });
  await runner.start(new SessionConfig({ name: "bot", command: "cat" }));
  assertEquals(await runner.attach("bot"), { ...ENDED, restarted: true });
});

tmuxTest("all who are attached are sent home", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "echo hi; read x" }),
  );
  const terminals = await Promise.all(
    [attachTo(sandbox, "bot"), attachTo(sandbox, "bot")],
  );
  for (const terminal of terminals) await terminal.shows(/^hi/m);
  assertEquals((await runner.status("bot")).attached, 2);
  await runner.sendKeys("bot", "go");
  for (const terminal of terminals) {
    assertEquals(await outcomeOf(terminal), { ...ENDED, exitCode: 0 });
  }
});

tmuxTest("Ctrl-C while attached is the command's, not ours", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  const command =
    "trap 'echo caught' INT; echo hi; while :; do sleep 0.05; done";
  await runner.start(new SessionConfig({ name: "bot", command }));
  const terminal = await attachTo(sandbox, "bot");
  await terminal.shows(/^hi/m);
  await terminal.press("C-c");
  await terminal.shows("caught");
  await terminal.press("C-b", "d");
  assertEquals(await outcomeOf(terminal), DETACHED);
});

tmuxTest("a user who is attached when the session is stopped", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(
    new SessionConfig({ name: "bot", command: "echo hi; cat" }),
  );
  const terminal = await attachTo(sandbox, "bot");
  await terminal.shows(/^hi/m);
  await runner.stop("bot");
  assertEquals((await outcomeOf(terminal)).ended, true);
});

tmuxTest(
  "the terminal is sane again after a client that was killed",
  async () => {
    await using sandbox = new Sandbox();
    const runner = sandbox.runner();
    await runner.start(
      new SessionConfig({ name: "bot", command: "echo hi; cat" }),
    );
    const terminal = await attachTo(sandbox, "bot");
    await terminal.shows(/^hi/m);
    const pid = await sandbox.tmux("list-clients", "-F", "#{client_pid}");
    Deno.kill(Number(pid), "SIGKILL");
    assertEquals(await outcomeOf(terminal), DETACHED);
  },
);

// A path that leads elsewhere is how /tmp is on macOS.
for (const how of ["as it is", "by a symbolic link"]) {
  tmuxTest(`inside tmux the client switches (TMUX_TMPDIR ${how})`, async () => {
    await using sandbox = new Sandbox();
    if (how !== "as it is") {
      await Deno.symlink(sandbox.dir, sandbox.path("link"));
      Deno.env.set("TMUX_TMPDIR", sandbox.path("link"));
    }
    const runner = sandbox.runner();
    await runner.start(
      new SessionConfig({ name: "bot", command: "echo hi; cat" }),
    );
    await sandbox.tmux("new-session", "-d", "-s", "home", "--", "env", "sh");
    const terminal = await Terminal.open(
      sandbox,
      ["env", "-u", "TMUX", "tmux", "attach", "-t", "=home"],
    );
    await terminal.press([...ATTACH, "bot"].join(" "), "Enter");
    await terminal.shows(/^hi/m);
    const clients = () => sandbox.tmux("list-clients", "-F", "#{session_name}");
    assertEquals(await clients(), "bot");
    const said = () => sandbox.tmux("capture-pane", "-p", "-t", "=home:");
    const outcome = await until(async () =>
      /^outcome (.*)$/m.exec(await said())?.[1]
    );
    assertEquals(JSON.parse(outcome), { ...DETACHED, switched: true });
  });
}

tmuxTest(
  "attach to what has ended, or without a terminal, is refused",
  async () => {
    await using sandbox = new Sandbox();
    const host = { ...localHost, isTerminal: () => false };
    const runner = sandbox.runner(null, { host });
    const attach = (name: string) => () => runner.attach(name);
    await runner.start(new SessionConfig({ name: "gone", command: "true" }));
    await ended(runner, "gone");
    await assertRejects(
      attach("gone"),
      SessionAttachError,
      'it has exited; see its output with "ops logs gone"',
    );
    await runner.start(new SessionConfig({ name: "bot", command: "cat" }));
    await assertRejects(attach("bot"), SessionAttachError, "not a terminal");
    await assertRejects(attach("other"), SessionNotFoundError);
  },
);
