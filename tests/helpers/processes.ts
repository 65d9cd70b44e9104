/** The machine's processes as the kernel tells them; tests need Linux here. */

/** One process, zombies left out: they have ended. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** `R` running, `S` sleeping, `T` stopped … */
  readonly state: string;
  /** Its arguments; other users' eyes see the same. */
  readonly argv: readonly string[];
}

/** Every process there is. */
export function processes(): ProcessInfo[] {
  return [...Deno.readDirSync("/proc")].flatMap(({ name }) =>
    /^\d+$/.test(name) ? processInfo(Number(name)) ?? [] : []
  );
}

/** One process, or `undefined` once it has ended. */
export function processInfo(pid: number): ProcessInfo | undefined {
  const stat = readProc(pid, "stat");
  // After the name, which may hold anything, even `)`.
  const [state = "X", parent] = stat.slice(stat.lastIndexOf(")") + 2)
    .split(" ");
  if ("ZX".includes(state)) return undefined;
  const argv = readProc(pid, "cmdline").split("\0").slice(0, -1);
  return { pid, parent: Number(parent), state, argv };
}

/** Whether a process lives. */
export function isAlive(pid: number): boolean {
  return processInfo(pid) !== undefined;
}

/** The processes that we have started and that still live. */
export function ourChildren(): ProcessInfo[] {
  return processes().filter(({ parent }) => parent === Deno.pid);
}

/** The processes that were started with this variable, ourselves left out. */
export function processesWith(name: string, value: string): ProcessInfo[] {
  return processes().filter(({ pid }) =>
    pid !== Deno.pid &&
    readProc(pid, "environ").split("\0").includes(`${name}=${value}`)
  );
}

/** A process may end at any moment, and then has nothing more to tell. */
function readProc(pid: number, file: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return "";
  }
}
