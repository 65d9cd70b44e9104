/** `ops doctor`: what is wrong on this host, and what to do about it. */
import { examine } from "../../doctor/examine.ts";
import type { Finding, FindingLevel } from "../../doctor/finding.ts";
import type { Command, Input } from "../grammar/command.ts";
import type { Context } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import { quietFlag } from "../grammar/flags.ts";
import { type Brush, type Paint, sanitize } from "../render/text.ts";
import type { Column } from "../render/fitted_table.ts";
import { renderTable } from "../render/table.ts";

const flags = {
  "quiet": quietFlag("Print only what is not ok"),
} as const;

/** What of the library this command calls. */
export interface DoctorLibrary {
  readonly examine: typeof examine;
}

/** `ops doctor` */
export const doctor: Command<typeof flags> = {
  description: [
    "Looks at the engines and their versions, the tmux sockets and what their " +
    "servers would die with, the folder of logs and history, and the " +
    "configuration, all side by side, and says what to do about what is " +
    "wrong. It changes nothing.",
    "A note is nothing to worry about; a warning is what may be lost; what is " +
    "broken does not work. An engine that nobody needs is no fault. Piped, " +
    "each line is LEVEL, CHECK, FACT and REMEDY with tabs between them.",
  ],
  operands: [],
  flags,
  examples: [
    { does: "See whether all is well", line: "ops doctor" },
    { does: "See only what is not", line: "ops doctor -q" },
    {
      does: "Let a program act on it",
      line: "ops doctor --json | jq -r '.[].check'",
    },
  ],
  exitCodes: [
    [0, "nothing is broken"],
    [1, "something is broken"],
  ],
  run: (context, input) => runDoctor(context, input),
};

/** Runs `ops doctor`. */
export async function runDoctor(
  context: Context,
  { flags: given }: Input<typeof flags>,
  library: DoctorLibrary = { examine },
): Promise<number> {
  const { host, json, stdout } = context;
  const findings = await library.examine({ file: given.config, host });
  const shown = findings.filter(({ level }) => !given.quiet || level !== "ok");
  if (json) {
    const { toJson } = await import("../render/json.ts");
    stdout.write(`${toJson(shown)}\n`);
  } else if (stdout.isTerminal) {
    stdout.write(shown.map((it) => lineOf(it, stdout.paint)).join(""));
  } else {
    stdout.write(await renderTable(COLUMNS, shown, stdout));
  }
  const isBroken = findings.some(({ level }) => level === "broken");
  return isBroken ? ExitCode.FAILED : ExitCode.DONE;
}

const COLUMNS: readonly Column<Finding>[] = [
  { header: "LEVEL", cell: ({ level }) => level },
  { header: "CHECK", cell: ({ check }) => check },
  { header: "FACT", cell: ({ fact }) => fact },
  { header: "REMEDY", cell: ({ remedy }) => remedy ?? "" },
];

const MARK_WIDTH = "warning".length;

function lineOf(
  { check, level, fact, remedy }: Finding,
  paint: Paint,
): string {
  const mark = brushOf(level, paint)(level.padEnd(MARK_WIDTH));
  const line = `${mark}  ${check}: ${sanitize(fact)}\n`;
  const margin = " ".repeat(MARK_WIDTH + 2);
  return remedy === null ? line : `${line}${margin}${sanitize(remedy)}\n`;
}

function brushOf(level: FindingLevel, paint: Paint): Brush {
  switch (level) {
    case "ok":
      return paint.green;
    case "note":
      return paint.blue;
    case "warning":
      return paint.yellow;
    case "broken":
      return paint.red;
  }
}
