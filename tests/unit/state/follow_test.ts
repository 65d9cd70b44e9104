import {
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertRejects,
} from "@std/assert";
import { EngineError } from "../../../src/core/errors.ts";
import {
  FOLLOW_TIMES,
  followFiles,
  type FollowFilesOptions,
  type FollowTimes,
} from "../../../src/state/follow.ts";
import { History, type Outcome } from "../../../src/state/history.ts";
import { type Run, RunEnd } from "../../../src/core/status.ts";
import { toBinary } from "../../../src/state/log_text.ts";
import { until } from "../../helpers/wait.ts";

const KEY = {
  name: "bot",
  backend: "tmux",
  socketName: null,
  runtime: null,
} as const;

/** As it is, but four times as fast. */
const times = Object.fromEntries(
  Object.entries(FOLLOW_TIMES).map(([what, ms]) => [what, ms / 4]),
) as unknown as FollowTimes;

/** A history, and the writer of its logs. */
class Writer implements Disposable {
  readonly history = new History(`${Deno.makeTempDirSync()}/bot`);

  begin(): Run {
    const limits = { maxSize: 1e9, maxFiles: 9 };
    const run = this.history.begin(KEY, "command", limits);
    this.history.confirm(run, "engine");
    return run;
  }

  /** Adds to a file of a run. */
  write({ run }: Run, file: number, text: string | Uint8Array): void {
    const bytes = typeof text === "string"
      ? new TextEncoder().encode(text)
      : text;
    Deno.writeFileSync(this.path(run, file), bytes, { append: true });
  }

  /** Adds to the index of a file. */
  times({ run }: Run, file: number, entries: [offset: number, time: number][]) {
    Deno.writeTextFileSync(
      this.path(run, file).replace(/log$/, "times"),
      entries.map((it) => `\n${it.join(" ")}`).join(""),
      { append: true },
    );
  }

  path(run: number, file: number): string {
    return `${this.history.prefix(run)}.${`${file}`.padStart(6, "0")}.log`;
  }

  note({ run }: Run, what: "again" | "final" | "stopped"): void {
    Deno.writeTextFileSync(
      `${this.history.prefix(run)}.end`,
      `0 - ${Math.floor(Date.now() / 1000)} ${what}\n`,
      { append: true },
    );
  }

  end(run: Run, known: Partial<Outcome> = {}): void {
    this.history.end(run, {
      endedAt: new Date().toISOString(),
      endedBy: RunEnd.ITSELF,
      exitCode: 0,
      signal: null,
      oomKilled: null,
      restartCount: 0,
      ...known,
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.history.folder.replace(/\/bot$/, ""), {
      recursive: true,
    });
  }
}

/** Lets time pass where lateness itself is what is tested. */
function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a stream says, as it says it. */
class Listener implements AsyncDisposable {
  text = "";
  /** How long it took from its beginning to its end, in ms. */
  ms: number | null = null;
  readonly #aborter = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    writer: Writer,
    run: number,
    options: Partial<FollowFilesOptions> = {},
  ) {
    this.#done = this.#listen(followFiles({
      history: writer.history,
      run,
      isGone: () => Promise.resolve(false),
      signal: this.#aborter.signal,
      ...options,
    }, times));
  }

  async #listen(stream: AsyncIterable<string>): Promise<void> {
    const started = performance.now();
    for await (const piece of stream) this.text += piece;
    this.ms = performance.now() - started;
  }

  async hears(text: string): Promise<void> {
    await until(() => this.text.length >= text.length);
    assertEquals(this.text, text);
  }

  async ended(): Promise<string> {
    await this.#done;
    return this.text;
  }

  abort(): void {
    this.#aborter.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.#done.catch(() => {}); // the test has seen it, or failed before
  }
}

Deno.test("followFiles(): the last lines, what is added, and an abort", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "1\r\n2\r\n3\r\n4");
  await using listener = new Listener(writer, run.run, { lines: 2 });
  await listener.hears("3\n4");
  writer.write(run, 1, "4\r\n5\r\n");
  await listener.hears("3\n44\n5\n");
  listener.abort();
  assertEquals(await listener.ended(), "3\n44\n5\n");
});

Deno.test("followFiles(): nothing of what was", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "1\r\n2");
  await using listener = new Listener(writer, run.run, { lines: 0 });
  // It has found its place, though not one turn of the loop has passed.
  writer.write(run, 1, "3\r\n");
  await listener.hears("3\n");
});

Deno.test("followFiles(): a log that does not exist yet", async () => {
  using writer = new Writer();
  const run = writer.begin();
  await using listener = new Listener(writer, run.run);
  writer.write(run, 1, "first\r\n");
  await listener.hears("first\n");
});

Deno.test("followFiles(): a prompt at once, and a line that is rewritten", async () => {
  using writer = new Writer();
  const run = writer.begin();
  await using listener = new Listener(writer, run.run);
  writer.write(run, 1, "name? ");
  await listener.hears("name? ");
  writer.write(run, 1, "bot\r\n10%\r");
  await listener.hears("name? bot\n10%");
  writer.write(run, 1, "20%\r30%\r");
  await listener.hears("name? bot\n10%\r30%");
  writer.write(run, 1, "\x1b[3");
  writer.write(run, 1, "1m\r\n");
  await listener.hears("name? bot\n10%\r30%\x1b[31m\n");
});

for (const raw of [false, true]) {
  const form = raw ? "raw" : "as text";
  Deno.test(`followFiles(): many files, cut anywhere, ${form}`, async () => {
    using writer = new Writer();
    const run = writer.begin();
    const lines = Array.from(
      { length: 3_000 },
      (_, i) => `\x1b[1m${i} 🎉é\r\n`,
    );
    const bytes = new TextEncoder().encode(lines.join(""));
    await using listener = new Listener(writer, run.run, { raw });
    let file = 1;
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(Math.random() * 3_000);
      writer.write(run, file, bytes.subarray(at, at += size));
      if (Math.random() < 0.5) file++;
      if (Math.random() < 0.2) {
        await after(20);
      }
    }
    writer.note(run, "final");
    const all = lines.join("");
    // Compared as a whole: a difference of 3,000 lines takes long to show.
    const isSame = await listener.ended() ===
      (raw ? toBinary(bytes) : all.replaceAll("\r", ""));
    assertEquals(isSame, true);
  });
}

Deno.test("followFiles(): goes on with the oldest file that is left, and says so", async () => {
  using writer = new Writer();
  const run = writer.begin();
  const stream = followFiles({
    history: writer.history,
    run: run.run,
    isGone: () => Promise.resolve(false),
  }, times);
  writer.write(run, 1, "1a\n");
  assertEquals(await stream.next(), { done: false, value: "1a\n" });
  // The file in hand is read to its end though it is gone.
  writer.write(run, 1, "1b\n");
  for (const file of [2, 3, 4]) writer.write(run, file, `${file}\n`);
  for (const file of [1, 2, 3]) Deno.removeSync(writer.path(run.run, file));
  assertEquals(await stream.next(), { done: false, value: "1b\n" });
  assertEquals(await stream.next(), {
    done: false,
    value: "[ops: output is missing here: it was rotated before it was read]\n",
  });
  assertEquals(await stream.next(), { done: false, value: "4\n" });
  await stream.return();
});

Deno.test("followFiles(): halves of lines are not glued where files are missing", async () => {
  for (const raw of [false, true]) {
    using writer = new Writer();
    const run = writer.begin();
    writer.write(run, 1, "whole\nhal");
    await using listener = new Listener(writer, run.run, { raw });
    await listener.hears("whole\nhal");
    writer.write(run, 3, "f of another\nand more");
    await listener.hears(
      raw
        ? "whole\nhalf of another\nand more"
        : "whole\nhal\n[ops: output is missing here: it was rotated before " +
          "it was read]\nf of another\nand more",
    );
    listener.abort();
  }
});

Deno.test("followFiles(): lines of a time, with their times", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "old\n");
  writer.times(run, 1, [[0, 1_700_000_000]]);
  const at = (seconds: number) => new Date(seconds * 1_000);
  await using listener = new Listener(writer, run.run, {
    lines: 1_000,
    since: at(1_700_000_001),
    timestamps: true,
  });
  // Its entry is not there yet: it was not there when the end was reached.
  await after(1_100);
  const before = Math.floor(Date.now() / 1_000) - 1;
  writer.write(run, 1, "new\nlast");
  await until(() => listener.text.includes("new"));
  writer.end(run);
  const [line, last, ...none] = (await listener.ended()).split("\n");
  assertEquals([line?.slice(20), last?.slice(20), none], [" new", " last", [
    "",
  ]]);
  assertGreaterOrEqual(Date.parse(line!.slice(0, 20)) / 1_000, before);
});

Deno.test("followFiles(): ends at a time", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "a\nb\n");
  writer.times(run, 1, [[0, 1_700_000_000], [2, 1_700_000_009]]);
  const until = new Date(1_700_000_005_000);
  await using listener = new Listener(writer, run.run, { until });
  assertEquals(await listener.ended(), "a\n");
});

Deno.test("followFiles(): what comes late after the end is not lost", async () => {
  using writer = new Writer();
  const run = writer.begin();
  await using listener = new Listener(writer, run.run);
  writer.write(run, 1, "1\n");
  writer.note(run, "again");
  writer.note(run, "final");
  await listener.hears("1\n");
  await after(125);
  writer.write(run, 1, "2\n");
  assertEquals(await listener.ended(), "1\n2\n");
});

Deno.test("followFiles(): last words while its end is found out", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "1\n");
  const { history } = writer;
  const read = history.read.bind(history);
  // On a machine with more to do, all of this can be between two steps of ours.
  history.read = (number) => {
    history.read = read;
    writer.write(run, 1, "2\n");
    writer.end(run, { endedAt: new Date(Date.now() - 60_000).toISOString() });
    return read(number);
  };
  await using listener = new Listener(writer, run.run);
  assertEquals(await listener.ended(), "1\n2\n");
});

Deno.test("followFiles(): last words that are written late", async () => {
  using writer = new Writer();
  const run = writer.begin();
  await using listener = new Listener(writer, run.run);
  writer.write(run, 1, "1\n");
  await listener.hears("1\n");
  await after(2 * times.drain);
  // It is over only for us, who have slept: its writer has, too.
  writer.end(run, { endedAt: new Date(Date.now() - 60_000).toISOString() });
  await after(125);
  writer.write(run, 1, "2\n");
  assertEquals(await listener.ended(), "1\n2\n");
});

Deno.test("followFiles(): an end of long ago is not waited for", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "1\n");
  writer.end(run, {
    endedBy: RunEnd.STOP,
    endedAt: new Date(Date.now() - 60_000).toISOString(),
  });
  await using listener = new Listener(writer, run.run);
  assertEquals(await listener.ended(), "1\n");
  assertLess(listener.ms!, times.drain);
});

Deno.test("followFiles(): a restart, which is a stop and a start", async () => {
  using writer = new Writer();
  const first = writer.begin();
  await using listener = new Listener(writer, first.run);
  writer.write(first, 1, "1\n2");
  await listener.hears("1\n2");
  writer.note(first, "stopped");
  writer.end(first, { endedBy: RunEnd.STOP });
  await after(500);
  writer.history.discard(writer.begin());
  const second = writer.begin();
  writer.write(second, 1, "3\n".repeat(50));
  await listener.hears(`1\n2\n${"3\n".repeat(50)}`);
  writer.end(second);
  assertEquals(await listener.ended(), `1\n2\n${"3\n".repeat(50)}`);
});

Deno.test("followFiles(): every run that came, in order", async () => {
  using writer = new Writer();
  const runs = [writer.begin(), writer.begin(), writer.begin()];
  // Of the second nobody knows how it ended.
  for (const run of runs) writer.write(run, 1, `${run.run}\n`);
  writer.end(runs[0]!);
  writer.end(runs[2]!);
  await using listener = new Listener(writer, 1);
  assertEquals(await listener.ended(), "1\n2\n3\n");
});

Deno.test("followFiles(): ends when the engine has it no more", async () => {
  using writer = new Writer();
  const run = writer.begin();
  writer.write(run, 1, "1\n");
  const answers = [
    () => Promise.reject(new EngineError("tmux", "no answer")),
    () => Promise.resolve(false),
    () => Promise.resolve(true),
  ];
  const asked: number[] = [];
  await using listener = new Listener(writer, run.run, {
    isGone: (asks) => {
      assertEquals(asks, run.run);
      asked.push(performance.now());
      return answers.shift()!();
    },
  });
  assertEquals(await listener.ended(), "1\n");
  assertEquals(asked.length, 3);
  assertEquals(
    asked.every((at, i) => at - (asked[i - 1] ?? 0) > times.engine - 10),
    true,
  );
});

Deno.test("followFiles(): a failure of ours ends it with an error", async () => {
  using writer = new Writer();
  const run = writer.begin();
  await using listener = new Listener(writer, run.run, {
    isGone: () => Promise.reject(new TypeError("a mistake")),
  });
  await assertRejects(() => listener.ended(), TypeError, "a mistake");
});
