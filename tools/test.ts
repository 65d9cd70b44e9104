/**
 * Runs the tests and closes with one plain line that says how many there were:
 * `deno task test [PATH…] [FLAG…]`. Without a path it runs all of them, the
 * examples in the docs too. Flags go to `deno test`: `--filter=stop`.
 *
 * The files with real engines mostly wait, so several run side by side, each in
 * a process of its own; what is about races and time runs alone after them.
 */
import { basename } from "@std/path/posix/basename";

/** What needs no engine runs as one. */
const QUICK = ["README.md", "mod.ts", "src", "tests/unit"];
const WITH_ENGINES = "tests/integration";

/** How many files run side by side. */
const SIDE_BY_SIDE = 3;
/** After so long, in ms, a file hangs. */
const LIMIT_MS = 900_000;

/** Those that take longest begin first, so that none is waited for at the end. */
const SLOW = [
  "package_test.ts",
  "container_restart_test.ts",
  "container_history_test.ts",
  "container_stop_test.ts",
  "container_stop_tree_test.ts",
  "container_attach_test.ts",
  "tmux_hangup_test.ts",
  "launcher_scripts_test.ts",
  "tmux_restart_test.ts",
  "doctor_containers_test.ts",
  "cli_logs_follow_test.ts",
  "tmux_durable_log_test.ts",
  "tmux_stop_tree_test.ts",
  "cli_containers_test.ts",
  "tmux_history_test.ts",
];

/** Those that others would disturb: they race, or measure time. */
const ALONE = [
  "cli_faults_test.ts",
  "container_follow_test.ts",
  "container_logs_test.ts",
  "process_test.ts",
  "tmux_hung_test.ts",
  "tmux_race_test.ts",
  "tmux_storm_test.ts",
];

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads the counts from what `deno test` printed: its last line has them. */
export function summaryOf(output: string): Summary | undefined {
  // deno-lint-ignore no-control-regex -- colours are made of them
  const plain = output.replace(/\x1b\[[\d;]*m/g, "");
  const line = plain.match(/^(?:ok|FAILED) \| \d+ passed.*$/gm)?.at(-1);
  if (!line) return undefined;
  const count = (word: string) =>
    Number(line.match(`\\| (\\d+) ${word}`)?.[1] ?? 0);
  return {
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("ignored"),
  };
}

/** `12 passed, 0 failed`, and what was skipped if anything was. */
export function formatSummary({ passed, failed, skipped }: Summary): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** What one process runs. */
export type Job = readonly string[];

/** The jobs that may run side by side, in that order, and those that may not. */
export function schedule(
  paths: readonly string[],
): { together: Job[]; alone: Job[] } {
  const isFile = (path: string) => path.startsWith(`${WITH_ENGINES}/`);
  const rank = (path: string) => {
    const place = SLOW.indexOf(basename(path));
    return place < 0 ? SLOW.length : place;
  };
  const isAlone = (path: string) => ALONE.includes(basename(path));
  const files = paths.filter(isFile).toSorted((a, b) => rank(a) - rank(b));
  const quick = paths.filter((path) => !isFile(path));
  return {
    together: [
      ...(quick.length > 0 ? [quick] : []),
      ...files.filter((path) => !isAlone(path)).map((path) => [path]),
    ],
    alone: files.filter(isAlone).map((path) => [path]),
  };
}

/** Runs one process, and shows what it printed once it has ended. */
async function run(job: Job, flags: readonly string[]): Promise<Summary> {
  const began = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    // deno-fmt-ignore
    args: [
      "test", "--quiet", "--no-check", "--doc", "--sanitize-ops",
      "--sanitize-resources", "-A", ...flags, ...job,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hangs = false;
  const limit = setTimeout(() => {
    hangs = true;
    child.kill("SIGKILL");
  }, LIMIT_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(limit);
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  const isFiltered = flags.some((flag) => flag.startsWith("--filter"));
  const none = { passed: 0, failed: 0, skipped: 0 };
  const summary = summaryOf(text) ?? none;
  // What failed before there was a test has failed too, and so has no test.
  const isBroken = code !== 0 && summary.failed === 0 ||
    code === 0 && summary.passed + summary.skipped === 0 && !isFiltered;
  const seconds = Math.round((performance.now() - began) / 1000);
  const how = hangs ? ", it hangs" : "";
  console.log(`${text.trim()}\n--- ${job.join(" ")}: ${seconds} s${how}\n`);
  return isBroken ? { ...summary, failed: summary.failed + 1 } : summary;
}

/** Every path, where a folder of files with engines stands for its files. */
function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) =>
    path.replace(/\/$/, "") !== WITH_ENGINES
      ? [path]
      : [...Deno.readDirSync(WITH_ENGINES)].map(({ name }) => name)
        .filter((name) => name.endsWith("_test.ts")).sort()
        .map((name) => `${WITH_ENGINES}/${name}`)
  );
}

if (import.meta.main) {
  const flags = Deno.args.filter((arg) => arg.startsWith("-"));
  const given = Deno.args.filter((arg) => !arg.startsWith("-"));
  const paths = filesOf(given.length > 0 ? given : [...QUICK, WITH_ENGINES]);
  const { together, alone } = schedule(paths);
  const total: Summary = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const work = async (queue: Job[]) => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { passed, failed, skipped } = await run(job, flags);
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
      if (failed > 0) failures.push(job.join(" "));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, () => work(together)));
  await work(alone);
  for (const failure of failures) console.log(`FAILED: ${failure}`);
  console.log(formatSummary(total));
  Deno.exit(total.failed > 0 || total.passed + total.skipped === 0 ? 1 : 0);
}
