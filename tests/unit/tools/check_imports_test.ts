import { assertEquals } from "@std/assert";
import { checkImports } from "../../../tools/check_imports.ts";

/** Checks one module, and shows what is wrong with it. */
function check(path: string, ...lines: string[]): string[] {
  return checkImports({ [path]: lines.join("\n") });
}

const accepted: Array<[path: string, line: string]> = [
  ["src/engines/registry.ts", 'import("./tmux/runner.ts");'],
  ["src/engines/tmux/runner.ts", 'export * from "./args.ts";'],
  ["src/engines/tmux/runner.ts", 'import type { Runner } from "../runner.ts";'],
  ["src/cli/main.ts", 'await import("./commands/list.ts");'],
  ["src/cli/main.ts", "console.log(Deno.args); Deno.exit(1);"],
  ["src/host/local/run.ts", "new Deno.Command(name); Deno.kill(pid);"],
  ["src/config/load.ts", 'import { parse } from "@std/yaml/parse";'],
  ["mod.ts", 'if (import.meta.main) await import("./src/cli/main.ts");'],
  ["cli.ts", 'import { main } from "./src/cli/main.ts";'],
  // What only looks like it.
  [
    "src/core/definition.ts",
    ' * import { a } from "./cli/main.ts";\n// console.log()',
  ],
  ["src/core/definition.ts", '/** `Deno.exit` */ const text = "console.log";'],
  [
    "src/core/definition.ts",
    "const quote = /[`\"']/; const b = `\n Deno.exit()`;",
  ],
  ["src/core/definition.ts", 'export const from = "./cli/main.ts";'],
];

const refused: Array<[path: string, line: string, violation: string]> = [
  [
    "src/core/errors.ts",
    'import { run } from "../host/local/run.ts";',
    "imports ../host/local/run.ts: core may import only itself",
  ],
  [
    "src/host/local/run.ts",
    'import type { History } from "../../state/history.ts";',
    "imports ../../state/history.ts: host may import only core",
  ],
  [
    "src/engines/container/runner.ts",
    'export { quote } from "../tmux/args.ts";',
    "imports ../tmux/args.ts: engines/container may import only core, host, state, engines",
  ],
  [
    "src/engines/runner.ts",
    'await import("./tmux/runner.ts");',
    "imports ./tmux/runner.ts: engines may import only core, host, state",
  ],
  [
    "src/fleet/session.ts",
    'import type { TmuxRunner } from "../engines/tmux/runner.ts";',
    "imports ../engines/tmux/runner.ts: fleet may import only core, host, state, engines, engines/registry.ts, config",
  ],
  [
    "src/config/load.ts",
    'const { run } = await import("../state/paths.ts");',
    "imports ../state/paths.ts: config may import only core, host",
  ],
  [
    "src/engines/runner.ts",
    'import type {\n  Context,\n} from "../cli/context.ts";',
    "imports ../cli/context.ts: engines may import only core, host, state",
  ],
  [
    "mod.ts",
    'import { main } from "./src/cli/main.ts";',
    "imports ./src/cli/main.ts: mod.ts may import only core, host, state, engines, fleet, plan, config, doctor, engines/registry.ts, engines/tmux, engines/container",
  ],
  [
    "cli.ts",
    'import { SessionManager } from "./mod.ts";',
    "imports ./mod.ts: cli.ts may import only cli",
  ],
  [
    "src/core/definition.ts",
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
    "src/fleet/session.ts",
    "console.warn(name);",
    "uses console.: only src/cli speaks to the user",
  ],
  [
    "src/engines/tmux/runner.ts",
    "Deno.exit(1);",
    "uses Deno.exit: only the command line ends the process; elsewhere, throw",
  ],
  [
    "src/engines/tmux/runner.ts",
    'new Deno.Command("tmux");',
    "uses Deno.Command: only src/host starts or signals processes",
  ],
  [
    "src/cli/main.ts",
    "Deno.kill(pid);",
    "uses Deno.kill: only src/host starts or signals processes",
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

for (const closing of ['import "./a.ts";', 'import("./a.ts");']) {
  Deno.test(`refuses a circle that is closed by ${closing}`, () => {
    const [a, b, c] = ["src/host/a.ts", "src/host/b.ts", "src/host/c.ts"];
    const chain = {
      [a]: 'import "./b.ts";',
      [b]: 'import type { C } from "./c.ts";',
    };
    assertEquals(checkImports({ ...chain, [c]: closing }), [
      `${a}:1: in a circle: ${a} → ${b} → ${c} → ${a}`,
    ]);
    assertEquals(checkImports(chain), []);
  });
}
