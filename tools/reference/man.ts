/** The man page, in roff with the macros of man(7). */
import { EXIT_CODES } from "../../src/cli/errors.ts";
import {
  type Flags,
  globalFlags,
  versionFlag,
} from "../../src/cli/grammar/flags.ts";
import {
  flagForm,
  flagMeaning,
  operandForm,
  operandMeaning,
  usage,
} from "../../src/cli/grammar/help.ts";
import type { LoadedCommand } from "../../src/cli/shell/loaded.ts";
import { PERMISSIONS } from "../../src/cli/permissions.ts";

/** The man page of ops. */
export function manPage(
  commands: readonly LoadedCommand[],
  version: string,
): string {
  return [
    '.\\" Made by "deno task reference" from the table of commands.',
    `.TH OPS 1 "" "ops ${version}" "User Commands"`,
    ".SH NAME",
    "ops \\- tmux sessions and Podman and Docker containers, by one command line",
    ".SH SYNOPSIS",
    bold("ops [flags] COMMAND …"),
    ".SH DESCRIPTION",
    escape(
      "Starts, stops, attaches to, shows and lists sessions: tmux sessions and " +
        "containers alike, whoever started them. What is to run is defined in " +
        "kstlib.conf.yml or said by flags.",
    ),
    ".SH OPTIONS",
    "Before a command or after it, except for \\fB\\-\\-version\\fR:",
    ...flagTerms({ ...globalFlags, ...versionFlag }),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => term(`${code}`, meaning)),
    ".SH ENVIRONMENT",
    ...variables(),
    ...term("NO_COLOR", "print without colors"),
    ".SH FILES",
    ...term(
      "~/.config/kstlib.conf.yml, ~/kstlib.conf.yml, ./kstlib.conf.yml",
      "The configuration; what comes later wins, key by key.",
    ),
    ...term("~/.local/state/kstlib/ops", "Logs and history."),
    ".SH SEE ALSO",
    ["tmux", "podman", "docker"].map((it) => `.BR ${it} (1)`).join(" ,\n"),
  ].join("\n") + "\n";
}

function section({ entry, command }: LoadedCommand): string[] {
  const { operands, tail, description, examples, exitCodes = [] } = command;
  const all = [...operands, ...tail === undefined ? [] : [tail]];
  return [
    `.SS ops ${entry.name}`,
    bold(usage(entry, command)),
    ".PP",
    escape(`${entry.summary}.`),
    ...entry.aliases.length === 0
      ? []
      : [`Also called ${bold(entry.aliases.join(", "))}.`],
    ...description.flatMap((text) => [".PP", escape(text)]),
    ...all.flatMap((it) => term(operandForm(it), operandMeaning(it))),
    ...flagTerms(command.flags),
    ...exitCodes.length === 0 ? [] : [".PP", "Exit status:"],
    ...exitCodes.flatMap(([code, meaning]) => term(`${code}`, meaning)),
    ...examples.length === 0 ? [] : [".PP", "Examples:"],
    ...examples.flatMap(({ does, line }) => term(line, does)),
  ];
}

function flagTerms(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, flag]) =>
    term(flagForm(name, flag).trim(), flagMeaning(flag))
  );
}

/** The variables that some command reads, and what for. */
function variables(): string[] {
  const purposes = new Map<string, string>();
  for (const { kind, values, purpose } of Object.values(PERMISSIONS).flat()) {
    if (kind === "env") purposes.set(values.join(", "), purpose);
  }
  return [...purposes].flatMap(([names, purpose]) => term(names, purpose));
}

function term(name: string, meaning: string): string[] {
  return [".TP", bold(name), escape(meaning)];
}

function bold(text: string): string {
  return `\\fB${escape(text)}\\fR`;
}

/** Characters that roff or its fonts would take for others. */
const GLYPHS: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

function escape(text: string): string {
  const safe = text.replace(
    // deno-lint-ignore no-control-regex -- all that is not ASCII
    /[\\\-'`^~]|[^\x00-\x7f]/gu,
    (it) => GLYPHS[it] ?? `\\[u${hex(it)}]`,
  );
  // At the start of a line it would call a macro.
  return safe.startsWith(".") ? `\\&${safe}` : safe;
}

function hex(character: string): string {
  return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
