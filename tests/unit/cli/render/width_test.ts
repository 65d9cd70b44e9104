import { assertEquals } from "@std/assert";
import { textWidth, truncate } from "../../../../src/cli/render/width.ts";

Deno.test("textWidth() counts columns", () => {
  const cases: [text: string, width: number][] = [
    ["", 0],
    ["bot", 3],
    ["ünï", 3],
    ["u\u0308ni\u0308", 3],
    ["日本", 4],
    ["ｆｕｌｌ", 8],
    ["한국", 4],
    ["한", 2],
    ["🚀", 2],
    ["→…─", 3],
  ];
  for (const [text, width] of cases) assertEquals(textWidth(text), width, text);
});

Deno.test("truncate() keeps what fits", () => {
  assertEquals(truncate("session", 7), "session");
  assertEquals(truncate("session", 4), "ses…");
  assertEquals(truncate("session", 1), "…");
  assertEquals(truncate("session", 0), "");
  assertEquals(truncate("", 0), "");
});

Deno.test("truncate() never cuts a wide character in half", () => {
  assertEquals(truncate("日本語", 6), "日本語");
  assertEquals(truncate("日本語", 5), "日本…");
  assertEquals(truncate("日本語", 4), "日…");
  assertEquals(truncate("🚀🚀", 3), "🚀…");
});
