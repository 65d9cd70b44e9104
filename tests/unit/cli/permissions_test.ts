import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/cli/commands/table.ts";
import { PERMISSIONS, toDenoFlags } from "../../../src/cli/permissions.ts";

Deno.test("PERMISSIONS has a row for every command", () => {
  assertEquals(
    Object.keys(PERMISSIONS).sort(),
    COMMANDS.map(({ name }) => name).sort(),
  );
  for (const [command, permissions] of Object.entries(PERMISSIONS)) {
    const asksEngines = permissions.some(({ kind }) => kind === "run");
    const isAlone = ["config", "completions", "version"].includes(
      command,
    );
    assertEquals(asksEngines, !isAlone, command);
    assert(permissions.every(({ purpose }) => purpose !== ""), command);
  }
});

Deno.test("toDenoFlags() joins what is of one kind", () => {
  const permission = { purpose: "x", without: null };
  assertEquals(
    toDenoFlags([
      { ...permission, kind: "env", values: ["HOME", "TERM"] },
      { ...permission, kind: "run", values: ["tmux"] },
      { ...permission, kind: "env", values: ["TMUX", "HOME"] },
    ]),
    ["--allow-env=HOME,TERM,TMUX", "--allow-run=tmux"],
  );
});

Deno.test("toDenoFlags() knows that all is more than some", () => {
  const permission = { purpose: "x", without: null, kind: "read" } as const;
  const all = { ...permission, values: [] };
  const some = { ...permission, values: ["/tmp"] };
  assertEquals(toDenoFlags([all, some]), ["--allow-read"]);
  assertEquals(toDenoFlags([some, all]), ["--allow-read"]);
});
