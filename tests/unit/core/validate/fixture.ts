/** What the tests of the checks share. */
import { assertEquals } from "@std/assert";
import { SessionConfigError } from "../../../../src/core/errors.ts";

/** The message of the error that a check throws; empty if it passes. */
export function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof SessionConfigError) return error.message;
    throw error;
  }
  return "";
}

/** Runs a check on each input and compares the whole messages. */
export function testCheck<T>(
  name: string,
  check: (input: T) => void,
  cases: readonly (readonly [input: T, message: string])[],
): void {
  Deno.test(name, async (t) => {
    for (const [input, message] of cases) {
      const text = JSON.stringify(input) ?? String(input);
      await t.step(text.slice(0, 40), () => {
        assertEquals(messageOf(() => check(input)), message);
      });
    }
  });
}
