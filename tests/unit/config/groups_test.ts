import { assertEquals, assertThrows } from "@std/assert";
import { membersOf, noSuch } from "../../../src/config/names.ts";
import { parseDocument } from "../../../src/config/parse.ts";
import { toOpsConfig } from "../../../src/config/schema.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";

const ORIGIN = { path: "/srv/ops.yml", label: "ops.yml" };

function read(text: string) {
  const { ops } = parseDocument(`ops:\n${text}`, ORIGIN);
  return toOpsConfig(ops, { home: () => "/home" });
}

const SESSIONS = `  sessions:
    bot-a: {group: bots}
    bot-b: {group: [bots, night]}
    web: {}
    bot-c: {}
`;

const CONFIG = `${SESSIONS}  groups:
    late: [web, bot-a]
    bots: bot-c
    all: ["*"]
    night: [web]
`;

Deno.test("groups: of the session and of the list, in the order of the file", () => {
  const { groups, sessions } = read(CONFIG);
  assertEquals(Object.fromEntries(groups), {
    bots: ["bot-a", "bot-b", "bot-c"],
    night: ["bot-b", "web"],
    late: ["bot-a", "web"],
    all: ["bot-a", "bot-b", "web", "bot-c"],
  });
  assertEquals(sessions.get("bot-b")!.groups, ["bots", "night"]);
  assertEquals(sessions.get("web")!.groups, undefined);
  assertEquals(read("  sessions: {}\n").groups, new Map());
});

const words: Record<string, readonly string[] | null> = {
  "@bots": ["bot-a", "bot-b", "bot-c"],
  "@none": null,
  "@": null,
  "web": null,
  "bots": null,
  "bot-*": ["bot-a", "bot-b", "bot-c"],
  "bot-?": ["bot-a", "bot-b", "bot-c"],
  "*": ["bot-a", "bot-b", "web", "bot-c"],
  "bot-[ac]": ["bot-a", "bot-c"],
  "bot-[!ac]": ["bot-b"],
  "bot-[a-b]": ["bot-a", "bot-b"],
  "bot-[b-a]": null,
  "bot-[": null,
  "b*t-[^]": null,
  "w.b*": null,
  "(web|bot-a)*": null,
  "*-a": ["bot-a"],
  "x*": null,
};

for (const [word, names] of Object.entries(words)) {
  Deno.test(`what is meant by ${word}`, () => {
    assertEquals(membersOf(word, read(CONFIG)), names);
  });
}

Deno.test("what is not there is told, with what is near", () => {
  const config = read(CONFIG);
  const said = (word: string, known = config) => noSuch(word, known).message;
  assertEquals(
    said("@bot"),
    'session "@bot" was not found (groups of the configuration): did you mean "@bots"?',
  );
  assertEquals(
    said("@zzzz"),
    'session "@zzzz" was not found (groups of the configuration): there are @bots, @night, @late, @all',
  );
  assertEquals(
    said("x*"),
    'session "x*" was not found (definitions of the configuration): there are bot-a, bot-b, web, bot-c',
  );
  assertEquals(
    said("@a", read("  sessions: {}\n")),
    'session "@a" was not found (groups of the configuration): there are no groups',
  );
});

const wrong: Record<string, [text: string, ...messages: string[]]> = {
  "names that groups cannot have": [
    "  sessions:\n    a: {group: [1a, '']}\n",
    'ops.yml:3:17: ops.sessions.a.group[0]: "1a" cannot name a group: start ' +
    "with a letter, go on with letters, digits, _ and -, 64 at most",
    'ops.yml:3:21: ops.sessions.a.group[1]: "" cannot name a group: start ' +
    "with a letter, go on with letters, digits, _ and -, 64 at most",
  ],
  "a group that is no text": [
    "  sessions:\n    a: {group: {b: c}}\n",
    "ops.yml:3:9: ops.sessions.a.group: must be text, not a mapping",
  ],
  "members that there are not, and all of them are told": [
    `${SESSIONS}  groups:\n    x y: [web]\n    a: [bot-d, "z*"]\n    b: []\n` +
    "    c: {web: }\n",
    'ops.yml:8:5: ops.groups: "x y" cannot name a group: start with a ' +
    "letter, go on with letters, digits, _ and -, 64 at most",
    'ops.yml:9:9: ops.groups.a[0]: "bot-d" is no session that is defined; ' +
    'did you mean "bot-a"?',
    'ops.yml:9:16: ops.groups.a[1]: "z*" matches no session that is defined',
    "ops.yml:10:5: ops.groups.b: names no session",
    "ops.yml:11:5: ops.groups.c: must be text, not a mapping",
  ],
};

for (const [what, [text, ...messages]] of Object.entries(wrong)) {
  Deno.test(`groups refuse ${what}`, () => {
    const error = assertThrows(() => read(text), SessionConfigError);
    assertEquals(error.problems.map(({ message }) => message), messages);
  });
}

Deno.test("members in a file that is missing are not held against groups", () => {
  const { ops } = parseDocument(
    "ops: {sessions: {a: {}}, groups: {g: [a, b, 'c*']}}\n",
    ORIGIN,
  );
  const { groups } = toOpsConfig(ops, { home: () => "/", isWhole: false });
  assertEquals([...groups.keys()], ["g"]);
});
