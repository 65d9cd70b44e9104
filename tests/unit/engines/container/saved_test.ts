import { assertEquals } from "@std/assert";
import { Handed } from "../../../../src/engines/container/saved.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What is left of a saved text when these pieces were handed on. */
function rest(
  handed: readonly string[],
  saved: string,
  { isAll = false, before = 0 }: { isAll?: boolean; before?: number | null } =
    {},
): string {
  const it = new Handed(isAll);
  for (const piece of handed) it.add(bytes(piece));
  return new TextDecoder().decode(it.restOf(bytes(saved), before));
}

Deno.test("what was handed on of a saved log is found by its text", () => {
  assertEquals(rest(["b\n", "c\n"], "a\nb\nc\nd\n"), "d\n");
  assertEquals(rest(["b\n", "c\n"], "a\nb\nc\n"), "");
  // The log may have been made room for, or begin with a later run.
  assertEquals(rest(["a\nb\n", "c\n"], "c\nd\n"), "d\n");
  assertEquals(rest(["a\nb\n"], "c\nd\n"), "c\nd\n");
  assertEquals(rest([], ""), "");
  const é = new Handed(false);
  é.add(bytes("\xe9").subarray(0, 1));
  assertEquals(é.restOf(bytes("\xe9"), 0), bytes("\xe9").subarray(1));
});

Deno.test("it is counted where the output's beginning is known", () => {
  const ticks = (count: number) => "tick\n".repeat(count);
  assertEquals(rest([ticks(3)], ticks(5), { isAll: true }), ticks(2));
  assertEquals(
    rest([ticks(3)], ticks(4), { isAll: true, before: 5 }),
    ticks(2),
  );
  // By their text alone, none of these would be told from the others.
  assertEquals(rest([ticks(3)], ticks(5), { isAll: true, before: null }), "");
});

Deno.test("of much that was handed on, the end is enough", () => {
  const numbers = (first: number, last: number) =>
    Array.from({ length: last - first }, (_, i) => `${first + i}\n`);
  assertEquals(
    rest(numbers(0, 50_000), numbers(0, 50_010).join("")),
    numbers(50_000, 50_010).join(""),
  );
});
