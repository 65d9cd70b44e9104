/** Which tests run in one process, which processes run together, and how. */
import { basename } from "@std/path/posix/basename";

/** Where the tests with real engines are: each file gets a process. */
export const WITH_ENGINES = "tests/integration/";

/** The seconds of those that take longest: they begin first, or they end last. */
export const SECONDS: Readonly<Record<string, number>> = {
  "container_restart_test.ts": 61,
  "container_history_test.ts": 60,
  "container_stop_test.ts": 56,
  "cli_completions_test.ts": 50,
  "container_attach_test.ts": 47,
  "container_start_test.ts": 44,
  "cli_permissions_test.ts": 43,
  "docs_commands_test.ts": 40,
  "tmux_restart_test.ts": 39,
  "container_logs_test.ts": 38,
  "tmux_hangup_test.ts": 60,
  "launcher_scripts_test.ts": 44,
  "tmux_stop_tree_test.ts": 33,
  "cli_history_test.ts": 33,
  "cli_logs_follow_test.ts": 27,
  "cli_restart_test.ts": 25,
  "tmux_durable_log_test.ts": 24,
  "package_test.ts": 23,
  "cli_containers_test.ts": 23,
  "cli_attach_test.ts": 23,
  "tmux_history_test.ts": 22,
};

/** Those that others would disturb: they race, or measure time. */
export const ALONE: readonly string[] = [
  "cli_children_test.ts", // podman is asked again if a container vanishes
  "cli_faults_test.ts",
  "cli_many_test.ts",
  "container_engines_test.ts", // it stops the Docker that all share
  "container_follow_test.ts",
  "process_test.ts",
  "tmux_hung_test.ts",
  "tmux_race_test.ts",
  "tmux_storm_test.ts",
];

/** The paths that one process tests. */
export type Job = readonly string[];

/**
 * The jobs that run side by side, in the order in which they begin, and those
 * that follow one by one.
 */
export function schedule(
  paths: readonly string[],
): { together: Job[]; alone: Job[] } {
  const files = paths.filter((path) => path.startsWith(WITH_ENGINES))
    .toSorted((a, b) => seconds(b) - seconds(a));
  const quick = paths.filter((path) => !path.startsWith(WITH_ENGINES));
  const [alone, together] = [true, false].map((want) =>
    files.filter((path) => ALONE.includes(basename(path)) === want)
      .map((path) => [path])
  );
  return {
    // What needs no engine is one job, which computes and does not wait.
    together: [...(quick.length > 0 ? [quick] : []), ...together!],
    alone: alone!,
  };
}

function seconds(path: string): number {
  return SECONDS[basename(path)] ?? 0;
}

/** Does each job, so many at once, in their order. */
export async function workOff<T>(
  jobs: readonly T[],
  atOnce: number,
  work: (job: T) => Promise<void>,
): Promise<void> {
  const queue = jobs.values();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const job of queue) await work(job);
  }));
}

/** Every path in these, where a folder with files of engines stands for them. */
export function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const plain = path.replace(/^\.\//, "").replace(/\/$/, "");
    if (`${plain}/` === WITH_ENGINES) {
      return namesIn(plain).filter((name) => name.endsWith("_test.ts"))
        .map((name) => `${plain}/${name}`);
    }
    return WITH_ENGINES.startsWith(`${plain}/`)
      ? filesOf(namesIn(plain).map((name) => `${plain}/${name}`))
      : [plain];
  });
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** How a process of tests ended. */
export interface Ending {
  /** What it printed, in the order in which that came. */
  readonly output: string;
  readonly code: number;
  /** It was killed, as it took longer than it may. */
  readonly hung: boolean;
}

/** Runs Deno for at most so long. */
export async function runDeno(
  args: readonly string[],
  limitMs: number,
): Promise<Ending> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hung = false;
  const limit = setTimeout(() => {
    try {
      child.kill("SIGKILL");
      hung = true;
    } catch { /* it has just ended */ }
  }, limitMs);

  let output = "";
  const readers = [child.stdout, child.stderr].map((stream) =>
    stream.pipeThrough(new TextDecoderStream()).getReader()
  );
  const allRead = Promise.all(readers.map(async (reader) => {
    for (let it = await reader.read(); !it.done; it = await reader.read()) {
      output += it.value;
    }
  }));
  const { code } = await child.status;
  clearTimeout(limit);

  // What it has started, and left behind, may hold its streams open.
  const grace = setTimeout(() => {
    for (const reader of readers) reader.cancel();
  }, GRACE_MS);
  await allRead;
  clearTimeout(grace);
  return { output, code, hung };
}

const GRACE_MS = 2_000;
