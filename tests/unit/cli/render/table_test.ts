import { assert, assertEquals } from "@std/assert";
import { fitWidths } from "../../../../src/cli/render/fitted_table.ts";
import type { Column } from "../../../../src/cli/render/fitted_table.ts";
import { renderTable } from "../../../../src/cli/render/table.ts";
import { textWidth } from "../../../../src/cli/render/width.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

interface Row {
  readonly name: string;
  readonly image?: string;
  readonly command?: string;
}

function render(rows: Row[], options: RecorderOptions): Promise<string> {
  const { stdout } = recorder(options);
  const columns: Column<Row>[] = [
    {
      header: "NAME",
      cell: (row) => row.name,
      brush: () => stdout.paint.green,
    },
    { header: "IMAGE", cell: (row) => row.image ?? "" },
    { header: "COMMAND", cell: (row) => row.command ?? "" },
  ];
  return renderTable(columns, rows, stdout);
}

const terminal = { isTerminal: true, columns: 40 };

Deno.test("renderTable() aligns columns, and fills no line up", async () => {
  const rows = [
    { name: "日本", image: "x", command: "sleep" },
    { name: "b", image: "nginx" },
  ];
  assertEquals((await render(rows, terminal)).split("\n"), [
    "NAME  IMAGE  COMMAND",
    "日本  x      sleep",
    "b     nginx  -",
    "",
  ]);
});

Deno.test("renderTable() leaves out what nobody has, on a terminal", async () => {
  assertEquals(await render([{ name: "a" }], terminal), "NAME\na\n");
});

Deno.test("renderTable() fits a terminal", async () => {
  const rows = [{
    name: "bot",
    image: "i".repeat(30),
    command: "x".repeat(90),
  }];
  for (const columns of [80, 60, 40, 30]) {
    const table = await render(rows, { isTerminal: true, columns });
    const lines = table.split("\n");
    for (const line of lines) {
      assert(textWidth(line) <= columns, `${columns}: ${line}`);
    }
    assert(lines[1]?.startsWith("bot "));
    assert(lines[1]?.endsWith("…"));
  }
});

Deno.test("renderTable() leaves out the least important columns", async () => {
  const columns: Column<null>[] = [
    { header: "NAME", cell: () => "bot" },
    { header: "PID", cell: () => "12345", importance: 2 },
    { header: "IMAGE", cell: () => "i".repeat(20), importance: 1, least: 10 },
    { header: "COMMAND", cell: () => "x".repeat(90), importance: 3, least: 12 },
  ];
  const headers = async (columns_: number) => {
    const { stdout } = recorder({ isTerminal: true, columns: columns_ });
    const table = await renderTable(columns, [null], stdout);
    for (const line of table.split("\n")) assert(textWidth(line) <= columns_);
    return table.split("\n")[0]!.split(/ +/).join(" ");
  };
  assertEquals(await headers(80), "NAME PID IMAGE COMMAND");
  assertEquals(await headers(37), "NAME PID IMAGE COMMAND");
  assertEquals(await headers(36), "NAME PID COMMAND");
  assertEquals(await headers(24), "NAME COMMAND");
  assertEquals(await headers(17), "NAME");
});

Deno.test("renderTable() colors the text and not the blanks beside it", async () => {
  const text = await render([{ name: "b", command: "x" }], {
    ...terminal,
    hasColor: true,
  });
  assertEquals(
    text,
    "\x1b[1mNAME\x1b[22m  \x1b[1mCOMMAND\x1b[22m\n" +
      "\x1b[32mb\x1b[39m     x\n",
  );
});

Deno.test("renderTable() gives a pipe every cell, whole", async () => {
  const command = "x".repeat(200);
  assertEquals(
    await render([{ name: "a b", command }, { name: "c" }], { columns: 20 }),
    `a b\t\t${command}\nc\t\t\n`,
  );
});

Deno.test("renderTable() keeps a name from breaking out of its cell", async () => {
  for (const isTerminal of [true, false]) {
    const text = await render([{ name: "a\tb\nc\x1b[2J" }], { isTerminal });
    assert(text.includes("a\\tb\\nc\\x1b[2J"), text);
  }
});

Deno.test("renderTable() has nothing to say of no rows to a pipe", async () => {
  assertEquals(await render([], {}), "");
});

Deno.test("fitWidths() narrows the last column first, then the widest", () => {
  assertEquals(fitWidths([3, 20, 30], 57), [3, 20, 30]);
  assertEquals(fitWidths([3, 20, 30], 40), [3, 20, 13]);
  assertEquals(fitWidths([3, 20, 30], 30), [3, 15, 8]);
  assertEquals(fitWidths([3, 20, 30], 5), [3, 8, 8]);
  assertEquals(fitWidths([3, 20, 2], 15), [3, 8, 2]);
  assertEquals(fitWidths([], 80), []);
});
