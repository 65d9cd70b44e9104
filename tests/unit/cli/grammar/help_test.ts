import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  readInput,
  splitWords,
} from "../../../../src/cli/grammar/arguments.ts";
import type { Command } from "../../../../src/cli/grammar/command.ts";
import { COMMANDS } from "../../../../src/cli/commands/table.ts";
import { globalFlags } from "../../../../src/cli/grammar/flags.ts";
import {
  flagForm,
  renderCommandHelp,
  renderHelp,
} from "../../../../src/cli/grammar/help.ts";
import { recorder } from "../recorder.ts";

const { stdout } = recorder({ columns: 72 });

/** The command line of an example: in simple shell quoting. */
function wordsOf(line: string): string[] {
  const [, inner = line] = line.match(/<\((.+)\)/) ?? [];
  const [command = ""] = inner.split(/ [|>] /);
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, bare]) => quoted ?? bare ?? "");
}

Deno.test("renderHelp() names every command and exit code", () => {
  const help = renderHelp(COMMANDS, stdout);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(help, name);
    assertStringIncludes(help, summary);
  }
  assertStringIncludes(help, "list, ls");
  assertStringIncludes(help, "--version");
  for (const code of [0, 1, 2, 3, 4, 5]) {
    assertStringIncludes(help, `\n  ${code}  `);
  }
});

Deno.test("renderHelp() titles are bold where there is color", () => {
  const help = renderHelp(COMMANDS, recorder({ hasColor: true }).stdout);
  assertStringIncludes(help, "\x1b[1mUsage:\x1b[22m\n");
});

Deno.test("renderCommandHelp() shows what may be left out", async () => {
  const entry = COMMANDS.find(({ name }) => name === "history")!;
  const help = renderCommandHelp(entry, await entry.load(), stdout);
  assertStringIncludes(help, "  ops history [flags] [NAME…]\n");
});

for (const entry of COMMANDS) {
  const { name } = entry;

  Deno.test(`help of ${name} has all of its parts`, async () => {
    const command: Command = await entry.load();
    const help = renderCommandHelp(entry, command, stdout);
    assert(help.startsWith(`${entry.summary}.\n`));
    assertStringIncludes(help, `Usage:\n  ops ${name} [flags]`);
    for (const [flag, spec] of Object.entries(command.flags)) {
      assertStringIncludes(help, flagForm(flag, spec));
    }
    assertStringIncludes(help, "Examples:");
    assertEquals(help.includes("\n\n\n"), false);
    assertEquals(/ \n/.test(help), false);
  });

  Deno.test(`help of ${name} fits the width`, async () => {
    const command: Command = await entry.load();
    const help = renderCommandHelp(entry, command, stdout);
    const examples = command.examples.map(({ line }) => `  ${line}`);
    const long = help.split("\n").filter((line) => line.length > 72);
    assertEquals(long.filter((line) => !examples.includes(line)), []);
  });

  Deno.test(`examples of ${name} are commands that parse`, async () => {
    const command: Command = await entry.load();
    assert(command.examples.length > 0);
    for (const { line } of command.examples) {
      const [program, verb, ...words] = wordsOf(line);
      assertEquals(program, "ops", line);
      assert([entry.name, ...entry.aliases].some((it) => it === verb), line);
      readInput(name, command, words, new Map());
    }
  });

  Deno.test(`flags of ${name} do not clash`, async () => {
    const command: Command = await entry.load();
    const flags = { ...command.flags, ...globalFlags };
    const letters = Object.values(flags).flatMap((flag) => flag.short ?? []);
    assertEquals(letters.length, new Set(letters).size);
    for (const [flag, { short, placeholder }] of Object.entries(flags)) {
      const value = placeholder === undefined ? "" : "=1";
      const { given } = splitWords([`--${flag}${value}`], flags);
      assert(given.has(flag));
      if (short !== undefined) assertEquals(short.length, 1);
    }
  });
}
