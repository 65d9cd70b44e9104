/** Measures programs beside each other. */

/** So many times each is run; odd, so that there is one in the middle. */
const ROUNDS = 61;

/** A program that is measured. */
export interface Candidate {
  readonly name: string;
  readonly argv: readonly string[];
}

/** What programs are run in. */
export interface World {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * The median time of each candidate, in milliseconds. They take turns, in
 * another order each round, so that what else the machine does, and what one
 * leaves behind for the next, falls on all of them alike.
 */
export async function measure(
  candidates: readonly Candidate[],
  world: World,
): Promise<number[]> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, argv } of shuffled(candidates)) {
      const started = performance.now();
      await run(world, argv);
      times.get(name)!.push(performance.now() - started);
    }
  }
  return [...times.values()].map(median);
}

/** Runs a program and returns what it says; fails if it does. */
export async function run(
  { env, cwd }: World,
  [binary, ...args]: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(binary!, {
    args,
    env: { ...env },
    cwd,
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`${binary} ${args.join(" ")}: ${decoder.decode(stderr)}`);
}

/** In an order of chance. */
export function shuffled<T>(all: readonly T[]): T[] {
  return all.map((one) => ({ one, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

/** The one in the middle. */
export function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
