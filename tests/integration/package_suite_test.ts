/** What `deno task test` makes of files of tests, which are played here. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runDeno } from "../../tools/test_queue.ts";
import { type Output, ROOT, Sandbox } from "../helpers/sandbox.ts";

const PASSES = `Deno.test("it is fine", () => {});`;
const FAILS = `Deno.test("it is bad", () => { throw new Error("because"); });`;
const IGNORED = `Deno.test.ignore("it is not here", () => {});`;
const CRASHES = `throw new Error("so early");`;
const ENDS = `Deno.test("it goes", () => Deno.kill(Deno.pid, "SIGKILL"));`;

/** Runs the tests of a tree with these files. */
async function suite(
  sandbox: Sandbox,
  files: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<Output> {
  for (const [name, text] of Object.entries(files)) {
    await sandbox.write(`tests/integration/${name}_test.ts`, text);
  }
  const args = ["run", "-A", "--config", `${ROOT}deno.json`];
  return await sandbox.run(
    Deno.execPath(),
    [...args, `${ROOT}tools/test.ts`, "tests", ...flags],
    { cwd: sandbox.dir, env: { NO_COLOR: "1" } },
  );
}

const cases: [
  about: string,
  files: Record<string, string>,
  code: number,
  total: string,
  says: string[],
][] = [
  [
    "all pass: their sum",
    { a: PASSES, b: PASSES + IGNORED, process: PASSES },
    0,
    "3 passed, 0 failed, 1 skipped",
    ["ok: tests/integration/a_test.ts", "ok: tests/integration/process_test"],
  ],
  [
    "one fails: the others run, and it is shown and named",
    { a: FAILS + PASSES, b: PASSES },
    1,
    "2 passed, 1 failed",
    ["Error: because", "\nFAILED: tests/integration/a_test.ts"],
  ],
  [
    "one breaks before its first test, another one in it",
    { a: CRASHES, b: ENDS, c: PASSES },
    1,
    "1 passed, 2 failed",
    ["so early", "\nFAILED: tests/integration/b_test.ts"],
  ],
  ["there is no test", {}, 1, "0 passed, 0 failed", []],
];

for (const [about, files, code, total, says] of cases) {
  Deno.test(`deno task test: ${about}`, async () => {
    await using sandbox = new Sandbox();
    await Deno.mkdir(sandbox.path("tests/integration"), { recursive: true });
    const result = await suite(sandbox, files);
    const lines = result.stdout.trimEnd().split("\n");
    assertEquals([result.code, lines.at(-1)], [code, total], result.stderr);
    for (const it of says) assertStringIncludes(result.stdout, it);
  });
}

Deno.test("deno task test: its flags go to each file", async () => {
  await using sandbox = new Sandbox();
  const files = { a: FAILS, b: PASSES + FAILS };
  const { code, stdout } = await suite(sandbox, files, "--filter=fine");
  assertEquals([code, stdout.trimEnd().split("\n").at(-1)], [
    0,
    "1 passed, 0 failed",
  ]);
});

Deno.test("a file that hangs is killed, whoever holds its streams", async () => {
  await using sandbox = new Sandbox();
  const HANGS = `Deno.test("it hangs", async () => {
    const script = "exec sleep 60 >/proc/$PPID/fd/1 2>&1";
    await new Deno.Command("sh", { args: ["-c", script] }).spawn().status;
  });`;
  const path = await sandbox.write("hangs_test.ts", HANGS);
  const args = ["test", "--quiet", "-A", "--no-check", "--no-config", path];
  const { code, hung, output } = await runDeno(args, 4_000);
  assertEquals([code, hung], [137, true]);
  assertStringIncludes(output, "it hangs ...");
});
