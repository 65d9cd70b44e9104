/** What `.ci/run` makes of its suites, which are played here. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Output, ROOT, Sandbox } from "../helpers/sandbox.ts";

/** What the two suites, and what makes the binary for one, do. */
interface Play {
  readonly source: string;
  readonly compile?: string;
  readonly binary?: string;
}

/** Runs `.ci/run` in a tree where everything that it calls only plays. */
async function ciRun(
  sandbox: Sandbox,
  { source, compile = ":", binary = ":" }: Play,
): Promise<Output> {
  const script = await Deno.readTextFile(`${ROOT}.ci/run`);
  const path = await sandbox.write("tree/.ci/run", script, 0o755);
  const program = (name: string, text: string) =>
    sandbox.write(`tree/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  await program("tools/engines", ":");
  const deno = await program(
    "deno",
    `[ "$PATH" ] && ! command -v deno && ${binary}`,
  );
  await program(
    "denow",
    `case $* in
      "task test") ${source} ;;
      *compile) ${compile} ;;
      eval*) echo ${deno} ;;
    esac`,
  );
  return await sandbox.run("bash", [path], { cwd: sandbox.dir });
}

const cases: [
  about: string,
  play: Play,
  code: number,
  total: string,
  says: string[],
][] = [
  [
    "both pass: their sum",
    {
      source: "echo 5 passed, 0 failed, 1 skipped",
      binary: "echo 3 passed, 0 failed",
    },
    0,
    "8 passed, 0 failed, 1 skipped",
    ["5 passed, 0 failed, 1 skipped", "3 passed, 0 failed, 0 skipped"],
  ],
  [
    "a test fails on the binary",
    {
      source: "echo 5 passed, 0 failed",
      binary: "{ echo 3 passed, 2 failed; exit 1; }",
    },
    1,
    "8 passed, 2 failed",
    ["FAILED: the command line, as a binary"],
  ],
  [
    "a test fails in the source: the binary is tested all the same",
    {
      source: "echo 5 passed, 1 failed; exit 1",
      binary: "echo 3 passed, 0 failed",
    },
    1,
    "8 passed, 1 failed",
    ["FAILED: everything, from source", "ok: the command line, as a binary"],
  ],
  [
    "it does not get as far as to a test",
    { source: "exit 1", binary: "echo 3 passed, 0 failed" },
    1,
    "3 passed, 1 failed",
    ["FAILED: everything, from source"],
  ],
  [
    "there is no test",
    { source: "echo 0 passed, 0 failed", binary: "echo 3 passed, 0 failed" },
    1,
    "3 passed, 1 failed",
    ["FAILED: everything, from source"],
  ],
  [
    "the binary cannot be made",
    { source: "echo 5 passed, 0 failed", compile: "exit 1" },
    1,
    "5 passed, 1 failed",
    ["FAILED: the command line, as a binary"],
  ],
  [
    "there is nothing to make a binary of",
    { source: "echo 5 passed, 0 failed", compile: "exit 77" },
    0,
    "5 passed, 0 failed",
    ["left out: the command line, as a binary"],
  ],
];

for (const [about, play, code, total, says] of cases) {
  Deno.test(`.ci/run: ${about}`, async () => {
    await using sandbox = new Sandbox();
    const result = await ciRun(sandbox, play);
    const lines = result.stdout.trimEnd().split("\n");
    assertEquals([result.code, lines.at(-1)], [code, total], result.stderr);
    const summary = result.stdout.split("What ran:\n")[1] ?? "";
    for (const it of says) assertStringIncludes(summary, it);
  });
}
