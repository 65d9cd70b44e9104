import { assertEquals } from "@std/assert";
import { LiveLines } from "../../../../src/cli/shell/live_lines.ts";
import { recorder } from "../recorder.ts";

Deno.test("LiveLines are written over, and gone before anything else is written", () => {
  const context = recorder({ isTerminal: true, columns: 6 });
  const lines = new LiveLines(context, { quiet: false });
  let length = 0;
  const took = () => {
    const text = context.err().slice(length);
    length = context.err().length;
    return text;
  };
  lines.show(["one", "two and more"]);
  assertEquals(took(), "one\ntwo …");
  lines.show(["one", "two and less"]);
  assertEquals(took(), "");
  lines.show(["three"]);
  assertEquals(took(), "\r     \r\x1b[A\r   \rthree");
  lines.context.stdout.write("result\n");
  assertEquals(took(), "\r     \r");
  lines.show([]);
  assertEquals(took(), "");
});

Deno.test("LiveLines are for people at a terminal", () => {
  for (
    const [options, quiet] of [
      [{ isTerminal: false }, false],
      [{ isTerminal: true, json: true }, false],
      [{ isTerminal: true }, true],
    ] as const
  ) {
    const context = recorder(options);
    new LiveLines(context, { quiet }).show(["one"]);
    assertEquals(context.err(), "");
  }
});
