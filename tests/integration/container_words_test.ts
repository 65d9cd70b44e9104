/** The table of the unit test is no opinion: a real shell agrees with it. */
import { assertEquals } from "@std/assert";
import { run } from "../../src/host/local/run.ts";
import { WORDS } from "../unit/core/words_cases.ts";

Deno.test("a command is split into the words that sh makes of it", async () => {
  // `set --` and a loop, since printf prints something even without words.
  const script = WORDS.map(([command]) =>
    `set -- ${command}\nfor word; do printf '%s\\0' "$word"; done; echo end`
  ).join("\n");
  const { stdout } = await run(
    { binary: "sh", args: ["-c", script], engine: "sh" },
    { timeoutMs: 10_000 },
  );
  const seen = stdout.split("end\n").slice(0, -1)
    .map((words) => words.split("\0").slice(0, -1));
  assertEquals(seen, WORDS.map(([, words]) => [...words]));
});
