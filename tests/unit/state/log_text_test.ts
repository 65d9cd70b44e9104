import { assertEquals } from "@std/assert";
import { asText } from "../../../src/state/log_text.ts";

const forms: [what: string, raw: string, text: string][] = [
  ["line breaks of a terminal", "a\r\nb\r\r\n\nc", "a\nb\n\nc"],
  ["a line that was rewritten", "10%\r20%\r100%\r\nok\r\n", "100%\nok\n"],
  [
    "a line whose color was reset",
    "10%\r\x1b[1m20%\r\x1b[0m\r\n",
    "\x1b[1m20%\x1b[0m\n",
  ],
  ["nothing but returns", "\r\r\n\r", "\n"],
  ["a bar that waits at its beginning", "10%\r20%\r", "20%"],
  ["a bar with its own sequences", "1%\x1b[2K\x1b[1G2%\x1b[G3%", "3%"],
  [
    "colors",
    "\x1b[31;1mred\x1b[m \x1b[38:5:9mx\x1b[0m",
    "\x1b[31;1mred\x1b[m \x1b[38:5:9mx\x1b[0m",
  ],
  [
    "colors of what was rewritten",
    "\x1b[31m1%\r2%\x1b[m\n",
    "\x1b[31m2%\x1b[m\n",
  ],
  [
    "colors that were ended",
    "\x1b[31m1%\x1b[0m\x1b[1m\r2%",
    "\x1b[0m\x1b[1m2%",
  ],
  ["what only looks like a color", "\x1b[>4;2ma\x1b[?4mb", "ab"],
  ["the cursor", "\x1b[2J\x1b[10;20Ha\x1b[Kb\x1b7\x1b8\x1bM", "ab"],
  ["the alternate screen, pasting", "\x1b[?1049ha\x1b[?2004l\x1b[?1049l", "a"],
  ["titles", "\x1b]0;title\x07a\x1b]2;title\x1b\\b\x1bktitle\x1b\\c", "abc"],
  ["links", "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"],
  ["device strings, character sets", "\x1bPq#0\x1b\\a\x1b(Bb\x1b=", "ab"],
  ["a title that never ended", "\x1b]0;title\nnext", "\nnext"],
  ["one that a color follows", "\x1b]0;title\x1b[31mred", "\x1b[31mred"],
  [
    "other control characters",
    "a\x00\x07\x08\x0b\x0e\x7f\x85\x9bb\tc",
    "ab\tc",
  ],
  ["sequences that were cut off", "a\x1b[31", "a"],
  ["a title that was", "a\x1b]0;tit", "a"],
  ["an escape that was", "a\x1b", "a"],
  ["one in the middle", "a\x1b[31\nb", "a[31\nb"],
  ["not ASCII", "héllo 世界 🎉", "héllo 世界 🎉"],
];

for (const [what, raw, text] of forms) {
  Deno.test(`asText(): ${what}`, () => {
    assertEquals(asText(raw), text);
    assertEquals(asText(new TextEncoder().encode(raw)), text);
  });
}

Deno.test("asText(): a character that is cut off at either end goes", () => {
  const bytes = new TextEncoder().encode("🎉a🎉");
  for (let cut = 1; cut < 4; cut++) {
    assertEquals(asText(bytes.subarray(cut)), "a🎉");
    assertEquals(asText(bytes.subarray(0, -cut)), "🎉a");
  }
});

Deno.test("asText(): no more work than the text is long", () => {
  const raw = "\x1b]x".repeat(50_000) + "\x1b[".repeat(50_000) +
    "\r".repeat(50_000) + "x" + "\x1b[m\r".repeat(50_000) + "x";
  const start = performance.now();
  assertEquals(asText(raw).length < raw.length, true);
  assertEquals(performance.now() - start < 2_000, true);
});
