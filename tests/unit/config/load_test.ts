import { assertEquals, assertThrows } from "@std/assert";
import { loadConfig } from "../../../src/config/load.ts";
import {
  PermissionError,
  SessionConfigError,
} from "../../../src/core/errors.ts";
import { World } from "./fixture.ts";

const CONF = "kstlib.conf.yml";

Deno.test("loadConfig() returns the defaults where there is no file", () => {
  using world = new World();

  assertEquals(world.load(), {
    name: null,
    engines: ["tmux", "podman", "docker"],
    defaultBackend: "tmux",
    tmuxBinary: "tmux",
    containerRuntime: null,
    log: null,
    logMaxSize: 10_485_760,
    logFiles: 5,
    sessions: new Map(),
    groups: new Map(),
    files: [],
  });
});

Deno.test("loadConfig() merges the three places, the nearest on top", () => {
  using world = new World({
    [`home/.config/${CONF}`]: `
ops:
  tmux_binary: user
  container_runtime: docker
  default_backend: container
  sessions:
    bot: { image: user, env: { A: user, B: user, C: user } }
    user: { image: user }`,
    [`home/${CONF}`]: `
ops:
  tmux_binary: home
  container_runtime: podman
  sessions:
    bot: { image: home, env: { B: home, C: home } }`,
    [`work/${CONF}`]: `
ops:
  tmux_binary: work
  sessions:
    bot: { env: { C: work, D: work } }
    work: { image: work }`,
  });
  const config = world.load();
  const bot = config.sessions.get("bot")!.config;

  assertEquals(config.tmuxBinary, "work");
  assertEquals(config.containerRuntime, "podman");
  assertEquals(config.defaultBackend, "container");
  assertEquals([...config.sessions.keys()], ["bot", "user", "work"]);
  assertEquals(bot.image, "home");
  assertEquals(Object.entries(bot.env), [
    ["A", "user"],
    ["B", "home"],
    ["C", "work"],
    ["D", "work"],
  ]);
  assertEquals(world.names(config.files), [
    `home/.config/${CONF}`,
    `home/${CONF}`,
    `work/${CONF}`,
  ]);
});

Deno.test("loadConfig() replaces lists, and takes an empty value as none", () => {
  using world = new World({
    [`home/${CONF}`]: `
ops:
  default_backend: container
  sessions:
    web: { image: web, ports: [80, 81], working_dir: /x }`,
    [`work/${CONF}`]: `
ops:
  default_backend:
  sessions:
    web:
      ports: [82]
      working_dir:
      env:`,
  });
  const { config } = world.load().sessions.get("web")!;

  assertEquals(config.backend, "container");
  assertEquals(config.ports, ["82"]);
  assertEquals(config.workingDir, undefined);
  assertEquals(config.image, "web");
});

Deno.test("loadConfig() keeps a mapping under a key with nothing below it", () => {
  using world = new World({
    [`home/${CONF}`]: "ops: { sessions: { bot: { command: run } } }",
    [`work/${CONF}`]: "ops:\n  sessions:\n  # all commented out\n",
  });

  assertEquals([...world.load().sessions.keys()], ["bot"]);
});

Deno.test("loadConfig() reads one file only if it is named", async (t) => {
  using world = new World({
    [`work/${CONF}`]: "ops: { tmux_binary: searched }",
    "work/named.yml": "ops: { tmux_binary: named }",
    "home/variable.yml": "ops: { tmux_binary: variable }",
  });

  await t.step("by CONFIG_PATH", () => {
    world.env["CONFIG_PATH"] = "../home/variable.yml";
    const config = world.load();
    assertEquals(config.tmuxBinary, "variable");
    assertEquals(world.names(config.files), ["home/variable.yml"]);
  });
  await t.step("by argument, which outranks CONFIG_PATH", () => {
    assertEquals(world.load("named.yml").tmuxBinary, "named");
  });
  await t.step("from the home folder", () => {
    assertEquals(world.load("~/variable.yml").tmuxBinary, "variable");
  });
  await t.step("and fails if it is missing", () => {
    assertEquals(
      world.message("missing.yml"),
      "missing.yml: there is no such file",
    );
    assertEquals(
      world.message("."),
      "WORLD/work: is a folder: name a file, or put one in its place",
    );
    world.env["CONFIG_PATH"] = "/nowhere/missing.yml";
    assertEquals(
      world.message(),
      "/nowhere/missing.yml: there is no such file (CONFIG_PATH names it)",
    );
  });
});

Deno.test("loadConfig() reads a file once that is found twice", async (t) => {
  await t.step("as the working directory is home", () => {
    using world = new World({ [`home/${CONF}`]: "ops: { tmux_binary: x }" });
    const { files } = world.load(undefined, "home");
    assertEquals(world.names(files), [`home/${CONF}`]);
  });
  await t.step("at its higher place, by another way to the folder", () => {
    using world = new World({
      [`home/.config/${CONF}`]: "ops: { tmux_binary: both }",
      [`home/${CONF}`]: "ops: { tmux_binary: home }",
    });
    Deno.symlinkSync(`${world.path}/home/.config`, `${world.path}/link`);
    const config = world.load(undefined, "link");
    assertEquals(config.tmuxBinary, "both");
    assertEquals(world.names(config.files), [`home/${CONF}`, `link/${CONF}`]);
  });
});

Deno.test("loadConfig() names the file that says a thing, of several merged", () => {
  using world = new World({
    [`home/${CONF}`]: `
ops:
  sessions:
    bot: { image: x, ports: [y], env: { BAD: true } }`,
    [`work/${CONF}`]: `
ops:
  sessions:
    bot:
      ports: ["80", x]
      env: { GOOD: "true" }`,
  });

  assertEquals(
    world.placedMessage(),
    "WORLD/home/kstlib.conf.yml:4:46: ops.sessions.bot.env.BAD: must be text " +
      'or a number, not a boolean; if that text is meant, quote it: "true"\n' +
      'kstlib.conf.yml:5:21: ops.sessions.bot.ports[1]: "x" is no port or ' +
      "range of ports: they go from 1 to 65535, the lower one first",
  );
});

Deno.test("loadConfig() refuses what is not a file of text", async (t) => {
  const cases: [string, (path: string) => void, string][] = [
    [
      "a folder",
      (path) => Deno.mkdirSync(path),
      "is a folder: name a file, or put one in its place",
    ],
    [
      "bytes",
      (path) => Deno.writeFileSync(path, new Uint8Array([0xff])),
      "is not text in UTF-8",
    ],
    [
      "a file of more than 10 MiB",
      (path) => {
        Deno.writeTextFileSync(path, "");
        Deno.truncateSync(path, 10 * 1024 * 1024 + 1);
      },
      "is larger than 10 MiB",
    ],
  ];
  for (const [name, make, reason] of cases) {
    await t.step(name, () => {
      using world = new World();
      make(`${world.path}/work/${CONF}`);
      assertEquals(world.message(), `${CONF}: ${reason}`);
    });
  }
});

Deno.test("loadConfig() follows a link in the places of the search", () => {
  using world = new World({ "dotfiles/ops.yml": "ops: { tmux_binary: dot }" });
  Deno.symlinkSync(
    `${world.path}/dotfiles/ops.yml`,
    `${world.path}/home/${CONF}`,
  );

  assertEquals(world.load().tmuxBinary, "dot");
});

Deno.test("loadConfig() asks for HOME only if a path needs it", () => {
  using world = new World({
    "work/named.yml":
      "ops: { sessions: { bot: { working_dir: /srv }, cat: {} } }",
  });
  const { sessions } = loadConfig({
    file: `${world.path}/work/named.yml`,
    cwd: "/",
    env: (name) => {
      throw new PermissionError(`read ${name}`, `--allow-env=${name}`);
    },
  });

  assertEquals(sessions.get("bot")!.config.workingDir, "/srv");
});

Deno.test("loadConfig() has the file and the key as fields of its error", () => {
  using world = new World({ [`work/${CONF}`]: "ops: { tmux_binary: [] }" });
  const error = assertThrows(() => world.load(), SessionConfigError);

  assertEquals(error.file, CONF);
  assertEquals(error.key, "ops.tmux_binary");
  assertEquals(error.reason, "must be text, not a list");
});

Deno.test({
  name: "loadConfig() names the variable that Deno was not permitted to read",
  permissions: { env: false, read: true },
  fn: () => {
    const error = assertThrows(() => loadConfig(), PermissionError);

    assertEquals(error.flag, "--allow-env=CONFIG_PATH");
    assertEquals(
      error.message,
      "not permitted to read the environment variable CONFIG_PATH: add " +
        '--allow-env=CONFIG_PATH to "deno run"',
    );
  },
});

Deno.test({
  name: "loadConfig() names the file that Deno was not permitted to read",
  permissions: { read: false },
  fn: () => {
    const error = assertThrows(
      () => loadConfig({ file: "/ops.yml", cwd: "/", env: () => undefined }),
      PermissionError,
    );

    assertEquals(error.flag, "--allow-read=/ops.yml");
    assertEquals(
      error.message,
      'not permitted to read /ops.yml: add --allow-read=/ops.yml to "deno run"',
    );
  },
});
