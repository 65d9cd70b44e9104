/**
 * Tests on real containers. They touch only engines that have the image
 * `ops-test:latest`, the sign of engines that `tools/engines up` made; where
 * there are none they are skipped and say why, and under `CI=true` they fail.
 */
import {
  ContainerRunner,
  type ContainerRunnerOptions,
} from "../../src/engines/container/runner.ts";
import {
  type ContainerRuntime,
  SessionConfig,
  type SessionConfigOptions,
  type SessionStatus,
} from "../../src/core/definition.ts";
import { run } from "../../src/host/local/run.ts";
import { Sandbox } from "./sandbox.ts";
import { allOf, until } from "./wait.ts";

/** The image of all containers: busybox. */
export const IMAGE = "ops-test:latest";
/** The runtimes that tests run on. */
export const RUNTIMES: readonly ContainerRuntime[] = ["podman", "docker"];

type Register = (name: string, body: () => Promise<void>) => void;

/** Runs a test on each runtime, with a sandbox and containers of its own. */
export function forEachRuntime(
  name: string,
  body: (it: Containers, sandbox: Sandbox) => Promise<void>,
  register: Register = Deno.test,
): void {
  for (const runtime of RUNTIMES) {
    testOn([runtime], `${runtime}: ${name}`, async () => {
      await using sandbox = new Sandbox();
      // Goes first: what looks after containers would go with the sandbox.
      await using containers = new Containers(runtime);
      await body(containers, sandbox);
    }, register);
  }
}

/** A test that needs all of these runtimes. */
export function testOn(
  runtimes: readonly ContainerRuntime[],
  name: string,
  body: () => Promise<void>,
  register: Register = Deno.test,
): void {
  const reason = runtimes.map((runtime) => missing[runtime]).find(Boolean);
  if (!reason) return register(name, body);
  Deno.test({
    name: `${name} [skipped: ${reason}]`,
    ignore: Deno.env.get("CI") !== "true",
    fn: () => {
      throw new Error(`${reason}, and CI=true allows no skips`);
    },
  });
}

/** How a container is made that ops knows nothing of. */
export interface ForeignOptions {
  /** What to do with it. @default {"run"} */
  readonly verb?: "run" | "create";
  /** Further flags. */
  readonly flags?: readonly string[];
  /** @default {IMAGE} */
  readonly image?: string;
}

/**
 * The containers of one test on one runtime. Their names have a beginning of
 * their own, and all that have it are removed when this is disposed of.
 *
 * @example
 * ```ts ignore
 * await using it = new Containers("podman");
 * await it.foreign("web", ["httpd", "-f"]);
 * await it.runner().status(it.name("web"));
 * ```
 */
export class Containers implements AsyncDisposable {
  /** Where they are. */
  readonly runtime: ContainerRuntime;
  /** What all its names begin with. */
  readonly prefix: string;

  /** @param prefix What all names begin with, if two runtimes are to share it. */
  constructor(
    runtime: ContainerRuntime,
    prefix = `t${crypto.randomUUID().slice(0, 8)}`,
  ) {
    this.runtime = runtime;
    this.prefix = prefix;
  }

  /** A name that nobody else has. */
  name(what: string): string {
    return `${this.prefix}-${what}`;
  }

  /** A runner of this runtime. */
  runner(options: ContainerRunnerOptions = {}): ContainerRunner {
    return new ContainerRunner({ runtime: this.runtime, ...options });
  }

  /** What a managed container is started with. */
  config(
    what: string,
    command: string | readonly string[] | undefined,
    options: Partial<SessionConfigOptions> = {},
  ): SessionConfig {
    return new SessionConfig({
      name: this.name(what),
      backend: "container",
      image: IMAGE,
      command,
      ...options,
    });
  }

  /** Starts a managed container. */
  async start(
    what: string,
    command: string | readonly string[] | undefined,
    options: Partial<SessionConfigOptions> = {},
  ): Promise<SessionStatus> {
    return await this.runner().start(this.config(what, command, options));
  }

  /** Makes a container as a user who knows nothing of ops; returns its id. */
  async foreign(
    what: string,
    argv: readonly string[],
    { verb = "run", flags = [], image = IMAGE }: ForeignOptions = {},
  ): Promise<string> {
    return await this.engine(
      verb,
      ...(verb === "run" ? ["--detach"] : []),
      ...["--name", this.name(what), ...flags, image, ...argv],
    );
  }

  /** Creates so many more, a few at a time; they never ran. */
  async create(count: number): Promise<void> {
    const names = Array.from({ length: count }, () => crypto.randomUUID());
    while (names.length > 0) {
      await allOf(
        names.splice(0, 8).map((name) =>
          this.foreign(name, ["true"], { verb: "create" })
        ),
      );
    }
  }

  /** A shell loop that ends with this code when it gets one of the signals. */
  static trap(signals: string, code: number): string[] {
    return loop(`trap 'exit ${code}' ${signals}`);
  }

  /** One that ignores these signals. */
  static ignore(signals: string): string[] {
    return loop(`trap '' ${signals}`);
  }

  /** Waits until the container has written this. */
  async says(what: string, text: string): Promise<void> {
    // Asked of the runtime itself, and seldom: each question is a process.
    await until(async () => {
      const { stdout, stderr } = await this.tryEngine("logs", this.name(what));
      return (stdout + stderr).includes(text);
    }, { intervalMs: 100 });
  }

  /** Waits until the container has ended, and returns its status. */
  async ended(what: string): Promise<SessionStatus> {
    await this.engine("wait", this.name(what));
    return await this.runner().status(this.name(what));
  }

  /** Asks the runtime itself; fails if it does. */
  async engine(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tryEngine(...args);
    if (code === 0) return stdout.trimEnd();
    throw new Error(`${this.runtime} ${args.join(" ")}: ${stderr}`);
  }

  /** Asks the runtime itself, which may fail. */
  tryEngine(...args: readonly string[]) {
    return run(
      { binary: this.runtime, args, engine: this.runtime },
      { timeoutMs: 60_000 },
    );
  }

  /** Removes the test's containers, whatever their state. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ids = await this.engine(
      ...["ps", "--all", "--quiet", "--filter", `name=${this.prefix}`],
    );
    if (ids === "") return;
    // Without this, Podman first waits for them to stop by themselves.
    const atOnce = this.runtime === "podman" ? ["--time", "0"] : [];
    const rm = ["rm", "--force", "--volumes", ...atOnce, ...ids.split("\n")];
    // It fails if one of them is restarting in this very moment.
    await until(async () => (await this.tryEngine(...rm)).code === 0);
  }
}

/** Says `ready` when it can take signals, then waits for them. */
function loop(trap: string): string[] {
  return ["sh", "-c", `${trap}; echo ready; while :; do sleep 0.05; done`];
}

/** Why a runtime cannot be tested on here; `undefined` if it can. */
export const missing: Readonly<Partial<Record<ContainerRuntime, string>>> =
  Object.fromEntries(
    await Promise.all(
      RUNTIMES.map(async (runtime) => [runtime, await reasonWithout(runtime)]),
    ),
  );

async function reasonWithout(
  runtime: ContainerRuntime,
): Promise<string | undefined> {
  try {
    const { code } = await run(
      { binary: runtime, args: ["image", "inspect", IMAGE], engine: runtime },
      { timeoutMs: 10_000 },
    );
    return code === 0
      ? undefined
      : `${runtime} has no ${IMAGE}: see "tools/engines up"`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
