/** The reference in Markdown, as `deno fmt` has it. */
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
import {
  type Permission,
  PERMISSIONS,
  toDenoFlags,
} from "../../src/cli/permissions.ts";

/** The reference of the command line. */
export function markdownReference(commands: readonly LoadedCommand[]): string {
  const links = commands.map(({ entry: { name, summary } }) => [
    `[\`ops ${name}\`](#ops-${name})`,
    summary,
  ]);
  return [
    "# Reference of `ops`",
    "Made by `deno task reference` from the table of commands; `--help` shows the same.",
    table(["command", "does"], links),
    "## Global flags",
    flagTable({ ...globalFlags, ...versionFlag }),
    "## Exit codes",
    codeTable(EXIT_CODES),
    ...commands.flatMap(section),
  ].join("\n\n") + "\n";
}

/** Which permissions the commands need, and what for. */
export function permissionsTable(): string {
  const rows = new Map<string, { permission: Permission; names: string[] }>();
  for (const [name, permissions] of Object.entries(PERMISSIONS)) {
    for (const permission of permissions) {
      const { kind, values, purpose, without } = permission;
      const key = JSON.stringify([kind, values, purpose, without]);
      const row = rows.get(key) ?? { permission, names: [] };
      row.names.push(`\`${name}\``);
      rows.set(key, row);
    }
  }
  const all = toDenoFlags(Object.values(PERMISSIONS).flat());
  const needing = Object.values(PERMISSIONS).filter((it) => it.length > 0);
  return [
    "All that any command needs:",
    `\`\`\`sh\ndeno run --no-prompt ${
      all.join(" \\\n  ")
    } \\\n  jsr:@kstlib/ops list\n\`\`\``,
    table(
      ["flag", "for", "without it", "commands"],
      [...rows.values()].map(({ permission, names }) => [
        `\`${toDenoFlags([permission]).join()}\``,
        permission.purpose,
        permission.without ?? "an error",
        names.length === needing.length ? "all" : names.join(", "),
      ]),
    ),
  ].join("\n\n");
}

function section({ entry, command }: LoadedCommand): string[] {
  const { description, operands, tail, flags, exitCodes, examples } = command;
  const all = [...operands, ...tail === undefined ? [] : [tail]];
  const { aliases } = entry;
  const also = aliases.map((it) => `\`ops ${it}\``).join(", ");
  return [
    `## ops ${entry.name}`,
    `${entry.summary}.${also === "" ? "" : ` Also called ${also}.`}`,
    `\`\`\`text\n${usage(entry, command)}\n\`\`\``,
    ...description.map(escape),
    ...all.length === 0 ? [] : [
      table(
        ["operand", "is"],
        all.map((it) => [`\`${operandForm(it)}\``, operandMeaning(it)]),
      ),
    ],
    ...Object.keys(flags).length === 0 ? [] : [flagTable(flags)],
    ...exitCodes === undefined ? [] : [codeTable(exitCodes)],
    `\`\`\`sh\n${
      examples.map(({ does, line }) => `# ${does}\n${line}`).join("\n\n")
    }\n\`\`\``,
  ];
}

function flagTable(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => [
    `\`${flagForm(name, flag).trim()}\``,
    flagMeaning(flag),
  ]);
  return table(["flag", "does"], rows);
}

function codeTable(
  codes: readonly (readonly [code: number, meaning: string])[],
): string {
  return table(
    ["exit code", "means"],
    codes.map(([code, it]) => [`${code}`, it]),
  );
}

/** Columns as wide as their widest cell, which is how `deno fmt` has them. */
function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [header, ...rows].map((row) => row.map(escape));
  const widths = header.map((_, i) =>
    Math.max(...cells.map((row) => row[i]!.length))
  );
  const [first, ...rest] = cells.map((row) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`
  );
  const line = `| ${widths.map((it) => "-".repeat(it)).join(" | ")} |`;
  return [first, line, ...rest].join("\n");
}

/** Outside of code, what Markdown would take for a sign of its own. */
function escape(text: string): string {
  return text.split(/(`[^`]*`|\[.*\]\(.*\))/).map((part, i) =>
    i % 2 === 1
      ? part.replaceAll("|", "\\|")
      : part.replace(/[|*<>[\]]/g, "\\$&")
  ).join("");
}
