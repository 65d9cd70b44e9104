import { assertEquals } from "@std/assert";
import { nearest } from "../../../src/core/suggest.ts";

const WORDS = ["list", "start", "stop", "status", "attach", "working_dir"];

Deno.test("nearest() suggests what was probably meant", async (t) => {
  const cases: [word: string, suggestion: string | undefined][] = [
    ["list", "list"],
    ["lst", "list"],
    ["stat", "status"], // what it begins, not "start"
    ["STAT", "status"],
    ["sta", undefined], // of start and status
    ["l", undefined],
    ["li", undefined], // too short for a guess
    ["lits", "list"], // letters in disorder are one slip
    ["strat", "start"],
    ["lxxt", undefined], // two slips in four letters
    ["sttaus", "status"],
    ["sttus", "status"],
    ["STATUS", "status"],
    ["attahc", "attach"],
    ["workingDir", "working_dir"],
    ["working-dir", "working_dir"],
    ["x", undefined],
    ["", undefined],
    ["frobnicate", undefined],
    ["l".repeat(100_000), undefined],
  ];
  for (const [word, suggestion] of cases) {
    await t.step(word.slice(0, 20), () => {
      assertEquals(nearest(word, WORDS), suggestion);
    });
  }
});

Deno.test("nearest() takes the first of several that are equally near", () => {
  assertEquals(nearest("bot3", ["bot1", "bot2"]), "bot1");
  assertEquals(nearest("bot2", ["bot1", "bot2"]), "bot2");
  assertEquals(nearest("bot", []), undefined);
  assertEquals(nearest("j", ["a"]), undefined);
  assertEquals(nearest("b1", ["b2"]), undefined);
  assertEquals(nearest("A", ["a"]), "a");
});
