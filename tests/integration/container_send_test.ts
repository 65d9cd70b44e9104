/** Typing into containers, with a terminal and without one. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  SessionConfigError,
  SessionNotFoundError,
  SessionSendError,
} from "../../src/core/errors.ts";
import type { SendKeysOptions } from "../../src/engines/runner.ts";
import { type Containers, forEachRuntime } from "../helpers/containers.ts";
import { until } from "../helpers/wait.ts";

/** Records every byte that is typed, as it comes; says "ready" first. */
const RECORD = ["sh", "-c", "stty raw -echo; echo ready; exec cat >/tmp/out"];

/** Tells each line that is typed, and its end. */
const TELL = [
  "sh",
  "-c",
  'while read -r x; do echo "got <$x>"; done; echo end',
];

/** Waits until so much has been typed that an end can be told. */
async function typed(it: Containers, what: string, end: string) {
  return await until(async () => {
    const text = await it.engine("exec", it.name(what), "cat", "/tmp/out");
    return text.endsWith(end) && text.slice(0, -end.length);
  });
}

const sent: Array<[keys: string, options: SendKeysOptions, bytes: string]> = [
  ["hello", {}, "hello\r"],
  ["hello", { enter: false }, "hello"],
  ["C-c", {}, "\x03"],
  ["C-c", { literal: true }, "C-c\r"],
  ["M-x", {}, "\x1bx"],
  ["Up", {}, "\x1b[A"],
  ["F12", {}, "\x1b[24~"],
  ["C-p", {}, "\x10"],
  ["C-q", {}, "\x11"],
  ["\x10\x11", { enter: false }, "\x10\x11"],
  ["C-^", {}, "\x1e"],
  ['it\'s "q" `id` $(id) $HOME; --', {}, 'it\'s "q" `id` $(id) $HOME; --\r'],
  ["ünï 漢字 🦕", {}, "ünï 漢字 🦕\r"],
];

forEachRuntime("send: what is sent is what a terminal gets", async (it) => {
  const runner = it.runner();
  await it.start("bot", RECORD);
  await it.says("bot", "ready");
  const send = (keys: string, options?: SendKeysOptions) =>
    runner.sendKeys(it.name("bot"), keys, options);
  for (const [keys, options] of sent) await send(keys, options);
  const text = Array.from({ length: 5_000 }, (_, i) => `${10_000 + i} `).join(
    "",
  );
  await send(text, { enter: false });
  await send("<>", { enter: false });
  const bytes = sent.map(([, , bytes]) => bytes).join("") + text;
  assertEquals(await typed(it, "bot", "<>"), bytes);
});

forEachRuntime(
  "send: an input stays open, with a terminal or not",
  async (it) => {
    const runner = it.runner();
    for (
      const [what, flags] of [["with", ["-it"]], ["without", ["-i"]]] as const
    ) {
      await it.foreign(what, TELL, { flags });
      for (const text of ["one", "two"]) {
        await runner.sendKeys(it.name(what), text);
        await it.says(what, `got <${text}>`);
      }
      assertEquals((await runner.status(it.name(what))).state, "running");
    }
    for (const key of ["a", "Tab", "b", "Enter"]) {
      await runner.sendKeys(it.name("without"), key, { enter: false });
    }
    await it.says("without", "got <a\tb>");
  },
);

forEachRuntime("send: C-c interrupts", async (it) => {
  const script = "trap 'echo interrupted' INT; while :; do sleep 0.05; done";
  await it.start("bot", ["sh", "-c", `${script} & echo ready; ${script}`]);
  await it.says("bot", "ready");
  await it.runner().sendKeys(it.name("bot"), "C-c");
  await it.says("bot", "interrupted");
});

forEachRuntime(
  "send: what cannot be typed into says what it lacks",
  async (it) => {
    const runner = it.runner();
    await Promise.all([
      it.foreign("closed", ["sleep", "1000"], { flags: ["-t"] }),
      it.foreign("plain", TELL, { flags: ["-i"] }),
      it.foreign("ended", ["true"], { flags: ["-i"] }),
    ]);
    await it.ended("ended");
    const refused = (what: string, keys: string, reason: string) =>
      assertRejects(
        () => runner.sendKeys(it.name(what), keys),
        SessionSendError,
        `(${it.runtime}): ${reason}`,
      );
    await refused("closed", "x", "its input is not open: make it anew with -i");
    await refused(
      "plain",
      "C-c",
      "C-c is a key of a terminal, and it has none",
    );
    await refused("ended", "x", "it is exited; start it first");
    await assertRejects(
      () => runner.sendKeys(it.name("nobody"), "x"),
      SessionNotFoundError,
    );
    await assertRejects(
      () => runner.sendKeys(it.name("plain"), ""),
      SessionConfigError,
    );
  },
);
