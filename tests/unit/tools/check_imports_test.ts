import { assertEquals } from "@std/assert";
import { checkImports } from "../../../tools/check_imports.ts";

/** Checks one module, and shows what is wrong with it. */
function check(path: string, ...lines: string[]): string[] {
  return checkImports({ [path]: lines.join("\n") });
}

const accepted: Array<[path: string, line: string]> = [
  ["src/manager.ts", 'import { TmuxRunner } from "./tmux/runner.ts";'],
  ["src/tmux/runner.ts", 'export * from "./args.ts";'],
  ["src/tmux/runner.ts", 'import type { Runner } from "../runner.ts";'],
  ["src/cli/main.ts", 'await import("./commands/list.ts");'],
  ["src/cli/main.ts", "console.log(Deno.args); Deno.exit(1);"],
  ["src/process/run.ts", "new Deno.Command(name); Deno.kill(pid);"],
  ["src/config/load.ts", 'import { parse } from "@std/yaml/parse";'],
  ["mod.ts", 'if (import.meta.main) await import("./src/cli/main.ts");'],
  ["cli.ts", 'import { main } from "./src/cli/main.ts";'],
  // What only looks like it.
  ["src/models.ts", ' * import { a } from "./cli/main.ts";\n// console.log()'],
  ["src/models.ts", '/** `Deno.exit` */ const text = "console.log";'],
  ["src/models.ts", "const quote = /[`\"']/; const b = `\n Deno.exit()`;"],
  ["src/models.ts", 'export const from = "./cli/main.ts";'],
];

const refused: Array<[path: string, line: string, violation: string]> = [
  [
    "src/errors.ts",
    'import { run } from "./process/run.ts";',
    "imports ./process/run.ts: errors may import only environment, errors, models, paths, status, suggest, validation",
  ],
  [
    "src/container/runner.ts",
    'export { quote } from "../tmux/args.ts";',
    "imports ../tmux/args.ts: container may import only environment, errors, models, paths, status, suggest, validation, process, runner, state",
  ],
  [
    "src/config/load.ts",
    'const { run } = await import("../process/run.ts");',
    "imports ../process/run.ts: config may import only environment, errors, models, paths, status, suggest, validation",
  ],
  [
    "src/runner.ts",
    'import type {\n  Context,\n} from "./cli/context.ts";',
    "imports ./cli/context.ts: runner may import only environment, errors, models, paths, status, suggest, validation, process, runner, state",
  ],
  [
    "mod.ts",
    'import { main } from "./src/cli/main.ts";',
    "imports ./src/cli/main.ts: mod.ts may import only environment, errors, models, paths, status, suggest, validation, process, runner, state, config, container, tmux, inventory, locate, manager, doctor",
  ],
  [
    "cli.ts",
    'import { SessionManager } from "./mod.ts";',
    "imports ./mod.ts: cli.ts may import only cli",
  ],
  [
    "src/models.ts",
    'import { join } from "node:path";',
    "imports node:path: not one of our dependencies",
  ],
  [
    "src/cli/main.ts",
    'import "npm:chalk";',
    "imports npm:chalk: not one of our dependencies",
  ],
  [
    "src/cli/main.ts",
    'import { assert } from "@std/assert";',
    "imports @std/assert: not one of our dependencies",
  ],
  [
    "src/manager.ts",
    "console.warn(name);",
    "uses console.: only src/cli speaks to the user",
  ],
  [
    "src/tmux/runner.ts",
    "Deno.exit(1);",
    "uses Deno.exit: only the command line ends the process; elsewhere, throw",
  ],
  [
    "src/tmux/runner.ts",
    'new Deno.Command("tmux");',
    "uses Deno.Command: only src/process starts or signals processes",
  ],
  [
    "src/cli/main.ts",
    "Deno.kill(pid);",
    "uses Deno.kill: only src/process starts or signals processes",
  ],
];

for (const [path, line] of accepted) {
  Deno.test(`accepts in ${path}: ${line}`, () => {
    assertEquals(check(path, line), []);
  });
}

for (const [path, line, violation] of refused) {
  Deno.test(`refuses in ${path}: ${line}`, () => {
    const number = 2 + line.split("\n").length;
    const violations = check(path, "// a comment", "", line);
    assertEquals(violations, [`${path}:${number}: ${violation}`]);
  });
}

Deno.test("refuses a room that is not in the table", () => {
  assertEquals(check("src/misc.ts", ""), [
    "src/misc.ts:1: a new room: give it a row in MAY_IMPORT",
  ]);
});

Deno.test("refuses a circle, unless a dynamic import closes it", () => {
  const [a, b, c] = ["src/tmux/a.ts", "src/tmux/b.ts", "src/tmux/c.ts"];
  const chain = {
    [a]: 'import "./b.ts";',
    [b]: 'import type { C } from "./c.ts";',
  };
  assertEquals(checkImports({ ...chain, [c]: 'import "./a.ts";' }), [
    `${a}:1: in a circle: ${a} → ${b} → ${c} → ${a}`,
  ]);
  assertEquals(checkImports({ ...chain, [c]: 'import("./a.ts");' }), []);
});
