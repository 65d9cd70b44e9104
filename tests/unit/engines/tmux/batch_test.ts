import { assertEquals, assertRejects } from "@std/assert";
import { Batch } from "../../../../src/engines/tmux/batch.ts";

function recording(most?: number) {
  const works: number[][] = [];
  const batch = new Batch<number, number>(async (items) => {
    works.push([...items]);
    await new Promise((resolve) => queueMicrotask(() => resolve(null)));
    if (items.includes(13)) throw new Error("unlucky");
    return items.map((it) => it * 2);
  }, most);
  return { batch, works };
}

Deno.test("who asks in one turn shares the work, each with its own result", async () => {
  const { batch, works } = recording();
  // One of them has a little more to do before it asks.
  const asked = [1, 2, 3].map(async (it) => {
    if (it === 2) await Promise.resolve();
    return await batch.do(it);
  });
  assertEquals(await Promise.all(asked), [2, 4, 6]);
  assertEquals(works, [[1, 3, 2]]);
});

Deno.test("who asks meanwhile shares the next work, never an older answer", async () => {
  const works: number[][] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const batch = new Batch<number, number>(async (items) => {
    works.push([...items]);
    await gate;
    return items.map((it) => it * 2);
  });
  const first = batch.do(1);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(works, [[1]]);
  const later = Promise.all([batch.do(2), batch.do(3)]);
  open();
  assertEquals([await first, ...await later], [2, 4, 6]);
  assertEquals(works, [[1], [2, 3]]);
});

Deno.test("a failure is that of all who share it or wait, and of nobody later", async () => {
  const { batch } = recording(2);
  const all = [1, 13, 5].map((it) => batch.do(it));
  const [first, second, third] = await Promise.allSettled(all);
  assertEquals([first?.status, second?.status, third?.status], [
    ...["rejected", "rejected", "rejected"],
  ]);
  await assertRejects(() => batch.do(13), Error, "unlucky");
  assertEquals(await batch.do(5), 10);
});

Deno.test("no work is larger than it may be", async () => {
  const { batch, works } = recording(2);
  await Promise.all([1, 2, 3, 4, 5].map((it) => batch.do(it)));
  assertEquals(works, [[1, 2], [3, 4], [5]]);
});
