import { assertEquals, assertRejects } from "@std/assert";
import {
  SessionConfigError,
  SessionNotFoundError,
  SessionSendError,
} from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import type { SendKeysOptions } from "../../src/engines/runner.ts";
import type { TmuxRunner } from "../../src/engines/tmux/runner.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";

/** Records every byte that is typed, as it comes; says "ready" first. */
const RECORD = 'stty raw -echo; echo ready; exec cat >"$OUT"';

async function recorder(sandbox: Sandbox, name = "bot"): Promise<TmuxRunner> {
  const runner = sandbox.runner();
  const env = { OUT: sandbox.path(name) };
  await runner.start(new SessionConfig({ name, command: RECORD, env }));
  await logged(runner, name, "ready");
  return runner;
}

/** Waits until so much has been typed that an end can be told. */
async function typed(sandbox: Sandbox, end: string): Promise<string> {
  return await until(async () => {
    const text = await Deno.readTextFile(sandbox.path("bot"));
    return text.endsWith(end) && text.slice(0, -end.length);
  });
}

const sent: Array<[keys: string, options: SendKeysOptions, bytes: string]> = [
  ["hello", {}, "hello\r"],
  ["hello", { enter: false }, "hello"],
  ["C-c", {}, "\x03"],
  ["C-c", { literal: true }, "C-c\r"],
  ["C-c", { literal: true, enter: false }, "C-c"],
  ["M-x", {}, "\x1bx"],
  ["Enter", {}, "\r"],
  ["Escape", {}, "\x1b"],
  ["Tab", {}, "\t"],
  ["Space", {}, " "],
  ["BSpace", {}, "\x7f"],
  ["Up", {}, "\x1b[A"],
  ["Left", {}, "\x1b[D"],
  ["F1", {}, "\x1bOP"],
  ["F12", {}, "\x1b[24~"],
  ["C-c Enter", {}, "C-c Enter\r"],
  ["S-Up", {}, "S-Up\r"],
  ["-l", {}, "-l\r"],
  ["--", {}, "--\r"],
  [";", {}, ";\r"],
  ["a;", {}, "a;\r"],
  ["\\;", {}, "\\;\r"],
  [" spaces  ", {}, " spaces  \r"],
  ['it\'s "q" `id` $(id) $HOME', {}, 'it\'s "q" `id` $(id) $HOME\r'],
  ["#{pid} #(id) ~ {", {}, "#{pid} #(id) ~ {\r"],
  ["one\ntwo\n", {}, "one\ntwo\n\r"],
  ["\t\x01", { enter: false }, "\t\x01"],
  ["ünï 漢字 🦕", {}, "ünï 漢字 🦕\r"],
  ["0x41", {}, "0x41\r"],
];

tmuxTest("what is sent is what is typed", async (t) => {
  await using sandbox = new Sandbox();
  const runner = await recorder(sandbox);
  for (const [i, [keys, options, bytes]] of sent.entries()) {
    await t.step(
      `${JSON.stringify(keys)} ${JSON.stringify(options)}`,
      async () => {
        await Deno.truncate(sandbox.path("bot"));
        await runner.sendKeys("bot", keys, options);
        await runner.sendKeys("bot", `<${i}>`, { enter: false });
        assertEquals(
          (await typed(sandbox, `<${i}>`)).replaceAll("\0", ""),
          bytes,
        );
      },
    );
  }
});

tmuxTest("50 KB arrive whole", async () => {
  await using sandbox = new Sandbox();
  const runner = await recorder(sandbox);
  const text = Array.from({ length: 8_334 }, (_, i) => `${10_000 + i} `).join(
    "",
  );
  await runner.sendKeys("bot", text);
  assertEquals(await typed(sandbox, "\r"), text);
});

const modes: Array<[what: string, command: readonly string[]]> = [
  ["copy mode", ["copy-mode"]],
  ["a list of sessions", ["choose-tree"]],
  ["the clock", ["clock-mode"]],
];

for (const [what, command] of modes) {
  tmuxTest(
    `what is sent gets through while a user looks at ${what}`,
    async () => {
      await using sandbox = new Sandbox();
      const runner = await recorder(sandbox);
      await sandbox.tmux(...command, "-t", "=bot:");
      const inMode = () =>
        sandbox.tmux("display", "-p", "-t", "=bot:", "#{pane_in_mode}");
      assertEquals(await inMode(), "1");
      await runner.sendKeys("bot", "q");
      assertEquals(await typed(sandbox, "\r"), "q");
      assertEquals(await inMode(), "0");
    },
  );
}

tmuxTest("nothing is sent to what has ended, or is not there", async () => {
  await using sandbox = new Sandbox();
  const runner = sandbox.runner();
  await runner.start(new SessionConfig({ name: "bot", command: "true" }));
  await ended(runner, "bot");
  await assertRejects(
    () => runner.sendKeys("bot", "x"),
    SessionSendError,
    "it has exited",
  );
  await assertRejects(() => runner.sendKeys("b", "x"), SessionNotFoundError);
  for (const keys of ["", "a\0b", "x".repeat(100_001)]) {
    await assertRejects(() => runner.sendKeys("bot", keys), SessionConfigError);
  }
});
