import { assertEquals } from "@std/assert";
import { runSend, send } from "../../../../src/cli/commands/send.ts";
import { library } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

async function sent(...words: string[]) {
  const calls: unknown[] = [];
  const fake = library({
    bot: {
      sendKeys: (keys, options) => {
        calls.push([keys, options?.enter, options?.literal]);
        return Promise.resolve();
      },
    },
  });
  assertEquals(await runSend(recorder(), input(send, ...words), fake), 0);
  return calls;
}

Deno.test("send presses Enter after the last", async () => {
  assertEquals(await sent("bot", "Escape", ":wq"), [
    ["Escape", false, false],
    [":wq", true, false],
  ]);
});

Deno.test("send --literal --no-enter", async () => {
  assertEquals(await sent("bot", "C-c", "--literal", "--no-enter"), [
    ["C-c", false, true],
  ]);
});

Deno.test("send takes anything after --", async () => {
  assertEquals(await sent("bot", "--", "--no-enter"), [
    ["--no-enter", true, false],
  ]);
});
