import { assertEquals, assertRejects } from "@std/assert";
import { tellMeanwhile } from "../../../src/fleet/stop_wait.ts";

Deno.test("tellMeanwhile() tells until the work is done", async () => {
  const told: number[] = [];
  const enough = Promise.withResolvers<string>();
  const work = tellMeanwhile(
    () => enough.promise,
    (waitedMs) => {
      told.push(waitedMs);
      if (told.length === 3) enough.resolve("done");
    },
    1,
  );
  assertEquals(await work, "done");
  assertEquals(told, told.toSorted((a, b) => a - b));
  assertEquals(told.length, 3);
});

Deno.test("tellMeanwhile() ends with work that fails", async () => {
  const work = () => Promise.reject(new RangeError("no"));
  await assertRejects(() => tellMeanwhile(work, () => {}, 1), RangeError);
});
