/**
 * Runs the tests and closes with one plain line that says how many there were:
 * `deno task test [PATH…] [FLAG…]`. Without a path it runs all of them, the
 * examples in the docs too. Flags go to `deno test`: `--filter=stop`.
 *
 * The files with real engines mostly wait, so several run side by side, each in
 * a process of its own; what is about races and time runs alone after them.
 */
import {
  type Ending,
  filesOf,
  type Job,
  runDeno,
  schedule,
  WITH_ENGINES,
  workOff,
} from "./test_queue.ts";

const EVERYTHING = ["README.md", "docs", "mod.ts", "src", "tests"];

/** How many processes run side by side. */
const SIDE_BY_SIDE = 4;
/** After so long, in ms, a file hangs. */
const LIMIT_MS = 240_000;

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

/**
 * What came of one process: what failed before there was a test has failed
 * too, and so has what has no test, unless all were filtered out.
 */
export function verdictOf({ output, code, hung }: Ending): Summary {
  const none = { passed: 0, failed: 0, skipped: 0 };
  const summary = summaryOf(output) ?? none;
  const { passed, failed, skipped } = summary;
  const isEmpty = passed + skipped === 0 && !/ filtered out\b/.test(output);
  const isBroken = code !== 0 || hung || isEmpty;
  return isBroken && failed === 0 ? { ...summary, failed: 1 } : summary;
}

/** What `deno test` says of the tests that failed, in at most so many lines. */
export function errorsIn(output: string, lines = 60): string {
  const told = output.trim().split("\n");
  const start = told.findLastIndex((line) => / ERRORS /.test(line));
  return (start < 0 ? told.slice(-lines) : told.slice(start, start + lines))
    .join("\n");
}

/** The sum of all. */
export function sumOf(summaries: readonly Summary[]): Summary {
  return summaries.reduce((a, b) => ({
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  }), { passed: 0, failed: 0, skipped: 0 });
}

/** `12 passed, 0 failed`, and what was skipped if anything was. */
export function formatSummary({ passed, failed, skipped }: Summary): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** What one process is called with. */
function argsOf(job: Job, flags: readonly string[]): string[] {
  // `check` has checked all types, but for those of the examples in the docs.
  const isChecked = job.every((path) => path.startsWith(WITH_ENGINES));
  // deno-fmt-ignore
  return [
    "test", "--quiet", ...(isChecked ? ["--no-check"] : []), "--doc",
    "--sanitize-ops", "--sanitize-resources", "-A", ...flags, ...job,
  ];
}

if (import.meta.main) {
  const flags = Deno.args.filter((arg) => arg.startsWith("-"));
  const given = Deno.args.filter((arg) => !arg.startsWith("-"));
  const paths = filesOf(given.length > 0 ? given : EVERYTHING);
  const { together, alone } = schedule([...new Set(paths)]);

  const verdicts: Summary[] = [];
  const failures: string[] = [];
  const test = async (job: Job) => {
    const began = performance.now();
    const ending = await runDeno(argsOf(job, flags), LIMIT_MS);
    const seconds = Math.round((performance.now() - began) / 1000);
    const verdict = verdictOf(ending);
    const how = ending.hung
      ? "HUNG, killed"
      : verdict.failed > 0
      ? "FAILED"
      : "ok";
    const says = `${how}: ${job.join(" ")}, in ${seconds} s`;
    console.log(`${ending.output.trim()}\n--- ${says}\n`);
    verdicts.push(verdict);
    if (verdict.failed > 0) {
      failures.push(`${errorsIn(ending.output)}\n${says}`);
    }
  };
  await workOff(together, SIDE_BY_SIDE, test);
  await workOff(alone, 1, test);

  // Once more at the end, where they are found.
  if (failures.length > 0) {
    console.log(`What failed:\n${failures.join("\n\n")}`);
  }
  const total = sumOf(verdicts);
  console.log(formatSummary(total));
  // A run of no tests has shown nothing.
  Deno.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}
