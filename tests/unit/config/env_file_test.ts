import { assertEquals } from "@std/assert";
import { World } from "./fixture.ts";

const CONF = "work/kstlib.conf.yml";

/** The variables of a session with these files and this entry. */
function envOf(
  entry: string,
  files: Readonly<Record<string, string>> = {},
): Record<string, string> {
  using world = new World({
    ...files,
    [CONF]: `ops: { sessions: { bot: { ${entry} } } }`,
  });
  return { ...world.load().sessions.get("bot")!.config.env };
}

Deno.test("env_file: is a path, or several, relative to the file or to home", () => {
  const files = {
    "work/a.env": "A=a\nB=a\n",
    "work/sub/b.env": "\ufeffB=b\r\nC='b\r\nb'\r\n",
    "home/c.env": "D=c",
  };
  assertEquals(envOf("env_file: a.env", files), { A: "a", B: "a" });
  assertEquals(envOf("env_file: ./sub/../a.env", files), { A: "a", B: "a" });
  assertEquals(envOf("env_file: { path: ~/c.env }", files), { D: "c" });
  assertEquals(
    envOf(
      "env_file: [a.env, sub/b.env, { path: ~/c.env, required: true }]",
      files,
    ),
    { A: "a", B: "b", C: "b\nb", D: "c" },
  );
  assertEquals(envOf("env_file: ", files), {});
  assertEquals(envOf("env_file: []", files), {});
});

Deno.test("env_file: env wins over it", () => {
  assertEquals(
    envOf("env_file: a.env, env: { B: own, C: 1 }", {
      "work/a.env": "A=a\nB=a\n",
    }),
    { A: "a", B: "own", C: "1" },
  );
});

Deno.test("env_file: one may be missing that says so", () => {
  for (
    const entry of [
      "env_file: x.env?",
      "env_file: no/x.env?",
      "env_file: [x.env?]",
      "env_file: { path: x.env, required: false }",
      "env_file: [{ required: false, path: x.env }]",
    ]
  ) {
    assertEquals(envOf(entry), {});
    assertEquals(
      envOf(entry, { "work/x.env": "A=1", "work/no/x.env": "A=1" }),
      {
        A: "1",
      },
    );
  }
});

Deno.test("env_file: lies beside the file that names it", () => {
  using world = new World({
    "work/sub/more.yml": "ops: { sessions: { bot: { env_file: x.env } } }",
    "work/sub/x.env": "A=sub\nB=${B}",
    "work/.env": "B=work",
    [CONF]: "include: sub/more.yml",
  });
  assertEquals({ ...world.load().sessions.get("bot")!.config.env }, {
    A: "sub",
    B: "work",
  });
});

Deno.test("env_file: names and values may have variables", () => {
  const files = {
    "work/x.env": "A=${HOST}:1\nB=\"${A}\"\nC='${HOST}'\nHOST=own\nD=${HOST}",
    "work/.env": "HOST=db\nNAME=x",
  };
  assertEquals(envOf('env_file: "${NAME}.env"', files), {
    A: "db:1",
    B: "db:1",
    C: "${HOST}",
    HOST: "own",
    D: "own",
  });
});

Deno.test("env_file: every problem has its place, and tells no value", () => {
  using world = new World({
    [CONF]: `
ops:
  sessions:
    a: { env_file: no.env }
    b: { env_file: [bad.env, "\${S}", 5, "", "?"] }
    c: { env_file: bad.env }
    d: { env_file: { file: bad.env } }
    e: { env_file: { path: no.env, required: maybe } }
    f: { env_file: . }
    g: { env_file: ["~other/x.env", [x]] }
`,
    "work/bad.env":
      "A=hunter2\nhunter2\nB='hunter2' hunter2\nC=${NONE}hunter2\n1D=hunter2\n",
    "work/.env": "S=hunter2",
  });
  const said = world.placedMessage();
  assertEquals(said.includes("hunter2"), false);
  assertEquals(said.split("\n"), [
    "WORLD/work: is a folder: name a file, or put one in its place",
    "bad.env:2:1: is no NAME=value: there is no =; a remark begins with #",
    "bad.env:3:3: B: something stands behind the closing quote: only a remark may",
    "bad.env:4:3: C: the variable NONE is not set: set it, put it into .env beside the configuration, or write ${NONE:-a default}; for the text itself write $${NONE}",
    "bad.env:5:1: before the = stands no name: letters, digits and _, no digit first",
    'kstlib.conf.yml:4:20: ops.sessions.a.env_file: there is no file "no.env"; one that may be missing is written "no.env?"',
    'kstlib.conf.yml:5:30: ops.sessions.b.env_file[1]: there is no file "${S}"; one that may be missing is written "…"',
    'kstlib.conf.yml:5:38: ops.sessions.b.env_file[2]: must be text, not a number; if that text is meant, quote it: "5"',
    "kstlib.conf.yml:5:41: ops.sessions.b.env_file[3]: is empty",
    "kstlib.conf.yml:5:45: ops.sessions.b.env_file[4]: is empty",
    "kstlib.conf.yml:7:22: ops.sessions.d.env_file.file: is not known; known are path, required",
    'kstlib.conf.yml:8:46: ops.sessions.e.env_file.required: must be true or false, not "maybe"',
    'kstlib.conf.yml:10:21: ops.sessions.g.env_file[0]: "~other/x.env" starts with the home of another user, which is not looked up: write the path in full, or ./~… for that very name',
    "kstlib.conf.yml:10:37: ops.sessions.g.env_file[1]: must be text, not a list",
  ]);
});
