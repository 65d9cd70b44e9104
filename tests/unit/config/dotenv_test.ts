import { assertEquals } from "@std/assert";
import { parseDotenv } from "../../../src/config/dotenv.ts";

const lookup = (name: string): string | undefined =>
  ({ HOST: "db", EMPTY: "" })[name];

Deno.test("parseDotenv() reads names and values", async (t) => {
  const cases: [text: string, values: Record<string, string>][] = [
    ["", {}],
    ["\n\n  \n\t\n# remark\n  # remark = x\n", {}],
    ["A=1", { A: "1" }],
    ["A=1\nB=2\n", { A: "1", B: "2" }],
    ["A=1\nA=2\n", { A: "2" }],
    ["A=\nB= \nC=''\nD=\"\"\n", { A: "", B: "", C: "", D: "" }],
    ["  A = 1  \n", { A: "1" }],
    ["export A=1\nexport\tB=2\nexport = 3\n", { A: "1", B: "2", export: "3" }],
    ["_a1=x y  z\n", { _a1: "x y  z" }],
    ["A=a=b==\n", { A: "a=b==" }],
    ["A=x # remark\nB=x#y\nC=#x\nD= # remark\nE=x\t# remark\n", {
      A: "x",
      B: "x#y",
      C: "#x",
      D: "",
      E: "x",
    }],
    // What other readers make of these: nothing, undefined, or no end.
    ["A=$A\nB=pa$w0rd\nC=$$\nD=a$$b\n", {
      A: "$A",
      B: "pa$w0rd",
      C: "$$",
      D: "a$$b",
    }],
    ['A=it\'s\nB=5" x 6"\nC=a\\nb\\\n', {
      A: "it's",
      B: '5" x 6"',
      C: "a\\nb\\",
    }],
    ["A='$HOST ${HOST} \\n \" # x' # remark\n", {
      A: '$HOST ${HOST} \\n " # x',
    }],
    ['A="a\\nb\\tc\\r\\"\\\\ \\$x \\q \' # x"  # remark\n', {
      A: "a\nb\tc\r\"\\ $x \\q ' # x",
    }],
    ["A='a\n# b\n'\nB=\"c\n\n d\"\nC=1", {
      A: "a\n# b\n",
      B: "c\n\n d",
      C: "1",
    }],
    ['A=${HOST}:1\nB="${HOST}:${A}"\nC=${NONE:-x y}\n', {
      A: "db:1",
      B: "db:db:1",
      C: "x y",
    }],
    // The lines above come first, the line itself does not count.
    ["HOST=${HOST}2\nA=${HOST}\n", { HOST: "db2", A: "db2" }],
    ['A="\\${HOST} $\\${HOST}"\nB=$${HOST}\n', {
      A: "${HOST} $${HOST}",
      B: "${HOST}",
    }],
    ["A=${EMPTY}\nB=${EMPTY:-x}\n", { A: "", B: "x" }],
    ['A={"a": [1, 2]}\nB=ä€😀 \nÄ\n'.slice(0, -2), {
      A: '{"a": [1, 2]}',
      B: "ä€😀",
    }],
    ["__proto__=x", JSON.parse('{"__proto__": "x"}')],
  ];
  for (const [text, values] of cases) {
    await t.step(JSON.stringify(text), () => {
      const { values: found, faults } = parseDotenv(text, lookup);
      assertEquals(faults, []);
      assertEquals([...found], Object.entries(values));
    });
  }
});

Deno.test("parseDotenv() tells every line that is wrong, and no value", async (t) => {
  const NO_EQUALS = "is no NAME=value: there is no =; a remark begins with #";
  const NO_NAME =
    "before the = stands no name: letters, digits and _, no digit first";
  const BEHIND = "something stands behind the closing quote: only a remark may";
  const cases: [text: string, at: number, name: string, reason: RegExp][] = [
    ["A=1\n  hunter2\nB=2", 6, "", new RegExp(`^${NO_EQUALS}$`)],
    ["hunter2: x", 0, "", new RegExp(`^${NO_EQUALS}$`)],
    ["export hunter2", 0, "", new RegExp(`^${NO_EQUALS}$`)],
    ["hunter/2==\n", 0, "", new RegExp(`^${NO_NAME}$`)],
    ["1A=hunter2\n", 0, "", new RegExp(`^${NO_NAME}$`)],
    ["my-key=hunter2\n", 0, "", new RegExp(`^${NO_NAME}$`)],
    ["=hunter2\n", 0, "", new RegExp(`^${NO_NAME}$`)],
    ["A='hunter2\nB=1\n", 2, "A", /^this quote is never closed$/],
    ['A="hunter2\\"\n', 2, "A", /^this quote is never closed$/],
    ['A="x" hunter2\nB=1', 2, "A", new RegExp(`^${BEHIND}$`)],
    ["A='x'hunter2\n", 2, "A", new RegExp(`^${BEHIND}$`)],
    ["A='x'#hunter2\n", 2, "A", new RegExp(`^${BEHIND}$`)],
    ["A=hunter2\0\n", 2, "A", /^holds a NUL/],
    ["A='hunter2\0'\n", 2, "A", /^holds a NUL/],
    ["A=hunter2${A}\n", 2, "A", /^the variable A is not set: /],
    ['A= "${B:?say it}"\n', 3, "A", /^the variable B is not set: say it$/],
    ["A=${hunter2", 2, "A", /^has a "\$\{"/],
  ];
  for (const [text, at, name, reason] of cases) {
    await t.step(JSON.stringify(text), () => {
      const { faults } = parseDotenv(text, lookup);
      assertEquals(faults.length, 1);
      const [fault] = faults;
      assertEquals([fault!.at, fault!.name], [at, name]);
      assertEquals([fault!.reason, reason.test(fault!.reason)], [
        fault!.reason,
        true,
      ]);
      assertEquals(fault!.reason.includes("hunter2"), false);
    });
  }
  const all = parseDotenv("x\nA=1\n=\nB='y' z\nC=2\n", lookup);
  assertEquals(all.faults.map(({ at }) => at), [0, 6, 10]);
  assertEquals([...all.values], [["A", "1"], ["C", "2"]]);
});

Deno.test("parseDotenv() ends, whatever it is given, and soon", () => {
  const big = 1_000_000;
  for (
    const text of [
      " ".repeat(big),
      `A=${" ".repeat(big)}x`,
      `A=x${" ".repeat(big)}y${" ".repeat(big)}`,
      "A".repeat(big),
      `${"A".repeat(big)}${" ".repeat(big)}`,
      `A="${"\\".repeat(big)}`,
      `A="${"\\n".repeat(big)}"`,
      `A='${"\n".repeat(big)}'`,
      "A=\n".repeat(big / 4),
      "export ".repeat(big / 4),
      `A=${"$".repeat(big)}`,
      `A=${"#".repeat(big)}`,
      "A=$A\n".repeat(big / 4),
    ]
  ) parseDotenv(text, lookup);

  // Every text that is as long as this, of what has a meaning.
  const parts = ["A", "=", "'", '"', "\\", "$", "{", "}", "#", " ", "\n"];
  const texts = (length: number): string[] =>
    length === 0
      ? [""]
      : texts(length - 1).flatMap((text) => parts.map((part) => text + part));
  for (const text of texts(4)) {
    const { values, faults } = parseDotenv(`A=${text}\n`, lookup);
    assertEquals(values.size + faults.length > 0, true, text);
  }
});
