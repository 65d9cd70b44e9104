import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runWait, wait } from "../../../../src/cli/commands/wait.ts";
import { UsageError } from "../../../../src/cli/errors.ts";
import type { WaitOptions } from "../../../../src/fleet/wait.ts";
import type { SessionStatus } from "../../../../src/core/definition.ts";
import { library, running } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

async function run(
  words: string[],
  known: Partial<SessionStatus> = {},
  options: RecorderOptions = {},
) {
  const calls: [string, WaitOptions | undefined][] = [];
  const fake = library({
    job: {
      wait: (state, given) => {
        calls.push([state, given]);
        return Promise.resolve(running("job", known));
      },
    },
  });
  const context = recorder(options);
  const code = await runWait(context, input(wait, "job", ...words), fake);
  return { code, calls, out: context.out(), err: context.err() };
}

Deno.test("wait waits for what it is told", async () => {
  const { code, calls, out } = await run(["--for", "running", "-t", "2.5"]);
  assertEquals(calls, [["running", { timeout: 2.5 }]]);
  assertEquals([code, out], [0, "job: running\n"]);
});

Deno.test("wait must be told what for", async () => {
  await assertRejects(() => run([]), UsageError, "add --for running or");
});

Deno.test("wait --for exited ends as the session did", async () => {
  const gone = { state: "stopped", detail: "removed" } as const;
  const cases: [Partial<SessionStatus>, code: number, says: string][] = [
    [{ state: "exited", exitCode: 0 }, 0, "exited (0)"],
    [{ state: "exited", exitCode: 7 }, 7, "exited (7)"],
    [{ state: "exited", signal: "SIGKILL" }, 137, "exited (SIGKILL)"],
    [{ state: "exited", signal: "SIGTERM" }, 143, "exited (SIGTERM)"],
    [{ ...gone, exitCode: 9 }, 9, "stopped (removed), exited (9)"],
    [{ state: "defined", exitCode: 2 }, 2, "defined, exited (2)"],
  ];
  for (const [known, code, says] of cases) {
    const result = await run(["--for=exited"], known);
    assertEquals([result.code, result.out], [code, `job: ${says}\n`]);
    assertEquals(result.err, "");
  }
});

Deno.test("wait --for exited fails where nobody knows how it ended", async () => {
  const { code, err } = await run(["--for=exited"], { state: "exited" });
  assertEquals(code, 1);
  assertStringIncludes(err, "warning: job: it has ended, but nobody knows how");
});

Deno.test("wait --for stopped is done, however it ended", async () => {
  const died = { state: "exited", exitCode: 7 } as const;
  assertEquals((await run(["--for=stopped"], died)).code, 0);
});

Deno.test("wait --json has the status", async () => {
  const died = { state: "exited", exitCode: 7 } as const;
  const { code, out } = await run(["--for=exited"], died, { json: true });
  assertEquals([code, JSON.parse(out).exit_code], [7, 7]);
});
