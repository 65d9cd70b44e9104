import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  history,
  type HistoryLibrary,
  runHistory,
} from "../../../../src/cli/commands/history.ts";
import { EngineTimeoutError, StateError } from "../../../../src/core/errors.ts";
import type { ListRunsOptions } from "../../../../src/fleet/history.ts";
import type { Run } from "../../../../src/core/definition.ts";
import { library, run as aRun } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

/** The nth run of a session, begun at this minute. */
function at(name: string, number: number, minute: number): Run {
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return aRun(name, { run: number, startedAt });
}

async function run(words: string[], options: RecorderOptions = {}) {
  const asked: ListRunsOptions[] = [];
  const runs = (...them: Run[]) => ({ history: () => Promise.resolve(them) });
  const fake: HistoryLibrary = {
    ...library({
      a: runs(at("a", 1, 1), at("a", 2, 3)),
      b: runs(at("b", 1, 2)),
      shell: runs(),
    }),
    listRuns: (given = {}) => {
      asked.push(given);
      given.warn?.(new StateError("/state", "is full"));
      const warnings = [new EngineTimeoutError("docker", 5000)];
      return Promise.resolve({ runs: [at("c", 9, 9)], warnings });
    },
  };
  const context = recorder(options);
  const code = await runHistory(context, input(history, ...words), fake);
  const out = context.out();
  const rows = options.json ? [] : out.split("\n").slice(0, -1)
    .map((line) => line.split("\t").slice(0, 2).join(" "));
  return { code, asked, out, rows, err: context.err() };
}

Deno.test("history has the last run first", async () => {
  const { code, rows, err } = await run(["a"]);
  assertEquals([code, err], [0, ""]);
  assertEquals(rows, ["a 2", "a 1"]);
});

Deno.test("history merges several, each once", async () => {
  assertEquals((await run(["a", "b", "a"])).rows, ["a 2", "b 1", "a 1"]);
  assertEquals((await run(["a", "b", "-n2"])).rows, ["a 2", "b 1"]);
});

Deno.test("history goes on after a failure", async () => {
  const { code, rows, err } = await run(["gone", "b"]);
  assertEquals([code, rows], [3, ["b 1"]]);
  assertStringIncludes(err, '"gone"');
});

Deno.test("history without a name is that of all", async () => {
  const { code, asked, rows, err } = await run(["-b", "container"]);
  assertEquals([code, rows], [0, ["c 9"]]);
  assertEquals([asked[0]?.limit, asked[0]?.backend], [20, "container"]);
  assertEquals(err.match(/^warning: .*$/gm)?.length, 2);
  assertEquals((await run(["-n", "3"])).asked[0]?.limit, 3);
});

Deno.test("history says that there is none", async () => {
  const { code, out, err } = await run(["shell"]);
  assertEquals([code, out, err], [0, "", "No runs are remembered.\n"]);
  assertEquals((await run(["gone"])).err.includes("No runs"), false);
});

Deno.test("history --json is an array, always", async () => {
  const json = async (...words: string[]) =>
    JSON.parse((await run(words, { json: true })).out);
  const [last, ...rest] = await json("a");
  assertEquals([last.run, last.ended_by, rest.length], [2, "itself", 1]);
  assertEquals(await json("shell"), []);
  assertEquals((await json()).length, 1);
});
