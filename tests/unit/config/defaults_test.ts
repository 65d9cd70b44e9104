import { assertEquals } from "@std/assert";
import type { SessionDefinition } from "../../../src/config/model.ts";
import { World } from "./fixture.ts";

const CONF = "work/kstlib.conf.yml";

function sessionsOf(
  ops: string,
  files: Readonly<Record<string, string>> = {},
): ReadonlyMap<string, SessionDefinition> {
  using world = new World({ ...files, [CONF]: ops });
  return world.load().sessions;
}

Deno.test("defaults: hold where a session says nothing itself", () => {
  const sessions = sessionsOf(
    `
ops:
  defaults:
    command: [run, it]
    env: { A: all, B: all }
    env_file: all.env
    stop_timeout: 30
    restart: always
    depends_on: [db]
  sessions:
    db: { depends_on: [], restart: no, stop_timeout: }
    own:
      command: x
      env: { B: own, C: own }
      stop_timeout: 1
    plain:
`,
    { "work/all.env": "E=file\nA=file" },
  );
  const [db, own, plain] = [...sessions.values()];

  assertEquals(db!.needs, undefined);
  assertEquals(db!.config.restart, "no");
  assertEquals(db!.config.stopTimeout, undefined);
  assertEquals(own!.config.command, "x");
  assertEquals({ ...own!.config.env }, {
    A: "all",
    B: "own",
    C: "own",
    E: "file",
  });
  assertEquals(own!.config.stopTimeout, 1);
  assertEquals(own!.needs!.map(({ name }) => name), ["db"]);
  assertEquals(plain!.config.command, ["run", "it"]);
  assertEquals({ ...plain!.config.env }, { A: "all", B: "all", E: "file" });
  assertEquals([plain!.config.stopTimeout, plain!.config.restart], [
    30,
    "always",
  ]);
});

Deno.test("defaults: are left out where they do not apply", () => {
  const sessions = sessionsOf(`
ops:
  defaults:
    image: nginx
    ports: [80]
    volumes: [./a:/a]
    log_volume: ./l:/l
    runtime: docker
    init: false
    socket_name: bots
    restart: always
  sessions:
    web:
    bot: { backend: tmux, command: x }
    notes: { backend: tmux }
`);
  const web = sessions.get("web")!;
  assertEquals([web.config.backend, web.socketName], ["container", null]);
  assertEquals(web.config.ports, ["80"]);
  const bot = sessions.get("bot")!;
  assertEquals([bot.config.backend, bot.socketName], ["tmux", "bots"]);
  assertEquals(bot.config.image, undefined);
  assertEquals(bot.config.ports, []);
  assertEquals(bot.config.volumes, []);
  assertEquals(bot.config.logVolume, undefined);
  assertEquals(bot.config.runtime, undefined);
  assertEquals(bot.config.init, undefined);
  assertEquals(bot.config.restart, "always");
  // An interactive shell is not started again.
  assertEquals(sessions.get("notes")!.config.restart, undefined);
});

Deno.test("defaults: a session's own image comes before the backend of all", () => {
  const sessions = sessionsOf(`
ops:
  defaults: { backend: tmux, socket_name: bots }
  default_backend: container
  sessions: { bot: { command: x }, web: { image: nginx } }
`);
  assertEquals(
    Array.from(sessions, ([name, it]) => [name, it.config.backend]),
    [["bot", "tmux"], ["web", "container"]],
  );
});

Deno.test("defaults: what a session says itself must apply to it", () => {
  using world = new World({
    [CONF]: `
ops:
  defaults: { image: nginx }
  sessions:
    web: { socket_name: bots }
    bot: { backend: tmux, ports: [80] }
    notes: { backend: tmux, restart: always }
`,
  });
  assertEquals(
    world.placedMessage().split("\n").map((line) =>
      line.split("; ")[0]!.split(",")[0]
    ),
    [
      "kstlib.conf.yml:5:12: ops.sessions.web.socket_name: is for tmux",
      "kstlib.conf.yml:6:27: ops.sessions.bot.ports: is for containers",
      'kstlib.conf.yml:7:38: ops.sessions.notes.restart: "always" needs a command: an interactive shell is not restarted',
    ],
  );
});

Deno.test("defaults: are merged key by key over the files", () => {
  const sessions = sessionsOf(
    `
ops:
  defaults: { env: { B: work }, working_dir: ./work }
  sessions: { bot: }
`,
    {
      "home/kstlib.conf.yml":
        "ops: { defaults: { env: { A: home, B: home }, log_files: 2 } }",
    },
  );
  const { config } = sessions.get("bot")!;
  assertEquals({ ...config.env }, { A: "home", B: "work" });
  assertEquals(config.logFiles, 2);
  assertEquals(config.workingDir?.endsWith("/work/work"), true);
});

Deno.test("defaults: may have the number of a replica", () => {
  const ops = (session: string) => `
ops:
  defaults: { env: { N: "n\${REPLICA}" } }
  sessions: { bot: ${session} }
`;
  assertEquals(
    Array.from(
      sessionsOf(ops("{ command: x, replicas: 2 }")).values(),
      ({ config }) => config.env["N"],
    ),
    ["n1", "n2"],
  );
  using world = new World({ [CONF]: ops("{ command: x }") });
  assertEquals(
    world.placedMessage().split(":").slice(0, 5).join(":"),
    "kstlib.conf.yml:3:25: ops.sessions.bot.env.N: the variable REPLICA is not set",
  );
});

Deno.test("defaults: what is wrong is told once, with its place", () => {
  using world = new World({
    [CONF]: `
ops:
  defaults:
    comand: x
    command:
    env: { A: true, B: "\${NONE:?say it}" }
    image: Nginx
    socket_name: a/b
    backend: docker
    env_file: no.env
    depends_on: { db: 5 }
  sessions:
    a:
    b: { restart: sometimes }
`,
  });
  assertEquals(
    world.placedMessage().split("\n").map((line) => line.split(/[;,]/)[0]),
    [
      "kstlib.conf.yml:4:5: ops.defaults.comand: is not known",
      "kstlib.conf.yml:5:5: ops.defaults.command: is empty: write a command",
      "kstlib.conf.yml:6:24: ops.defaults.env.B: the variable NONE is not set: say it",
      'kstlib.conf.yml:7:12: ops.defaults.image: "Nginx" has capitals: the name of an image is in lower case (its tag need not be)',
      'kstlib.conf.yml:8:18: ops.defaults.socket_name: "a/b" cannot name a tmux socket: it is a file name without a slash',
      'kstlib.conf.yml:9:14: ops.defaults.backend: "docker" is a runtime: write backend: container and runtime: docker',
      'kstlib.conf.yml:10:15: ops.defaults.env_file: there is no file "no.env"',
      "kstlib.conf.yml:11:23: ops.defaults.depends_on.db: must be a mapping of keys to values",
      'kstlib.conf.yml:14:19: ops.sessions.b.restart: "sometimes" is no restart policy',
    ],
  );
  for (const wrong of ["[x]", "x", "5"]) {
    using other = new World({ [CONF]: `ops: { defaults: ${wrong} }` });
    assertEquals(
      other.message().startsWith(
        "kstlib.conf.yml: ops.defaults: must be a mapping of keys to values",
      ),
      true,
    );
  }
});
