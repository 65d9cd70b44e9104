/**
 * Measures the CLI beside the bare calls it is made of, all in one run, and
 * prints two tables, of tmux alone and of the whole host, and what the strict
 * reading of the configuration takes: `deno task bench`.
 * The minimal program makes exactly the calls that `ops list` makes, side by
 * side as that does, and makes nothing of the answers. The ratio is of medians.
 *
 * `deno task bench --results` measures more commands on more hosts, and the
 * binary, and writes `bench/RESULTS.md`; with `--quick` it is one round on small
 * hosts, which is printed instead.
 */
import {
  type Calls,
  callsOf,
  CLI,
  denoRun,
  inShell,
  MINIMAL,
  TMUX,
} from "./calls.ts";
import { strictReading } from "./config.ts";
import { Host, leftOut } from "./host.ts";
import { type Candidate, measure } from "./measure.ts";
import { writeResults } from "./results.ts";

const DENO = denoRun("list");

/** Prints a table, a line for each size; the last two columns are compared. */
async function table(
  title: string,
  candidates: readonly Candidate[],
  host: Host,
  sizes: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  const names = candidates.map(({ name }) => name);
  console.log([title, ...names, "list / minimal"].join("\t"));
  for (const [size, make] of Object.entries(sizes)) {
    await make();
    const times = await measure(candidates, host.world);
    const cells = times.map((ms) => `${ms.toFixed(1)} ms`);
    const ratio = times.at(-1)! / times.at(-2)!;
    console.log([size, ...cells, ratio.toFixed(2)].join("\t"));
  }
}

async function tmuxAlone(): Promise<void> {
  await using host = new Host();
  const empty = await host.write("empty.ts", "");
  const minimal = await host.write("minimal.ts", MINIMAL);
  const candidates: Candidate[] = [
    { name: "empty Deno program", argv: [Deno.execPath(), "run", empty] },
    { name: "tmux list-panes -a", argv: ["tmux", "list-panes", "-a"] },
    {
      name: "minimal program",
      argv: [...DENO, minimal, JSON.stringify([TMUX])],
    },
    { name: "ops list", argv: [...DENO, CLI, "list", "--backend", "tmux"] },
  ];
  await table("tmux sessions", candidates, host, {
    "1": () => host.sessions(1),
    "100": () => host.sessions(100),
    "500": () => host.sessions(500),
  });
}

async function wholeHost(): Promise<void> {
  await using host = new Host();
  for (const reason of leftOut()) console.error(`left out: ${reason}`);
  if (host.runtimes.length === 0) return;
  const engines: Calls[] = [TMUX, ...host.runtimes.map(callsOf)];
  const minimal = await host.write("minimal.ts", MINIMAL);
  const bare = await host.write("bare.sh", inShell(engines));
  const candidates: Candidate[] = [
    { name: "bare calls", argv: ["sh", bare] },
    {
      name: "minimal program",
      argv: [...DENO, minimal, JSON.stringify(engines)],
    },
    { name: "ops list", argv: [...DENO, CLI, "list"] },
  ];
  const size = (sessions: number, each: number) => [
    [`${sessions} tmux`, ...host.runtimes.map((it) => `${each} ${it}`)]
      .join(" + "),
    async () => {
      await host.sessions(sessions);
      await host.containers(each);
    },
  ];
  const sizes = [size(1, 1), size(200, 200 / host.runtimes.length)];
  await table("whole host", candidates, host, Object.fromEntries(sizes));
}

// An interrupt ends the program that is being measured; that is a failure,
// after which everything is still cleared away.
Deno.addSignalListener("SIGINT", () => {});
if (Deno.args.includes("--results")) await writeResults();
else {
  await tmuxAlone();
  console.log();
  await wholeHost();
  console.log(`\n${strictReading()}`);
}
Deno.exit(); // or it would wait for an interrupt
