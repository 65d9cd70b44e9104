import { assertEquals } from "@std/assert";
import { lastLines } from "../../../src/state/log_reader.ts";

/** Files with these contents, which follow each other. */
function files(
  ...contents: (string | Uint8Array)[]
): { paths: string[] } & Disposable {
  const dir = Deno.makeTempDirSync();
  const paths = contents.map((content, i) => {
    const path = `${dir}/${i}.log`;
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    Deno.writeFileSync(path, bytes);
    return path;
  });
  return {
    paths,
    [Symbol.dispose]: () => Deno.removeSync(dir, { recursive: true }),
  };
}

const cases: [contents: string[], lines: number, found: string][] = [
  [[], 5, ""],
  [[""], 5, ""],
  [["a\r\nb\r\nc\r\n"], 2, "b\nc"],
  [["a\nb\nc"], 2, "b\nc"],
  [["a\nb\nc"], 3, "a\nb\nc"],
  [["a\nb\nc\n"], 9, "a\nb\nc"],
  [["a\nb\n"], 0, ""],
  [["\n\n\n"], 2, "\n"],
  [["a\nb", "b\nc\n"], 2, "bb\nc"],
  [["a\nb\n", "c\n"], 2, "b\nc"],
  [["a\nb\n", "c\n"], 1, "c"],
  [["a\nb\n", "", "c\n", ""], 2, "b\nc"],
  [["a\nb", "b", "b\n", "c"], 2, "bbb\nc"],
];

for (const [contents, lines, found] of cases) {
  Deno.test(`lastLines() ${lines} of ${JSON.stringify(contents)}`, () => {
    using it = files(...contents);
    assertEquals(lastLines(it.paths, lines), found);
  });
}

Deno.test("lastLines() of files larger than a block", () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `line ${i} é`);
  const text = lines.join("\n") + "\n";
  using it = files(text.slice(0, 200_000), text.slice(200_000));
  for (const count of [1, 7_000, 30_000, 39_999, 40_000, 50_000]) {
    assertEquals(
      lastLines(it.paths, count),
      lines.slice(-count).join("\n"),
      `${count}`,
    );
  }
});

Deno.test("lastLines() of a line longer than a block", () => {
  const long = "x".repeat(300_000);
  using it = files(`a\n${long}`, `${long}\nb\n`);
  assertEquals(lastLines(it.paths, 2), `${long}${long}\nb`);
});

Deno.test("lastLines() where a character runs over a border", () => {
  const bytes = new TextEncoder().encode("a 🎉\nb 🎉\n");
  for (let cut = 1; cut < bytes.length; cut++) {
    using it = files(bytes.subarray(0, cut), bytes.subarray(cut));
    assertEquals(lastLines(it.paths, 2), "a 🎉\nb 🎉", `cut at ${cut}`);
  }
});

Deno.test("lastLines() raw is what was written", () => {
  using it = files("a\r\n\x1b[2J10%\r20%\r\n", "\x1b]0;x\x07b\r\n");
  assertEquals(
    lastLines(it.paths, 2, { raw: true }),
    "\x1b[2J10%\r20%\r\n\x1b]0;x\x07b\r\n",
  );
});

Deno.test("lastLines() goes on where the oldest files are gone", () => {
  using it = files("a\n", "b\n", "c\n");
  Deno.removeSync(it.paths[0]!);
  assertEquals(lastLines(it.paths, 9), "b\nc");
});
