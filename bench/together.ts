/** Measures many sessions that are started, and then stopped, by one call each. */
import { quoted } from "./calls.ts";
import type { Host } from "./host.ts";
import { run, shuffled } from "./measure.ts";
import type { Row } from "./report.ts";
import { type Sample, sample } from "./sample.ts";

type Argv = readonly string[];

/** A way to start and to stop them all. */
interface Contestant {
  readonly by: string;
  readonly start: Argv;
  readonly stop: Argv;
  /** What ends what it leaves behind at last. */
  readonly end?: Argv;
}

/** How `ops` is called in one way to run it. */
interface Way {
  readonly name: string;
  readonly ops: (command: "start" | "stop", ...args: readonly string[]) => Argv;
}

/** What runs in each of them. */
const COMMAND = "sleep 1000";

/**
 * So many sessions at once, started and stopped by a shell loop of bare tmux
 * calls, by `ops`, and by pm2 if it is installed: in turns, in another order
 * each round.
 */
export async function measureTogether(
  host: Host,
  ways: readonly Way[],
  count: number,
  rounds: number,
): Promise<Row[]> {
  const names = Array.from({ length: count }, (_, i) => host.name(`at-${i}`));
  const sessions = Object.fromEntries(
    names.map((name) => [name, { command: COMMAND }]),
  );
  await host.write("kstlib.conf.yml", JSON.stringify({ ops: { sessions } }));
  const all: Contestant[] = [
    await bareLoop(host, names),
    ...ways.map(({ name, ops }) => ({
      by: `ops, ${name}`,
      start: ops("start", ...names),
      stop: ops("stop", ...names),
    })),
    ...count <= 100 ? await pm2(host, names) : [],
  ];
  const samples = new Map(all.map(({ by }) => [by, newSamples()]));
  for (let round = 0; round < rounds; round++) {
    for (const { by, start, stop } of shuffled(all)) {
      samples.get(by)!.start.push(await sample(host.world, start));
      samples.get(by)!.stop.push(await sample(host.world, stop));
    }
  }
  for (const { end } of all) if (end) await run(host.world, end);
  return (["start", "stop"] as const).flatMap((command) =>
    all.map(({ by }): Row => ({
      size: `${count} at once`,
      command,
      by,
      samples: samples.get(by)![command],
    }))
  );
}

function newSamples(): Record<"start" | "stop", Sample[]> {
  return { start: [], stop: [] };
}

async function bareLoop(
  host: Host,
  names: readonly string[],
): Promise<Contestant> {
  const script = async (what: string, call: (name: string) => Argv) => {
    const lines = names.map((name) => `${quoted(call(name))}\n`).join("");
    const path = await host.write(`${what}-${names.length}.sh`, lines);
    return ["sh", path];
  };
  return {
    by: "bare",
    start: await script("start", (name) => [
      ...["tmux", "new-session", "-d", "-s", name, COMMAND],
    ]),
    stop: await script("stop", (name) => [
      ...["tmux", "kill-session", "-t", `=${name}`],
    ]),
  };
}

async function pm2(
  host: Host,
  names: readonly string[],
): Promise<Contestant[]> {
  try {
    await run(host.world, ["pm2", "ping"]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return []; // it is not installed
    throw error;
  }
  const [script, args] = COMMAND.split(" ");
  const interpreter = "none";
  const apps = names.map((name) => ({ name, script, args, interpreter }));
  const file = await host.write("pm2.json", JSON.stringify({ apps }));
  return [{
    by: "pm2",
    start: ["pm2", "start", file],
    stop: ["pm2", "delete", "all"],
    end: ["pm2", "kill"],
  }];
}
