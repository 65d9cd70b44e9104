/**
 * Tables. On a terminal: a header, aligned columns, fitted to its width. To a
 * pipe: one row a line, a tab between cells, no header, nothing cut or left
 * out, so that `cut`, `awk` and `while read` work as they are.
 */
import type { Output } from "../context.ts";
import { type Brush, isPlain, sanitize } from "./text.ts";

/** A column: what it is called, and what it shows of a row. */
export interface Column<Row> {
  /** Its name. */
  readonly header: string;
  /** What it shows; any text, it is made safe here. */
  readonly cell: (row: Row) => string;
  /** The color of a cell. */
  readonly brush?: (row: Row) => Brush;
}

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
