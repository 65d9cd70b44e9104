/** Every command of the README and of the pages under docs/, run for real. */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import type { ContainerRuntime } from "../../src/core/definition.ts";
import { opsArgv, tmuxSandbox } from "../helpers/cli.ts";
import { Containers, IMAGE, RUNTIMES, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import {
  blocksOf,
  commandsOf,
  pages,
  type ShownCommand,
} from "../helpers/pages.ts";
import { type Output, Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** What commands begin with that no test can run, and why. */
const NOT_RUN: readonly (readonly [beginning: string, reason: string])[] = [
  ["./denow task demo", "it starts a session on the tmux of whoever tests"],
  ["./denow task test", "this test is part of it"],
  ["deno install ", "it needs JSR; package_test.ts does it with its own"],
  ["deno run ", "it needs JSR; package_test.ts does it with its own"],
  ["url=", "it says where the releases are"],
  ["curl ", "it fetches a release"],
  ["sha256sum ", "it checks a release, and installs it as root"],
];

/** The configuration that a page begins with. */
function exampleOf(path: string): string {
  const { text } = pages().find((page) => page.path === path)!;
  return blocksOf(text, "yaml")[0]!;
}

/** What is there before the first command of a page. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  "README.md": ["tmux new-session -d -s notes"],
  "docs/command_line.md": [
    "mkdir -p ~/.config/fish/completions",
    `cat >bots.yml <<'END'\n${exampleOf("docs/command_line.md")}END`,
  ],
  "docs/up.md": [`cat >shop.yml <<'END'\n${exampleOf("docs/up.md")}END`],
  "docs/logs_and_history.md": [
    "ops start bot web",
    "ops stop bot",
    "ops start bot",
    "ops stop bot",
    "ops start bot",
    "ops start flaky",
  ],
};

/** The sessions that the README begins with; where there is no container, too. */
const OF_README = (db: string) =>
  `ops:
  sessions:
    db: ${db}
    bot:
      command: |
        echo "connected"
        while read x; do echo "got $x"; done
      depends_on: [db]
    news: {command: exec sleep 1000, depends_on: [db]}
`;
const DB_IN_CONTAINER =
  `{image: "${IMAGE}", runtime: RUNTIME, command: [sleep, "1000"]}`;
const DB_ON_TMUX = "{command: exec sleep 1000}";

/** The sessions that the other pages speak of. */
const DEFINITIONS = `ops:
  sessions:
    bot:
      command: |
        echo "connected"
        while read x; do echo "got $x"; done
    web:
      backend: container
      image: ${IMAGE}
      command: [httpd, -f, -p, "80"]
      runtime: RUNTIME
    nightly:
      command: [sh, -c, echo working; exit 3]
      socket_name: batch
    flaky:
      command: sleep 1; exit 3
      restart: on-failure:2
`;

/** The sessions that are containers. */
const IN_CONTAINERS = /\b(web|db)\b/g;

const isRun = ({ line }: ShownCommand) =>
  !NOT_RUN.some(([beginning]) => line.startsWith(beginning));

for (const { path, text } of pages()) {
  const name = `docs: the commands of ${path}`;
  const before = (BEFORE[path] ?? []).map((line) => ({ line, output: null }));
  const all = [...before, ...commandsOf(text).filter(isRun)];
  if (all.length === before.length) continue;
  tmuxTest(name, async () => {
    await using sandbox = tmuxSandbox();
    const definitions = path === "README.md"
      ? OF_README(DB_ON_TMUX)
      : DEFINITIONS;
    await new Reader(sandbox, "docker", (it) => it)
      .follow(definitions, onTmux(all));
  });
  const hasContainers = path === "README.md" ||
    all.some(({ line }) => line.match(IN_CONTAINERS));
  if (!hasContainers) continue;
  for (const runtime of RUNTIMES) {
    testOn([runtime], `${name} (${runtime})`, async () => {
      await using sandbox = new Sandbox();
      // Goes first: what looks after containers would go with the sandbox.
      await using it = new Containers(runtime);
      // Others who test on this engine have a web of their own.
      const named = (text: string) =>
        text.replace(IN_CONTAINERS, (what) => it.name(what))
          .replace(/\(podman([,)])/g, `(${runtime}$1`);
      const definitions = path === "README.md"
        ? OF_README(DB_IN_CONTAINER)
        : DEFINITIONS;
      await new Reader(sandbox, runtime, named).follow(definitions, all);
    });
  }
}

/** What is left of commands where there are no containers. */
function onTmux(commands: readonly ShownCommand[]): ShownCommand[] {
  return commands
    .map(({ line, output }) => ({
      line: line.replace(/^(.*\bops \w+ .*\bbot) web\b/, "$1"),
      output: output?.map((it) => it.replace("(podman,", "(tmux,"))
        .filter((it) => !/^Session '(web|db)'/.test(it)) ?? null,
    }))
    .filter(({ line }) => !line.replace(/ #.*/, "").match(IN_CONTAINERS));
}

Deno.test("docs: what is not run is on a page", () => {
  const lines = pages().flatMap(({ text }) => commandsOf(text))
    .map(({ line }) => line);
  const gone = NOT_RUN.filter(([beginning]) =>
    !lines.some((line) => line.startsWith(beginning))
  );
  assertEquals(gone, []);
});

Deno.test("docs: what is there before belongs to a page with commands", () => {
  const paths = pages().filter(({ text }) => commandsOf(text).some(isRun))
    .map(({ path }) => path);
  assertEquals(Object.keys(BEFORE).filter((it) => !paths.includes(it)), []);
});

/** Somebody who types in what a page shows. */
class Reader {
  readonly #sandbox: Sandbox;
  readonly #runtime: ContainerRuntime;
  readonly #named: (text: string) => string;

  /** @param named Gives sessions their names in here. */
  constructor(
    sandbox: Sandbox,
    runtime: ContainerRuntime,
    named: (text: string) => string,
  ) {
    this.#sandbox = sandbox;
    this.#runtime = runtime;
    this.#named = named;
  }

  async follow(
    definitions: string,
    commands: readonly ShownCommand[],
  ): Promise<void> {
    const text = definitions.replace("RUNTIME", this.#runtime);
    await this.#sandbox.write("kstlib.conf.yml", this.#named(text));
    await this.#sandbox.write("bin/ops", opsScript(), 0o755);
    for (const command of commands) {
      if (isEndless(command)) await this.#interrupt(command);
      else if (!isLog(command)) await this.#check(command);
      // What was typed is in the log a moment later.
      else await until(() => this.#check(command).then(() => true));
    }
  }

  /** Runs a command, which does what is shown. */
  async #check({ line, output }: ShownCommand): Promise<void> {
    const { code, stdout } = await this.#run(line);
    assertEquals(code, codeOf(output), `${line}\n${stdout}`);
    // Of a table, what is on this host differs, and a pipe gets no header.
    if (output === null || isTable(output)) return;
    const said = stdout.split("\n").slice(0, -1);
    // What is done side by side is told as it is done.
    const inOrder = (lines: readonly string[]) =>
      /^ops (up|down)\b/.test(line) ? lines.toSorted() : lines;
    assertEquals(
      inOrder(said.map(masked)),
      inOrder(output.map(this.#named).map(masked)),
      line,
    );
  }

  /** Runs a command that goes on until Ctrl-C. */
  async #interrupt({ line }: ShownCommand): Promise<void> {
    const [binary, ...args] = this.#argv(`exec ${line}`);
    const child = new Deno.Command(binary!, {
      args,
      ...this.#world(),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    assert(value !== undefined, `${line}: it says nothing`);
    child.kill("SIGINT");
    while (!(await reader.read()).done);
    assertEquals((await child.status).code, 130, line);
  }

  /** Runs a line in a shell; its standard output has all that it says. */
  async #run(line: string): Promise<Output> {
    const [binary, ...args] = this.#argv(`exec 2>&1\n${line}`);
    return await this.#sandbox.run(binary!, args, this.#world());
  }

  #argv(line: string): string[] {
    // zsh has the folders of its completions in there, and counts from 1.
    const script = `fpath=(- "$HOME")\n${this.#named(line)}`
      .replace("/srv/bots", this.#sandbox.dir);
    return ["bash", "--norc", "-c", script];
  }

  #world() {
    const bin = this.#sandbox.path("bin");
    const env = {
      PATH: `${bin}:${Deno.env.get("PATH")}`,
      RUNTIME: this.#runtime,
    };
    return { cwd: this.#sandbox.dir, env };
  }
}

/** An `ops` where each command has the permissions that it is said to need. */
function opsScript(): string {
  const words = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  const cases = words.map((word) => {
    const argv = opsArgv([word]).slice(0, -1).map((it) => `'${it}'`);
    return `${word}) exec ${argv.join(" ")} "$@" ;;`;
  });
  return `#!/bin/sh
for word; do case $word in
${cases.join("\n")}
esac; done
exit 2
`;
}

function isLog({ line }: ShownCommand): boolean {
  return line.startsWith("ops logs ");
}

function isEndless({ line }: ShownCommand): boolean {
  return /^ops logs [^#]*(?<= )(-f|--follow)\b/.test(line);
}

function isTable([first = ""]: readonly string[]): boolean {
  return /\S {2,}\S/.test(first);
}

/** An error that is shown, or a fault that doctor finds, is a failure. */
function codeOf(output: readonly string[] | null): number {
  return output?.some((line) => /^(error:|broken )/.test(line)) ? 1 : 0;
}

/** A line without numbers, and without what aligns it. */
function masked(line: string): string {
  return line.replace(/\d[\d.]*[a-z]?\b/g, "0").replace(/\s+/g, " ").trim();
}
