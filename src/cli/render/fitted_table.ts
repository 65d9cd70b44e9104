/** A table for people: aligned, and fitted to the width of their terminal. */
import type { Output } from "../shell/context.ts";
import { type Brush, plain, sanitize } from "./text.ts";
import { textWidth, truncate } from "./width.ts";

/** A column: what it is called, and what it shows of a row. */
export interface Column<Row> {
  /** Its name. */
  readonly header: string;
  /** What it shows; any text, it is made safe here. */
  readonly cell: (row: Row) => string;
  /** The color of a cell. */
  readonly brush?: (row: Row) => Brush;
}

/** A text that is safe to show, and its color. */
interface Cell {
  readonly text: string;
  readonly brush: Brush;
}

const GAP = "  ";
const NOTHING = "-";
/** A column is not cut further than this. */
const NARROWEST = 8;

/** Renders a table with a header. */
export function renderFitted<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  output: Pick<Output, "columns" | "paint">,
): string {
  // A column in which no row has anything says nothing.
  const shown = columns.filter((it) => rows.some((row) => it.cell(row) !== ""));
  const brush = output.paint.bold;
  const lines: Cell[][] = [
    shown.map((column) => ({ text: column.header, brush })),
    ...rows.map((row) => shown.map((column) => toCell(column, row))),
  ];
  const wanted = shown.map((_, i) => {
    return Math.max(...lines.map((line) => textWidth(line[i]!.text)));
  });
  const widths = fitWidths(wanted, output.columns);
  return lines.map((line) => renderLine(line, widths)).join("");
}

function toCell<Row>(column: Column<Row>, row: Row): Cell {
  return {
    text: sanitize(column.cell(row)) || NOTHING,
    brush: column.brush?.(row) ?? plain,
  };
}

function renderLine(line: readonly Cell[], widths: readonly number[]): string {
  let rendered = "";
  let filler = "";
  for (const [i, { text, brush }] of line.entries()) {
    const fitted = truncate(text, widths[i]!);
    rendered += filler + brush(fitted);
    // Put before the next cell only, so that no line ends in blanks.
    filler = " ".repeat(widths[i]! - textWidth(fitted)) + GAP;
  }
  return `${rendered}\n`;
}

/**
 * Makes columns fit into a width: the last one gives way first, then always
 * the widest. A terminal too narrow even for that breaks the lines itself.
 */
export function fitWidths(
  wanted: readonly number[],
  available: number,
): number[] {
  const widths = [...wanted];
  const last = widths.length - 1;
  const gaps = GAP.length * last;
  let excess = widths.reduce((sum, it) => sum + it, gaps) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const narrowed = widths[last]! > NARROWEST ? last : widest;
    if (widths[narrowed]! <= NARROWEST) break;
    widths[narrowed]!--;
    excess--;
  }
  return widths;
}
