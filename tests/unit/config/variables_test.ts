import { assertEquals, assertThrows } from "@std/assert";
import { loadConfig } from "../../../src/config/load.ts";
import {
  PermissionError,
  SessionConfigError,
} from "../../../src/core/errors.ts";
import { World } from "./fixture.ts";

const CONF = "work/kstlib.conf.yml";

function envOf(world: World, name = "bot"): Record<string, string> {
  return { ...world.load().sessions.get(name)!.config.env };
}

Deno.test("variables are filled into all texts, but no commands and no keys", () => {
  using world = new World();
  world.write(
    CONF,
    `
ops:
  tmux_binary: \${TOOL}
  log_files: \${COUNT}
  sessions:
    bot:
      command: "x=1; echo \${x} \${TOOL} $$ $\${TOOL}"
      working_dir: ./\${TOOL}
      stop_timeout: "\${COUNT}"
      env:
        A: $TOOL pa$$w0rd
        command: \${TOOL}
        B: |
          a
          \${TOOL:+b}
        C: "\${COUNT}"
      ready:
        log: "up \${TOOL}"
        command: [sh, -c, "echo \${TOOL}"]
        timeout: \${COUNT}
      depends_on: ["\${OTHER:-command}"]
    command:
      image: "\${TOOL}:\${COUNT}"
      command: [sh, -c, "echo \${HOME} \${x}"]
      ports: ["\${COUNT}:80"]
      volumes: ["./\${TOOL}:/data"]
      init: \${INIT}
      depends_on: {}
`,
  );
  Object.assign(world.env, { TOOL: "tool", COUNT: "7", INIT: "false" });

  const { tmuxBinary, logFiles, sessions } = world.load();
  assertEquals([tmuxBinary, logFiles], ["tool", 7]);
  const bot = sessions.get("bot")!;
  assertEquals(bot.config.command, "x=1; echo ${x} ${TOOL} $$ $${TOOL}");
  assertEquals(bot.config.workingDir, `${world.path}/work/tool`);
  assertEquals(bot.config.stopTimeout, 7);
  assertEquals({ ...bot.config.env }, {
    A: "$TOOL pa$$w0rd",
    command: "tool",
    B: "a\nb\n",
    C: "7",
  });
  assertEquals({ ...bot.ready }, {
    log: "up tool",
    command: ["sh", "-c", "echo ${TOOL}"],
    timeout: 7,
  });
  assertEquals(bot.needs!.map(({ name }) => name), ["command"]);
  const { config } = sessions.get("command")!;
  assertEquals(config.image, "tool:7");
  assertEquals(config.command, ["sh", "-c", "echo ${HOME} ${x}"]);
  assertEquals(config.ports, ["7:80"]);
  assertEquals(config.volumes, [`${world.path}/work/tool:/data`]);
  assertEquals(config.init, false);
});

Deno.test("what wins over other values is not asked for them", () => {
  using world = new World({
    "home/kstlib.conf.yml":
      'ops: { sessions: { bot: { env: { A: "${NONE}" } } } }',
    [CONF]: 'ops: { sessions: { bot: { env: { A: "x" } } } }',
  });
  assertEquals(envOf(world), { A: "x" });
});

Deno.test("a variable is that of the environment, then of .env beside the file", () => {
  using world = new World({
    "home/.env": "A=home\nB=home\nC=home",
    "home/kstlib.conf.yml":
      'ops: { sessions: { bot: { env: { A: "${A}", B: "${B}" } } } }',
    "work/.env": "A=work\nC=work\nE=work\nX=x",
    "work/sub/.env": "C=sub",
    "work/sub/more.yml": 'ops: { sessions: { bot: { env: { C: "${C}" } } } }',
    [CONF]: `
include: sub/more.yml
ops: { sessions: { bot: { env: { D: "\${A}", E: "\${E-default}" } } } }
`,
  });
  Object.assign(world.env, { B: "given", E: "" });

  // What .env says besides is put into no session.
  assertEquals(envOf(world), {
    A: "home",
    B: "given",
    C: "work",
    D: "work",
    E: "",
  });
});

Deno.test(".env is read where a variable is not known without it", () => {
  using world = new World({
    [CONF]: 'ops: { sessions: { bot: { env: { A: "${A:-x}" } } } }',
    "work/.env": "this is no dotenv file\nnor\n",
  });
  assertEquals(
    world.placedMessage(),
    [1, 2].map((line) =>
      `.env:${line}:1: is no NAME=value: there is no =; a remark begins with #`
    ).join("\n"),
  );
  world.env["A"] = "a";
  assertEquals(envOf(world), { A: "a" });

  delete world.env["A"];
  Deno.removeSync(`${world.path}/work/.env`);
  assertEquals(envOf(world), { A: "x" });
  // An environment of Python may be there.
  Deno.mkdirSync(`${world.path}/work/.env`);
  assertEquals(envOf(world), { A: "x" });
});

Deno.test("every variable that is missing is told with its place", () => {
  using world = new World({
    [CONF]: `
ops:
  tmux_binary: \${TOOL:?name the tmux program}
  sessions:
    bot:
      env: { A: "\${A}", B: "\${B}" }
      ports: ["80", "\${P"]
      stop_timeout: soon
`,
  });
  const reason = (name: string) =>
    `the variable ${name} is not set: set it, put it into .env beside the ` +
    `configuration, or write \${${name}:-a default}; ` +
    `for the text itself write $\${${name}}`;
  assertEquals(world.placedMessage().split("\n"), [
    "kstlib.conf.yml:3:16: ops.tmux_binary: the variable TOOL is not set: name the tmux program",
    `kstlib.conf.yml:6:17: ops.sessions.bot.env.A: ${reason("A")}`,
    `kstlib.conf.yml:6:28: ops.sessions.bot.env.B: ${reason("B")}`,
    'kstlib.conf.yml:7:21: ops.sessions.bot.ports[1]: has a "${" that begins ' +
    "none of ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, " +
    '${NAME?message}, ${NAME:+other}, ${NAME+other}; for the text itself write "$${"',
    'kstlib.conf.yml:8:21: ops.sessions.bot.stop_timeout: must be a decimal number, not text "soon"',
  ]);
});

Deno.test("what variables hold is in no message", () => {
  const keys: Record<string, string> = {
    image: "${S}",
    restart: "${S}",
    stop_signal: "${S}",
    log: "${S}",
    log_max_size: "${S}",
    log_files: "${S}",
    stop_timeout: "${S}",
    init: "${S}",
    backend: "${S}",
    runtime: "${S}",
    socket_name: "a/${S}",
    volumes: '["${S}"]',
    log_volume: "./x${S}:relative",
    ports: '["${S}", "80:${S}", "1.2.3.${S}:80:80"]',
    working_dir: "~${S}",
    depends_on: '["${S}"]',
  };
  for (const [key, written] of Object.entries(keys)) {
    for (const secret of ["Pla/nt:ed", "-4711.5", "007"]) {
      const backend = /image|runtime|volume|ports|init/.test(key)
        ? "image: x"
        : "";
      using world = new World({
        [CONF]: `
ops:
  sessions:
    bot:
      command: x
      ${key === "image" ? "" : backend}
      ${key}: ${written}
`,
        "work/.env": `S=${secret}`,
      });
      try {
        world.load();
      } catch (error) {
        const said = Deno.inspect(error, { depth: 9, strAbbreviateSize: 1e6 })
          .replace(/^ +at .*$/gm, "");
        const isTold = said.includes(secret) || said.includes("nt:ed");
        assertEquals([key, isTold && said], [key, false]);
        continue;
      }
      // Some are texts like any other.
      const isFine = secret !== "Pla/nt:ed" ||
        ["working_dir"].includes(key);
      assertEquals([key, secret, isFine], [key, secret, true]);
    }
  }
});

Deno.test("a variable that may not be read is told with its place and flag", () => {
  using world = new World({
    [CONF]: 'ops: { sessions: { bot: { env: { A: "${TOKEN:-x}" } } } }',
  });
  const load = () =>
    loadConfig({
      cwd: `${world.path}/work`,
      env: (name) => {
        if (name !== "TOKEN") return undefined;
        throw new PermissionError("read TOKEN", "--allow-env=TOKEN");
      },
    });
  const error = assertThrows(load, PermissionError);
  assertEquals(error.flag, "--allow-env=TOKEN");
  assertEquals(
    error.message,
    "not permitted to read the variable TOKEN, which kstlib.conf.yml:1:37: " +
      "ops.sessions.bot.env.A names and no .env sets: add " +
      '--allow-env=TOKEN to "deno run"',
  );
  world.write("work/.env", "TOKEN=t");
  assertEquals({ ...load().sessions.get("bot")!.config.env }, { A: "t" });
});

Deno.test("what is not named is not read", () => {
  using world = new World({
    [CONF]: 'ops: { sessions: { bot: { env: { A: "$X $${Y} ${Z}" } } } }',
  });
  const asked: string[] = [];
  loadConfig({
    cwd: `${world.path}/work`,
    env: (name) => (asked.push(name), name === "Z" ? "z" : undefined),
  });
  assertEquals(asked.filter((it) => /^[XYZ]$/.test(it)), ["Z"]);
  assertThrows(
    () => loadConfig({ cwd: `${world.path}/work`, env: () => undefined }),
    SessionConfigError,
  );
});
