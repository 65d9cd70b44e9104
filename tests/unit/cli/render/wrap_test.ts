import { assertEquals } from "@std/assert";
import {
  wrap,
  wrapParagraphs,
  wrapTerms,
} from "../../../../src/cli/render/wrap.ts";

Deno.test("wrap() breaks at blanks, and never within a word", () => {
  assertEquals(wrap("aa bb cc", 5), "aa bb\ncc");
  assertEquals(wrap("aaaaaaa b", 3), "aaaaaaa\nb");
  assertEquals(wrap("aa bb", 2, "  "), "  aa\n  bb");
  assertEquals(wrap("", 5), "");
});

Deno.test("wrapParagraphs() puts a blank line between two", () => {
  assertEquals(wrapParagraphs(["a b", "c"], 1), "a\nb\n\nc\n");
  assertEquals(wrapParagraphs([], 80), "");
});

Deno.test("wrapTerms() aligns the meanings", () => {
  const terms = [["-a", "one two"], ["--bbb", "three"]] as const;
  assertEquals(wrapTerms(terms, 80), "  -a     one two\n  --bbb  three\n");
  assertEquals(wrapTerms([], 80), "");
});

Deno.test("wrapTerms() gives a long term its own line", () => {
  const long = "x".repeat(40);
  const margin = " ".repeat(32);
  assertEquals(
    wrapTerms([[long, "meaning"], ["y", "z"]], 80),
    `  ${long}\n${margin}meaning\n  ${"y".padEnd(28)}  z\n`,
  );
});
