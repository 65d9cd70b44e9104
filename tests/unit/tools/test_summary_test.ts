import { assertEquals } from "@std/assert";
import { errorsIn, formatSummary, summaryOf } from "../../../tools/test.ts";

function lineOf(output: string): string | undefined {
  const summary = summaryOf(output);
  return summary && formatSummary(summary);
}

Deno.test("the closing line of a run that passed", () => {
  assertEquals(
    lineOf("a ... ok (1ms)\n\nok | 12 passed | 0 failed (1s)\n\n"),
    "12 passed, 0 failed",
  );
});

Deno.test("with colours, steps, ignored and filtered tests", () => {
  assertEquals(
    lineOf(
      "\x1b[0m\x1b[31mFAILED\x1b[0m | 3 passed (7 steps) | 1 failed (2 steps)" +
        " | 4 ignored (5 steps) | 2 filtered out \x1b[0m(1m2s)\x1b[0m\n\n" +
        "\x1b[1m\x1b[31merror\x1b[0m: Test failed",
    ),
    "3 passed, 1 failed, 4 skipped",
  );
});

Deno.test("what a test prints is not taken for the summary", () => {
  assertEquals(
    lineOf("ok | 1 passed | 0 failed\nok | 2 passed | 0 failed (1ms)\n"),
    "2 passed, 0 failed",
  );
});

Deno.test("a run without tests, or one that broke, has no summary", () => {
  assertEquals(summaryOf("error: No test modules found\n"), undefined);
});

Deno.test("what failed is found in what was printed", () => {
  const output = [
    ...["a ... FAILED", "", " ERRORS ", "", "a => x.ts:1", "error: no", ""],
    ...[" FAILURES ", "", "a => x.ts:1", "", "FAILED | 0 passed | 1 failed"],
  ];
  assertEquals(errorsIn(output.join("\n")), output.slice(2).join("\n"));
  assertEquals(errorsIn(output.join("\n"), 3), output.slice(2, 5).join("\n"));
  assertEquals(errorsIn("a\nb\nhangs", 2), "b\nhangs");
});
