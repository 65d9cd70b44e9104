import { assertEquals, assertStringIncludes } from "@std/assert";
import { runStatus, status } from "../../../../src/cli/commands/status.ts";
import { library, running } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const fake = library({
  bot: { status: () => Promise.resolve(running("bot", { windowCount: 1 })) },
  job: {
    status: () =>
      Promise.resolve(running("job", { state: "exited", exitCode: 7 })),
  },
});

Deno.test("status shows a table", async () => {
  const context = recorder({ isTerminal: true });
  assertEquals(await runStatus(context, input(status, "bot"), fake), 0);
  assertEquals(context.out().split("\n"), [
    "Property    Value",
    "Name        bot",
    "State       running",
    "Place       tmux",
    "PID         42",
    "Server PID  1",
    "Windows     1",
    "Managed     yes",
    "",
  ]);
});

Deno.test("status --quiet is NAME: STATE", async () => {
  const context = recorder();
  await runStatus(context, input(status, "-q", "bot", "job"), fake);
  assertEquals(context.out(), "bot: running\njob: exited\n");
});

Deno.test("status tries every name, in order, and tells the first failure", async () => {
  const context = recorder();
  const words = input(status, "-q", "gone", "bot", "none");
  assertEquals(await runStatus(context, words, fake), 3);
  assertEquals(context.out(), "bot: running\n");
  const [first, second] = context.err().split("\n");
  assertStringIncludes(first!, '"gone"');
  assertStringIncludes(second!, '"none"');
});

Deno.test("status --json is an object for one name", async () => {
  const context = recorder({ json: true });
  await runStatus(context, input(status, "job"), fake);
  assertEquals(JSON.parse(context.out()).exit_code, 7);
});

Deno.test("status --json is an array for several names", async () => {
  const context = recorder({ json: true });
  assertEquals(await runStatus(context, input(status, "gone", "job"), fake), 3);
  assertEquals(JSON.parse(context.out()).length, 1);
  assertStringIncludes(context.err(), '{"error":{"code":"session_not_found"');
});

Deno.test("status --json of nothing is nothing", async () => {
  const context = recorder({ json: true });
  assertEquals(await runStatus(context, input(status, "gone"), fake), 3);
  assertEquals(context.out(), "");
});
