import { assertEquals } from "@std/assert";
import { inOrder, linesOf } from "../../../../src/engines/container/logs.ts";

const texts: Array<[text: string, lines: string[]]> = [
  ["", []],
  ["a", ["a"]],
  ["a\n", ["a"]],
  ["a\nb", ["a", "b"]],
  ["a\n\n", ["a", ""]],
  ["\n", [""]],
  ["a\r\n", ["a\r"]],
];

for (const [text, lines] of texts) {
  Deno.test(`the lines of ${JSON.stringify(text)}`, () => {
    assertEquals(linesOf(text), lines);
  });
}

/** Lines and when each was written: the seconds of one minute. */
type Written = ReadonlyArray<readonly [second: string, text: string]>;

const stamp = (second: string) => `2026-11-23T02:49:${second}Z`;
const plain = (lines: Written) => lines.map(([, text]) => text + "\n").join("");
const stamped = (lines: Written) =>
  lines.map(([second, text]) => `${stamp(second)} ${text}\n`).join("");

/** What comes of the two calls; the second may see other lines. */
function merge(
  first: { out: Written; err: Written },
  second: { out: Written; err: Written } = first,
): string {
  return inOrder(
    { stdout: plain(first.out), stderr: plain(first.err) },
    { stdout: stamped(second.out), stderr: stamped(second.err) },
  ).join(" ");
}

const out: Written = [["10", "o1"], ["12", "o2"], ["14", "o3"]];
const err: Written = [["11", "e1"], ["13", "e2"], ["15", "e3"]];

Deno.test("two streams are merged by time", () => {
  assertEquals(merge({ out, err }), "o1 e1 o2 e2 o3 e3");
  assertEquals(merge({ out: err, err: out }), "o1 e1 o2 e2 o3 e3");
  assertEquals(merge({ out, err: [] }), "o1 o2 o3");
  assertEquals(merge({ out: [], err }), "e1 e2 e3");
});

Deno.test("at the same time, standard output comes first", () => {
  assertEquals(merge({ out: [["10", "o"]], err: [["10", "e"]] }), "o e");
});

const fractions: Written[] = [
  [["09.9", "a"], ["10", "b"]],
  [["10", "a"], ["10.000000001", "b"]],
  [["10.05", "a"], ["10.5", "b"]],
  [["10.123456789", "a"], ["10.12345679", "b"]],
];

for (const [a, b] of fractions) {
  Deno.test(`${a![0]} is before ${b![0]}`, () => {
    assertEquals(merge({ out: [a!], err: [b!] }), "a b");
    assertEquals(merge({ out: [b!], err: [a!] }), "a b");
  });
}

Deno.test("what was written between the two calls is left out", () => {
  const more = {
    out: [...out, ["16", "o4"]] as const,
    err: [...err, ["17", "e4"]] as const,
  };
  assertEquals(merge({ out, err }, more), "o1 e1 o2 e2 o3 e3");
});

Deno.test("what left the window between the two calls is oldest", () => {
  const later = {
    out: [...out.slice(2), ["16", "o4"], ["18", "o5"]] as const,
    err: [...err.slice(1), ["17", "e4"]] as const,
  };
  assertEquals(merge({ out, err }, later), "o1 o2 e1 e2 o3 e3");
  const gone = {
    out,
    err: [["30", "e9"], ["31", "e9"], ["32", "e9"]] as const,
  };
  assertEquals(merge({ out, err }, gone), "e1 e2 e3 o1 o2 o3");
  assertEquals(merge({ out, err }, { out, err: [] }), "e1 e2 e3 o1 o2 o3");
});

/** As `--timestamps` tells them: pieces of lines have stamps of their own. */
const pieces: Array<[what: string, plain: string, stamped: string]> = [
  [
    "Docker's pieces of a long line",
    "x".repeat(40_000),
    ["x".repeat(16_384), "x".repeat(16_384), "x".repeat(7_232)]
      .map((piece) => `${stamp("11.5")} ${piece}`).join(""),
  ],
  [
    "Podman's pieces, one for each write",
    "abc",
    `${stamp("11.5")} a${stamp("12.9")} bc`,
  ],
  ["a character and its line break", "z", `${stamp("11.5")} z${stamp("13")} `],
  [
    "a line that shows a stamp itself",
    `at ${stamp("01")} it began`,
    `${stamp("11.5")} at ${stamp("01")} it began`,
  ],
  ["an empty line", "", `${stamp("11.5")} `],
  ["a digit before a stamp", "17", `${stamp("11.5")} 1${stamp("11.6")} 7`],
];

for (const [what, line, said] of pieces) {
  Deno.test(`the first stamp counts: ${what}`, () => {
    assertEquals(
      inOrder(
        { stdout: plain(out), stderr: line + "\n" },
        { stdout: stamped(out), stderr: said + "\n" },
      ),
      ["o1", line, "o2", "o3"],
    );
  });
}

Deno.test("Podman's local time is compared as time", () => {
  assertEquals(
    inOrder({ stdout: "before\nafter\n", stderr: "between\n" }, {
      stdout: "2026-11-23T03:49:10.5+01:00 before\n" +
        "2026-11-23T03:49:12+01:00 after\n",
      stderr: "2026-11-22T21:49:11.25-05:00 between\n",
    }),
    ["before", "between", "after"],
  );
});
