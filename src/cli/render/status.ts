/** The properties of a session, as people read them. */
import { placeText } from "../../core/place.ts";
import {
  BackendType,
  SessionState,
  type SessionStatus,
} from "../../core/status.ts";
import type { Context } from "../shell/context.ts";
import { runText } from "./history.ts";
import { type Brush, plain } from "./text.ts";
import type { Column } from "./fitted_table.ts";
import { renderTable } from "./table.ts";
import { formatAge, processText, stateBrush, stateText } from "./words.ts";

/** A property of a session, and how it is shown. */
interface Property {
  readonly label: string;
  readonly value: string;
  readonly brush?: Brush;
}

/** Renders all that is known of one session. */
export async function renderStatus(
  status: SessionStatus,
  context: Context,
): Promise<string> {
  const { stdout } = context;
  const properties = propertiesOf(status, context).filter(({ value }) => {
    return value !== "";
  });
  const columns: Column<Property>[] = [
    { header: "Property", cell: ({ label }) => label },
    {
      header: "Value",
      cell: ({ value }) => value,
      brush: ({ brush }) => brush ?? plain,
    },
  ];
  return await renderTable(columns, properties, stdout);
}

function propertiesOf(status: SessionStatus, context: Context): Property[] {
  const { stdout, now } = context;
  const exists = status.state !== SessionState.DEFINED;
  // A program reads the time, a person also wants to know how long ago.
  const time = (iso: string | null) =>
    iso === null || !stdout.isTerminal
      ? iso ?? ""
      : `${iso} (${formatAge(iso, now())})`;
  const timeTo = (iso: string | null) =>
    iso === null || !stdout.isTerminal
      ? iso ?? ""
      : `${iso} (in ${secondsTo(iso, now())} s)`;
  return [
    { label: "Name", value: status.name },
    {
      label: "State",
      value: stateText(status),
      brush: stateBrush(status, stdout.paint),
    },
    { label: "Place", value: placeText(status) },
    { label: "PID", value: processText(status) },
    {
      label: "Server PID",
      value: status.backend === BackendType.TMUX ? `${status.pid ?? ""}` : "",
    },
    { label: "Created", value: time(status.createdAt) },
    { label: "Started", value: time(status.startedAt) },
    { label: "Finished", value: time(status.finishedAt) },
    // Most have no policy, and of those that have one most need it never.
    { label: "Restarts", value: `${status.restartCount || ""}` },
    { label: "Next Restart", value: timeTo(status.nextRestartAt) },
    {
      label: "Windows",
      value: status.windowCount > 0 ? `${status.windowCount}` : "",
    },
    { label: "Attached", value: status.attached?.toString() ?? "" },
    { label: "Image", value: status.image ?? "" },
    { label: "Ports", value: status.ports.join(", ") },
    { label: "Health", value: status.health ?? "" },
    { label: "Exit Code", value: status.exitCode?.toString() ?? "" },
    { label: "Signal", value: status.signal ?? "" },
    { label: "Managed", value: exists ? yesOrNo(status.managed) : "" },
    { label: "Command", value: status.command ?? "" },
    {
      label: "Log",
      value: status.logError === null ? "" : `stopped: ${status.logError}`,
      brush: stdout.paint.yellow,
    },
    {
      label: "Last Run",
      value: status.lastRun?.endedBy ? runText(status.lastRun, time) : "",
    },
  ];
}

function secondsTo(iso: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now) / 1000));
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}
