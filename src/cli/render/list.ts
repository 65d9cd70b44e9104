/** Sessions as a list. */
import type { Inventory } from "../../inventory.ts";
import type { SessionStatus } from "../../status.ts";
import type { Context } from "../context.ts";
import { sanitize } from "./text.ts";
import { type Column, renderTable } from "./table.ts";
import {
  formatAge,
  placeText,
  processText,
  stateBrush,
  stateText,
} from "./words.ts";

/** Shows sessions, and warns of those that may be missing. */
export async function showList(
  { sessions, warnings }: Inventory,
  options: { readonly quiet: boolean },
  context: Context,
): Promise<void> {
  if (warnings.length > 0 || sessions.length === 0) {
    const { note, reportWarning } = await import("../report.ts");
    for (const warning of warnings) reportWarning(warning, context);
    if (sessions.length === 0) note("No sessions.", context);
  }
  context.stdout.write(await renderList(sessions, options, context));
}

/** As JSON, as a table, or, with `quiet`, by name only. */
async function renderList(
  sessions: readonly SessionStatus[],
  { quiet }: { readonly quiet: boolean },
  context: Context,
): Promise<string> {
  if (context.json) {
    const { toJson } = await import("./json.ts");
    return `${toJson(sessions)}\n`;
  }
  if (sessions.length === 0) return "";
  return quiet
    ? sessions.map(({ name }) => `${sanitize(name)}\n`).join("")
    : await renderTable(columnsFor(context), sessions, context.stdout);
}

function columnsFor({ stdout, now }: Context): Column<SessionStatus>[] {
  const { isTerminal, paint } = stdout;
  const time = now();
  return [
    { header: "NAME", cell: ({ name }) => name, brush: () => paint.bold },
    {
      header: "STATE",
      cell: stateText,
      brush: (status) => stateBrush(status, paint),
    },
    { header: "PLACE", cell: placeText },
    { header: "PID", cell: processText },
    {
      header: "CREATED",
      cell: ({ createdAt }) =>
        createdAt !== null && isTerminal
          ? formatAge(createdAt, time)
          : createdAt ?? "",
    },
    { header: "IMAGE", cell: ({ image }) => image ?? "" },
    { header: "COMMAND", cell: ({ command }) => command ?? "" },
  ];
}
