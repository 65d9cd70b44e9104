import { assertEquals, assertRejects } from "@std/assert";
import { exec, runExec } from "../../../../src/cli/commands/exec.ts";
import { UsageError } from "../../../../src/cli/errors.ts";
import type { ExecResult } from "../../../../src/engines/runner.ts";
import { library } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

/** What is run in `web`, and what is told of it. */
async function ran(
  result: Partial<ExecResult>,
  json: boolean,
  ...words: string[]
) {
  const calls: unknown[] = [];
  const fake = library({
    web: {
      exec: (command, options) => {
        calls.push([command, options?.interactive]);
        return Promise.resolve({ code: 0, stdout: "", stderr: "", ...result });
      },
    },
  });
  const context = recorder({ json });
  const code = await runExec(context, input(exec, ...words), fake);
  return { code, calls, out: context.out(), err: context.err(), ...fake };
}

Deno.test("exec hands over the terminal, and the exit code is the program's", async () => {
  const argv = ["sh", "-c", "exit 7", "--json", ""];
  const { code, calls, out, err } = await ran(
    { code: 7 },
    false,
    "web",
    "--",
    ...argv,
  );
  assertEquals([code, out, err], [7, "", ""]);
  assertEquals(calls, [[argv, true]]);
});

Deno.test("exec --json collects what the program says", async () => {
  const result = { code: 3, stdout: "out\n", stderr: "err\n" };
  const { code, calls, out } = await ran(result, true, "web", "--", "true");
  assertEquals(code, 3);
  assertEquals(calls, [[["true"], false]]);
  assertEquals(JSON.parse(out), { name: "web", ...result });
});

Deno.test("exec looks where the flags say", async () => {
  const { asked } = await ran(
    {},
    false,
    "web",
    "--runtime",
    "docker",
    "--",
    "true",
  );
  assertEquals(asked.map(({ runtime }) => runtime), ["docker"]);
});

for (const words of [["web"], ["web", "--"]]) {
  Deno.test(`exec ${words.join(" ")}: asks for a program, and no engine`, async () => {
    const fake = library({});
    await assertRejects(
      () => runExec(recorder(), input(exec, ...words), fake),
      UsageError,
      "needs a program after --",
    );
    assertEquals(fake.asked, []);
  });
}
