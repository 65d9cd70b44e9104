/** A small disk that tests may fill. */
import { tmuxTest } from "./engines.ts";
import { needsRoot } from "./nobody.ts";
import { processesWith } from "./processes.ts";
import { Sandbox } from "./sandbox.ts";
import { until } from "./wait.ts";

/** A test of tmux with a disk of 1 MiB, skipped where none can be mounted. */
export function diskTest(
  name: string,
  body: (disk: Disk) => Promise<void>,
): void {
  const reason = refusal();
  if (reason !== null) return Deno.test.ignore(`${name} [${reason}]`, () => {});
  tmuxTest(name, async () => {
    await using sandbox = new Sandbox();
    await using disk = new Disk(sandbox);
    await body(disk);
  });
}

let refused: string | null | undefined;

/** Why no disk can be had here; `null` if one can. */
function refusal(): string | null {
  if (refused === undefined) refused = tryToMount();
  return refused;
}

function tryToMount(): string | null {
  if (needsRoot !== null) return "only root can mount";
  const dir = Deno.makeTempDirSync({ dir: "/tmp", prefix: "ops-test-disk-" });
  try {
    mount(dir);
    run("umount", dir);
    return null;
  } catch (error) {
    return `nothing can be mounted: ${error}`;
  } finally {
    Deno.removeSync(dir);
  }
}

function mount(dir: string): void {
  run("mount", "-t", "tmpfs", "-o", "size=1m", "ops-test", dir);
}

/** A disk of 1 MiB. */
export class Disk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  /** What it is in. */
  readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.path = sandbox.path("disk");
    Deno.mkdirSync(this.path);
    mount(this.path);
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = Deno.openSync(`${this.path}/rest`, {
      write: true,
      create: true,
    });
    try {
      while (true) file.writeSync(new Uint8Array(4_096));
    } catch { /* it is full */ }
    file.close();
  }

  /** Changes how it is mounted, as to `ro`. */
  remount(how: string): void {
    run("mount", "-o", `remount,${how}`, this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its writers go first.
    await until(() => {
      for (
        const { pid } of processesWith("OPS_TEST_SANDBOX", this.sandbox.dir)
      ) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch { /* it has ended */ }
      }
      run("umount", this.path);
      return true;
    });
  }
}

function run(binary: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(binary, { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
