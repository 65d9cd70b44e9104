/** How people are told of a session. */
import { BackendType, SessionState, type SessionStatus } from "../../status.ts";
import type { Context } from "../context.ts";
import { type Brush, type Paint, plain } from "./paint.ts";
import { type Column, renderTable } from "./table.ts";
import { formatAge } from "./time.ts";

/** The state, with how it came about: `exited (7)`, `stopped (paused)`. */
export function stateText(status: SessionStatus): string {
  const how = status.state === SessionState.EXITED
    ? [outcomeText(status), status.oomKilled ? "out of memory" : ""]
    : [status.detail ?? ""];
  const known = how.filter((it) => it !== "").join(", ");
  return known === "" ? status.state : `${status.state} (${known})`;
}

/** How a command ended: `7`, `SIGKILL`, or nothing where it is not known. */
export function outcomeText(
  { exitCode, signal }: Pick<SessionStatus, "exitCode" | "signal">,
): string {
  return signal ?? exitCode?.toString() ?? "";
}

/** The color of a state: green is well, red went wrong, yellow is not sure. */
export function stateBrush(status: SessionStatus, paint: Paint): Brush {
  switch (status.state) {
    case SessionState.RUNNING:
      return paint.green;
    case SessionState.EXITED:
      return status.exitCode === 0 ? paint.dim : paint.red;
    case SessionState.DEFINED:
      return paint.dim;
    default:
      return paint.yellow;
  }
}

/** Where a session is: `tmux`, `tmux:work`, `podman`, `docker`, `container`. */
export function placeText(status: SessionStatus): string {
  if (status.backend === BackendType.CONTAINER) {
    return status.runtime ?? status.backend;
  }
  return status.socketName === null
    ? status.backend
    : `${status.backend}:${status.socketName}`;
}

/** The process that matters: the command's own, else what the engine tells. */
export function processText({ state, panePid, pid }: SessionStatus): string {
  // The number of a process that has ended may be another's by now.
  if (state === SessionState.EXITED) return "";
  return (panePid ?? pid)?.toString() ?? "";
}

/** A property of a session, and how it is told. */
interface Property {
  readonly label: string;
  readonly value: string;
  readonly brush?: Brush;
}

/** Renders all that is known of one session. */
export function renderStatus(status: SessionStatus, context: Context): string {
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
  return renderTable(columns, properties, stdout);
}

function propertiesOf(status: SessionStatus, context: Context): Property[] {
  const { stdout, now } = context;
  const isTmux = status.backend === BackendType.TMUX;
  const exists = status.state !== SessionState.DEFINED;
  // A program reads the time, a person also wants to know how long ago.
  const time = (iso: string | null) =>
    iso === null || !stdout.isTerminal
      ? iso ?? ""
      : `${iso} (${formatAge(iso, now())})`;
  return [
    { label: "Name", value: status.name },
    {
      label: "State",
      value: stateText(status),
      brush: stateBrush(status, stdout.paint),
    },
    { label: "Backend", value: status.backend },
    { label: "Runtime", value: status.runtime ?? "" },
    { label: "Socket", value: status.socketName ?? "" },
    { label: "PID", value: processText(status) },
    { label: "Created", value: time(status.createdAt) },
    { label: "Started", value: time(status.startedAt) },
    { label: "Finished", value: time(status.finishedAt) },
    {
      label: "Windows",
      value: isTmux && exists ? `${status.windowCount}` : "",
    },
    { label: "Attached", value: status.attached?.toString() ?? "" },
    { label: "Image", value: status.image ?? "" },
    { label: "Ports", value: status.ports.join(", ") },
    { label: "Health", value: status.health ?? "" },
    { label: "Exit Code", value: status.exitCode?.toString() ?? "" },
    { label: "Signal", value: status.signal ?? "" },
    { label: "Managed", value: exists ? yesOrNo(status.managed) : "" },
    { label: "Command", value: status.command ?? "" },
  ];
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}
