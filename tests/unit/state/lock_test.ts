import { assertEquals, assertRejects } from "@std/assert";
import { StateError } from "../../../src/core/errors.ts";
import { takeLock } from "../../../src/state/lock.ts";
import { pause } from "../../../src/core/pause.ts";

async function withFolder(
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a lock is waited for, and its holder named", async () => {
  await withFolder(async (folder) => {
    const waits: string[] = [];
    const first = await takeLock(folder, "a", { holder: "one" });
    const second = takeLock(folder, "a", {
      holder: "two",
      onWait: (holder) => waits.push(holder),
    });
    // Another lock has nothing to do with it.
    (await takeLock(folder, "b", { holder: "three" }))[Symbol.dispose]();
    await pause(10);
    assertEquals(waits, ["one"]);
    first[Symbol.dispose]();
    (await second)[Symbol.dispose]();
    assertEquals(waits, ["one"]);
  });
});

Deno.test("a wait for a lock can be ended", async () => {
  await withFolder(async (folder) => {
    using _first = await takeLock(folder, "a", { holder: "one" });
    const ending = new AbortController();
    const second = takeLock(folder, "a", {
      holder: "two",
      signal: ending.signal,
    });
    ending.abort(new Error("enough"));
    await assertRejects(() => second, Error, "enough");
  });
});

Deno.test("a lock in a folder that cannot be", async () => {
  await withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/locks`, "");
    await assertRejects(
      () => takeLock(folder, "a", { holder: "one" }),
      StateError,
    );
  });
});
