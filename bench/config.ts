/**
 * Measures what the strict reading of the configuration takes of loading it.
 * Each is run in turn, so that what else the machine does falls on all alike.
 */
import { parse } from "@std/yaml/parse";
import { loadConfig } from "../src/config/load.ts";
import { readStrictly } from "../src/config/strict.ts";
import { median } from "./measure.ts";

/** So many definitions, of the kinds that there are. */
const DEFINITIONS = 100;
const ROUNDS = 400;
/** Rounds that are not counted: until then the code is compiled. */
const WARMUP = 100;

function definition(i: number): string {
  return i % 2 === 0
    ? `    bot${i}:
      command: python bot.py --level ${i} 2>&1 | tee bot.log # a shell command
      working_dir: ./bot${i}
      env:
        BOT_MODE: paper
        BOT_NAME: "bot ${i}"
      restart: on-failure:5
      stop_timeout: 30
`
    : `    web${i}:
      backend: container
      image: docker.io/library/nginx:1.27
      command: [nginx, -g, "daemon off;"]
      ports: ["127.0.0.1:${8000 + i}:80"]
      volumes:
        - ./site${i}:/usr/share/nginx/html:ro
`;
}

/** How long loading a configuration takes, and the strict reading of that. */
export function strictReading(): string {
  const definitions = Array.from(
    { length: DEFINITIONS },
    (_, i) => definition(i),
  ).join("");
  const text = `ops:\n  log_max_size: 10MiB\n  sessions:\n${definitions}`;
  const file = Deno.makeTempFileSync({ suffix: ".yml" });
  Deno.writeTextFileSync(file, text);
  const [loading, parsing, reading] = medians([
    () => loadConfig({ file, cwd: "/", env: () => undefined }),
    () => parse(text, { schema: "core" }),
    () => readStrictly(text),
  ]) as [number, number, number];
  Deno.removeSync(file);
  return `Loading ${DEFINITIONS} definitions takes ${loading.toFixed(2)} ms: ` +
    `of that, @std/yaml ${parsing.toFixed(2)} ms, the strict reading ` +
    `${reading.toFixed(2)} ms or ${(100 * reading / loading).toFixed(0)} %`;
}

/** The median time of each, in milliseconds, once its code is compiled. */
function medians(all: readonly (() => unknown)[]): number[] {
  const times = all.map((): number[] => []);
  for (let round = -WARMUP; round < ROUNDS; round++) {
    all.forEach((run, i) => {
      const began = performance.now();
      run();
      if (round >= 0) times[i]!.push(performance.now() - began);
    });
  }
  return times.map(median);
}

if (import.meta.main) console.log(strictReading());
