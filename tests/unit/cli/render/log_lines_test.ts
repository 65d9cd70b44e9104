import { assertEquals } from "@std/assert";
import {
  closeColor,
  highlightIn,
  LineAssembler,
  prefixesOf,
  renderLine,
} from "../../../../src/cli/render/log_lines.ts";
import { colorPaint, plainPaint } from "../../../../src/cli/render/text.ts";

const style = { prefix: "", noColor: false };

Deno.test("renderLine() is a line without what moves the cursor", () => {
  assertEquals(renderLine("\x1b[2J\x1b[31m1%\r2%\r", style), "\x1b[31m2%");
  assertEquals(
    renderLine("\x1b[31mred", { ...style, noColor: true }),
    "red",
  );
});

Deno.test("renderLine() leaves no color open behind a prefix", () => {
  assertEquals(
    renderLine("\x1b[31mred", { ...style, prefix: "a | " }),
    "a | \x1b[31mred\x1b[0m",
  );
});

Deno.test("renderLine() matches the text, not its colors", () => {
  const found = (grep: RegExp) =>
    renderLine("\x1b[31mER\x1b[1mROR\x1b[m 1", { ...style, grep });
  assertEquals(found(/^ERROR \d$/), "\x1b[31mER\x1b[1mROR\x1b[m 1");
  assertEquals(found(/31|\[/), null);
});

Deno.test("closeColor() closes what is open", () => {
  assertEquals(closeColor("a"), "a");
  assertEquals(closeColor("\x1b[1ma\x1b[0m b"), "\x1b[1ma\x1b[0m b");
  assertEquals(closeColor("\x1b[1ma\x1b[m"), "\x1b[1ma\x1b[m");
  assertEquals(closeColor("\x1b[ma\x1b[1mb"), "\x1b[ma\x1b[1mb\x1b[0m");
});

Deno.test("prefixesOf() are of one width, and of colors of their own", () => {
  const show = (
    names: string[],
    paint = plainPaint,
  ) => [...prefixesOf(names, paint).values()];
  assertEquals(show(["bot"]), [""]);
  assertEquals(show(["a", "世界", "c\n"]), ["a    | ", "世界 | ", "c\\n  | "]);
  assertEquals(show(["a", "b"], colorPaint), [
    "\x1b[36ma |\x1b[39m ",
    "\x1b[33mb |\x1b[39m ",
  ]);
});

Deno.test("LineAssembler puts lines together", () => {
  const lines = new LineAssembler();
  assertEquals(lines.push("a"), []);
  assertEquals(lines.hasRest, true);
  assertEquals(lines.push("b\nc\n\nd"), ["ab", "c", ""]);
  assertEquals(lines.takeRest(), ["d"]);
  assertEquals(lines.takeRest(), []);
  assertEquals(lines.hasRest, false);
});

const highlighted: [line: string, pattern: RegExp, shown: string][] = [
  ["no", /x/, "no"],
  ["no", /x*/, "no"],
  ["a1b22", /\d+/, "a<1>b<22>"],
  ["aé1", /é1$/, "a<é1>"],
  ["AbA", /a/i, "<A>b<A>"],
  ["r\x1b[31med\x1b[m end", /red e/, "<r\x1b[31m<ed\x1b[m< e>nd"],
  ["\x1b[31mred", /red/, "\x1b[31m<red>"],
];

for (const [line, pattern, shown] of highlighted) {
  Deno.test(`highlightIn() ${pattern} in ${JSON.stringify(line)}`, () => {
    const marks = highlightIn(line, pattern)
      .replaceAll("\x1b[7m", "<").replaceAll("\x1b[27m", ">");
    assertEquals(marks, shown);
  });
}
