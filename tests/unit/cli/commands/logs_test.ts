import { assertEquals } from "@std/assert";
import { closeText, logs, runLogs } from "../../../../src/cli/commands/logs.ts";
import { library } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const red = "\x1b[31mred\x1b[39m \x1b]8;;http://x\x07link";

function fake(text: string) {
  const lines: (number | undefined)[] = [];
  return {
    lines,
    ...library({
      bot: {
        logs: (count) => {
          lines.push(count);
          return Promise.resolve(text);
        },
      },
    }),
  };
}

Deno.test("logs writes what the session wrote, unchanged", async () => {
  const context = recorder();
  const library = fake(red);
  assertEquals(await runLogs(context, input(logs, "bot", "-n5"), library), 0);
  assertEquals(context.out(), `${red}\n`);
  assertEquals(library.lines, [5]);
});

Deno.test("logs --no-color takes the colors out", async () => {
  const context = recorder({ noColor: true });
  await runLogs(context, input(logs, "bot"), fake(red));
  assertEquals(context.out(), "red link\n");
});

Deno.test("logs says that there are none, but not in its result", async () => {
  const context = recorder();
  assertEquals(await runLogs(context, input(logs, "bot"), fake("")), 0);
  assertEquals(context.out(), "");
  assertEquals(context.err(), "No output of bot so far.\n");
});

Deno.test("logs --json is an object", async () => {
  const context = recorder({ json: true });
  await runLogs(context, input(logs, "bot"), fake(red));
  assertEquals(JSON.parse(context.out()), { name: "bot", logs: red });
});

Deno.test("closeText() ends the last line, and a color on a terminal", () => {
  assertEquals(closeText("a", false), "a\n");
  assertEquals(closeText("a\n", true), "a\n");
  assertEquals(closeText("\x1b[31ma", false), "\x1b[31ma\n");
  assertEquals(closeText("\x1b[31ma", true), "\x1b[31ma\x1b[0m\n");
  assertEquals(closeText("\x1b[31ma\n", true), "\x1b[31ma\n\x1b[0m");
});
