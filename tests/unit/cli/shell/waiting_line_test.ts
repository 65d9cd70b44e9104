import { assertEquals } from "@std/assert";
import { waitingText } from "../../../../src/cli/render/waiting.ts";
import { WaitingLine } from "../../../../src/cli/shell/waiting_line.ts";
import type { StopWait } from "../../../../src/fleet/stop_wait.ts";
import { recorder } from "../recorder.ts";

const wait = (name: string, seconds: number, timeout: number | null = null) =>
  ({ name, waitedMs: seconds * 1000 + 3, timeout }) satisfies StopWait;

Deno.test("waitingText() names one, and counts several", () => {
  const cases: [waits: StopWait[], text: string][] = [
    [[], ""],
    [[wait("bot", 1)], 'waiting for "bot" to end (1 s)…'],
    [[wait("bot", 3, 30)], 'waiting for "bot" to end (3 of at most 30 s)…'],
    [[wait("a\x1b[2J", 1)], 'waiting for "a\\x1b[2J" to end (1 s)…'],
    [[wait("a", 2), wait("b", 3)], "waiting for 2 sessions to end (3 s)…"],
  ];
  for (const [waits, text] of cases) assertEquals(waitingText(waits), text);
});

Deno.test("WaitingLine is written over, and gone before anything else is written", async () => {
  const context = recorder({ isTerminal: true, columns: 26 });
  const line = new WaitingLine(context, { quiet: false });
  const parts: string[] = [];
  let length = 0;
  const took = () => {
    parts.push(context.err().slice(length));
    length = context.err().length;
  };
  const blank = `\r${" ".repeat(25)}\r`;
  await line.during("bot", () => {
    line.onWait?.(wait("bot", 1));
    took();
    line.onWait?.(wait("bot", 2));
    took();
    line.context.stdout.write("result\n");
    took();
    line.onWait?.(wait("bot", 3));
    took();
    return Promise.resolve();
  });
  took();
  assertEquals(parts, [
    'waiting for "bot" to end…',
    "",
    blank,
    'waiting for "bot" to end…',
    blank,
  ]);
});

Deno.test("WaitingLine is for people at a terminal", () => {
  const seen = (options: object, quiet = false) =>
    new WaitingLine(recorder(options), { quiet }).onWait !== undefined;
  assertEquals(seen({ isTerminal: true }), true);
  assertEquals(seen({ isTerminal: true }, true), false);
  assertEquals(seen({ isTerminal: true, json: true }), false);
  assertEquals(seen({ isTerminal: false }), false);
});
