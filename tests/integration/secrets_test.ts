/** Secrets of the configuration show nowhere, wherever they come from. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import { type Permission, PERMISSIONS } from "../../src/cli/permissions.ts";
import { opsUnder, tmuxSandbox } from "../helpers/cli.ts";
import { Containers, IMAGE, RUNTIMES, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processes } from "../helpers/processes.ts";
import { type Output, Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** Where secrets are planted: variables of the session. */
const NAMES = ["ENV", "FILE", "QUOTED", "DOTENV", "GIVEN", "DEFAULTS"] as const;
const LENGTH = "planted-".length + crypto.randomUUID().length;

/** Tells that all have arrived, without telling what they are. */
const COMMAND = [
  "sh",
  "-c",
  `echo got ${NAMES.map((name) => `\${#${name}}`).join(" ")}; exec sleep 1000`,
];
const GOT = `got${` ${LENGTH}`.repeat(NAMES.length)}`;

/** A world with secrets in it, and all that was said there. */
class Planted {
  readonly #sandbox: Sandbox;
  readonly #name: string;
  /** Every secret there has been. */
  readonly secrets: string[] = [];
  readonly #said: [where: string, text: string][] = [];
  readonly #argv = new Set<string>();
  #isWatching = false;

  constructor(sandbox: Sandbox, name: string) {
    this.#sandbox = sandbox;
    this.#name = name;
  }

  /** Plants new ones, in a configuration with this session. */
  async plant(session: string, more = ""): Promise<void> {
    const made = NAMES.map((it) => [it, `planted-${crypto.randomUUID()}`]);
    const secrets: Record<typeof NAMES[number], string> = Object.fromEntries(
      made,
    );
    this.secrets.push(...Object.values(secrets));
    Deno.env.set("OPS_TEST_GIVEN", secrets.GIVEN);
    await this.#sandbox.write(".env", `OPS_TEST_DOTENV=${secrets.DOTENV}\n`);
    await this.#sandbox.write(
      "bot.env",
      `FILE=${secrets.FILE}\nexport QUOTED='${secrets.QUOTED}' # remark\n`,
    );
    await this.#sandbox.write(
      "kstlib.conf.yml",
      `ops:
  defaults:
    env: { DEFAULTS: ${secrets.DEFAULTS} }
  sessions:
    ${this.#name}:
      command: ${JSON.stringify(COMMAND)}
      stop_timeout: 1
      env_file: bot.env
      env:
        ENV: ${secrets.ENV}
        DOTENV: \${OPS_TEST_DOTENV}
        GIVEN: \${OPS_TEST_GIVEN:?}
      ${session}
${more}`,
    );
  }

  /** The path of a file beside the configuration. */
  file(name: string): string {
    return this.#sandbox.path(name);
  }

  /** Runs `ops`, and remembers what it says. */
  async ops(...args: readonly string[]): Promise<Output> {
    const command = COMMANDS.find(({ name }) => args.includes(name))!;
    const given: Permission = {
      kind: "env",
      values: ["OPS_TEST_GIVEN", "OPS_TEST_DOTENV", "OPS_TEST_NONE"],
      purpose: "read what the configuration names",
      without: null,
    };
    const permissions = [...PERMISSIONS[command.name], given];
    const output = await opsUnder(this.#sandbox, permissions, ...args);
    this.hear(args.join(" "), output.stdout + output.stderr);
    return output;
  }

  /** Remembers what was said. */
  hear(where: string, text: string): void {
    this.#said.push([where, text]);
  }

  /** Remembers every command line that there is meanwhile. */
  async watched(act: () => Promise<void>): Promise<void> {
    this.#isWatching = true;
    const watch = async () => {
      while (this.#isWatching) {
        for (const { argv } of processes()) this.#argv.add(argv.join(" "));
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await Promise.all([
      watch(),
      act().finally(() => this.#isWatching = false),
    ]);
  }

  /** Where a secret was found; the files that it was planted in left out. */
  found(): string[] {
    const own = ["kstlib.conf.yml", ".env", "bot.env"]
      .map((it) => this.#sandbox.path(it));
    const texts: (readonly [where: string, text: string])[] = [
      ...this.#said,
      ...filesBelow(this.#sandbox.dir).filter(([path]) => !own.includes(path)),
      ...Array.from(this.#argv, (line) => ["ps", line] as const),
    ];
    return texts.filter(([, text]) =>
      this.secrets.some((it) => text.includes(it))
    )
      .map(([where]) => where);
  }

  /** All that can be asked of a session that runs. */
  async askAll(): Promise<void> {
    const name = this.#name;
    for (
      const args of [
        ["list"],
        ["--json", "list"],
        ["status", name],
        ["--json", "status", name],
        ["logs", name],
        ["--json", "logs", name],
        ["history", name],
        ["--json", "history", name],
        ["diff"],
        ["--json", "diff"],
        ["up", "--dry-run"],
        ["doctor"],
        ["--json", "doctor"],
        ["config", "--origin"],
        ["--json", "config", "--origin"],
        ["init", "--from-running", "--config", `${crypto.randomUUID()}.yml`],
        ["config", "check"],
        ["--json", "config", "check"],
        ["start", name],
        ["--json", "start", name],
      ]
    ) await this.ops(...args);
  }
}

/** Every file below a folder, with its text. */
function filesBelow(folder: string): [path: string, text: string][] {
  return [...Deno.readDirSync(folder)].flatMap(
    ({ name, isDirectory, isFile }) => {
      const path = `${folder}/${name}`;
      if (isDirectory) return filesBelow(path);
      return isFile ? [[path, Deno.readTextFileSync(path)]] : [];
    },
  );
}

/** Comes up, is changed, breaks and goes down; `look` looks at the engine. */
async function live(
  planted: Planted,
  session: string,
  look: () => Promise<void>,
): Promise<void> {
  await planted.watched(async () => {
    await planted.plant(session);
    const up = await planted.ops("--json", "up");
    assertEquals([up.code, up.stderr], [0, ""]);
    await look();
    await planted.askAll();

    // Other ones, so that what runs differs from what is defined.
    await planted.plant(session);
    const diff = await planted.ops("diff");
    assertEquals(diff.code, 10);
    assertMatch(diff.stdout, /\benv\b/);
    await planted.ops("--json", "diff");
    await planted.ops("--json", "list");
    assertEquals((await planted.ops("up")).code, 0);
    await look();

    await planted.plant(
      session,
      "      log: ${OPS_TEST_GIVEN}\n" +
        "      stop_signal: x${OPS_TEST_DOTENV}\n" +
        "      restart: ${OPS_TEST_NONE:?is not there}\n",
    );
    await Deno.writeTextFile(
      planted.file("bot.env"),
      `FILE='${planted.secrets.at(-1)}' ${planted.secrets.at(-1)}\n` +
        `${planted.secrets.at(-1)}\n`,
    );
    Deno.env.set("KSTLIB_OPS_DEBUG", "1");
    const broken = await planted.ops("up");
    assertEquals(broken.code, 4);
    for (
      const it of [".log: ", ".stop_signal: ", ".restart: ", "bot.env:2:1"]
    ) {
      assertStringIncludes(broken.stderr, it);
    }
    await planted.askAll();
    Deno.env.delete("KSTLIB_OPS_DEBUG");

    await planted.plant(session);
    assertEquals((await planted.ops("--json", "down")).code, 0);
    await planted.askAll();
  });
  assertEquals(planted.found(), []);
}

/** What a sandbox gives back at its end. */
const OURS = { OPS_TEST_GIVEN: undefined, KSTLIB_OPS_DEBUG: undefined };

tmuxTest("secrets show nowhere (tmux)", async () => {
  await using sandbox = tmuxSandbox(OURS);
  const planted = new Planted(sandbox, "bot");
  await live(planted, "socket_name: bots", async () => {
    const ask = async (...args: readonly string[]) => {
      const said = await sandbox.tmux("-L", "bots", ...args);
      planted.hear(`tmux ${args.join(" ")}`, said);
    };
    await until(async () =>
      (await sandbox.tmux("-L", "bots", "capture-pane", "-pt", "=bot:"))
        .includes(GOT)
    );
    // Its environment tmux keeps for those who may ask it, as new windows have it.
    for (
      const scope of [["-s"], ["-g"], ["-gw"], [], ["-w"], ["-p"]]
    ) await ask("show-options", "-A", "-t", "=bot:", ...scope);
    await ask("show-options", "-t", "=bot:");
    await ask("show-hooks", "-g");
    await ask("show-hooks", "-t", "=bot:");
    await ask("list-buffers");
    const format = "#{pane_start_command} #{pane_current_command} " +
      "#{pane_title} #{session_name} #{window_name} #{history_bytes}";
    await ask("list-panes", "-a", "-F", format);
    await ask("capture-pane", "-p", "-S", "-", "-t", "=bot:");
  });
});

for (const runtime of RUNTIMES) {
  testOn([runtime], `secrets show nowhere (${runtime})`, async () => {
    await using sandbox = new Sandbox(OURS);
    await using containers = new Containers(runtime);
    const planted = new Planted(sandbox, containers.name("bot"));
    const session = `runtime: ${runtime}\n      image: ${IMAGE}`;
    await live(planted, session, async () => {
      await containers.says("bot", GOT);
      const name = containers.name("bot");
      const [seen] = JSON.parse(await containers.engine("inspect", name));
      // The engine keeps the variables for those who may ask it.
      const { Env: _, ...config } = seen.Config;
      const all = JSON.stringify({ ...seen, Config: config });
      assertStringIncludes(all, "io.kstlib.ops");
      planted.hear(`${runtime} inspect`, all);
    });
  });
}
