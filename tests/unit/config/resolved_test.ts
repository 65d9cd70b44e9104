import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { loadWithTree } from "../../../src/config/load.ts";
import type { LoadedConfig } from "../../../src/config/model.ts";
import { parseDocument } from "../../../src/config/parse.ts";
import { HIDDEN, resolvedOps } from "../../../src/config/resolved.ts";
import { type Writable, yamlText } from "../../../src/config/yaml_text.ts";
import { blocksOf, pages } from "../../helpers/pages.ts";
import { plain, World } from "./fixture.ts";

/** What is printed for the files of a world, and what these were read as. */
function shown(world: World): { text: string; config: LoadedConfig } {
  const { config, ops } = loadWithTree({
    cwd: `${world.path}/work`,
    env: (name) => world.env[name],
  });
  const root = new Map([["ops", { value: resolvedOps(ops, config) }]]);
  return { text: yamlText(root), config };
}

/** A configuration whose variables have no values, but names. */
function comparable({ files: _, sessions, ...rest }: LoadedConfig) {
  const hidden = Array.from(sessions, ([name, { config, ...more }]) => {
    const names = Object.keys(config.env);
    const env = Object.fromEntries(names.map((it) => [it, HIDDEN]));
    // Their owner is the file.
    return [name, { ...config, env }, { ...more, owner: undefined }];
  });
  return { ...rest, sessions: hidden };
}

const sample = Deno.readTextFileSync(
  new URL("../../../kstlib.conf.yml", import.meta.url),
);
const full = sample.replace(/^( *)#(?! |$)/gm, "$1");
const shownOnPages = pages().flatMap(({ text }) => blocksOf(text, "yaml"));

Deno.test("resolvedOps() is read as what it was made from", () => {
  for (const text of [sample, full, ...shownOnPages, "ops:\n"]) {
    using world = new World({
      "work/kstlib.conf.yml": text,
      "work/bot.env": "TOKEN=x\n",
      "work/conf.d/bots.yml": "",
      "work/conf.d/more.yml": "ops: {sessions: {more: {working_dir: ./x}}}",
      "home/kstlib.conf.yml": "ops: {sessions: {home: {working_dir: ./y}}}",
    });
    const { text: printed, config } = shown(world);
    using other = new World({ "work/kstlib.conf.yml": printed });
    assertEquals(comparable(other.load()), comparable(config), printed);
    const bare = (text: string) => text.replace(/ # \S+$/gm, "");
    assertEquals(bare(shown(other).text), bare(printed));
  }
});

Deno.test("resolvedOps() says where each value comes from, and hides env", () => {
  using world = new World({
    "home/kstlib.conf.yml":
      "ops:\n  log: none\n  log_max_size: 1M\n  sessions:\n" +
      "    bot: {env: {A: hunter2}}\n",
    "work/kstlib.conf.yml": "include: more.yml\n" +
      "ops:\n  sessions:\n    bot:\n      command:\n        [a,\n        1]\n",
    "work/more.yml":
      "ops: {sessions: {bot: {command: x, init: , env: {B: s}}}}",
  });
  const { ops, config } = loadWithTree({
    cwd: `${world.path}/work`,
    env: (name) => world.env[name],
  });
  const text = yamlText(resolvedOps(ops, config)).replaceAll(world.path, "W");
  assertEquals(
    text,
    `engines: [tmux, podman, docker] # default
default_backend: tmux # default
tmux_binary: tmux # default
log: none # W/home/kstlib.conf.yml:2
log_max_size: 1048576 # W/home/kstlib.conf.yml:3
log_files: 5 # default
sessions:
  bot:
    backend: tmux # default
    env:
      A: "***" # W/home/kstlib.conf.yml:5
      B: "***" # more.yml:1
    command: [a, "1"] # kstlib.conf.yml:5
`,
  );
  assertNotMatch(text, /hunter2/);
});

Deno.test("resolvedOps() shows no value of env, wherever it stands", () => {
  using world = new World({
    "work/kstlib.conf.yml": `ops:
  sessions:
    env: {command: shown, env: {A: planted}}
    two: {image: x, env: {env: planted, B: "planted"}}
`,
  });
  const { text } = shown(world);
  assertNotMatch(text, /planted/);
  assert(text.includes("command: shown"));
});

Deno.test("resolvedOps() shows texts with variables as they are written", () => {
  using world = new World({
    "work/.env": "TAG=planted\nDIR=planted\nSOCKET=planted\n",
    "work/kstlib.conf.yml": `ops:
  sessions:
    web:
      image: x:\${TAG}
      volumes: ["./\${DIR}:/a", "./b:/b"]
    bot: {working_dir: "./\${DIR}", socket_name: "\${SOCKET}"}
`,
  });
  const { text, config } = shown(world);
  assertNotMatch(text, /planted/);
  const here = `${world.path}/work`;
  assert(text.includes(`      image: "x:\${TAG}"`), text);
  assert(text.includes(`"${here}/\${DIR}:/a"`), text);
  assert(text.includes(`"${here}/b:/b"`), text);
  assert(text.includes(`working_dir: "${here}/\${DIR}"`), text);
  assert(text.includes('socket_name: "${SOCKET}"'), text);
  world.write("work/kstlib.conf.yml", text.replaceAll(/ # \S+$/gm, ""));
  assertEquals(comparable(world.load()), comparable(config));
});

Deno.test("resolvedOps() shows what is said of all in each session", () => {
  using world = new World({
    "work/conf/all.yml": `ops:
  defaults:
    restart: on-failure
    working_dir: run
    env_file: [a.env, { path: b.env, required: false }]
    env: { A: planted }
    ports: [80]
    socket_name: bots
`,
    "work/conf/a.env": "TOKEN=planted\n",
    "work/kstlib.conf.yml": `include: conf/all.yml
ops:
  sessions:
    bot: { command: x, env: { B: planted } }
    shell:
    web: { image: x, working_dir: /srv, restart: always }
`,
  });
  const { text, config } = shown(world);
  assertNotMatch(text, /planted|defaults:/);
  assertEquals(
    text.slice(text.indexOf("    bot:")).replaceAll(world.path, "W"),
    `    bot:
      backend: tmux # default
      restart: on-failure # conf/all.yml:3
      working_dir: W/work/conf/run # conf/all.yml:4
      env_file: # conf/all.yml:5
        - W/work/conf/a.env
        - path: W/work/conf/b.env # conf/all.yml:5
          required: false # conf/all.yml:5
      env:
        A: "***" # conf/all.yml:6
        B: "***" # kstlib.conf.yml:4
      socket_name: bots # conf/all.yml:8
      command: x # kstlib.conf.yml:4
    shell:
      backend: tmux # default
      working_dir: W/work/conf/run # conf/all.yml:4
      env_file: # conf/all.yml:5
        - W/work/conf/a.env
        - path: W/work/conf/b.env # conf/all.yml:5
          required: false # conf/all.yml:5
      env:
        A: "***" # conf/all.yml:6
      socket_name: bots # conf/all.yml:8
    web:
      backend: container # default
      restart: always # kstlib.conf.yml:6
      working_dir: /srv # kstlib.conf.yml:6
      env_file: # conf/all.yml:5
        - W/work/conf/a.env
        - path: W/work/conf/b.env # conf/all.yml:5
          required: false # conf/all.yml:5
      env:
        A: "***" # conf/all.yml:6
      ports: ["80"] # conf/all.yml:7
      image: x # kstlib.conf.yml:6
`,
  );
  using other = new World({ "work/kstlib.conf.yml": text });
  assertEquals(comparable(other.load()), comparable(config));
});

Deno.test("resolvedOps() shows replicas as the one definition they have", () => {
  using world = new World({
    "work/kstlib.conf.yml": `ops:
  defaults: { ports: ["8080-8085:80"], working_dir: /srv, socket_name: bots }
  sessions:
    worker: { replicas: 2, command: "w \${REPLICA}", log_max_size: 1M }
    web: { replicas: 2, image: x, volumes: ["./d\${REPLICA}:/d", "./e:/e"] }
`,
  });
  const { text, config } = shown(world);
  assertEquals([...config.sessions.keys()].length, 4);
  assert(text.includes('ports: ["8080-8085:80"]'), text);
  assert(text.includes('command: "w ${REPLICA}"'), text);
  assert(text.includes(`"${world.path}/work/e:/e"`), text);
  using other = new World({ "work/kstlib.conf.yml": text });
  assertEquals(comparable(other.load()), comparable(config));
});

Deno.test("yamlText() is read as what it was made from", () => {
  const texts = [
    "",
    " ",
    "a",
    "a b",
    "a  b",
    " a",
    "a ",
    "a: b",
    "a:",
    "a #b",
    "#a",
    "- a",
    "-",
    "?",
    "null",
    "~",
    "Yes",
    "no",
    "true",
    "0x10",
    "010",
    "1e3",
    "1_0",
    ".5",
    "a,b",
    "[a]",
    "{a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    '"',
    "'",
    "a\nb",
    "a\nb\n",
    "a\n\n  b\n",
    " a\nb",
    "a\nb\n\n",
    "a \nb",
    "a\n",
    "\n",
    "a\tb",
    "a\n\tb",
    "\x1b[2J",
    "a\r\nb",
    "\u2028",
    "ä €",
    "😀",
    "\u202e",
    "\u{e0001}",
    "\ufeff",
    "<<",
    "a\\b",
    "$A ${B}",
    "---",
    "...",
    "a\n--- b",
    "/usr/bin/x",
    "x".repeat(100),
  ];
  // To the reader "<<" merges, quoted or not: no name of ours is that.
  const keys = texts.filter((it) => it !== "<<");
  const values: Writable[] = [
    ...texts,
    texts,
    [["a", 1], [], new Map([["a", { value: 1 }], ["b", { value: [null] }]])],
    new Map(),
    new Map(keys.map((text) => [text, { value: text, remark: text }])),
    keys.map((it) => new Map([[it, { value: [it] }]])),
    0,
    -1.5,
    true,
    false,
  ];
  const origin = { path: "/x/a.yml", label: "a.yml" };
  for (const value of values) {
    const above = ["a\nb: c"];
    const text = yamlText(new Map([["ops", { value, above, remark: "\n" }]]));
    const { ops } = parseDocument(text, origin);
    assertEquals(plain(ops), expected(value), text);
  }
});

function expected(value: Writable): unknown {
  if (Array.isArray(value)) return value.map(expected);
  if (typeof value === "number") return String(value);
  return value instanceof Map
    ? Object.fromEntries(
      Array.from(value, ([key, it]) => [key, expected(it.value)]),
    )
    : value;
}
