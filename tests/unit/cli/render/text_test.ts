import { assertEquals, assertFalse } from "@std/assert";
import { sanitize } from "../../../../src/cli/render/text.ts";

Deno.test("sanitize() leaves harmless text as it is", () => {
  const texts = ["", "bot", "a b;$(x)", "ünï", "日本", "é", "👨‍👩‍👧", "\\x1b"];
  for (const text of texts) assertEquals(sanitize(text), text);
});

Deno.test("sanitize() shows what a terminal would obey", () => {
  const cases: [text: string, shown: string][] = [
    ["\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["\x1b]0;title\x07", "\\x1b]0;title\\x07"],
    ["a\nb\tc\rd", "a\\nb\\tc\\rd"],
    ["\x00\x7f\x80\x9b31m", "\\x00\\x7f\\x80\\x9b31m"],
    ["\u202egnp.exe", "\\u202egnp.exe"],
    ["\u2066a\u2069\u200b\u200e\ufeff", "\\u2066a\\u2069\\u200b\\u200e\\ufeff"],
    ["a\u2028b", "a\\u2028b"],
  ];
  for (const [text, shown] of cases) assertEquals(sanitize(text), shown);
});

Deno.test("sanitize() lets no control character through", () => {
  for (let code = 0; code < 0xa0; code++) {
    const shown = sanitize(`é${String.fromCharCode(code)}`);
    // deno-lint-ignore no-control-regex
    assertFalse(/[\x00-\x1f\x7f-\x9f]/.test(shown), `code ${code}`);
  }
});
