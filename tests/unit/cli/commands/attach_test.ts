import { assertEquals } from "@std/assert";
import { attach, runAttach } from "../../../../src/cli/commands/attach.ts";
import type { AttachResult } from "../../../../src/core/definition.ts";
import { library } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

async function told(result: Partial<AttachResult>, json = false) {
  const end = {
    switched: false,
    ended: true,
    restarted: false,
    exitCode: null,
    signal: null,
    ...result,
  };
  const fake = library({ bot: { attach: () => Promise.resolve(end) } });
  const context = recorder({ json });
  assertEquals(await runAttach(context, input(attach, "bot"), fake), 0);
  return [context.out(), context.err()];
}

Deno.test("attach tells how it ended", async () => {
  assertEquals(await told({ ended: false }), ["", "detached from bot\n"]);
  assertEquals(await told({ ended: false, switched: true }), [
    "",
    "switched to bot\n",
  ]);
  assertEquals(await told({ exitCode: 7 }), ["", "bot exited (7)\n"]);
  assertEquals(await told({ signal: "SIGKILL" }), [
    "",
    "bot exited (SIGKILL)\n",
  ]);
  assertEquals(await told({}), ["", "bot ended\n"]);
  assertEquals(await told({ exitCode: 7, restarted: true }), [
    "",
    "bot exited (7) and was started again\n",
  ]);
  assertEquals(await told({ restarted: true }), [
    "",
    "bot ended and was started again\n",
  ]);
});

Deno.test("attach --json tells it to programs", async () => {
  const [out] = await told({ exitCode: 7 }, true);
  assertEquals(JSON.parse(out!), {
    name: "bot",
    switched: false,
    ended: true,
    restarted: false,
    exit_code: 7,
    signal: null,
  });
});
