/** The command line as a black box. */
import { COMMANDS } from "../../src/cli/commands/table.ts";
import {
  type Permission,
  PERMISSIONS,
  toDenoFlags,
} from "../../src/cli/permissions.ts";
import { Containers, RUNTIMES, testOn } from "./containers.ts";
import { type Output, ROOT, type RunOptions, Sandbox } from "./sandbox.ts";
import { Terminal } from "./terminal.ts";
import { until } from "./wait.ts";

/**
 * A sandbox where, of the engines, only tmux is installed: what lives in the
 * containers of this machine is in no list.
 */
export function tmuxSandbox(
  env: Readonly<Record<string, string | undefined>> = {},
): Sandbox {
  return new Sandbox({ PATH: tmuxPath(), ...env });
}

let tmuxDir: string | undefined;

function tmuxPath(): string {
  if (tmuxDir !== undefined) return tmuxDir;
  const dir = Deno.makeTempDirSync({ dir: "/tmp", prefix: "ops-test-path-" });
  globalThis.addEventListener("unload", () => {
    Deno.removeSync(dir, { recursive: true });
  });
  return tmuxDir = pathWithout(dir, "podman", "docker");
}

/** Makes `dir` a PATH with all that is on ours, but for these programs. */
export function pathWithout(
  dir: string,
  ...hidden: readonly string[]
): string {
  const programs = new Map(
    (Deno.env.get("PATH") ?? "").split(":").toReversed().flatMap(programsIn),
  );
  Deno.mkdirSync(dir, { recursive: true });
  for (const [name, path] of programs) {
    if (!hidden.includes(name)) Deno.symlinkSync(path, `${dir}/${name}`);
  }
  return dir;
}

function programsIn(dir: string): [name: string, path: string][] {
  try {
    return [...Deno.readDirSync(dir)].map((
      { name },
    ) => [name, `${dir}/${name}`]);
  } catch {
    return []; // nobody minds a PATH that names what is not there
  }
}

/**
 * Runs `ops` from the sandbox's directory, under exactly the permissions that
 * its command is said to need; or the compiled binary that OPS_BINARY names.
 */
export function ops(
  sandbox: Sandbox,
  ...args: readonly string[]
): Promise<Output> {
  return opsWith(sandbox, {}, ...args);
}

/** {@linkcode ops}, with something on its input or in its environment. */
export function opsWith(
  sandbox: Sandbox,
  options: RunOptions,
  ...args: readonly string[]
): Promise<Output> {
  return run(sandbox, opsArgv(args), options);
}

/** `ops` under these permissions, whatever its command is said to need. */
export function opsUnder(
  sandbox: Sandbox,
  permissions: readonly Permission[],
  ...args: readonly string[]
): Promise<Output> {
  return run(sandbox, denoArgv(permissions, args), {});
}

/** What `ops --json` answers. */
export async function opsJson(
  sandbox: Sandbox,
  ...args: readonly string[]
  // deno-lint-ignore no-explicit-any -- a test looks at it and says what it is
): Promise<any> {
  const { code, stdout, stderr } = await ops(sandbox, "--json", ...args);
  if (code !== 0) throw new Error(`ops ${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The names that `ops list -q` shows. */
export async function listed(
  sandbox: Sandbox,
  ...flags: readonly string[]
): Promise<string[]> {
  const { stdout } = await ops(sandbox, "list", "-q", ...flags);
  return stdout.split("\n").slice(0, -1);
}

/** `ops` in a terminal; see {@linkcode inTerminal}. */
export function opsInTerminal(
  sandbox: Sandbox,
  ...args: readonly string[]
): Promise<Terminal> {
  return inTerminal(sandbox, opsArgv(args));
}

/**
 * A program in a terminal. At its end this shows `[exit 0, as it was]`, the
 * second half of which is said of the terminal, and then echoes what is typed.
 */
export function inTerminal(
  sandbox: Sandbox,
  argv: readonly string[],
): Promise<Terminal> {
  const shell = ["sh", "-c", IN_TERMINAL, "sh", sandbox.dir];
  return Terminal.open(sandbox, [...shell, ...argv]);
}

const IN_TERMINAL = `trap : INT; cd "$1"; shift; before=$(stty -g)
"$@"; code=$?
[ "$(stty -g)" = "$before" ] && how="as it was" || how="in disorder"
echo "[exit $code, $how]"
exec cat # or tmux would push the first line out with a word of its own`;

/** An `ops` that runs while the test goes on. */
export class RunningOps {
  /** What it comes to. */
  readonly output: Promise<Output>;
  readonly #child: Deno.ChildProcess;
  readonly #said = { stdout: "", stderr: "" };

  constructor(sandbox: Sandbox, ...args: readonly string[]) {
    const [binary, ...rest] = opsArgv(args);
    this.#child = new Deno.Command(binary!, {
      args: rest,
      cwd: sandbox.dir,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.output = Promise.all([
      this.#child.status,
      this.#read("stdout"),
      this.#read("stderr"),
    ]).then(([{ code }]) => ({ code, ...this.#said }));
  }

  /** Waits until it has said this. */
  async says(text: string): Promise<void> {
    await until(() => Object.values(this.#said).join("").includes(text));
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async #read(stream: "stdout" | "stderr"): Promise<void> {
    const decoder = new TextDecoderStream();
    for await (const text of this.#child[stream].pipeThrough(decoder)) {
      this.#said[stream] += text;
    }
  }
}

/** How `ops` is called. */
export function opsArgv(args: readonly string[]): string[] {
  const binary = Deno.env.get("OPS_BINARY");
  return binary ? [binary, ...args] : denoArgv(permissionsFor(args), args);
}

function denoArgv(
  permissions: readonly Permission[],
  args: readonly string[],
): string[] {
  const flags = toDenoFlags([...permissions, itself]);
  const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...flags];
  return [...run, `${ROOT}cli.ts`, ...args];
}

/** Its modules are loaded when they are needed; published, that is free. */
const itself: Permission = {
  kind: "read",
  values: [ROOT],
  purpose: "load the rest of ops",
  without: null,
};

/** What the command needs that these words call; help needs nothing. */
function permissionsFor(words: readonly string[]): readonly Permission[] {
  if (words.includes("help")) return [];
  const command = COMMANDS.find(({ name, aliases }) =>
    [name, ...aliases].some((it) => words.includes(it))
  );
  return command === undefined ? [] : PERMISSIONS[command.name];
}

async function run(
  sandbox: Sandbox,
  [binary, ...args]: readonly string[],
  options: RunOptions,
): Promise<Output> {
  return await sandbox.run(binary!, args, { cwd: sandbox.dir, ...options });
}

/** A test on each runtime, with containers and a sandbox of its own. */
export function onEachRuntime(
  name: string,
  body: (sandbox: Sandbox, it: Containers) => Promise<void>,
): void {
  for (const runtime of RUNTIMES) {
    testOn([runtime], `${name} (${runtime})`, async () => {
      await using sandbox = new Sandbox();
      // Goes first: what looks after containers would go with the sandbox.
      await using containers = new Containers(runtime);
      await body(sandbox, containers);
    });
  }
}
