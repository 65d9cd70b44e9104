import { assertEquals, assertRejects, equal } from "@std/assert";
import { SessionConfigError } from "../../src/core/errors.ts";
import { run } from "../../src/host/local/run.ts";
import type { FollowOptions, LogOptions } from "../../src/engines/runner.ts";
import { type Containers, forEachRuntime } from "../helpers/containers.ts";

/** What a shell script says, with a terminal or without one. */
async function said(
  it: Containers,
  what: string,
  script: string,
  terminal = false,
) {
  const flags = terminal ? ["--tty"] : [];
  await it.foreign(what, ["sh", "-c", script], { flags });
  await it.ended(what);
  return (lines?: number, options?: LogOptions) =>
    it.runner().logs(it.name(what), lines, options);
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

forEachRuntime("logs: the last lines, 100 if nothing is said", async (it) => {
  const logs = await said(it, "many", "seq 1 1000");
  const numbers = Array.from({ length: 1000 }, (_, i) => String(i + 1));
  for (const lines of [1, 2, 7, 999, 1000, 1001, 100_000]) {
    assertEquals((await logs(lines)).split("\n"), numbers.slice(-lines));
  }
  assertEquals((await logs()).split("\n"), numbers.slice(-100));
  assertEquals(await logs(0), "");
  await assertRejects(() => logs(-1), SessionConfigError);
  await assertRejects(() => logs(1.5), SessionConfigError);
});

/** Writes numbers to both streams in turn, with a pause after each. */
const ALTERNATE = `i=0
  while [ $i -lt $2 ]; do
    echo $i; usleep $1; echo $((i + 1)) >&2; usleep $1; i=$((i + 2))
  done`;
const alternate = (
  pauseMs: number,
  count: number,
) => ["sh", "-c", ALTERNATE, "sh", `${pauseMs * 1000}`, `${count}`];

// The engines read each stream by itself: what is written at about the same time
// has only the order in which they came to read it. 5 ms is not about the same
// time, but on a machine that is very busy: there it is tried with more, and if
// the engine reads even that otherwise, its own order is the one to show.
forEachRuntime("logs: both streams, in the order it happened", async (it) => {
  const happened = Array.from({ length: 300 }, (_, i) => String(i));
  for (const pauseMs of [5, 20, 60]) {
    const what = `pause${pauseMs}`;
    await it.foreign(what, alternate(pauseMs, happened.length));
    await it.ended(what);
    const read = await byStamps(it, what);
    assertEquals(new Set(read), new Set(happened));
    const logs = await it.runner().logs(it.name(what), happened.length);
    assertEquals(logs.split("\n"), read);
    if (equal(read, happened)) return;
  }
});

forEachRuntime(
  "logs: both streams, in the order they were read",
  async (it) => {
    const runner = it.runner();
    await it.foreign("both", alternate(0.1, 1000));
    await it.foreign("busy", alternate(5, 100_000));
    await it.ended("both");
    const numbers = await byStamps(it, "both");
    assertEquals(new Set(numbers).size, 1000);
    for (const n of [2_000, 1_000, 51]) {
      const logs = await runner.logs(it.name("both"), n);
      assertEquals(logs.split("\n"), numbers.slice(-n));
    }
    // The busy one goes on to write while it is read.
    const busy = (await runner.logs(it.name("busy"), 20)).split("\n").map(
      Number,
    );
    assertEquals(busy, Array.from({ length: 20 }, (_, i) => busy[0]! + i));
  },
);

/**
 * All lines as the engine's own stamps have them. It also has an order in which
 * it keeps and shows them, but Docker may keep first what it read second.
 */
async function byStamps(it: Containers, what: string): Promise<string[]> {
  const command = `${it.runtime} logs --timestamps "$1" 2>&1`;
  const { stdout } = await run(
    { binary: "sh", args: ["-c", command, "sh", it.name(what)], engine: "sh" },
    { timeoutMs: 10_000 },
  );
  return stdout.trimEnd().split("\n")
    .map((line) => line.split(" ") as [stamp: string, text: string])
    .map(([stamp, text]) => ({ at: nanoseconds(stamp), text }))
    .toSorted((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0)
    .map(({ text }) => text);
}

/** The fraction may lack zeros at its end. */
function nanoseconds(stamp: string): bigint {
  const [, fraction = ""] = /\.(\d+)/.exec(stamp) ?? [];
  const seconds = Date.parse(stamp.replace(/\.\d+/, "")) / 1000;
  return BigInt(`${seconds}${fraction.padEnd(9, "0")}`);
}

const X = "x".repeat(50_000);
const Y = "y".repeat(65_536);

/** Scripts and what they write, if a line break is `\n`. */
const writes: Array<[what: string, script: string, text: string]> = [
  ["empty lines", "echo; echo; echo a; echo", "\n\na\n\n"],
  ["a prompt", "printf '> '; sleep 0.2; echo b", "> b\n"],
  [
    "character by character",
    "for c in a b c; do printf $c; sleep 0.1; done; echo",
    "abc\n",
  ],
  ["a long line", "yes x | head -n 50000 | tr -d '\\n'; echo", `${X}\n`],
  ["another", "yes y | head -n 65536 | tr -d '\\n'; echo", `${Y}\n`],
  ["colours", "printf '\\033[31mred\\033[0m\\n'", "\x1b[31mred\x1b[0m\n"],
  ["a progress bar", "printf '10%%\\r20%%\\n'", "10%\r20%\n"],
  ["blanks", "printf '  a\\t b  \\n'", "  a\t b  \n"],
  ["not ASCII", "echo 'ünï 日本'", "ünï 日本\n"],
  [
    "stamps of its own",
    "echo 2026-11-23T02:49:16.6Z a",
    "2026-11-23T02:49:16.6Z a\n",
  ],
  ["no line break", "printf last", "last"],
];

forEachRuntime("logs: every byte, with a terminal and without", async (it) => {
  const script = writes.map(([, script]) => script).join("; ");
  const lines = writes.map(([, , text]) => text).join("").split("\n");
  await Promise.all([true, false].map(async (terminal) => {
    const what = `terminal-${terminal}`;
    await said(it, what, script, terminal);
    for (const n of [1, 2, 3, 5, 8, 13, 100]) {
      const text = decode(await it.runner().rawLogs(it.name(what), n));
      assertEquals(
        // A terminal puts a carriage return before each line break.
        (terminal ? text.replaceAll("\r\n", "\n") : text).split("\n"),
        lines.slice(-n),
        `${n} lines, terminal: ${terminal}`,
      );
    }
  }));
});

forEachRuntime("logs: what is no UTF-8 stays as it is, if raw", async (it) => {
  const bytes = [0x61, 0xff, 0x80, 0x0a, 0xc3, 0x28, 0xf0, 0x9f, 0x0a, 0xef];
  const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
  const script = `printf '${octal.join("")}'`;
  await Promise.all(
    ["", " >&2", "; echo; sleep 0.3; echo err >&2"].map(async (more, i) => {
      const what = `bytes-${i}`;
      await said(it, what, script + more);
      const runner = it.runner();
      const logs = await runner.rawLogs(it.name(what));
      const followed = await Array.fromAsync(runner.followRaw(it.name(what)));
      const err = more.startsWith(";")
        ? [..."\nerr\n"].map((c) => c.charCodeAt(0))
        : [];
      // Docker's own log is JSON, which has no bytes.
      const kept = it.runtime === "docker"
        ? bytes.flatMap((byte) => byte < 0x80 ? [byte] : [0xef, 0xbf, 0xbd])
        : bytes;
      // Where both streams are merged, each line is whole.
      assertEquals([...logs], [...kept, ...err]);
      assertEquals(followed.flatMap((it) => [...it]), [...kept, ...err]);
    }),
  );
});

forEachRuntime("logs: text and colors, as under tmux", async (it) => {
  const written = "\x1b]0;title\x07a\x1b[2Jb \x1b[31mred\x1b[0m\n10%\r20%\n";
  const script = `printf '${
    written.replaceAll("%", "%%").replaceAll("\n", "\\n")
  }'`;
  const [red, text] = ["ab \x1b[31mred\x1b[0m", "20%"];
  await Promise.all([true, false].map(async (terminal) => {
    const what = `terminal-${terminal}`;
    const flags = terminal ? ["--tty"] : [];
    await it.foreign(what, ["sh", "-c", script], { flags });
    await it.ended(what);
    const runner = it.runner();
    const name = it.name(what);
    const followed = async (options: FollowOptions) =>
      (await Array.fromAsync(runner.follow(name, options))).join("");
    const raw = terminal ? written.replaceAll("\n", "\r\n") : written;
    assertEquals(await runner.logs(name), `${red}\n${text}`);
    assertEquals(await runner.logs(name, 1), text);
    assertEquals(decode(await runner.rawLogs(name, 9)), raw);
    // The time stays, whatever becomes of the line behind it.
    const stamp = /^\d{4}-\d\d-\d\dT\S+ /gm;
    const stamped = await runner.logs(name, 9, { timestamps: true });
    assertEquals(stamped.match(stamp)?.length, 2);
    assertEquals(stamped.replaceAll(stamp, ""), `${red}\n${text}`);
    // Each goes on until it is plain that nothing more comes.
    const [plain, bytes, timed] = await Promise.all([
      followed({}),
      Array.fromAsync(runner.followRaw(name)),
      followed({ timestamps: true }),
    ]);
    assertEquals(plain, `${red}\n${text}\n`);
    assertEquals(bytes.map(decode).join(""), raw);
    assertEquals(timed.replaceAll(stamp, ""), `${red}\n${text}\n`);
  }));
});

forEachRuntime("logs: little or nothing", async (it) => {
  const scripts = { true: "", echo: "", "printf a": "a", "echo a": "a" };
  await Promise.all(
    Object.entries(scripts).map(async ([script, text], i) => {
      assertEquals(await (await said(it, `little${i}`, script))(), text);
    }),
  );
});

forEachRuntime("logs: long and broken lines on both streams", async (it) => {
  const script = [
    ...["x=$(yes x | head -n 50000 | tr -d '\\n')", "echo a"],
    ...["echo $x >&2", "echo b >&2", "echo $x", "printf c >&2"],
    ...["echo d >&2", "echo e"],
  ].join("; usleep 50000; ");
  const logs = await said(it, "long", script);
  assertEquals(await logs(), ["a", X, "b", X, "cd", "e"].join("\n"));
  assertEquals(await logs(4), ["b", X, "cd", "e"].join("\n"));
});

forEachRuntime(
  "logs: of every run of a container, and while it is paused",
  async (it) => {
    await it.foreign("twice", ["sh", "-c", "echo again; sleep 1000"]);
    const name = it.name("twice");
    await it.says("twice", "again");
    await it.runner().stop(name, { graceful: false });
    await it.engine("start", name);
    await it.says("twice", "again\nagain");
    await it.engine("pause", name);
    assertEquals(await it.runner().logs(name), "again\nagain");
  },
);
