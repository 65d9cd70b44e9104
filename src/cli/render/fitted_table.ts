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
  /**
   * Where the table is too wide, columns are left out, the one with the lowest
   * number first.
   *
   * @default {Infinity} never left out
   */
  readonly importance?: number;
  /**
   * It is cut to this width before a column is left out.
   *
   * @default {Infinity} it is not cut before
   */
  readonly least?: number;
}

/** A text that is safe to show, and its color. */
interface Cell {
  readonly text: string;
  readonly brush: Brush;
}

/** A column with its header and cells. */
interface FilledColumn {
  readonly cells: readonly Cell[];
  readonly width: number;
  readonly least: number;
  readonly importance: number;
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
  const used = columns.filter((it) => rows.some((row) => it.cell(row) !== ""));
  const brush = output.paint.bold;
  const filled = used.map((column): FilledColumn => {
    const { header, importance = Infinity, least = Infinity } = column;
    const cells = [
      { text: header, brush },
      ...rows.map((row) => toCell(column, row)),
    ];
    const width = Math.max(...cells.map(({ text }) => textWidth(text)));
    return { cells, width, least: Math.min(least, width), importance };
  });
  const shown = leaveOut(filled, output.columns);
  const widths = fitWidths(
    shown.map((it) => it.width),
    output.columns,
    shown.map((it) => it.least),
  );
  return [-1, ...rows.keys()].map((i) =>
    renderLine(shown.map(({ cells }) => cells[i + 1]!), widths)
  ).join("");
}

/** Leaves out the least important columns, until the others fit. */
function leaveOut(
  columns: readonly FilledColumn[],
  available: number,
): readonly FilledColumn[] {
  let shown = columns;
  while (totalOf(shown.map(({ least }) => least)) > available) {
    const lowest = Math.min(...shown.map(({ importance }) => importance));
    if (lowest === Infinity) break;
    shown = shown.filter(({ importance }) => importance !== lowest);
  }
  return shown;
}

/** The width of columns and what is between them. */
function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, it) => sum + it, GAP.length * (widths.length - 1));
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
 *
 * @param least What each column keeps as long as others have more than theirs.
 */
export function fitWidths(
  wanted: readonly number[],
  available: number,
  least: readonly number[] = wanted,
): number[] {
  const widths = [...wanted];
  narrow(widths, available, least);
  narrow(widths, available, widths.map(() => NARROWEST));
  return widths;
}

function narrow(
  widths: number[],
  available: number,
  least: readonly number[],
): void {
  const last = widths.length - 1;
  for (let excess = totalOf(widths) - available; excess > 0; excess--) {
    const spare = widths.map((width, i) => width > least[i]! ? width : 0);
    const narrowed = spare[last]! > 0
      ? last
      : spare.indexOf(Math.max(...spare));
    if (!spare[narrowed]) return;
    widths[narrowed]!--;
  }
}
