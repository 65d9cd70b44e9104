import { assertEquals } from "@std/assert";
import { shellWord } from "../../../src/core/shell_word.ts";

Deno.test("shellWord quotes what a shell would take apart", () => {
  assertEquals(shellWord("/tmp/tmux-0/a_b.c"), "/tmp/tmux-0/a_b.c");
  assertEquals(shellWord("/tmp/a b"), "'/tmp/a b'");
  assertEquals(shellWord("it's"), `'it'\\''s'`);
  assertEquals(shellWord(""), "''");
});

Deno.test("shellWord() quotes what zsh would take for a program", () => {
  assertEquals(shellWord("=bot"), "'=bot'");
  assertEquals(shellWord("A=bot"), "A=bot");
});
