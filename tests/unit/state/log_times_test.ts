import { assertEquals } from "@std/assert";
import { lastLines } from "../../../src/state/log_reader.ts";
import {
  LogTimes,
  LogView,
  parseEntries,
  timesOf,
  type ViewOptions,
} from "../../../src/state/log_times.ts";

/** A log with its index, and files that follow it. */
class Logs implements Disposable {
  readonly #dir = Deno.makeTempDirSync();
  readonly paths: string[] = [];

  add(log: string, times: string): this {
    const path = `${this.#dir}/${this.paths.length + 1}.log`;
    Deno.writeTextFileSync(path, log);
    if (times !== "") Deno.writeTextFileSync(timesOf(path), times);
    this.paths.push(path);
    return this;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

const T = 1_700_000_000;
const at = (seconds: number) => new Date((T + seconds) * 1_000);
const stamp = (seconds: number) =>
  at(seconds).toISOString().replace(".000", "");

Deno.test("parseEntries() reads what is whole", () => {
  assertEquals(
    parseEntries(`\n0 ${T}\n12 17000\n20 ${T} ${T - 9} No space left\n3`),
    [
      { offset: 0, time: T, gap: null },
      {
        offset: 20,
        time: T,
        gap: { since: T - 9, reason: "No space left" },
      },
    ],
  );
});

Deno.test("LogTimes reads what was added, also in the middle of a line", () => {
  using logs = new Logs().add("", `\n0 ${T}`);
  const times = new LogTimes(logs.paths[0]!);
  const offsets = () => times.refresh().entries.map(({ offset }) => offset);
  const add = (text: string) =>
    Deno.writeTextFileSync(timesOf(logs.paths[0]!), text, { append: true });
  assertEquals(offsets(), [0]);
  add(`\n7 ${T + 1}\n9`);
  assertEquals(offsets(), [0, 7]);
  add(` ${T + 2} ${T} why`);
  assertEquals(offsets(), [0, 7, 9]);
  assertEquals(times.entries[2]?.gap?.reason, "why");
  assertEquals(offsets(), [0, 7, 9]);
  assertEquals(new LogTimes("/nowhere/1.log").refresh().isThere, false);
});

Deno.test("LogTimes forgets what is of a log that was removed", () => {
  using logs = new Logs().add("a\nb\n", `\n0 ${T}\n65536 ${T + 1}`);
  const times = new LogTimes(logs.paths[0]!);
  const offsets = () => times.refresh().entries.map(({ offset }) => offset);
  assertEquals(offsets(), [0, 65536]);
  const add = (text: string) =>
    Deno.writeTextFileSync(timesOf(logs.paths[0]!), text, { append: true });
  add(`\n0 ${T + 9} ${T + 5} No space left`);
  assertEquals(offsets(), [0]);
  add(`\n2 ${T + 10}`);
  assertEquals(offsets(), [0, 2]);
  const text = lastLines(logs.paths, 9, { timestamps: true });
  assertEquals(text.includes("No space left"), true);
});

Deno.test("LogView comes to an end, whatever an index says", () => {
  const gap = { since: T, reason: "why" };
  const view = new LogView({});
  const bytes = new TextEncoder().encode("a\nb\nc\n");
  const entries = [
    { offset: 100, time: T, gap: null },
    { offset: 2, time: T + 1, gap },
    { offset: 4, time: T + 2, gap },
  ];
  view.begin(entries);
  const out = [0, 2].map((from) =>
    new TextDecoder().decode(view.push(bytes.subarray(from), from, entries))
  );
  assertEquals(out, ["a\nb\nc\n", "b\nc\n"]);
});

/** `e` goes on in the next file; `f` came within the same second. */
const three = () =>
  new Logs()
    .add("a\nb\nc\n", `\n0 ${T}\n2 ${T + 10}\n4 ${T + 20}`)
    .add("d\ne", `\n0 ${T + 30}\n2 ${T + 40}`)
    .add("ee\nf\n\u{1b}[31mg", `\n0 ${T + 50}\n5 ${T + 60}`);

const cases: [what: string, lines: number, ViewOptions, found: string][] = [
  ["since", 99, { since: at(10) }, "b\nc\nd\neee\nf\n\x1b[31mg"],
  [
    "since, within a second",
    99,
    { since: new Date(at(20).getTime() + 999) },
    "c\nd\neee\nf\n\x1b[31mg",
  ],
  ["since a line that goes on", 99, { since: at(41) }, "f\n\x1b[31mg"],
  ["since the end", 99, { since: at(61) }, ""],
  ["since before", 2, { since: at(-1) }, "f\n\x1b[31mg"],
  ["until", 99, { until: at(20) }, "a\nb\nc"],
  ["the last until", 1, { until: at(29) }, "c"],
  ["until before", 99, { until: at(-1) }, ""],
  ["since and until", 99, { since: at(10), until: at(40) }, "b\nc\nd\neee"],
  [
    "times",
    3,
    { timestamps: true },
    `${stamp(40)} eee\n${stamp(50)} f\n${stamp(60)} \x1b[31mg`,
  ],
  [
    "times since",
    9,
    { timestamps: true, since: at(60) },
    `${stamp(60)} \x1b[31mg`,
  ],
  ["raw since", 9, { raw: true, since: at(40) }, "eee\nf\n\x1b[31mg"],
];

for (const [what, lines, options, found] of cases) {
  Deno.test(`lastLines() ${what}`, () => {
    using logs = three();
    assertEquals(lastLines(logs.paths, lines, options), found);
  });
}

Deno.test("lastLines() marks where something is missing", () => {
  const gap = `from ${stamp(1)} to ${stamp(9)}: No space left on device`;
  using logs = new Logs().add(
    "one\ntwo three\n",
    `\n0 ${T}\n7 ${T + 9} ${T + 1} No space left on device`,
  ).add("", `\n0 ${T + 20} ${T + 20} what wrote it was killed`);
  const { paths } = logs;
  const killed = `[ops: something may be missing here, ${stamp(20)}: ` +
    "what wrote it was killed]";
  const nothing = `[ops: nothing was logged ${gap}]`;
  assertEquals(
    lastLines(paths, 9),
    `one\ntwo\n${nothing}\n three\n${killed}`,
  );
  assertEquals(lastLines(paths, 9, { raw: true }), "one\ntwo three\n");
  assertEquals(lastLines(paths, 9, { until: at(5) }), `one\ntwo\n${nothing}`);
  assertEquals(lastLines(paths, 9, { since: at(10) }), killed);
  assertEquals(
    lastLines(paths, 2, { timestamps: true }),
    `${stamp(9)}  three\n${stamp(20)} ${killed}`,
  );
});
