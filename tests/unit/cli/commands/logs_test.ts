import { assertEquals, assertRejects } from "@std/assert";
import { closeText, logs, runLogs } from "../../../../src/cli/commands/logs.ts";
import { UsageError } from "../../../../src/cli/errors.ts";
import { library } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const red = "\x1b[31mred\x1b[39m \x1b]8;;http://x\x07link";

function fake(text: string) {
  const lines: (number | undefined)[] = [];
  return {
    lines,
    ...library({
      bot: {
        logs: (count) => {
          lines.push(count);
          return Promise.resolve(text);
        },
      },
    }),
  };
}

Deno.test("logs writes what the session wrote, unchanged", async () => {
  const context = recorder();
  const library = fake(red);
  assertEquals(await runLogs(context, input(logs, "bot", "-n5"), library), 0);
  assertEquals(context.out(), `${red}\n`);
  assertEquals(library.lines, [5]);
});

Deno.test("logs --no-color takes the colors out", async () => {
  const context = recorder({ noColor: true });
  await runLogs(context, input(logs, "bot"), fake(red));
  assertEquals(context.out(), "red link\n");
});

Deno.test("logs says that there are none, but not in its result", async () => {
  const context = recorder();
  assertEquals(await runLogs(context, input(logs, "bot"), fake("")), 0);
  assertEquals(context.out(), "");
  assertEquals(context.err(), "No output of bot so far.\n");
});

Deno.test("logs --json is an object", async () => {
  const context = recorder({ json: true });
  await runLogs(context, input(logs, "bot"), fake(red));
  assertEquals(JSON.parse(context.out()), { name: "bot", logs: red });
});

Deno.test("logs of several has their names before each line", async () => {
  const context = recorder();
  const sessions = library({
    bot: { logs: () => Promise.resolve("1\n\x1b[31m2") },
    a: { logs: () => Promise.resolve("x") },
    mute: { logs: () => Promise.resolve("") },
  });
  const words = ["bot", "a", "mute", "bot"];
  assertEquals(await runLogs(context, input(logs, ...words), sessions), 0);
  assertEquals(
    context.out(),
    "bot  | 1\nbot  | \x1b[31m2\x1b[0m\na    | x\n",
  );
  assertEquals(context.err(), "No output of mute so far.\n");

  const json = recorder({ json: true });
  await runLogs(json, input(logs, "bot", "a"), sessions);
  assertEquals(JSON.parse(json.out()), [
    { name: "bot", logs: "1\n\x1b[31m2" },
    { name: "a", logs: "x" },
  ]);
});

Deno.test("logs hands on what is asked for", async () => {
  const asked: unknown[] = [];
  const sessions = library({
    bot: {
      logs: (...args) => {
        asked.push(args);
        return Promise.resolve("a");
      },
      rawLogs: (...args) => {
        asked.push([...args, "raw"]);
        return Promise.resolve(new Uint8Array());
      },
    },
  });
  const ask = (...words: string[]) =>
    runLogs(recorder({ now: 60_000 }), input(logs, "bot", ...words), sessions);
  await ask();
  await ask("--run=3", "--timestamps", "--raw");
  await ask("--run=3", "--timestamps");
  await ask("--since=1m");
  await ask("--since=1970-01-01T00:00:09Z", "-n7");
  await ask("--until=9s");
  const options = {
    since: undefined,
    until: undefined,
    timestamps: false,
    run: undefined,
  };
  assertEquals(asked, [
    [100, options],
    [100, { ...options, timestamps: true, run: 3 }, "raw"],
    [100, { ...options, timestamps: true, run: 3 }],
    [1_000_000_000, { ...options, since: new Date(0) }],
    [7, { ...options, since: new Date(9_000) }],
    [100, { ...options, until: new Date(51_000) }],
  ]);
});

Deno.test("logs --grep shows the lines that match", async () => {
  const text = "a\n\x1b[31mE\x1b[m1\nb\nE2";
  const context = recorder();
  await runLogs(context, input(logs, "bot", "--grep", "^E\\d"), fake(text));
  assertEquals(context.out(), "\x1b[31mE\x1b[m1\nE2\n");

  const none = recorder();
  await runLogs(none, input(logs, "bot", "--grep", "31"), fake(text));
  assertEquals([none.out(), none.err()], ["", "No such line of bot so far.\n"]);
});

Deno.test("logs --exclude leaves out what matches, --highlight marks", async () => {
  const text = "a\n\x1b[31mE\x1b[m1\nb\nE2";
  const words = ["bot", "--exclude=^E1", "--highlight=[E2]"];
  const context = recorder();
  await runLogs(context, input(logs, ...words), fake(text));
  assertEquals(context.out(), "a\nb\nE2\n");
  const both = recorder();
  const grep = input(logs, ...words, "--grep=E");
  await runLogs(both, grep, fake(text));
  assertEquals(both.out(), "E2\n");
  const colored = recorder({ isTerminal: true, hasColor: true });
  await runLogs(colored, input(logs, ...words), fake(text));
  const [e, two] = ["E", "2"].map((it) => `\x1b[7m${it}\x1b[27m`);
  assertEquals(colored.out(), `a\nb\n${e}${two}\x1b[0m\n`);
  const json = recorder({ isTerminal: true, json: true, hasColor: true });
  await runLogs(json, input(logs, ...words), fake(text));
  assertEquals(JSON.parse(json.out()), { name: "bot", logs: "a\nb\nE2" });
});

Deno.test("logs --raw is the very bytes", async () => {
  const raw = "\x1b[2Ja\r\n";
  const context = recorder({ noColor: true });
  const sessions = library({
    bot: { rawLogs: () => Promise.resolve(new TextEncoder().encode(raw)) },
    mute: { rawLogs: () => Promise.resolve(new Uint8Array()) },
  });
  await runLogs(context, input(logs, "bot", "--raw"), sessions);
  assertEquals(context.out(), raw);
  const json = recorder({ json: true });
  await runLogs(json, input(logs, "bot", "--raw"), sessions);
  assertEquals(JSON.parse(json.out()), { name: "bot", logs: raw });
  const none = recorder();
  await runLogs(none, input(logs, "mute", "--raw"), sessions);
  assertEquals([none.out(), none.err()], ["", "No output of mute so far.\n"]);
});

const mistakes: [words: string[], says: string][] = [
  [
    ["--grep", "a("],
    '--grep: "a(" is no regular expression (Unterminated group)',
  ],
  [["--since", "soon"], '--since: "soon" is no time'],
  [["--until", "1x"], '--until: "1x" is no time'],
  [["--run", "0"], "--run must be a whole number, 1 or more"],
  [["--run", "1.5"], "--run must be a whole number, 1 or more, not 1.5;"],
  [["--raw", "b"], "--raw is for one session at a time"],
  [["--raw", "--grep", "x"], "--raw does not go with --grep"],
  [["--raw", "--exclude=x"], "--raw does not go with --exclude"],
  [["--highlight=*"], '--highlight: "*" is no regular expression'],
];

for (const [words, says] of mistakes) {
  Deno.test(`logs ${words.join(" ")} is a usage error`, async () => {
    await assertRejects(
      async () =>
        await runLogs(recorder(), input(logs, "a", ...words), fake("")),
      UsageError,
      says,
    );
  });
}

Deno.test("closeText() ends the last line, and a color on a terminal", () => {
  assertEquals(closeText("a", false), "a\n");
  assertEquals(closeText("a\n", true), "a\n");
  assertEquals(closeText("\x1b[31ma", false), "\x1b[31ma\n");
  assertEquals(closeText("\x1b[31ma", true), "\x1b[31ma\x1b[0m\n");
  assertEquals(closeText("\x1b[31ma\n", true), "\x1b[31ma\n\x1b[0m");
});
