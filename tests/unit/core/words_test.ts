import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { splitWords } from "../../../src/core/words.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";
import { WORDS } from "./words_cases.ts";

for (const [command, words] of WORDS) {
  Deno.test(`the words of ${JSON.stringify(command)}`, () => {
    assertEquals(splitWords(command), words);
  });
}

/** What a shell would act on is text here: nothing is expanded. */
const text: Array<[command: string, words: string[]]> = [
  ["echo $HOME `id` $(id)", ["echo", "$HOME", "`id`", "$(id)"]],
  ["ls *.txt ~ {a,b}", ["ls", "*.txt", "~", "{a,b}"]],
  ["a | b; c && d > e", ["a", "|", "b;", "c", "&&", "d", ">", "e"]],
  ["a #b", ["a", "#b"]],
  ["a\nb", ["a", "b"]],
];

for (const [command, words] of text) {
  Deno.test(`nothing is expanded: ${JSON.stringify(command)}`, () => {
    assertEquals(splitWords(command), words);
  });
}

const unclosed: Array<[command: string, reason: string]> = [
  ["a 'b", "' that is not closed"],
  ["it's", "' that is not closed"],
  ['a "b', '" that is not closed'],
  ['a "b\\"', '" that is not closed'],
  ["a \\", "backslash that escapes nothing"],
];

for (const [command, reason] of unclosed) {
  Deno.test(`refused: ${JSON.stringify(command)}`, () => {
    const error = assertThrows(
      () => splitWords(command),
      SessionConfigError,
      reason,
    );
    assertEquals(error.key, "command");
    assertStringIncludes(error.reason, JSON.stringify(command));
  });
}

Deno.test("of a long command, the end is quoted", () => {
  const error = assertThrows(
    () => splitWords(`${"x".repeat(1000)} 'b`),
    SessionConfigError,
  );
  assertEquals(
    error.reason,
    `…"${"x".repeat(57)} 'b" has a ' that is not closed`,
  );
});
