/** A world of its own for one test. */
import {
  TmuxRunner,
  type TmuxRunnerOptions,
} from "../../src/engines/tmux/runner.ts";
import { processesWith } from "./processes.ts";
import { until } from "./wait.ts";

/** The root of the repository. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** The variable that tells a sandbox's processes from all others. */
const MARK = "OPS_TEST_SANDBOX";

/** What a program said. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How {@linkcode Sandbox.run} runs a program. */
export interface RunOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A temporary directory, and an environment in which tmux sockets, home and
 * configuration are inside it. The environment is that of this process, so
 * that the library under test sees it too, until the sandbox is disposed of:
 * then it is as before, and everything started inside is gone.
 *
 * @example
 * ```ts ignore
 * await using sandbox = new Sandbox();
 * await sandbox.tmux("new-session", "-d", "-s", "foreign");
 * await sandbox.runner().status("foreign");
 * ```
 */
export class Sandbox implements AsyncDisposable {
  /** The temporary directory; also `TMUX_TMPDIR`. */
  readonly dir: string;
  readonly #before = new Map<string, string | undefined>();

  /** @param env More variables; `undefined` unsets one. */
  constructor(env: Readonly<Record<string, string | undefined>> = {}) {
    // In /tmp, since the path of a socket has to be short.
    this.dir = Deno.makeTempDirSync({ dir: "/tmp", prefix: "ops-test-" });
    const home = Deno.env.get("HOME");
    const all: Record<string, string | undefined> = {
      [MARK]: this.dir,
      TMUX: undefined,
      TMUX_PANE: undefined,
      TMUX_TMPDIR: this.dir,
      HOME: this.path("home"),
      XDG_CONFIG_HOME: this.path("home/.config"),
      XDG_STATE_HOME: this.path("home/.local/state"),
      XDG_CACHE_HOME: this.path("home/.cache"),
      CONFIG_PATH: undefined,
      NO_COLOR: undefined,
      COLUMNS: undefined,
      TERM: "xterm-256color",
      SHELL: "/bin/sh",
      // A `deno` that is started in here need not compile everything anew.
      DENO_DIR: Deno.env.get("DENO_DIR") ?? `${home}/.cache/deno`,
      ...env,
    };
    for (const [name, value] of Object.entries(all)) {
      this.#before.set(name, Deno.env.get(name));
      setVariable(name, value);
    }
    Deno.mkdirSync(this.path("home/.config"), { recursive: true });
  }

  /** The path of something in the sandbox. */
  path(relative: string): string {
    return `${this.dir}/${relative}`;
  }

  /** Writes a file, `mode` 0o755 for a program, and returns its path. */
  async write(
    relative: string,
    text: string,
    mode = 0o644,
  ): Promise<string> {
    const path = this.path(relative);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text, { mode });
    return path;
  }

  /** A runner of a tmux server in the sandbox, by default of the default one. */
  runner(
    socketName: string | null = null,
    options: Omit<TmuxRunnerOptions, "socketName"> = {},
  ): TmuxRunner {
    return new TmuxRunner({ socketName, ...options });
  }

  /** Acts as a user of tmux who knows nothing of ops; fails if tmux does. */
  async tmux(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run("tmux", ["-u", ...args]);
    if (code !== 0) throw new Error(`tmux ${args.join(" ")}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** Runs a program in the sandbox, such as the CLI. */
  async run(
    binary: string,
    args: readonly string[],
    { stdin, cwd = ROOT, env = {} }: RunOptions = {},
  ): Promise<Output> {
    const child = new Deno.Command(binary, {
      args: [...args],
      cwd,
      env: { ...env },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      child.output(),
      stdin === undefined
        ? undefined
        : ReadableStream.from([new TextEncoder().encode(stdin)])
          .pipeTo(child.stdin),
    ]);
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  }

  /** Runs a module in a Deno of its own, under these permission flags alone. */
  deno(
    flags: readonly string[],
    code: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Output> {
    const args = ["run", "--quiet", "--no-prompt", ...flags, "-"];
    return this.run(Deno.execPath(), args, { stdin: code, env });
  }

  /** Ends every process of the sandbox, and removes all traces of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await until(() => {
      const rest = processesWith(MARK, this.dir);
      for (const { pid } of rest) kill(pid);
      return rest.length === 0;
    });
    for (const [name, value] of this.#before) setVariable(name, value);
    await Deno.remove(this.dir, { recursive: true });
  }
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
