/** Measures many commands on many hosts, and writes one table of it. */
import type { CommandName } from "../src/cli/commands/table.ts";
import type { ContainerRuntime } from "../src/core/status.ts";
import { IMAGE } from "../tests/helpers/containers.ts";
import {
  type Calls,
  callsOf,
  CLI,
  denoRun,
  inShell,
  MINIMAL,
  quoted,
  TMUX,
} from "./calls.ts";
import { strictReading } from "./config.ts";
import { type Binary, facts, makeBinary } from "./facts.ts";
import { Host, leftOut } from "./host.ts";
import { run, shuffled } from "./measure.ts";
import { report, type Row } from "./report.ts";
import { sample } from "./sample.ts";
import { measureTogether } from "./together.ts";

type Argv = readonly string[];

/** What is measured on a host, and what is done around it. */
interface Program {
  readonly command: string;
  readonly by: string;
  readonly argv: Argv;
  /** Done before each run of it, and not measured. */
  readonly before?: readonly Argv[];
  /** Done after each run of it, and not measured. */
  readonly after?: readonly Argv[];
}

/** A way to run programs of Deno. */
interface Way {
  readonly name: "deno run" | "binary";
  readonly ops: (command: CommandName, ...args: readonly string[]) => Argv;
  readonly minimal: (engines: readonly Calls[]) => Argv;
  readonly empty: Argv;
}

/** Of listings, and of all else. */
interface Rounds {
  readonly list: number;
  readonly other: number;
}

const FILE = new URL("RESULTS.md", import.meta.url);

/** What runs in the container that is looked at: it ends when it is told to. */
const TRAP = "trap 'exit 0' INT TERM; seq 100; echo ready; sleep 1000 & wait";

/** Measures, with the binary if one can be made, and writes the file. */
export async function writeResults(): Promise<void> {
  const quick = Deno.args.includes("--quick"); // to try it, not to keep
  const binary = await makeBinary();
  const lines = await facts(binary);
  for (const reason of leftOut()) lines.push(`Left out: ${reason}`);
  lines.push(`Configuration: ${strictReading()}`);
  const rows: Row[] = [];
  const modules = await withHost(binary, async (host, ways) => {
    rows.push(...await startUp(host, ways, quick ? 1 : 15));
    for (const count of quick ? [1, 3, 5] : [1, 100, 1000]) {
      await host.sessions(count - 1);
      const size = count === 1 ? "1 session" : `${count} sessions`;
      const programs = ofTmux(host, ways, count === 1);
      const rounds = quick ? ONCE : { list: 31, other: 5 };
      rows.push(...await measureAll(host, size, await programs, rounds));
    }
    return (await loaded(host)).length;
  });
  await withHost(binary, async (host, ways) => {
    // The server is there, as it is when a session is started.
    await host.sessions(1);
    for (const [count, rounds] of quick ? [[3, 1]] : [[100, 5], [1000, 1]]) {
      rows.push(...await measureTogether(host, ways, count!, rounds!));
    }
  });
  await withHost(binary, async (host, ways) => {
    if (host.runtimes.length === 0) return;
    for (const each of quick ? [1, 2] : [1, 100]) {
      await host.containers(each - 1);
      const size = [...host.runtimes.map((it) => `${each} ${it}`)].join(" + ");
      const rounds = quick ? ONCE : { list: 15, other: 5 };
      const programs = ofContainers(host, ways, each === 1);
      rows.push(...await measureAll(host, size, await programs, rounds));
      const sessions = quick ? 2 : 100;
      await host.sessions(sessions);
      const all = await listing(host, ways, [], [
        TMUX,
        ...host.runtimes.map(callsOf),
      ]);
      const whole = `${sessions} sessions + ${size}`;
      const many = quick ? ONCE : { list: 31, other: 0 };
      rows.push(...await measureAll(host, whole, all, many));
    }
  });
  const text = report(lines, rows, modules);
  if (quick) return console.log(text);
  await Deno.writeTextFile(FILE, text);
  const fmt = [Deno.execPath(), "fmt", "--quiet", FILE.pathname];
  await run({ env: {}, cwd: "/" }, fmt);
}

const ONCE: Rounds = { list: 1, other: 1 };

/** Works on a host that is gone afterwards. */
async function withHost<T>(
  binary: Binary | string,
  work: (host: Host, ways: readonly Way[]) => Promise<T>,
): Promise<T> {
  await using host = new Host();
  return await work(host, await waysOn(host, binary));
}

async function waysOn(host: Host, binary: Binary | string): Promise<Way[]> {
  const empty = await host.write("empty.ts", "");
  const minimal = await host.write("minimal.ts", MINIMAL);
  const deno = denoRun("list");
  const ways: Way[] = [{
    name: "deno run",
    ops: (command, ...args) => [...denoRun(command), CLI, command, ...args],
    minimal: (engines) => [...deno, minimal, JSON.stringify(engines)],
    empty: [...deno, empty],
  }];
  if (typeof binary === "string") return ways;
  const compiled = async (source: string) => {
    const to = source.replace(/\.ts$/, "");
    await binary.compile(source, to);
    return to;
  };
  const [program, nothing] = [await compiled(minimal), await compiled(empty)];
  ways.push({
    name: "binary",
    ops: (command, ...args) => [binary.path, command, ...args],
    minimal: (engines) => [program, JSON.stringify(engines)],
    empty: [nothing],
  });
  return ways;
}

/** What is spent before anything is done. */
async function startUp(
  host: Host,
  ways: readonly Way[],
  rounds: number,
): Promise<Row[]> {
  const imports = (await loaded(host)).map((it) => `import "${it}";\n`);
  const all = await host.write("load.ts", imports.join(""));
  const config = new URL("../deno.json", import.meta.url).pathname;
  const [deno, ...args] = denoRun("list");
  const [, , ...flags] = args;
  const load = [deno!, "run", `--config=${config}`, ...flags, all];
  return await measureAll(host, "", [
    { command: "`true`: what measuring costs", by: "", argv: ["true"] },
    ...ways.map(({ name, empty }) => ({
      command: "empty program",
      by: name,
      argv: empty,
    })),
    { command: "loading only", by: "deno run", argv: load },
    ...ways.map(({ name, ops }) => ({
      command: "ops --version",
      by: name,
      argv: ops("list").with(-1, "--version"),
    })),
  ], { list: 0, other: rounds });
}

/** The modules that `ops list` loads. */
async function loaded(host: Host): Promise<string[]> {
  const [deno, verb, ...flags] = denoRun("list");
  const list = [CLI, "list"];
  const { stderr } = await new Deno.Command(deno!, {
    args: [verb!, "--log-level=debug", ...flags, ...list],
    env: { ...host.world.env, NO_COLOR: "1" },
    cwd: host.world.cwd,
  }).output();
  const asked = new TextDecoder().decode(stderr)
    .matchAll(/fetch_no_follow - specifier: (\S+)/g);
  return [...new Set([...asked].map(([, specifier]) => specifier!))];
}

/** `ops list` in each way, beside the bare calls and the minimal program. */
async function listing(
  host: Host,
  ways: readonly Way[],
  args: readonly string[],
  engines: readonly Calls[],
): Promise<Program[]> {
  const script = `list-${engines.map(([[name]]) => name).join("-")}.sh`;
  const bare = await host.write(script, inShell(engines));
  // One call needs no shell.
  const [only] = engines.length === 1 ? engines : [];
  const argv = only?.length === 1 ? only[0] : ["sh", bare];
  return [
    { command: "list", by: "bare", argv },
    ...ways.flatMap(({ name, ops, minimal }) => [
      { command: "list", by: `minimal, ${name}`, argv: minimal(engines) },
      { command: "list", by: `ops, ${name}`, argv: ops("list", ...args) },
    ]),
  ];
}

/** What is measured on tmux; the session that is looked at is made first. */
async function ofTmux(
  host: Host,
  ways: readonly Way[],
  isFirst: boolean,
): Promise<Program[]> {
  const [old, fresh] = [host.name("subject"), host.name("fresh")];
  const place = ["--backend", "tmux"];
  const print = ["-c", "seq 100; sleep 1000"];
  if (isFirst) {
    await run(host.world, ways[0]!.ops("start", old, ...place, ...print));
  }
  const tmux = (...args: readonly string[]) => ["tmux", "-u", ...args];
  const start = tmux("new-session", "-d", "-s", fresh, "seq 100; sleep 1000");
  const stop = tmux("kill-session", "-t", `=${fresh}`);
  const panes = tmux("list-panes", "-s", "-t", `=${old}`);
  const capture = tmux("capture-pane", "-p", "-e", "-J", "-S", "-100");
  return [
    ...await listing(host, ways, place, [TMUX]),
    { command: "status", by: "bare", argv: panes },
    { command: "logs", by: "bare", argv: [...capture, "-t", `=${old}:`] },
    { command: "start", by: "bare", argv: start, after: [stop] },
    { command: "stop", by: "bare", argv: stop, before: [start] },
    ...ways.flatMap((way) => ofOps(way, "", old, fresh, place, print, [])),
  ];
}

/** What is measured on containers; those looked at are made first. */
async function ofContainers(
  host: Host,
  ways: readonly Way[],
  isFirst: boolean,
): Promise<Program[]> {
  const calls = host.runtimes.map(callsOf);
  const programs = await listing(host, ways, ["--backend", "container"], calls);
  for (const runtime of host.runtimes) {
    const made = await ofRuntime(host, ways, runtime, isFirst);
    programs.push(...made);
  }
  return programs;
}

async function ofRuntime(
  host: Host,
  ways: readonly Way[],
  runtime: ContainerRuntime,
  isFirst: boolean,
): Promise<Program[]> {
  const [old, fresh] = [host.name("subject"), host.name("fresh")];
  const place = ["--backend", "container", "--runtime", runtime];
  const what = ["--image", IMAGE, "--", "sh", "-c", TRAP];
  if (isFirst) {
    await run(host.world, ways[0]!.ops("start", old, ...place, ...what));
  }
  // A signal before its trap is set would not end it.
  const logs = quoted([runtime, "logs", fresh]);
  const until = `until ${logs} 2>&1 | grep -q ready; do sleep 0.1; done`;
  const ready = ["sh", "-c", until];
  const detached = [runtime, "run", "-d", "--name", fresh, IMAGE];
  const start = [...detached, "sh", "-c", TRAP];
  const both = [[runtime, "stop", fresh], [runtime, "rm", fresh]];
  const stop = ["sh", "-c", both.map(quoted).join(" && ")];
  const [status, said] = [["container", "inspect"], ["logs", "--tail", "100"]];
  const bare = (command: string, rest: Omit<Program, "command" | "by">) => ({
    command: `${command}, ${runtime}`,
    by: "bare",
    ...rest,
  });
  return [
    bare("status", { argv: [runtime, ...status, old] }),
    bare("logs", { argv: [runtime, ...said, old] }),
    bare("start", { argv: start, after: [ready, stop] }),
    bare("stop", { argv: stop, before: [start, ready] }),
    ...ways.flatMap((way) =>
      ofOps(way, `, ${runtime}`, old, fresh, place, what, [ready])
    ),
  ];
}

/** All commands of `ops` but its list. */
function ofOps(
  { name, ops }: Way,
  where: string,
  old: string,
  fresh: string,
  place: readonly string[],
  what: readonly string[],
  ready: readonly Argv[],
): Program[] {
  const by = `ops, ${name}`;
  const start = ops("start", fresh, ...place, ...what);
  const stop = ops("stop", fresh, ...place);
  return [
    { command: `status${where}`, by, argv: ops("status", old, ...place) },
    { command: `logs${where}`, by, argv: ops("logs", old, ...place) },
    { command: `start${where}`, by, argv: start, after: [...ready, stop] },
    { command: `stop${where}`, by, argv: stop, before: [start, ...ready] },
  ];
}

/** Measures them in turns, in another order each round. */
async function measureAll(
  host: Host,
  size: string,
  programs: readonly Program[],
  rounds: Rounds,
): Promise<Row[]> {
  const began = performance.now();
  const rows = programs.map(({ command, by }) => {
    return { size, command, by, samples: [] } satisfies Row;
  }) as (Row & { samples: unknown[] })[];
  // Those of a host that has been measured before have filled Deno's caches.
  const first = /^(|1 .*)$/.test(size) && !size.includes("sessions") ? 0 : 1;
  for (
    let round = first;
    round <= Math.max(...Object.values(rounds));
    round++
  ) {
    for (const i of shuffled([...programs.keys()])) {
      const { command, argv, before = [], after = [] } = programs[i]!;
      if (round > rounds[command === "list" ? "list" : "other"]) continue;
      for (const it of before) await run(host.world, it);
      const taken = await sample(host.world, argv);
      if (round > 0) rows[i]!.samples.push(taken);
      for (const it of after) await run(host.world, it);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.error(`${size || "start-up"}: measured in ${seconds} s`);
  return rows;
}
