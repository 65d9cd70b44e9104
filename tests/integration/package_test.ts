/**
 * The package as everybody gets it: `deno publish` sends it to a registry of
 * our own, and from there it comes into an empty cache, far from this tree.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { type CommandName, COMMANDS } from "../../src/cli/commands/table.ts";
import { PERMISSIONS, toDenoFlags } from "../../src/cli/permissions.ts";
import config from "../../deno.json" with { type: "json" };
import { tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { dirname } from "@std/path/posix/dirname";
import { copy, Registry } from "../helpers/registry.ts";
import { type Output, ROOT, type Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** What is in this tree and not in a clone. */
const UNTRACKED = [".git", "coverage", "dist", "vendor"];

/** A machine that knows Deno and our registry, and has seen no package yet. */
class Elsewhere implements AsyncDisposable {
  readonly #sandbox: Sandbox;
  readonly registry: Registry;

  private constructor(sandbox: Sandbox, registry: Registry) {
    this.#sandbox = sandbox;
    this.registry = registry;
  }

  /** One where the package has been published from a copy of this tree. */
  static async open(sandbox: Sandbox): Promise<Elsewhere> {
    const tree = sandbox.path("tree");
    for (const { name } of Deno.readDirSync(ROOT)) {
      if (UNTRACKED.includes(name)) continue;
      await copy(`${ROOT}${name}`, `${tree}/${name}`);
    }
    const registry = await Registry.open(sandbox.path("registry"));
    const elsewhere = new Elsewhere(sandbox, registry);
    const { code, stderr } = await elsewhere.deno(
      ["publish", "--token=none", "--no-provenance"],
      tree,
    );
    assertEquals(code, 0, stderr);
    return elsewhere;
  }

  /** Runs Deno in a directory, by default in one with nothing of ours. */
  deno(args: readonly string[], cwd = this.#sandbox.dir): Promise<Output> {
    return this.run(Deno.execPath(), args, cwd);
  }

  /** Runs a program that may start Deno. */
  run(
    binary: string,
    args: readonly string[],
    cwd = this.#sandbox.dir,
  ): Promise<Output> {
    const env = {
      JSR_URL: this.registry.url,
      DENO_DIR: this.#sandbox.path("cache"),
      NO_COLOR: "1",
      // What was installed looks for it there.
      PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
    };
    return this.#sandbox.run(binary, args, { cwd, env });
  }

  /** `deno run jsr:@kstlib/ops`, under what the command needs and no more. */
  ops(command: CommandName, ...args: readonly string[]): Promise<Output> {
    const flags = toDenoFlags(PERMISSIONS[command]);
    const run = ["run", "--quiet", "--no-prompt", ...flags, "jsr:@kstlib/ops"];
    return this.deno([...run, command, ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
  }
}

tmuxTest("package: published, it runs and is imported elsewhere", async (t) => {
  await using sandbox = tmuxSandbox();
  await using elsewhere = await Elsewhere.open(sandbox);

  await t.step("it is the modules, and what one reads of them", async () => {
    const files = await elsewhere.registry.files(
      `${config.name}/${config.version}`,
    );
    // deno-fmt-ignore
    assertEquals(files.filter((path) => !path.startsWith("src/")), [
      "CHANGELOG.md", "LICENSE", "README.md", "cli.ts", "deno.json",
      "docs/command_line.md", "docs/configuration.md", "docs/from_python.md",
      "docs/library.md", "docs/logs_and_history.md", "docs/ops.1",
      "docs/permissions.md", "docs/reference.md", "docs/stopping.md",
      "docs/up.md", "kstlib.conf.schema.json", "kstlib.conf.yml", "mod.ts",
    ]);
    const others = files.filter((path) => !/^src\/[a-z_\/]+\.ts$/.test(path));
    assertEquals(others.filter((path) => path.startsWith("src/")), []);
  });

  await t.step("ops list, from an empty cache", async () => {
    await sandbox.tmux("new-session", "-d", "-s", "foreign", "sleep 1000");
    const { code, stdout, stderr } = await elsewhere.ops("list");
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^foreign\trunning\ttmux\t/m);
  });

  await t.step("a session from its start to its end", async () => {
    const bot = ["start", "bot", "-c", "echo up; cat"] as const;
    const { code, stderr } = await elsewhere.ops(...bot);
    assertEquals([code, stderr], [0, ""]);
    assertEquals((await elsewhere.ops("send", "bot", "hello")).code, 0);
    await until(async () =>
      (await elsewhere.ops("logs", "bot")).stdout.includes("hello")
    );
    const status = await elsewhere.ops("status", "-q", "bot");
    assertEquals(status.stdout, "bot: running\n");
    assertEquals((await elsewhere.ops("stop", "bot")).code, 0);
    const after = await elsewhere.ops("status", "-q", "bot");
    assertEquals(after.stdout, "bot: stopped\n");
  });

  await t.step("the help of every command, with no permission", async () => {
    for (const { name } of COMMANDS) {
      const run = ["run", "--quiet", "--no-prompt", "jsr:@kstlib/ops/cli"];
      const help = await elsewhere.deno([...run, "help", name]);
      assertEquals([help.code, help.stderr], [0, ""]);
    }
  });

  await t.step("the library, in a project that imports it", async () => {
    await sandbox.write("project/main.ts", PROJECT);
    const main = sandbox.path("project/main.ts");
    const checked = await elsewhere.deno(["check", "--quiet", main]);
    assertEquals([checked.code, checked.stderr], [0, ""]);
    const flags = ["--quiet", "--no-prompt", ...toDenoFlags(PERMISSIONS.list)];
    const result = await elsewhere.deno(["run", ...flags, main]);
    assertEquals(result, { code: 0, stdout: "foreign running\n", stderr: "" });
  });

  await t.step("a program, once it is installed", async () => {
    const root = sandbox.path("installed");
    const install = ["install", "--global", "--name=ops", `--root=${root}`];
    const lazy = "--unstable-lazy-dynamic-imports";
    const { code, stderr } = await elsewhere.deno(
      [...install, "-A", lazy, "jsr:@kstlib/ops/cli"],
    );
    assertEquals(code, 0, stderr);
    const ops = `${root}/bin/ops`;
    const version = await elsewhere.run(ops, ["--version"]);
    assertEquals(version.stdout, `ops ${config.version}\n`, version.stderr);
    await sandbox.write("kstlib.conf.yml", "ops: {sessions: {idle: {}}}");
    const list = await elsewhere.run(ops, ["list", "-q"]);
    assertEquals(list, { code: 0, stdout: "foreign\nidle\n", stderr: "" });
    const status = await elsewhere.run(ops, ["status", "-q", "idle"]);
    assertEquals(status.stdout, "idle: defined\n", status.stderr);
  });
});

const PROJECT = `import { listAll, SessionManager } from "jsr:@kstlib/ops";

const { sessions } = await listAll();
for (const { name } of sessions) {
  const manager: SessionManager = await SessionManager.find(name);
  const { state }: { state: string } = await manager.status();
  console.log(name, state);
}
`;
