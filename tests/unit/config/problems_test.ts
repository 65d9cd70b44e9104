import { assertEquals, assertThrows } from "@std/assert";
import { SessionConfigError } from "../../../src/core/errors.ts";
import { World } from "./fixture.ts";

const CONF = "kstlib.conf.yml";

/** Where the problems of a world are, and the first words of each. */
function problemsOf(world: World): string[] {
  const error = assertThrows(() => world.load(), SessionConfigError);
  return error.problems.map(({ file, line, column, key, reason }) =>
    `${file!.replace(world.path, "")}:${line}:${column} ${key} ` +
    reason.split(/[;:,]/)[0]
  );
}

/** The same for one file in the working directory. */
function problemsIn(text: string): string[] {
  using world = new World({ [`work/${CONF}`]: text });
  return problemsOf(world).map((it) => it.replace(`${CONF}:`, ""));
}

Deno.test("all problems of all files are found at once, by file and place", () => {
  using world = new World({
    [`home/${CONF}`]: `ops:
  sessions:
    q: { restart: on-failure:x, command: }
`,
    [`work/${CONF}`]: `
include: [more.yml, gone.yml, more.txt, 3]
ops:
  log_max_size: big
  sesions: {}
  sessions:
    1bot:
      command: x
    bot:
      comand: x
      env: { A: true, "B C": 1 }
      stop_timeout: soon
    web:
      image: Nginx
      ports: [80, x, 99999]
      volumes: [a]
`,
    "work/more.yml": "ops:\n  tmux_binary: 'x\n",
  });

  assertEquals(problemsOf(world), [
    '/home/kstlib.conf.yml:3:19 ops.sessions.q.restart "on-failure',
    "/home/kstlib.conf.yml:3:33 ops.sessions.q.command is empty",
    'kstlib.conf.yml:2:21 include[1] there is no file "gone.yml"',
    'kstlib.conf.yml:2:31 include[2] "more.txt" must end in .yml',
    "kstlib.conf.yml:2:41 include[3] must be the path of a file",
    'kstlib.conf.yml:4:17 ops.log_max_size "big" is no size',
    "kstlib.conf.yml:5:3 ops.sesions is not known",
    'kstlib.conf.yml:7:5 ops.sessions "1bot" cannot name a new session',
    "kstlib.conf.yml:10:7 ops.sessions.bot.comand is not known",
    "kstlib.conf.yml:11:17 ops.sessions.bot.env.A must be text or a number",
    'kstlib.conf.yml:11:23 ops.sessions.bot.env "B C" cannot name a variable',
    "kstlib.conf.yml:12:21 ops.sessions.bot.stop_timeout must be a decimal number",
    'kstlib.conf.yml:14:14 ops.sessions.web.image "Nginx" has capitals',
    'kstlib.conf.yml:15:19 ops.sessions.web.ports[1] "x" is no port or range of ports',
    'kstlib.conf.yml:15:22 ops.sessions.web.ports[2] "99999" is no port or range of ports',
    'kstlib.conf.yml:16:17 ops.sessions.web.volumes[0] "a" is no mount',
    "more.yml:2:16 ops.tmux_binary this quote is never closed",
  ]);
});

Deno.test("every problem has its place", async (t) => {
  const cases: [text: string, at: string][] = [
    ["- x\n", "1:1  is not a mapping"],
    ["ops: 3\n", "1:6 ops must be a mapping of keys to values"],
    [
      "ops:\n  sessions: [x]\n",
      "2:3 ops.sessions must be a mapping of keys to values",
    ],
    ["ops:\n  tmux_binary: &x [1]\n", "2:3 ops.tmux_binary must be text"],
    ["ops:\n  tmux_binary: ''\n", "2:16 ops.tmux_binary is empty"],
    [
      "ops:\n  sessions:\n    a: { restart: always }\n",
      '3:19 ops.sessions.a.restart "always" needs a command',
    ],
    [
      "ops:\n  sessions:\n    a: { image: x, socket_name: y }\n",
      "3:20 ops.sessions.a.socket_name is for tmux",
    ],
    [
      "ops:\n  sessions:\n    a: &a\n      ports: [80]\n",
      "4:7 ops.sessions.a.ports is for containers",
    ],
    [
      "a: &a { stop_timeout: -1 }\nops:\n  sessions:\n    a: { <<: *a }\n",
      "1:23 ops.sessions.a.stop_timeout must be a number of seconds from 0 to 86400",
    ],
    [
      "ops:\n  sessions:\n    a:\n      command:\n        - x\n        - [y]\n",
      "6:11 ops.sessions.a.command[1] must be text or a number",
    ],
    [
      "ops:\n  sessions:\n    a:\n      command: []\n",
      "4:7 ops.sessions.a.command names no program",
    ],
    ["ops:\n  ? tmux_binary\n  : 3\n", "3:5 ops.tmux_binary must be text"],
    [
      "ops: { <<: [1] }\n",
      '1:13 ops "<<" can only merge a mapping or a list of mappings',
    ],
    ["include:\n  - a\n  -\n", '2:5 include[0] "a" must end in .yml'],
  ];
  for (const [text, at] of cases) {
    await t.step(JSON.stringify(text), () => {
      assertEquals(problemsIn(text)[0], at);
    });
  }
});

Deno.test("what is wrong once is told once", () => {
  using world = new World({
    [`work/${CONF}`]: "include: [a.yml, b.yml]\n",
    "work/a.yml": "include: c.yml\n",
    "work/b.yml": "include: c.yml\n",
    "work/c.yml": "ops: [\n",
  });
  assertEquals(problemsOf(world), ["c.yml:1:6 ops this [ is never closed"]);
});

Deno.test("what follows from another problem is not told", async (t) => {
  const cases: [name: string, text: string, problems: string[]][] = [
    [
      "a default backend that is wrong",
      "ops:\n  default_backend: dcoker\n  sessions:\n    a: { ports: [80] }\n",
      ['2:20 ops.default_backend "dcoker" is not known'],
    ],
    [
      "a backend that is wrong",
      "ops:\n  sessions:\n    a: { backend: tmx, ports: [80], working_dir: b }\n",
      ['3:19 ops.sessions.a.backend "tmx" is not known'],
    ],
    [
      "a command that is wrong",
      "ops:\n  sessions:\n    a: { command: true, restart: always }\n",
      ["3:19 ops.sessions.a.command must be text"],
    ],
  ];
  for (const [name, text, problems] of cases) {
    await t.step(name, () => assertEquals(problemsIn(text), problems));
  }
  await t.step("a file that cannot be read", () => {
    using world = new World({
      [`home/${CONF}`]: "ops:\n  default_backend: container\n  x: [\n",
      [`work/${CONF}`]: "ops:\n  sessions:\n" +
        "    a: { restart: always }\n    b: { ports: [x], working_dir: c }\n",
    });
    assertEquals(problemsOf(world), [
      "/home/kstlib.conf.yml:3:6 ops.x this [ is never closed",
      'kstlib.conf.yml:4:18 ops.sessions.b.ports[0] "x" is no port or range of ports',
    ]);
  });
});

Deno.test("a message shows twenty problems and counts the others", () => {
  const keys = Array.from({ length: 25 }, (_, i) => `  k${i}: 1\n`);
  using world = new World({ [`work/${CONF}`]: `ops:\n${keys.join("")}` });
  const lines = world.placedMessage().split("\n");

  assertEquals(lines.length, 21);
  assertEquals(lines[19]!.split(": ").slice(0, 2), [
    "kstlib.conf.yml:21:3",
    "ops.k19",
  ]);
  assertEquals(lines[20], "and 5 more");
});

Deno.test("problems without number keep nobody waiting", () => {
  const keys = Array.from({ length: 50_000 }, (_, i) => `  k${i}: 1\n`);
  using world = new World({ [`work/${CONF}`]: `ops:\n${keys.join("")}` });
  // It took minutes when each was looked for from the start of the file.
  const { problems } = assertThrows(() => world.load(), SessionConfigError);
  assertEquals(problems.length, 50_000);
  assertEquals(problems.at(-1)!.line, 50_001);
});
