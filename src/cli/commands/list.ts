/** `ops list`: every session there is. */
import { placeText } from "../../core/place.ts";
import { loadConfigLazily } from "../../config/lazy.ts";
import { type Inventory, listAll } from "../../fleet/survey.ts";
import type { SessionStatus } from "../../core/status.ts";
import type { Command, Input } from "../grammar/command.ts";
import { configOrWarning } from "../shell/configuration.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import {
  placeFlags,
  placeOf,
  quietFlag,
  switchFlag,
} from "../grammar/flags.ts";
import type { Column } from "../render/fitted_table.ts";
import { renderTable } from "../render/table.ts";
import { sanitize } from "../render/text.ts";
import {
  formatAge,
  processText,
  shortStateText,
  stateBrush,
  stateText,
} from "../render/words.ts";

const flags = {
  ...placeFlags,
  "managed": switchFlag({ summary: "Only those that ops started" }),
  "groups": switchFlag({
    summary: "The groups of the configuration instead, with their sessions",
  }),
  "quiet": quietFlag("Print only the names"),
} as const;

/** What of the library this command calls. */
export interface ListLibrary {
  readonly listAll: typeof listAll;
  readonly loadConfig: typeof loadConfigLazily;
}

/** `ops list` */
export const list: Command<typeof flags> = {
  description: [
    "Sessions of every tmux socket of this user and of every container " +
    "runtime, whoever started them, and those that are only defined. An " +
    "engine that does not answer gives a warning; the rest is still listed.",
    "PID is the process of the command, in a container its first one; with " +
    "--json that is command_pid, while pid may be that of a tmux server.",
    "On a terminal, columns in which there is nothing are left out, and those " +
    "for which it is too narrow. The state is then a word, with the outcome, " +
    "what a health check says, or … where ops status has more to tell. Piped, " +
    "each line is NAME, STATE, PLACE, PID, CREATED, IMAGE and COMMAND with " +
    "tabs between them and no header. Control characters are shown as " +
    "escapes; --json has every field unchanged.",
  ],
  operands: [],
  flags,
  examples: [
    { does: "List everything", line: "ops list" },
    { does: "List one tmux socket", line: "ops list -L work" },
    { does: "See which groups there are", line: "ops list --groups" },
    {
      does: "Stop all that ops started",
      line: "ops ls -q --managed | xargs -r ops stop",
    },
  ],
  exitCodes: [
    [0, "done, even if an engine did not answer"],
    [5, "no engine answered"],
  ],
  run: (context, input) => runList(context, input),
};

/** Runs `ops list`. */
export async function runList(
  context: Context,
  { flags: given }: Input<typeof flags>,
  library: ListLibrary = { listAll, loadConfig: loadConfigLazily },
): Promise<number> {
  const config = await configOrWarning(
    context,
    given.config,
    library.loadConfig,
  );
  if (given.groups) {
    const { showGroups } = await import("./shared/list_groups.ts");
    await showGroups(config?.groups ?? new Map(), given, context);
    return ExitCode.DONE;
  }
  const inventory = await library.listAll({
    ...placeOf(given),
    config,
    host: context.host,
  });
  await showList(select(inventory, given.managed), given, context);
  return ExitCode.DONE;
}

function select(inventory: Inventory, managed: boolean): Inventory {
  const { sessions, warnings } = inventory;
  return {
    sessions: sessions.filter((it) => it.managed || !managed),
    warnings,
  };
}

/** Shows sessions, and warns of those that may be missing. */
async function showList(
  { sessions, warnings }: Inventory,
  options: { readonly quiet: boolean },
  context: Context,
): Promise<void> {
  if (warnings.length > 0 || sessions.length === 0) {
    const { note, reportWarning } = await import("../shell/report.ts");
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
    const { toJson } = await import("../render/json.ts");
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
      cell: isTerminal ? shortStateText : stateText,
      brush: (status) => stateBrush(status, paint),
    },
    { header: "PLACE", cell: placeText, importance: 5 },
    { header: "PID", cell: processText, importance: 3 },
    {
      header: "CREATED",
      importance: 2,
      cell: ({ createdAt }) =>
        createdAt !== null && isTerminal
          ? formatAge(createdAt, time)
          : createdAt ?? "",
    },
    {
      header: "IMAGE",
      cell: ({ image }) => image ?? "",
      importance: 1,
      least: 16,
    },
    {
      header: "COMMAND",
      cell: ({ command }) => command ?? "",
      importance: 4,
      least: 12,
    },
  ];
}
