/** What there is to list while the CLI is measured. */
import { IMAGE, missing, RUNTIMES } from "../tests/helpers/containers.ts";
import { allOf } from "../tests/helpers/wait.ts";
import type { ContainerRuntime } from "../src/core/status.ts";
import { run, type World } from "./measure.ts";

/** So many containers of a runtime are made at a time. */
const AT_A_TIME = 8;

/**
 * Tmux sessions on a server of their own, and containers whose names begin in a
 * way of their own, all of which are gone when this is disposed of.
 */
export class Host implements AsyncDisposable {
  /** The runtimes there are to measure. */
  readonly runtimes: readonly ContainerRuntime[];
  /** What programs are to be run in. */
  readonly world: World;
  readonly #id = `ops-bench-${crypto.randomUUID().slice(0, 8)}`;
  readonly #made = new Map<string, number>();

  constructor() {
    this.runtimes = RUNTIMES.filter((runtime) => !missing[runtime]);
    // In /tmp, since the path of a socket has to be short.
    const dir = Deno.makeTempDirSync({ dir: "/tmp", prefix: "ops-bench-" });
    this.world = {
      env: { HOME: dir, TMUX_TMPDIR: dir, TMUX: "" },
      cwd: dir,
    };
  }

  /** A name that goes when this does. */
  name(what: string): string {
    return `${this.#id}-${what}`;
  }

  /** Writes a file into the folder that programs are run in. */
  async write(name: string, text: string): Promise<string> {
    await Deno.writeTextFile(`${this.world.cwd}/${name}`, text);
    return `${this.world.cwd}/${name}`;
  }

  /** Makes more tmux sessions, until there are so many. */
  async sessions(count: number): Promise<void> {
    for (const name of this.#names("tmux", count)) {
      const session = ["new-session", "-d", "-s", name, "sleep 1000"];
      await run(this.world, ["tmux", ...session]);
    }
  }

  /** Creates more containers, until each runtime has so many. */
  async containers(count: number): Promise<void> {
    await allOf(this.runtimes.map(async (runtime) => {
      const names = this.#names(runtime, count);
      while (names.length > 0) {
        await allOf(
          names.splice(0, AT_A_TIME).map((name) => {
            const create = [runtime, "create", "--name", name, IMAGE, "true"];
            return run(this.world, create);
          }),
        );
      }
    }));
  }

  /** The names of those that are to be made. */
  #names(kind: string, count: number): string[] {
    const before = this.#made.get(kind) ?? 0;
    this.#made.set(kind, count);
    return Array.from(
      { length: count - before },
      (_, i) => this.name(`${before + i}`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One failure is no reason to leave the others behind.
    const all = await Promise.allSettled([
      this.#made.has("tmux") ? run(this.world, ["tmux", "kill-server"]) : "",
      ...this.runtimes.map((runtime) => this.#remove(runtime)),
    ]);
    await Deno.remove(this.world.cwd, { recursive: true });
    for (const one of all) {
      if (one.status === "rejected") console.error(one.reason);
    }
  }

  async #remove(runtime: ContainerRuntime): Promise<void> {
    const filter = ["--filter", `name=${this.#id}`];
    const ps = [runtime, "ps", "--all", "--quiet", ...filter];
    const ids = (await run(this.world, ps)).split("\n").filter(Boolean);
    if (ids.length === 0) return;
    await run(this.world, [runtime, "rm", "--force", ...ids]);
  }
}

/** What is left out, and why. */
export function leftOut(): string[] {
  return Object.values(missing).filter(Boolean);
}
