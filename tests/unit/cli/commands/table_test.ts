import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { COMMANDS, findCommand } from "../../../../src/cli/commands/table.ts";
import { UnknownWordError, UsageError } from "../../../../src/cli/errors.ts";

Deno.test("findCommand() finds names and aliases, exactly", () => {
  for (const { name, aliases } of COMMANDS) {
    for (const word of [name, ...aliases]) {
      assertEquals(findCommand(word).name, name);
    }
  }
  for (const wrong of ["lis", "LIST", "", "constructor", "bogus"]) {
    assertThrows(() => findCommand(wrong), UsageError, "unknown command");
  }
});

Deno.test("findCommand() suggests the nearest", async () => {
  const suggestion = async (word: string) => {
    const error = assertThrows(() => findCommand(word), UnknownWordError);
    return (await error.withSuggestion()).message;
  };
  assertEquals(
    await suggestion("statsu"),
    'unknown command "statsu"; did you mean "ops status"?',
  );
  assertStringIncludes(await suggestion("bogus"), 'see "ops --help"');
});

Deno.test("COMMANDS holds no name twice", () => {
  const words = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
  assertEquals(words.length, new Set(words).size);
});
