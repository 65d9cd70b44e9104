/** The measurements as a text. */
import { median } from "./measure.ts";
import { HOW, type Sample } from "./sample.ts";

/** What was measured of a program on a host. */
export interface Row {
  readonly size: string;
  readonly command: string;
  readonly by: string;
  readonly samples: Sample[];
}

const HEAD = [
  ...["host", "command", "program", "wall ms", "/ bare", "/ minimal"],
  ...["CPU ms", "peak MB", "runs"],
];

/** The file, as it is before `deno fmt`. */
export function report(
  facts: readonly string[],
  rows: readonly Row[],
  modules: number,
): string {
  const table = [
    HEAD,
    HEAD.map(() => "---"),
    ...grouped(rows).map((it) => cells(it, rows)),
  ];
  return `# What ops costs beside the bare engines

Made by \`deno task bench --results\`: all numbers are of one run.

${facts.map((it) => `- ${it}`).join("\n")}

On each host the programs take turns, in another order each round; at start-up, on the first host of tmux alone and on that of containers alone, a first round does not count; a session that is started or stopped is a fresh one, made and cleared away outside the measured time. Wall time is the median, CPU time the mean of user and system together, and memory the most that any one process of the program held; what the servers of the engines spend is not in it. ${HOW}. The bare program of \`list\` makes the calls that \`ops list\` makes; the other ones are what a user would type: \`tmux list-panes\`, \`capture-pane\`, \`new-session\`, \`kill-session\`; \`podman\` or \`docker\` \`container inspect\`, \`logs\`, \`run -d\`, \`stop\` and \`rm\`. Beyond those, \`ops start\` watches the first 0.3 s of a session, and \`ops stop\` lets it clean up, sees that its processes are gone and keeps its log. Sessions "at once" are all named in one call of \`ops\`; the bare program is a shell loop of calls of tmux, and pm2 is handed a file with all of them. The minimal program is one of Deno that makes the calls of \`ops list\` side by side and discards the answers, run or compiled as the row above or below it.

${table.map((it) => `| ${it.join(" | ")} |`).join("\n")}

${rest(rows, modules)}
`;
}

/** What does the same on the same host, beside each other. */
function grouped(rows: readonly Row[]): Row[] {
  const groups = Map.groupBy(rows, (it) => `${it.size}\t${it.command}`);
  return [...groups.values()].flat();
}

function cells(row: Row, rows: readonly Row[]): string[] {
  const beside = (by: string) => {
    const other = rows.find((it) =>
      it.size === row.size && it.command === row.command && it.by === by
    );
    return other === undefined ? "" : (wallOf(row) / wallOf(other)).toFixed(2);
  };
  const { size, command, by, samples } = row;
  const cpu = samples.reduce((sum, it) => sum + it.cpuMs, 0) / samples.length;
  const memory = Math.max(...samples.map((it) => it.memoryMb));
  return [
    ...[size, command, by, wallOf(row).toFixed(1)],
    by === "bare" ? "" : beside("bare"),
    by.startsWith("ops, ") ? beside(by.replace("ops", "minimal")) : "",
    ...[cpu.toFixed(1), memory.toFixed(1), `${samples.length}`],
  ];
}

/** What the rest of the time of a list is spent on. */
function rest(rows: readonly Row[], modules: number): string {
  const wall = (size: string, command: string, by: string) => {
    const row = rows.find((it) =>
      it.size === size && it.command === command && it.by === by
    );
    return wallOf(row!);
  };
  const beyond = (size: string, way: string) =>
    wall(size, "list", `ops, ${way}`) - wall(size, "list", `minimal, ${way}`);
  const ms = (it: number) => `${it.toFixed(1)} ms`;
  const signed = (it: number) => (it < 0 ? "−" : "+") + ms(Math.abs(it));
  const sizes = [...new Set(rows.map(({ size }) => size))];
  const tmux = sizes.filter((it) => /^\d+ sessions?$/.test(it));
  const whole = sizes.filter((it) => it.includes("sessions + "));
  const [few, many] = [tmux.at(0)!, tmux.at(-1)!];
  const load = wall("", "loading only", "deno run") -
    wall("", "empty program", "deno run");
  const beside = [few, ...whole].map((it) =>
    `${signed(beyond(it, "deno run"))} over ${it}`
  ).join(", ");
  const [less, more] = [beyond(few, "deno run"), beyond(many, "deno run")];
  return `Beyond what the minimal program does, \`ops list\` loads its ${modules} modules, which by themselves take ${
    ms(load)
  } ("loading only" less "empty program"); it asks the engines first and loads while they work, and all in all its time beside that of the minimal program, under \`deno run\`, is ${beside}. The rest is parsing and rendering, which grow with what there is: over ${many} it is ${
    signed(more)
  } beside the minimal program, of which ${
    ms(more - less)
  } come with the number of sessions.`;
}

function wallOf({ samples }: Row): number {
  return median(samples.map(({ wallMs }) => wallMs));
}
