import { assertEquals } from "@std/assert";
import { MAX_INCLUDES } from "../../../src/config/include.ts";
import { World } from "./fixture.ts";

const CONF = "work/kstlib.conf.yml";

Deno.test("include: lies beneath the file that includes, the last on top", () => {
  using world = new World({
    [CONF]: `
include: [one.yml, more/two.json]
ops: { sessions: { bot: { env: { OWN: own } } } }`,
    "work/one.yml": `
ops:
  tmux_binary: one
  container_runtime: podman
  sessions: { bot: { env: { OWN: one, ONE: one, TWO: one } }, one: }`,
    "work/more/two.json": `{
      "include": "three.yaml",
      "ops": { "tmux_binary": "two", "sessions": { "bot": { "env": { "TWO": "two" } } } }
    }`,
    "work/more/three.yaml": `
ops: { tmux_binary: three, container_runtime: docker }`,
  });
  const config = world.load();

  assertEquals(config.tmuxBinary, "two");
  assertEquals(config.containerRuntime, "docker");
  assertEquals([...config.sessions.keys()], ["bot", "one"]);
  assertEquals(config.sessions.get("bot")!.config.env, {
    OWN: "own",
    ONE: "one",
    TWO: "two",
  });
  assertEquals(world.names(config.files), [
    "work/one.yml",
    "work/more/three.yaml",
    "work/more/two.json",
    CONF,
  ]);
});

Deno.test("include: makes paths relative to the file that says them", () => {
  using world = new World({
    [CONF]: "include: bots/bots.yml",
    "work/bots/bots.yml": `
ops:
  sessions:
    bot: { working_dir: ./data }
    web:
      backend: container
      volumes: [./data:/data, cache:/cache, ~/x:/x]
      log_volume: ../logs:/logs`,
  });
  const { sessions } = world.load();
  const web = sessions.get("web")!.config;

  assertEquals(
    world.names([sessions.get("bot")!.config.workingDir!]),
    ["work/bots/data"],
  );
  assertEquals(world.names(web.volumes), [
    "work/bots/data:/data",
    "cache:/cache",
    "home/x:/x",
  ]);
  assertEquals(world.names([web.logVolume!]), ["work/logs:/logs"]);
});

Deno.test("include: allows a file twice, and says nothing when empty", () => {
  using world = new World({
    [CONF]: "include: [a.yml, b.yml, ./sub/../c.yml]",
    "work/a.yml": "include: c.yml",
    "work/b.yml": "include: c.yml",
    "work/c.yml": "include:\nops: { tmux_binary: c }",
  });

  assertEquals(world.load().tmuxBinary, "c");
});

Deno.test("include: refuses", async (t) => {
  const cases: [name: string, include: string, reason: string][] = [
    [
      "an absolute path",
      "/etc/ops.yml",
      'include: "/etc/ops.yml" must be relative to the file that includes it',
    ],
    [
      "a path in the home folder",
      "~/ops.yml",
      'include: "~/ops.yml" must be relative to the file that includes it',
    ],
    [
      "a path that leaves the folder",
      "a/../../ops.yml",
      'include: "a/../../ops.yml" leaves the folder of the file that includes it',
    ],
    [
      "the folder above",
      "..",
      'include: ".." leaves the folder of the file that includes it',
    ],
    [
      "another kind of file",
      "[ok.yml, ops.toml]",
      'include[1]: "ops.toml" must end in .yml, .yaml, .json',
    ],
    [
      "a missing file",
      "[missing.yml]",
      'include[0]: there is no file "missing.yml"',
    ],
    [
      "a file below a file",
      "ok.yml/x.yml",
      'include: there is no file "ok.yml/x.yml"',
    ],
    ["an empty path", '""', 'include: "" is not the path of a file'],
    ["NUL", '"a\\0.yml"', 'include: "a\\u0000.yml" is not the path of a file'],
    [
      "a number",
      "1",
      "include: must be the path of a file, or a list of such paths",
    ],
    [
      "a link",
      "link.yml",
      'include: "link.yml" is a symbolic link, and those are not followed',
    ],
    [
      "a link in the folders above",
      "folder/link/ok.yml",
      'include: "folder/link" is a symbolic link, and those are not followed',
    ],
  ];
  for (const [name, include, reason] of cases) {
    await t.step(name, () => {
      using world = new World({
        [CONF]: `include: ${include}`,
        "work/ok.yml": "",
        "work/folder/real/ok.yml": "",
      });
      Deno.symlinkSync("ok.yml", `${world.path}/work/link.yml`);
      Deno.symlinkSync("real", `${world.path}/work/folder/link`);
      assertEquals(world.message(), `kstlib.conf.yml: ${reason}`);
    });
  }
});

Deno.test("include: refuses a circle, and names it", () => {
  using world = new World({
    [CONF]: "include: a.yml",
    "work/a.yml": "include: [b.yml]",
    "work/b.yml": "include: ./a.yml",
  });

  assertEquals(
    world.message(),
    "b.yml: include: runs in a circle: kstlib.conf.yml → a.yml → b.yml → a.yml",
  );
});

Deno.test("include: goes ten files deep and no deeper", () => {
  using world = new World({
    "work/10.yml": "ops: { tmux_binary: deepest }",
    [CONF]: "include: 1.yml",
  });
  for (let n = 1; n < 10; n++) {
    world.write(`work/${n}.yml`, `include: ${n + 1}.yml`);
  }
  assertEquals(world.load().tmuxBinary, "deepest");

  world.write("work/10.yml", "include: 11.yml");
  world.write("work/11.yml", "");
  assertEquals(
    world.message(),
    "10.yml: include: goes more than 10 files deep",
  );
});

Deno.test("include: stops files that multiply", () => {
  using world = new World({ [CONF]: "include: [1.yml, 1.yml, 1.yml]" });
  for (let n = 1; n < 10; n++) {
    world.write(`work/${n}.yml`, `include: [${n + 1}.yml, ${n + 1}.yml]`);
  }
  world.write("work/10.yml", "");

  assertEquals(
    world.message().replace(/^\d+\.yml: include\[\d\]: /, ""),
    `makes more than ${MAX_INCLUDES} files in all`,
  );
});

Deno.test("include: names the file in which an error is", () => {
  using world = new World({
    [CONF]: "include: sub/bad.yml",
    "work/sub/bad.yml": "ops: [",
  });

  assertEquals(
    world.message(),
    "sub/bad.yml: ops: this [ is never closed",
  );
});
