/** Runs as a list. */
import { placeText } from "../../core/place.ts";
import { type Run, RunEnd } from "../../core/status.ts";
import type { Context } from "../shell/context.ts";
import { type Brush, type Paint, plain } from "./text.ts";
import { renderTable } from "./table.ts";
import { formatAge, outcomeText } from "./words.ts";

const ENDED_BY: Readonly<Record<RunEnd, string>> = {
  [RunEnd.ITSELF]: "itself",
  [RunEnd.STOP]: "ops stop",
  [RunEnd.ENGINE_GONE]: "engine gone",
  [RunEnd.REBOOT]: "reboot",
};

/** Renders runs as a table; people see how long they took, programs until when. */
export async function renderRuns(
  runs: readonly Run[],
  { stdout, now }: Pick<Context, "stdout" | "now">,
): Promise<string> {
  if (runs.length === 0) return "";
  const { isTerminal, paint } = stdout;
  const time = now();
  return await renderTable<Run>(
    [
      { header: "NAME", cell: ({ name }) => name, brush: () => paint.bold },
      { header: "RUN", cell: ({ run }) => `${run}` },
      {
        header: "STARTED",
        cell: ({ startedAt }) =>
          isTerminal ? formatAge(startedAt, time) : startedAt,
      },
      {
        header: isTerminal ? "DURATION" : "ENDED",
        importance: 3,
        cell: (run) => isTerminal ? durationText(run) : run.endedAt ?? "",
      },
      {
        header: "OUTCOME",
        cell: runOutcomeText,
        brush: (run) => outcomeBrush(run, paint),
      },
      { header: "ENDED BY", cell: endedByText },
      {
        header: "RESTARTS",
        cell: ({ restartCount }) => `${restartCount}`,
        importance: 1,
      },
      { header: "PLACE", cell: placeText, importance: 2 },
    ],
    runs,
    stdout,
  );
}

/** A run that has ended on one line: `7, 2026-11-23T12:00:00Z, itself`. */
export function runText(
  run: Run,
  time: (iso: string | null) => string,
): string {
  return [runOutcomeText(run), time(run.endedAt), endedByText(run)]
    .filter((it) => it !== "").join(", ");
}

/** How a run ended; nothing where that is not known. */
function runOutcomeText(run: Run): string {
  const how = [outcomeText(run), run.oomKilled ? "out of memory" : ""];
  return how.filter((it) => it !== "").join(", ");
}

/** Who ended a run; nothing while it has not ended. */
function endedByText({ endedBy }: Run): string {
  return endedBy === null ? "" : ENDED_BY[endedBy];
}

function outcomeBrush({ endedBy, exitCode, signal }: Run, paint: Paint): Brush {
  if (endedBy === RunEnd.STOP || exitCode === 0) return paint.dim;
  return exitCode === null && signal === null ? plain : paint.red;
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** How long a run took, in two units at most: `2 h 5 min`. */
export function durationText(
  { startedAt, endedAt }: Pick<Run, "startedAt" | "endedAt">,
): string {
  if (endedAt === null) return "";
  // The time of an end may be known to the second only.
  const ms = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));
  let seconds = Math.round(ms / 1000);
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  const parts: string[] = [];
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(" ");
}
