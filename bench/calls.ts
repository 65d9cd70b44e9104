/** The calls that `ops list` makes, and programs that make the same ones. */
import { PERMISSIONS, toDenoFlags } from "../src/cli/permissions.ts";
import { inspectArgs } from "../src/engines/container/args.ts";
import { DIALECTS } from "../src/engines/container/dialect.ts";
import type { ContainerRuntime } from "../src/core/status.ts";
import { listPanes, serverArgs } from "../src/engines/tmux/listing.ts";

/** `deno run` with the permissions of a command, as the task `ops` has it. */
export function denoRun(command: keyof typeof PERMISSIONS): string[] {
  const flags = toDenoFlags(PERMISSIONS[command]);
  return [
    ...[Deno.execPath(), "run", "--unstable-lazy-dynamic-imports"],
    ...["--no-prompt", ...flags],
  ];
}

/** The command line, as a program of Deno. */
export const CLI = new URL("../cli.ts", import.meta.url).pathname;
/** An engine's calls: the second is made with all ids the first one says. */
export type Calls = readonly [
  list: readonly string[],
  inspect?: readonly string[],
];

/** The call that lists the sessions of tmux. */
export const TMUX: Calls = [
  ["tmux", ...serverArgs(null), "-N", ...listPanes()],
];

/** The calls that list the containers of a runtime. */
export function callsOf(runtime: ContainerRuntime): Calls {
  const { list, listTellsAll } = DIALECTS[runtime];
  return listTellsAll
    ? [[runtime, ...list]]
    : [[runtime, ...list], [runtime, ...inspectArgs([])]];
}

/**
 * The minimal program. It makes the calls that it is given as JSON side by
 * side, and makes nothing of the answers.
 */
export const MINIMAL = `const decoder = new TextDecoder();
async function call([binary, ...args]) {
  const { success, stdout } = await new Deno.Command(binary, { args }).output();
  if (!success) Deno.exit(1);
  return stdout;
}
await Promise.all(JSON.parse(Deno.args[0]).map(async ([list, inspect]) => {
  const answer = await call(list);
  if (!inspect) return;
  await call([...inspect, ...decoder.decode(answer).trim().split("\\n")]);
}));
`;

/** A script of sh that makes the calls side by side. */
export function inShell(engines: readonly Calls[]): string {
  return engines.map(([list, inspect]) =>
    inspect
      ? `${quoted(inspect)} $(${quoted(list)}) &\n`
      : `${quoted(list)} &\n`
  ).join("") + "wait\n";
}

/** A command line as sh reads it. */
export function quoted(argv: readonly string[]): string {
  return argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
