/** `ops history`: the runs of sessions. */
import { listRuns } from "../../fleet/history.ts";
import { newestFirst } from "../../state/lookup.ts";
import type { Run } from "../../core/status.ts";
import { validateLines } from "../../core/validate/fields.ts";
import type { Command, Input } from "../grammar/command.ts";
import { configOrWarning } from "../shell/configuration.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import { findAll, type Library, realLibrary } from "../shell/finder.ts";
import { numberFlag, placeFlags, placeOf } from "../grammar/flags.ts";
import { NAMES } from "../grammar/names.ts";
import { renderRuns } from "../render/history.ts";
import { toJson } from "../render/json.ts";
import { note } from "../shell/report.ts";
import { worldOf } from "../shell/world.ts";
import { eachName } from "../shell/several.ts";

const flags = {
  ...placeFlags,
  "lines": numberFlag({
    short: "n",
    placeholder: "COUNT",
    fallback: 20,
    check: validateLines,
    summary: "How many runs, counted from the last",
  }),
} as const;

/** What of the library this command calls. */
export interface HistoryLibrary extends Library {
  readonly listRuns: typeof listRuns;
}

/** `ops history` */
export const history: Command<typeof flags> = {
  description: [
    "Each start of a session by ops is a run: when it began and ended, with " +
    "which exit code or signal, who ended it (itself, ops stop, the engine " +
    "going away, a reboot), and how often its restart policy started it " +
    "again. The last run comes first. Without a name, the runs of all " +
    "sessions are shown, also of those that are gone.",
    "Piped, each line is NAME, RUN, STARTED, ENDED, OUTCOME, ENDED BY, " +
    "RESTARTS and PLACE with tabs between them and no header. With --json it " +
    "is an array.",
  ],
  operands: [{ ...NAMES, optional: true }],
  flags,
  examples: [
    { does: "Show what ended last", line: "ops history" },
    { does: "Show all runs of a session", line: "ops history bot -n 1000" },
    {
      does: "Count those that failed",
      line:
        "ops history bot --json | jq 'map(select(.exit_code > 0)) | length'",
    },
  ],
  exitCodes: [
    [0, "done, even if there are none"],
    [3, "no such session, and no run of one"],
  ],
  run: (context, input) => runHistory(context, input),
};

/** Runs `ops history`. */
export async function runHistory(
  context: Context,
  input: Input<typeof flags>,
  library: HistoryLibrary = { ...realLibrary, listRuns },
): Promise<number> {
  const { runs, code } = input.operands.length === 0
    ? await allRuns(context, input, library)
    : await runsOf(context, input, library);
  if (context.json) context.stdout.write(`${toJson(runs)}\n`);
  else context.stdout.write(await renderRuns(runs, context));
  const isAsked = input.flags.lines > 0;
  if (runs.length === 0 && isAsked && code === ExitCode.DONE) {
    note("No runs are remembered.", context);
  }
  return code;
}

interface Found {
  readonly runs: readonly Run[];
  readonly code: number;
}

async function allRuns(
  context: Context,
  { flags: given }: Input<typeof flags>,
  { listRuns, loadConfig }: HistoryLibrary,
): Promise<Found> {
  const place = placeOf(given);
  const config = await configOrWarning(context, given.config, loadConfig);
  const { host, warn } = worldOf(context);
  const { runs, warnings } = await listRuns({
    ...place,
    tmuxBinary: config?.tmuxBinary,
    engines: config?.engines,
    host,
    limit: given.lines,
    warn,
  });
  for (const warning of warnings) warn(warning);
  return { runs, code: ExitCode.DONE };
}

async function runsOf(
  context: Context,
  { flags: given, operands }: Input<typeof flags>,
  library: Library,
): Promise<Found> {
  const { names, find } = await findAll(
    context,
    { operands, flags: given },
    library,
  );
  const runs: Run[] = [];
  const code = await eachName(names, context, {
    work: async (name) => await (await find(name)).history(),
    use: (found) => {
      runs.push(...found);
    },
  });
  const last = runs.sort(newestFirst).slice(0, given.lines);
  return { runs: last, code };
}
