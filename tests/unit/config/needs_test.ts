import { assertEquals, assertThrows } from "@std/assert";
import { parseDocument } from "../../../src/config/parse.ts";
import { toOpsConfig } from "../../../src/config/schema.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";

const ORIGIN = { path: "/srv/ops.yml", label: "ops.yml" };

function read(sessions: string) {
  const text = `ops:\n  sessions:\n${sessions}`;
  return toOpsConfig(parseDocument(text, ORIGIN).ops, { home: () => "/home" });
}

Deno.test("depends_on: names", () => {
  const { sessions } = read("    db: {}\n    bot: {depends_on: [db]}\n");
  assertEquals(sessions.get("bot")!.needs, [
    { name: "db", condition: "started", required: true, restart: false },
  ]);
  assertEquals(sessions.get("db")!.needs, undefined);
});

Deno.test("depends_on: names with conditions", () => {
  const { sessions } = read(`
    db: {}
    job: {}
    bot:
      depends_on:
        db: {condition: healthy, restart: true}
        job: {condition: exited_ok, required: false}
    other: {depends_on: {db: }}
`);
  assertEquals(sessions.get("bot")!.needs, [
    { name: "db", condition: "healthy", required: true, restart: true },
    { name: "job", condition: "exited_ok", required: false, restart: false },
  ]);
  assertEquals(sessions.get("other")!.needs?.map(({ name }) => name), ["db"]);
});

const wrong: Record<string, [sessions: string, ...messages: string[]]> = {
  "a name that is not defined": [
    "    db: {}\n    bot:\n      depends_on: [dc]\n",
    'ops.yml:5:20: ops.sessions.bot.depends_on[0]: "dc" is no session that is defined',
  ],
  "the session itself": [
    "    bot: {depends_on: [bot]}\n",
    "ops.yml:3:24: ops.sessions.bot.depends_on[0]: is the session itself",
  ],
  "a circle": [
    "    a: {depends_on: [b]}\n    b: {depends_on: {c: }}\n" +
    "    c: {depends_on: [a]}\n",
    "ops.yml:3:22: ops.sessions.a.depends_on[0]: they wait for each other: " +
    "a → b → c → a",
  ],
  "what is no list": [
    "    bot: {depends_on: db}\n    db: {}\n",
    "ops.yml:3:23: ops.sessions.bot.depends_on: must be a list of names, such " +
    "as [db], or a mapping of them",
  ],
  "another condition": [
    "    db: {}\n    bot: {depends_on: {db: {condition: up}}}\n",
    'ops.yml:4:40: ops.sessions.bot.depends_on.db.condition: "up" is not ' +
    "known; it is started or ready or exited or exited_ok or healthy",
  ],
  "another key": [
    "    db: {}\n    bot: {depends_on: {db: {restrat: true}}}\n",
    "ops.yml:4:29: ops.sessions.bot.depends_on.db.restrat: is not known; did " +
    'you mean "restart"?',
  ],
  "all that is wrong, at once": [
    "    a: {depends_on: [b, x]}\n    b: {depends_on: [a, b]}\n" +
    "    c: {depends_on: {a: {condition: up}}}\n",
    "ops.yml:3:22: ops.sessions.a.depends_on[0]: they wait for each other: " +
    "a → b → a",
    'ops.yml:3:25: ops.sessions.a.depends_on[1]: "x" is no session that is defined',
    "ops.yml:4:25: ops.sessions.b.depends_on[1]: is the session itself",
    'ops.yml:5:37: ops.sessions.c.depends_on.a.condition: "up" is not known; ' +
    "it is started or ready or exited or exited_ok or healthy",
  ],
  "two of them": [
    "    bot: {depends_on: [x, y]}\n",
    'ops.yml:3:24: ops.sessions.bot.depends_on[0]: "x" is no session that is defined',
    'ops.yml:3:27: ops.sessions.bot.depends_on[1]: "y" is no session that is defined',
  ],
};

for (const [what, [sessions, ...messages]] of Object.entries(wrong)) {
  Deno.test(`depends_on: refuses ${what}`, () => {
    const error = assertThrows(() => read(sessions), SessionConfigError);
    assertEquals(error.problems.map(({ message }) => message), messages);
  });
}
