/** Help, from the table of commands. */
import type { Command, CommandEntry, Example, Operand } from "./command.ts";
import type { Output } from "../shell/context.ts";
import { EXIT_CODES } from "../errors.ts";
import { type Flag, type Flags, globalFlags, versionFlag } from "./flags.ts";
import { type Term, wrapParagraphs, wrapTerms } from "../render/wrap.ts";

/** Lines longer than this are hard to read, however wide the terminal. */
const WIDEST = 100;

type Style = Pick<Output, "columns" | "paint">;

/** The help of `ops` as a whole. */
export function renderHelp(
  commands: readonly CommandEntry[],
  style: Style,
): string {
  const width = Math.min(style.columns, WIDEST);
  const section = sectionsIn(style);
  return [
    "One command line for tmux sessions and Podman and Docker containers.\n",
    section("Usage", "  ops [flags] COMMAND …\n"),
    section(
      "Commands",
      wrapTerms(commands.map((it) => [names(it), it.summary]), width),
    ),
    section("Flags", renderFlags({ ...globalFlags, ...versionFlag }, width)),
    section("Exit codes", renderCodes(EXIT_CODES, width)),
    '"ops COMMAND --help" tells more.\n',
  ].join("\n");
}

/** The help of one command. */
export function renderCommandHelp(
  entry: CommandEntry,
  command: Command,
  style: Style,
): string {
  const width = Math.min(style.columns, WIDEST);
  const section = sectionsIn(style);
  return [
    `${entry.summary}.\n`,
    section("Usage", `  ${usage(entry, command)}\n`),
    section("Aliases", entry.aliases.map((alias) => `  ops ${alias}\n`)),
    wrapParagraphs(command.description, width),
    section("Operands", wrapTerms(operandTerms(command), width)),
    section("Flags", renderFlags(command.flags, width)),
    section("Global flags", renderFlags(globalFlags, width)),
    section("Examples", renderExamples(command.examples)),
    section("Exit codes", renderCodes(command.exitCodes ?? [], width)),
  ].filter((text) => text !== "").join("\n");
}

/** The form of a command, such as `ops stop [flags] NAME…`. */
export function usage(entry: CommandEntry, command: Command): string {
  const { operands, tail } = command;
  return [
    `ops ${entry.name} [flags]`,
    ...operands.map((it) =>
      it.optional
        ? `[${operandForm(it)}]`
        : it.or === undefined
        ? operandForm(it)
        : `${operandForm(it)} | --${it.or}`
    ),
    ...tail === undefined ? [] : [`[-- ${operandForm(tail)}]`],
  ].join(" ");
}

/** The form of a flag, such as `-b, --backend BACKEND`. */
export function flagForm(name: string, flag: Flag<unknown>): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  const value = flag.placeholder === undefined ? "" : ` ${flag.placeholder}`;
  return `${short}--${name}${value}`;
}

/** The form of an operand, such as `NAME…`. */
export function operandForm({ name, many }: Operand): string {
  return many ? `${name}…` : name;
}

function operandTerms({ operands, tail }: Command): Term[] {
  return [...operands, ...tail === undefined ? [] : [tail]]
    .map((operand) => [operandForm(operand), operandMeaning(operand)]);
}

/** What an operand is, for help. */
export function operandMeaning({ summary, choices }: Operand): string {
  return choices === undefined ? summary : `${summary} (${orJoin(choices)})`;
}

function renderFlags(flags: Flags, width: number): string {
  const terms = Object.entries(flags).map(([name, flag]): Term => {
    return [flagForm(name, flag), flagMeaning(flag)];
  });
  return wrapTerms(terms, width);
}

/** What a flag does, for help. */
export function flagMeaning(
  { summary, choices, repeatable }: Flag<unknown>,
): string {
  const remarks = [
    ...choices === undefined ? [] : [orJoin(choices)],
    ...repeatable ? ["repeatable"] : [],
  ];
  return remarks.length === 0 ? summary : `${summary} (${remarks.join("; ")})`;
}

function orJoin(choices: readonly string[]): string {
  return choices.join(" or ");
}

function renderExamples(examples: readonly Example[]): string {
  return examples
    .map(({ does, line }) => `  # ${does}\n  ${line}\n`)
    .join("\n");
}

function renderCodes(
  codes: readonly (readonly [code: number, meaning: string])[],
  width: number,
): string {
  return wrapTerms(codes.map(([code, meaning]) => [`${code}`, meaning]), width);
}

function names(entry: CommandEntry): string {
  return [entry.name, ...entry.aliases].join(", ");
}

/** What puts a title above a body; an empty body gives nothing. */
function sectionsIn(style: Style) {
  return (title: string, body: string | readonly string[]): string =>
    body.length === 0
      ? ""
      : `${style.paint.bold(`${title}:`)}\n${[body].flat().join("")}`;
}
