/** The user's own tmux.conf stays in force, and does no harm. */
import {
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SessionConfig } from "../../src/core/definition.ts";
import { SessionStartError } from "../../src/core/errors.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith, processInfo } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";

const CONF = `
set -g destroy-unattached on
set -g base-index 1
setw -g pane-base-index 1
set -g remain-on-exit on
set -g prefix C-a
set -g renumber-windows on
set -g exit-unattached off
set -g default-command "exec sh -c 'echo hijacked; cat'"
set -g default-shell /bin/false
set -g default-terminal "screen-256color"
set -g mouse on
set -g status-left "#(echo never >>$HOME/never)"
setw -g automatic-rename on
set -g history-limit 5
setw -g mode-keys vi
`;

async function withConf(conf: string): Promise<Sandbox> {
  const sandbox = new Sandbox();
  await sandbox.write("home/.tmux.conf", conf);
  return sandbox;
}

tmuxTest("a session survives whatever the user's tmux.conf says", async () => {
  await using sandbox = await withConf(CONF);
  const runner = sandbox.runner();
  const command = ["sh", "-c", "echo $TERM; read x; exit 5"];
  const { panePid } = await runner.start(
    new SessionConfig({ name: "bot", command }),
  );
  assertEquals(processInfo(panePid!)?.argv, command);
  assertEquals(
    await logged(runner, "bot", "screen-256color"),
    "screen-256color",
  );
  await runner.sendKeys("bot", "go");
  const status = await ended(runner, "bot");
  assertObjectMatch({ ...status }, { exitCode: 5, windowCount: 1 });
  assertEquals((await runner.stop("bot")).stopped, false);

  // What has been set is still the user's.
  await runner.start(new SessionConfig({ name: "bot", command: "cat" }));
  const show = (option: string) =>
    sandbox.tmux("show-options", "-g", "-v", option);
  assertEquals(await show("prefix"), "C-a");
  assertEquals(await show("destroy-unattached"), "on");
  assertEquals(await show("remain-on-exit"), "on");
  assertEquals((await runner.stop("bot")).stopped, true);
});

tmuxTest("a tmux.conf with errors does not hinder a start", async () => {
  await using sandbox = await withConf("no-such-command\nset -g nope 1\n");
  const runner = sandbox.runner();
  const status = await runner.start(
    new SessionConfig({ name: "bot", command: "echo hello; cat" }),
  );
  assertEquals(status.state, "running");
  assertEquals(await logged(runner, "bot", "hello"), "hello");
});

tmuxTest("a terminal that is not known here is no fault", async () => {
  const conf = "set -g default-terminal xterm-nobody-has\n";
  await using sandbox = await withConf(conf);
  const runner = sandbox.runner();
  const script = 'echo "$TERM"; exit 7';
  const policy = { restart: "on-failure:1" };
  await runner.start(
    new SessionConfig({ name: "bot", command: script, ...policy }),
  );
  const status = await ended(runner, "bot");
  assertObjectMatch({ ...status }, { exitCode: 7, restartCount: 1 });
  assertEquals(
    await runner.logs("bot"),
    "xterm-nobody-has\nxterm-nobody-has",
  );
  await runner.start(new SessionConfig({ name: "web", command: "cat" }));
  await sandbox.tmux("respawn-pane", "-k", "-t", "=web:");
  assertStringIncludes(
    await logged(runner, "web", "respawned"),
    "to start it again: ops restart web",
  );
});

const ENDING: Record<string, string> = {
  "kill-server": "kill-server\n",
  "a kill of the server": "run-shell 'kill -9 #{pid}'\n",
};

for (const [what, conf] of Object.entries(ENDING)) {
  tmuxTest(
    `${what} in a tmux.conf is told of, and leaves nothing`,
    async () => {
      await using sandbox = await withConf(conf);
      const runner = sandbox.runner();
      for (const name of ["one", "two"]) {
        await assertRejects(
          () =>
            runner.start(new SessionConfig({ name, command: "sleep 1000" })),
          SessionStartError,
          "tmux's configuration ends it (look into ~/.tmux.conf",
        );
      }
      const left = () => processesWith("TMUX_TMPDIR", sandbox.dir);
      await until(() => left().length === 0);
    },
  );
}

tmuxTest("a server that stays without sessions is no fault", async () => {
  await using sandbox = await withConf("set -s exit-empty off\n");
  const runner = sandbox.runner();
  await sandbox.tmux("start-server");
  assertEquals(await runner.listSessions(), []);
  const config = new SessionConfig({ name: "bot", command: "cat" });
  await runner.start(config);
  await runner.stop("bot");
  assertEquals(await runner.listSessions(), []);
  assertEquals((await runner.start(config)).state, "running");
});

tmuxTest("a terminal of another kind and no locale are no fault", async () => {
  await using sandbox = new Sandbox({
    TERM: "dumb",
    LC_ALL: "C",
    LANG: undefined,
    SHELL: undefined,
  });
  const runner = sandbox.runner();
  const command = "printf 'ünï\\n'; cat";
  await runner.start(new SessionConfig({ name: "bot", command }));
  assertEquals(await logged(runner, "bot", "ünï"), "ünï");
  assertEquals((await runner.status("bot")).command, command);
});
