/** Sessions as a list. */
import type { Inventory } from "../../inventory.ts";
import type { SessionStatus } from "../../status.ts";
import type { Context } from "../context.ts";
import { note, reportWarning } from "../report.ts";
import { toJson } from "./json.ts";
import { sanitize } from "./sanitize.ts";
import { placeText, processText, stateBrush, stateText } from "./status.ts";
import { type Column, renderTable } from "./table.ts";
import { formatAge } from "./time.ts";

/** Shows sessions, and warns of those that may be missing. */
export function showList(
  { sessions, warnings }: Inventory,
  options: { readonly quiet: boolean },
  context: Context,
): void {
  for (const warning of warnings) reportWarning(warning, context);
  context.stdout.write(renderList(sessions, options, context));
  if (sessions.length === 0) note("No sessions.", context);
}

/** As JSON, as a table, or, with `quiet`, by name only. */
function renderList(
  sessions: readonly SessionStatus[],
  { quiet }: { readonly quiet: boolean },
  context: Context,
): string {
  if (context.json) return `${toJson(sessions)}\n`;
  if (sessions.length === 0) return "";
  return quiet
    ? sessions.map(({ name }) => `${sanitize(name)}\n`).join("")
    : renderTable(columnsFor(context), sessions, context.stdout);
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
