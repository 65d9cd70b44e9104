import { assertEquals, assertThrows } from "@std/assert";
import { parseDocument } from "../../../src/config/parse.ts";
import { Lines } from "../../../src/config/position.ts";
import { SpellingError } from "../../../src/config/cursor.ts";
import { readStrictly } from "../../../src/config/strict.ts";
import { plain } from "./fixture.ts";

/** The value of `ops` as plain values, numbers as they are spelled. */
function read(text: string): unknown {
  const origin = { path: "/x/ops.yml", label: "ops.yml" };
  return plain(parseDocument(text, origin).ops);
}

Deno.test("what would be read as something else is refused where it stands", async (t) => {
  const cases: [text: string, at: string, says: string][] = [
    ["a:\n\tcommand: x\n", "2:1", "a tab stands in the indentation"],
    ["a:\n  b: x\n\trestart: always\n", "3:1", "a tab stands in the"],
    ["a:\n  \tb: x\n", "2:3", "a tab stands in the indentation"],
    ["-\t- x\n", "1:3", "a list begins on a line of its own"],
    ["a:\n  b: 'x\n  c: y'\n", "3:3", "belongs to the quote of line 2"],
    ['a:\n  b: "x\nc: y"\n', "3:1", "belongs to the quote of line 2"],
    ["a:\n  b: 'x\n  c: y\n", "3:3", "belongs to the quote of line 2"],
    ["a: 'x", "1:4", "this quote is never closed"],
    ['a: "x\\', "1:4", "this quote is never closed"],
    ['a: "x\n  \\', "1:4", "this quote is never closed"],
    ["a: 'x\n---\n'", "2:1", "belongs to the quote of line 1"],
    ["a: [x,\ny]\n", "2:1", "belongs to the [ of line 1"],
    ["a:\n  b: {x: 1,\n  y: 2}\n", "3:3", "belongs to the { of line 2"],
    ["a: {x: 1\n", "1:4", "this { is never closed"],
    ["a: 'grep '#x' f'\n", "1:11", "a comment needs a blank"],
    ["a: 'x' y\n", "1:8", "stands behind the value that ended with '"],
    ["a: [x] y\n", "1:8", "stands behind the value that ended with ]"],
    ["a: 'x' b: y\n", "1:8", "stands behind the value"],
    ["a: [x]#y\n", "1:7", "a comment needs a blank"],
    ["a: [x,#y\n z]\n", "1:7", "a comment needs a blank"],
    ["a: [x,, y]\n", "1:7", "an entry is missing before the comma"],
    ["a: [, y]\n", "1:5", "an entry is missing before the comma"],
    ["a: {,}\n", "1:5", "an entry is missing before the comma"],
    ["a: ['x' y]\n", "1:9", "a comma or the closing ] is missing"],
    ["a: {b: ${X}}\n", "1:9", "within brackets, quote what has variables"],
    ["a: [x${X:-1}y]\n", "1:7", "within brackets, quote what has variables"],
    ["--- a: x\n", "1:6", "a colon with a blank after it"],
    ["a: b: c\n", "1:5", "a colon with a blank after it"],
    ["a: - b\n", "1:4", "a list begins on a line of its own"],
    ["a: b\n  c: d\n", "2:3", "a key stands in the text that began in line 1"],
    ["a:\n    b: x\n  c: y\n", "3:3", "is indented deeper"],
    ["a: 1\nb: 2\na: 3\n", "3:1", 'the key "a" stands twice: first in line 1'],
    ["{a: 1, 'a': 2}", "1:8", 'the key "a" stands twice'],
    ["a: x\nb\n", "2:1", "is no key"],
    ['a: 1\n"q}: { b: 1 }\n', "2:1", "is no key"],
    ["a: @x\n", "1:4", "a text cannot begin with @"],
    ["a: `x`\n", "1:4", "a text cannot begin with `"],
    ["a: |x\n b\n", "1:5", "stands behind the value that ended with |"],
    ["a: [\n\tx ]\n", "2:2", "belongs to the [ of line 1"],
  ];
  for (const [text, at, says] of cases) {
    await t.step(JSON.stringify(text), () => {
      const error = assertThrows(() => readStrictly(text), SpellingError);
      const { line, column } = new Lines(text).positionOf(error.offset);
      assertEquals(`${line}:${column}`, at, error.message);
      assertEquals(error.message.slice(0, says.length), says);
    });
  }
});

Deno.test("what is YAML 1.2 is read", async (t) => {
  const cases: [text: string, ops: unknown][] = [
    ["ops: # why\n  a: x # y\n", { a: "x" }],
    ["ops: {a: [x, y,], b: {}, }\n", { a: ["x", "y"], b: {} }],
    ["ops: [\n  x,\n]\n", ["x"]],
    ["ops:\n- x\n-  - y\n   - z\n", ["x", ["y", "z"]]],
    ["ops:\n  - a: 1\n    b: 2\n", [{ a: "1", b: "2" }]],
    ["ops: |\n  \tx\n   y\n\n\n", "\tx\n y\n"],
    ["ops:\n  a: >-\n    x\n    y\n  # c\n  b: z\n", { a: "x y", b: "z" }],
    ["ops: x#y 'z' a:b\n", "x#y 'z' a:b"],
    ["ops: x\t# y\n", "x"],
    ["ops:\tx\n", "x"],
    ["ops: 'x \t\n  y'\n", "x y"],
    ['ops: "x \n\n  \ty"\n', "x\ny"],
    ['ops: "x \\\n  y"\n', "x y"],
    ['ops: "a#b: [c"\n', "a#b: [c"],
    ["ops: http://a:1/#b\n", "http://a:1/#b"],
    ['{"ops":{"a":1}}', { a: "1" }],
    ["--- {ops: 1}\n...\n", "1"],
    ["%YAML 1.2\n---\nops: x\n", "x"],
    ["ops:\r\n  a: x\r\n  b: 'y\r\n    z'\r\n", { a: "x", b: "y z" }],
    ["ops: &a\n  b: &c 1.0\n  d: *c\n", { b: "1.0", d: "1.0" }],
    ["ops: !!str 010\n", "010"],
    ["ops: !!map\n  a: x\n", { a: "x" }],
    ["ops: [010, 0b11, 1_0, 0o10, 0x1F]\n", [
      "010",
      "0b11",
      "1_0",
      "0o10",
      "0x1F",
    ]],
    ["ops: {010: a, 1_0: b}\n", { "010": "a", "1_0": "b" }],
  ];
  for (const [text, ops] of cases) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(read(text), ops);
    });
  }
});

Deno.test("a file as large as one may be is read, or refused where it is too much", () => {
  const size = 10 * 1024 * 1024;
  const much = (piece: string) => piece.repeat(size / piece.length);
  for (
    const text of [
      `ops:\n${much("\n")}  a: 1\n`,
      `ops:\n${much("# why\n")}  a: 1\n`,
      `ops: "${much("x y ")}"\n`,
      `ops: |\n${much("  x: y\n")}`,
    ]
  ) assertEquals(readStrictly(text)?.entries?.size, 1);

  const text = `ops:\n  a: 1\n  b: ${much("x ")}y\n`;
  const error = assertThrows(() => readStrictly(text), SpellingError);
  assertEquals(new Lines(text).positionOf(error.offset), {
    line: 3,
    column: 5,
  });
  assertEquals(error.key, "ops.b");
  assertEquals(
    error.message,
    "a text of millions of words cannot be read: shorten it",
  );
});
