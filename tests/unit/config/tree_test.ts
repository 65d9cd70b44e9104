import { assert, assertEquals } from "@std/assert";
import { parseDocument } from "../../../src/config/parse.ts";
import {
  MAX_DEPTH,
  MAX_VALUES,
  mergeNodes,
  type Node,
} from "../../../src/config/tree.ts";
import { messageOf } from "./fixture.ts";

function parse(text: string, label = "ops.yml"): Node {
  return parseDocument(text, { path: `/${label}`, label }).ops!;
}

/** The tree as plain values, with the file of each at its side. */
function plain(node: Node): unknown {
  const { label } = node.origin;
  switch (node.kind) {
    case "scalar":
      return `${node.value} (${label})`;
    case "list":
      return node.items.map(plain);
    case "mapping":
      return [...node.entries].map(([key, entry]) => [key, plain(entry)]);
  }
}

Deno.test("mergeNodes() merges mappings and remembers who said what", () => {
  const under = parse("ops: { a: 1, m: { x: 1, y: 1 }, l: [1, 2] }", "under");
  const over = parse("ops: { b: 2, m: { y: 2, z: 2 }, l: [3] }", "over");

  assertEquals(plain(mergeNodes(under, over)), [
    ["a", "1 (under)"],
    ["m", [["x", "1 (under)"], ["y", "2 (over)"], ["z", "2 (over)"]]],
    ["l", ["3 (over)"]],
    ["b", "2 (over)"],
  ]);
});

Deno.test("mergeNodes() replaces everything that is no mapping", async (t) => {
  const cases: [under: string, over: string, merged: unknown][] = [
    ["1", "2", "2 (over)"],
    ["1", "", "null (over)"],
    ["[1]", "", "null (over)"],
    ["{ a: 1 }", "2", "2 (over)"],
    ["{ a: 1 }", "[2]", ["2 (over)"]],
    ["1", "{ a: 2 }", [["a", "2 (over)"]]],
    ["{ a: 1 }", "", [["a", "1 (under)"]]],
    ["{ a: 1 }", "{}", [["a", "1 (under)"]]],
  ];
  for (const [under, over, merged] of cases) {
    await t.step(`${under} under ${over || "nothing"}`, () => {
      const both = [
        parse(`ops: ${under}`, "under"),
        parse(`ops: ${over}`, "over"),
      ];
      assertEquals(plain(mergeNodes(both[0]!, both[1]!)), merged);
    });
  }
});

Deno.test("mergeNodes() treats __proto__ as a key like any other", () => {
  const under = parse(
    "ops: { __proto__: { polluted: 1 }, constructor: 1 }",
    "a",
  );
  const over = parse("ops: { __proto__: { polluted: 2 } }", "b");

  assertEquals(plain(mergeNodes(under, over)), [
    ["__proto__", [["polluted", "2 (b)"]]],
    ["constructor", "1 (a)"],
  ]);
  assertEquals("polluted" in {}, false);
});

Deno.test("toNode() stops what unfolds without end, and soon", async (t) => {
  const laughs = ["a: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
  for (let n = 1; n < 10; n++) {
    laughs.push(`b${n}: &a${n} [${Array(10).fill(`*a${n - 1}`)}]`);
  }
  const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`);
  const cases: [name: string, text: string, reason: string][] = [
    [
      "aliases of aliases",
      `${laughs.join("\n")}\nops: *a9`,
      `holds more than ${MAX_VALUES} values, aliases unfolded`,
    ],
    [
      "merges of merges",
      `a: &a {${keys}}\nops: {<<: [${Array(20_000).fill("*a")}]}`,
      `holds more than ${MAX_VALUES} values, aliases unfolded`,
    ],
    [
      "an alias of itself",
      "ops: &a { x: *a }",
      `is nested more than ${MAX_DEPTH} levels deep`,
    ],
    [
      "a merge of itself",
      "ops: &a { <<: *a }",
      `is nested more than ${MAX_DEPTH} levels deep`,
    ],
    [
      "depth",
      `ops: ${"[".repeat(MAX_DEPTH + 1)}${"]".repeat(MAX_DEPTH + 1)}`,
      `is nested more than ${MAX_DEPTH} levels deep`,
    ],
    [
      "a merge of no mapping",
      "ops: { <<: [1] }",
      '"<<" can only merge a mapping or a list of mappings',
    ],
  ];
  for (const [name, text, reason] of cases) {
    await t.step(name, () => {
      const start = performance.now();
      assertEquals(messageOf(() => parse(text)), `ops.yml: ops: ${reason}`);
      // Minutes if it went wrong; some tenths of a second on a slow machine.
      assert(performance.now() - start < 5_000);
    });
  }
});

Deno.test("toNode() leaves alone what concerns other modules", () => {
  const text = "other: &a [*a, *a]\nops: { a: 1 }";

  assertEquals(plain(parse(text)), [["a", "1 (ops.yml)"]]);
});
