/**
 * Tables. On a terminal: a header, aligned columns, fitted to its width. To a
 * pipe: one row a line, a tab between cells, no header, nothing cut or left
 * out, so that `cut`, `awk` and `while read` work as they are.
 */
import type { Output } from "../shell/context.ts";
import type { Column } from "./fitted_table.ts";
import { isPlain, sanitize } from "./text.ts";

/** Renders a table for an output, each line ended. */
export async function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  output: Pick<Output, "isTerminal" | "columns" | "paint">,
): Promise<string> {
  if (output.isTerminal) {
    const { renderFitted } = await import("./fitted_table.ts");
    return renderFitted(columns, rows, output);
  }
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  // One look at everything costs a start less than one at every cell.
  const safe = isPlain(cells.join())
    ? cells
    : cells.map((line) => line.map(sanitize));
  return safe.map((line) => `${line.join("\t")}\n`).join("");
}
