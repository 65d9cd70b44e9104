import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands/table.ts";
import { programTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";

programTest("groff")("man page: groff finds no fault with it", async () => {
  await using sandbox = new Sandbox();
  const args = ["-man", "-Tutf8", "-P-cbou", "-ww", "docs/ops.1"];
  const { code, stdout, stderr } = await sandbox.run("groff", args);
  assertEquals([code, stderr], [0, ""]);
  for (const { name } of COMMANDS) {
    assertStringIncludes(stdout, `\n   ops ${name}\n`);
  }
  // What roff would take for signs of its own, to be copied as it stands.
  assertStringIncludes(stdout, "jq 'map(select(.exit_code > 0))");
  assertStringIncludes(stdout, 'ops start bot -c "cd ~/bot && python bot.py');
});
