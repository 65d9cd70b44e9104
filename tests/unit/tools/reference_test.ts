import { assert, assertEquals, assertThrows } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { PERMISSIONS, toDenoFlags } from "../../../src/cli/permissions.ts";
import { references, replaceBlock } from "../../../tools/reference.ts";

Deno.test("references are up to date: else run `deno task reference`", async () => {
  for (const [path, text] of Object.entries(await references())) {
    const file = new URL(`../../../${path}`, import.meta.url);
    assertEquals(await Deno.readTextFile(file), text, path);
  }
});

Deno.test("the task ops has the permissions of all commands", () => {
  const { command } = config.tasks.ops;
  const flags = toDenoFlags(Object.values(PERMISSIONS).flat());
  const given = command.split(" ").filter((it) => it.startsWith("--allow-"));
  assertEquals(given.sort(), flags.sort());
});

Deno.test("replaceBlock() leaves the rest as it is", () => {
  const text = "a\n<!-- begin x: made -->\nold\n<!-- end x -->\nb\n";
  const replaced = replaceBlock(text, "x", "$& new");
  assertEquals(
    replaced,
    "a\n<!-- begin x: made -->\n\n$& new\n\n<!-- end x -->\nb\n",
  );
  assert(replaceBlock(replaced, "x", "$& new") === replaced);
  assertThrows(() => replaceBlock(text, "y", ""), Error, "no block y");
});
