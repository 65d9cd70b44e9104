/**
 * Runs the tests and closes with one plain line that says how many there were:
 * `deno task test [PATH…] [FLAG…]`. Without a path it runs all of them, the
 * examples in the docs too. Flags go to `deno test`: `--filter=stop`.
 */

const EVERYTHING = ["README.md", "mod.ts", "src", "tests"];

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

if (import.meta.main) {
  const flags = Deno.args.filter((arg) => arg.startsWith("-"));
  const paths = Deno.args.filter((arg) => !arg.startsWith("-"));
  const child = new Deno.Command(Deno.execPath(), {
    // deno-fmt-ignore
    args: [
      "test", "--doc", "--sanitize-ops", "--sanitize-resources", "-A",
      ...flags, ...(paths.length > 0 ? paths : EVERYTHING),
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();

  const [shown, read] = child.stdout.tee();
  const [output] = await Promise.all([
    new Response(read).text(),
    shown.pipeTo(Deno.stdout.writable, { preventClose: true }),
  ]);
  const { code } = await child.status;

  const summary = summaryOf(output) ?? { passed: 0, failed: 0, skipped: 0 };
  console.log(formatSummary(summary));
  // A run of no tests has shown nothing.
  Deno.exit(summary.passed + summary.failed === 0 ? code || 1 : code);
}
