import { assertEquals } from "@std/assert";
import { toOpsConfig } from "../../../src/config/schema.ts";
import { parseDocument } from "../../../src/config/parse.ts";
import { placedMessageOf } from "./fixture.ts";

const YAML = { path: "/x/ops.yml", label: "ops.yml" };
const JSON_FILE = { path: "/x/ops.json", label: "ops.json" };

/** The environment of the session `bot`. */
function envOf(text: string, origin = YAML): Record<string, string> {
  const { ops } = parseDocument(text, origin);
  const { sessions } = toOpsConfig(ops, { home: () => undefined });
  return { ...sessions.get("bot")!.config.env };
}

Deno.test("parseDocument() takes an empty file for one that says nothing", () => {
  for (const text of ["", "\n", "# only\n", "---\n", "\ufeff"]) {
    assertEquals(parseDocument(text, YAML), {
      ops: undefined,
      include: undefined,
    });
  }
  assertEquals(parseDocument(" \n", JSON_FILE).ops, undefined);
});

Deno.test("parseDocument() ignores the keys of other modules", () => {
  const text = "opps: 1\nlogger: [x]\n__proto__: { ops: { x: 1 } }\n";

  assertEquals(parseDocument(text, YAML).ops, undefined);
});

Deno.test("parseDocument() says in one line where the text is wrong", async (t) => {
  const cases: [name: string, text: string, origin: typeof YAML, is: string][] =
    [
      [
        "a mapping in a text",
        "ops:\n  a: b: c\n",
        YAML,
        "ops.yml:2:7: ops.a: a colon with a blank after it stands in a " +
        "text: quote the text, or put the key on a line of its own",
      ],
      [
        "a quote that does not end",
        "ops: 'x\n",
        YAML,
        "ops.yml:1:6: ops: this quote is never closed",
      ],
      [
        "a key twice",
        "ops:\n  sessions: {}\n  sessions: {}\n",
        YAML,
        'ops.yml:3:3: ops: the key "sessions" stands twice: first in ' +
        "line 2, column 3",
      ],
      [
        "an alias of nothing",
        "ops: *x\n",
        YAML,
        'ops.yml:1:8: unidentified alias "x"',
      ],
      [
        "an unknown tag",
        "ops: !x y\n",
        YAML,
        "ops.yml:1:10: cannot resolve unknown tag !<!x>",
      ],
      [
        "two documents",
        "ops:\n---\nops:\n",
        YAML,
        "ops.yml:2:1: found more than 1 document in the stream: " +
        "expected a single document",
      ],
      [
        "too deep",
        "ops: " + "[".repeat(1e5),
        YAML,
        "ops.yml:1:206: ops[0][0][0][0][0][0][0]: is nested more than 200 levels deep",
      ],
      [
        "JSON: a comma too many",
        '{"ops":\n {"a": 1,}}',
        JSON_FILE,
        "ops.json:2:10: expected double-quoted property name",
      ],
      [
        "JSON: YAML",
        "ops: 1",
        JSON_FILE,
        'ops.json:1:1: "o" is unexpected here: this is not JSON',
      ],
      [
        "JSON: no comma, where the parser does not say",
        `{"ops": {"tmux_binary": "tmux", "sessions": {\n  "bot": nul}}}`,
        JSON_FILE,
        'ops.json:2:13: "}" is unexpected here: this is not JSON',
      ],
      [
        "JSON: an end too early",
        '{"ops": {"a": 1}',
        JSON_FILE,
        "ops.json:1:1: this { is never closed",
      ],
      [
        "lines that end as on Windows",
        "ops:\r\n  a: 1\r\n  b: 'x' y\r\n",
        YAML,
        "ops.yml:3:10: ops.b: stands behind the value that ended with ': only " +
        "a comment may",
      ],
      [
        "a key in a list in brackets",
        "ops: {s: {b: [1, {c d: 'x}]}}\n",
        YAML,
        'ops.yml:1:24: ops.s.b[1]["c d"]: this quote is never closed',
      ],
      [
        "JSON: a key twice",
        '{"ops": {\n  "a": 1,\n  "a": 2}}',
        JSON_FILE,
        'ops.json:3:3: ops: the key "a" stands twice: first in line ' +
        "2, column 3",
      ],
      [
        "a list",
        "- ops\n",
        YAML,
        "ops.yml:1:1: is not a mapping: it must hold keys and values, such as ops:",
      ],
      [
        "a text",
        "ops\n",
        YAML,
        "ops.yml:1:1: is not a mapping: it must hold keys and values, such as ops:",
      ],
    ];
  for (const [name, text, origin, message] of cases) {
    await t.step(name, () => {
      assertEquals(placedMessageOf(() => parseDocument(text, origin)), message);
    });
  }
});

Deno.test("parseDocument() keeps numbers as they are spelled", () => {
  const numbers = ["0123", "1.10", "1_000", "0x1F", "+7", "1e3", ".5", "-0"];
  const others = ["2026-01-31", "22:22", "yes", "0o17", "1.2.3"];
  const big = "123456789012345678901234567890";
  const texts = [...numbers, ...others, big];
  const lines = texts.map((text, i) => `V${i}: ${text}`).join(", ");

  assertEquals(
    Object.values(envOf(`ops: { sessions: { bot: { env: { ${lines} } } } }`)),
    texts,
  );
  assertEquals(
    envOf('{"ops": {"sessions": {"bot": {"env": {"A": 1.50}}}}}', JSON_FILE),
    { A: "1.50" },
  );
  // A tag is beyond the parser that keeps the spelling.
  assertEquals(
    envOf('ops: { sessions: { bot: { env: { A: !!int "0x10" } } } }'),
    { A: "16" },
  );
});

Deno.test("parseDocument() reads JSON that is no YAML", () => {
  const text = '{"ops"\n:\n{"sessions": {"bot": {"env": {"A": 1}}}}}';

  assertEquals(envOf(text, JSON_FILE), { A: "1" });
});

Deno.test("parseDocument() knows aliases and merge keys", () => {
  const text = `
base: &base { A: 1.0, B: base }
more: &more { B: more, C: more }
ops:
  sessions:
    bot:
      env:
        C: own
        <<: [*base, *more]
        D: &d last
        E: *d
`;

  assertEquals(Object.entries(envOf(text)), [
    ["C", "own"],
    ["A", "1.0"],
    ["B", "base"],
    ["D", "last"],
    ["E", "last"],
  ]);
});
