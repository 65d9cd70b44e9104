import { assertEquals } from "@std/assert";
import { logs, runLogs } from "../../../../src/cli/commands/logs.ts";
import { followLogs } from "../../../../src/cli/commands/logs_follow.ts";
import { SessionLogError } from "../../../../src/core/errors.ts";
import type { FollowOptions } from "../../../../src/engines/runner.ts";
import { until } from "../../../helpers/wait.ts";
import { library, session } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

/** A session that says these pieces; after that it waits if it is to. */
function saying(pieces: readonly string[], { waits = false } = {}) {
  const asked: FollowOptions[] = [];
  return {
    asked,
    follow: async function* (options: FollowOptions = {}) {
      asked.push(options);
      yield* pieces;
      const { signal } = options;
      if (!waits || signal === undefined || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => resolve());
      await promise;
    },
    followRaw: async function* () {
      for await (const piece of pieces) yield new TextEncoder().encode(piece);
    },
  };
}

async function follow(
  words: string[],
  sessions: Record<string, readonly string[]>,
  options: RecorderOptions = {},
) {
  const context = recorder(options);
  const fakes = Object.fromEntries(
    Object.entries(sessions).map(([name, pieces]) => [name, saying(pieces)]),
  );
  const code = await runLogs(
    context,
    input(logs, "-f", ...words),
    library(fakes),
  );
  return { code, out: context.out(), err: context.err(), fakes };
}

Deno.test("logs -f writes whole lines, and what is left in the end", async () => {
  const { code, out, fakes } = await follow(["bot"], {
    bot: ["a", "b\nc\x1b[31m", "\n10%", "\r20%\n> "],
  });
  assertEquals([code, out], [0, "ab\nc\x1b[31m\n20%\n> \n"]);
  const { signal, ...options } = fakes["bot"]!.asked[0]!;
  assertEquals(signal?.aborted, false);
  assertEquals(options, {
    lines: 10,
    since: undefined,
    until: undefined,
    timestamps: false,
    run: undefined,
  });
});

Deno.test("logs -f hands on what is asked for", async () => {
  const words = ["-n3", "--since=10s", "--until=5s", "-t", "--run=7"];
  const { fakes } = await follow(["bot", ...words], { bot: [] }, {
    now: 60_000,
  });
  const { signal: _, ...options } = fakes["bot"]!.asked[0]!;
  assertEquals(options, {
    lines: 3,
    since: new Date(50_000),
    until: new Date(55_000),
    timestamps: true,
    run: 7,
  });
});

Deno.test("logs -f on a terminal is as the session would show it", async () => {
  const { out } = await follow(["bot"], {
    bot: ["> ", "ls\n\x1b[31m10%", "\r20%"],
  }, { isTerminal: true });
  assertEquals(out, "> ls\n\x1b[31m10%\r\x1b[K20%\x1b[0m\n");
});

Deno.test("logs -f --raw changes nothing", async () => {
  const bot = ["> ", "\x1b[2Jls\r\n10%\r", "20%"];
  const { out } = await follow(["bot", "--raw"], { bot }, { noColor: true });
  assertEquals(out, bot.join(""));
});

Deno.test("logs -f of several has their names before whole lines", async () => {
  const { code, out } = await follow(["bot", "a", "bot"], {
    bot: ["1", "2\n\x1b[31m3\n"],
    a: ["x\ny"],
  });
  assertEquals(code, 0);
  assertEquals(out.split("\n").sort(), [
    "",
    "a   | x",
    "a   | y",
    "bot | \x1b[31m3\x1b[0m",
    "bot | 12",
  ]);
});

Deno.test("logs -f shows a prompt among several after a while", async () => {
  const context = recorder({ isTerminal: true });
  const stop = Promise.withResolvers<(code: number) => void>();
  const code = followLogs(context, {
    names: ["a", "b"],
    find: (name) =>
      Promise.resolve(session(saying([`${name}> `], { waits: true }))),
    options: {},
    patterns: {},
  }, (onEnd) => {
    stop.resolve(onEnd);
    return { [Symbol.dispose]: () => {} };
  });
  await until(() => context.out() === "a | a> \nb | b> \n");
  (await stop.promise)(130);
  assertEquals(await code, 130);
});

Deno.test("logs -f --grep shows what matches, --no-color without colors", async () => {
  const { out } = await follow(["bot", "--grep", "^E[12]$"], {
    bot: ["\x1b[1mE", "\x1b[0m1\nE3\n", "W1\nE2"],
  }, { noColor: true, isTerminal: true });
  assertEquals(out, "E1\nE2\n");
});

Deno.test("logs -f --exclude leaves out what matches; --highlight is for people", async () => {
  const bot = ["\x1b[1mE", "1\x1b[m\nE2", "0\nE1 x\n"];
  const words = ["bot", "--grep=^E", "--exclude=x$", "--highlight=\\d"];
  const { out } = await follow(words, { bot });
  assertEquals(out, "\x1b[1mE1\x1b[m\nE20\n");
  const shown = await follow(words, { bot }, { isTerminal: true });
  const colored = await follow(words, { bot }, {
    isTerminal: true,
    hasColor: true,
  });
  assertEquals(shown.out, out);
  assertEquals(
    colored.out,
    "\x1b[1mE\x1b[7m1\x1b[27m\x1b[m\nE\x1b[7m2\x1b[27m\x1b[7m0\x1b[27m\n",
  );
});

Deno.test("logs -f --json is an object for each line", async () => {
  const { out } = await follow(["bot"], { bot: ['a\n\x1b[1m"\n'] }, {
    json: true,
  });
  assertEquals(out.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { name: "bot", line: "a" },
    { name: "bot", line: '\x1b[1m"' },
  ]);
});

Deno.test("logs -f: one that fails ends no other", async () => {
  const context = recorder();
  const bot = saying(["a\n"]);
  const code = await runLogs(
    context,
    input(logs, "-f", "bad", "bot", "none"),
    library({
      bot,
      bad: {
        // deno-lint-ignore require-yield -- it fails before it can
        follow: async function* () {
          throw await Promise.resolve(new SessionLogError("bad", "tmux", "no"));
        },
      },
    }),
  );
  assertEquals(code, 1);
  assertEquals(context.out(), "bot  | a\n");
  assertEquals(
    context.err().split("\n").sort().map((line) => line.slice(0, 37)),
    [
      "",
      'error: session "bad" has no such log ',
      'error: session "none" was not found (',
    ],
  );
});

Deno.test("logs -f ends when nobody reads any more", async () => {
  const memory = recorder();
  let isClosed = false;
  const stdout = {
    ...memory.stdout,
    isTerminal: false,
    paint: memory.stdout.paint,
    write: () => {
      isClosed = true;
    },
    get isClosed() {
      return isClosed;
    },
  };
  const fakes = {
    a: saying(["1\n"], { waits: true }),
    b: saying([], { waits: true }),
  };
  const code = await runLogs(
    { ...memory, stdout },
    input(logs, "-f", "a", "b"),
    library(fakes),
  );
  assertEquals(code, 0);
});

Deno.test("logs -f: a program that Ctrl-C ended is no failure", async () => {
  const context = recorder();
  let interrupt = (_code: number) => {};
  const code = await followLogs(
    context,
    {
      names: ["bot"],
      find: () =>
        Promise.resolve(session({
          // deno-lint-ignore require-yield -- it fails before it says anything
          follow: async function* () {
            // Its end is heard of first, and Ctrl-C a moment later.
            setTimeout(() => interrupt(130), 10);
            await Promise.resolve();
            throw new SessionLogError("bot", "podman", "without a word");
          },
        })),
      options: {},
      patterns: {},
    },
    (end) => {
      interrupt = end;
      return { [Symbol.dispose]: () => {} };
    },
  );
  assertEquals([code, context.out(), context.err()], [130, "", ""]);
});
