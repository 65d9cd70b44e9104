/** A systemd unit as far as the kernel knows of one: a cgroup of its name. */
import { tmuxTest } from "./engines.ts";
import { needsRoot } from "./nobody.ts";
import { until } from "./wait.ts";

/** Where systemd's own tree of cgroups can be mounted. */
const TREES = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"];

/** A test in a cgroup, skipped where none can be made. */
export function cgroupTest(
  name: string,
  path: string,
  body: (procs: string) => Promise<void>,
): void {
  const tree = TREES.find(isTree);
  const reason = needsRoot ?? (tree ? null : "no tree of cgroups is writable");
  if (reason !== null) return Deno.test.ignore(`${name} [${reason}]`, () => {});
  tmuxTest(name, async () => {
    const made = makeFolders(`${tree}${path}`);
    try {
      await body(`${tree}${path}/cgroup.procs`);
    } finally {
      for (const folder of made.toReversed()) {
        // It is busy until the last that has ended in it is waited for.
        await until(() => {
          Deno.removeSync(folder);
          return true;
        });
      }
    }
  });
}

function isTree(path: string): boolean {
  const probe = `${path}/ops-test-${crypto.randomUUID()}`;
  try {
    Deno.statSync(`${path}/cgroup.procs`);
    Deno.mkdirSync(probe);
    Deno.removeSync(probe);
    return true;
  } catch {
    return false; // it is not there, or not for us
  }
}

/** Makes a folder and those above it; returns those it made. */
function makeFolders(path: string): string[] {
  const made: string[] = [];
  for (const { index } of [...`${path}/`.matchAll(/\//g)].slice(1)) {
    const folder = path.slice(0, index);
    try {
      Deno.mkdirSync(folder);
      made.push(folder);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
  return made;
}
