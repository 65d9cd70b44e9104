import { assertEquals } from "@std/assert";
import { verdictOf } from "../../../tools/test.ts";
import {
  ALONE,
  filesOf,
  schedule,
  SECONDS,
  WITH_ENGINES,
  workOff,
} from "../../../tools/test_queue.ts";

const here = (name: string) => `${WITH_ENGINES}${name}`;

Deno.test("schedule: quick ones as one, the longest first, races alone", () => {
  const paths = [
    ...["mod.ts", "tests/unit", here("cli_help_test.ts")],
    ...["tmux_race_test.ts", "tmux_history_test.ts", "package_test.ts"]
      .map(here),
  ];
  assertEquals(schedule(paths), {
    together: [
      ["mod.ts", "tests/unit"],
      [here("package_test.ts")],
      [here("tmux_history_test.ts")],
      [here("cli_help_test.ts")],
    ],
    alone: [[here("tmux_race_test.ts")]],
  });
});

Deno.test("schedule: no job without a path", () => {
  const only = here("cli_help_test.ts");
  assertEquals(schedule([only]), { together: [[only]], alone: [] });
  assertEquals(schedule([]), { together: [], alone: [] });
});

Deno.test("schedule: whoever is named in it is a file of tests", async () => {
  const root = new URL("../../../", import.meta.url);
  for (const name of [...ALONE, ...Object.keys(SECONDS)]) {
    await Deno.stat(new URL(here(name), root));
  }
});

Deno.test("filesOf: a folder with files of engines stands for them", () => {
  const all = filesOf(["tests/integration"]);
  assertEquals(all.includes(here("cli_help_test.ts")), true);
  assertEquals(all.every((path) => path.endsWith("_test.ts")), true);
  assertEquals(filesOf(["./tests/integration/"]), all);
  const tests = filesOf(["mod.ts", "tests"]);
  assertEquals(tests, ["mod.ts", "tests/helpers", ...all, "tests/unit"]);
  assertEquals(filesOf([`./${all[0]}`, "src/cli"]), [all[0]!, "src/cli"]);
});

Deno.test("workOff: so many at once, in their order, each once", async () => {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const done = workOff([1, 2, 3, 4, 5], 2, (job) => {
    begun.push(job);
    return new Promise((resolve) => ends.push(resolve));
  });
  assertEquals(begun, [1, 2]);
  for (const now of [3, 4, 5, 5, 5]) {
    ends.shift()!();
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(begun.length, now);
  }
  await done;
  assertEquals(begun, [1, 2, 3, 4, 5]);
});

Deno.test("workOff: less to do than there are hands", async () => {
  const done: number[] = [];
  await workOff([1], 4, (job) => Promise.resolve(void done.push(job)));
  assertEquals(done, [1]);
});

const passed = "ok | 2 passed | 0 failed | 1 ignored (1ms)\n";
const endings: [
  about: string,
  ending: { output: string; code?: number; hung?: boolean },
  counts: [passed: number, failed: number, skipped: number],
][] = [
  ["all passed", { output: passed }, [2, 0, 1]],
  [
    "some failed",
    { output: "FAILED | 2 passed | 3 failed (1ms)\n", code: 1 },
    [2, 3, 0],
  ],
  ["they passed, and then it failed", { output: passed, code: 1 }, [2, 1, 1]],
  ["it crashed", { output: "error: no such module\n", code: 1 }, [0, 1, 0]],
  ["it ended early, as if all were well", { output: "" }, [0, 1, 0]],
  ["it hung", { output: "a ...", code: 137, hung: true }, [0, 1, 0]],
  ["it has no test", { output: "ok | 0 passed | 0 failed\n" }, [0, 1, 0]],
  [
    "all are filtered out",
    { output: "ok | 0 passed | 0 failed | 3 filtered out\n" },
    [0, 0, 0],
  ],
];

for (const [about, { output, code = 0, hung = false }, counts] of endings) {
  Deno.test(`verdictOf: ${about}`, () => {
    const verdict = verdictOf({ output, code, hung });
    assertEquals([verdict.passed, verdict.failed, verdict.skipped], counts);
  });
}
