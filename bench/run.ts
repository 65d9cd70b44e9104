/**
 * Measures the CLI beside the bare calls it is made of, all in one run, and
 * prints a table: `deno task bench`. The candidates take turns, so that what
 * else the machine does falls on all of them alike; the best time counts.
 */

const ROUNDS = 20;
const SESSIONS = [1, 100, 500];
/** As the task `ops` has it, but for the engines: tmux alone is measured. */
const FLAGS = [
  "--unstable-lazy-dynamic-imports",
  "--no-prompt",
  "--allow-run=tmux",
  "--allow-read",
  "--allow-env=HOME,TMUX,TMUX_TMPDIR,XDG_CONFIG_HOME,CONFIG_PATH,NO_COLOR,TERM",
  "--allow-sys=uid",
];
const QUESTION = ["-u", "-N", "-L", "default", "list-panes", "-a"];
const MINIMAL = `await new Deno.Command("tmux", {
  args: ${JSON.stringify(QUESTION)},
}).output();`;

interface Candidate {
  name: string;
  binary: string;
  args: string[];
}

/** The best of several times, in milliseconds, for each candidate. */
async function measure(
  candidates: readonly Candidate[],
  env: Record<string, string>,
  cwd: string,
): Promise<number[]> {
  const best = candidates.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { name, binary, args }] of candidates.entries()) {
      const started = performance.now();
      const { success, stderr } = await new Deno.Command(binary, {
        args,
        env,
        cwd,
      }).output();
      best[i] = Math.min(best[i]!, performance.now() - started);
      if (!success) {
        throw new Error(`${name}: ${new TextDecoder().decode(stderr)}`);
      }
    }
  }
  return best;
}

const directory = await Deno.makeTempDir({ prefix: "ops-bench-" });
const env = { HOME: directory, TMUX_TMPDIR: directory, TMUX: "" };
const deno = Deno.execPath();
const cli = new URL("../cli.ts", import.meta.url).pathname;

async function tmux(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("tmux", { args, env })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

try {
  await Deno.writeTextFile(`${directory}/empty.ts`, "");
  await Deno.writeTextFile(`${directory}/minimal.ts`, MINIMAL);
  const candidates: Candidate[] = [
    {
      name: "empty Deno program",
      binary: deno,
      args: ["run", `${directory}/empty.ts`],
    },
    { name: "tmux list-panes -a", binary: "tmux", args: QUESTION },
    {
      name: "minimal program",
      binary: deno,
      args: ["run", ...FLAGS, `${directory}/minimal.ts`],
    },
    {
      name: "ops list",
      binary: deno,
      args: ["run", ...FLAGS, cli, "list", "--backend", "tmux"],
    },
  ];
  console.log(
    ["sessions", ...candidates.map(({ name }) => name), "list / minimal"]
      .join("\t"),
  );
  let made = 0;
  for (const count of SESSIONS) {
    while (made < count) {
      await tmux("new-session", "-d", "-s", `s${made++}`, "sleep 1000");
    }
    const times = await measure(candidates, env, directory);
    console.log(
      [
        count,
        ...times.map((ms) => `${ms.toFixed(1)} ms`),
        (times[3]! / times[2]!).toFixed(2),
      ].join("\t"),
    );
  }
} finally {
  await tmux("kill-server");
  await Deno.remove(directory, { recursive: true });
}
