import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { hasSwitch, splitWords } from "../../../src/cli/arguments.ts";
import { UnknownWordError, UsageError } from "../../../src/cli/errors.ts";
import type { FlagShapes } from "../../../src/cli/flags.ts";

const flags: FlagShapes = {
  "force": { short: "f" },
  "quiet": { short: "q" },
  "no-enter": {},
  "json": {},
  "lines": { short: "n", placeholder: "COUNT" },
  "command": { short: "c", placeholder: "COMMAND" },
  "env": { short: "e", placeholder: "KEY=VALUE" },
};

function split(words: string[]) {
  const { given, operands, tail } = splitWords(words, flags);
  return { given: Object.fromEntries(given), operands, tail };
}

Deno.test("splitWords() takes a value in every form", () => {
  const forms = [
    ["-n5"],
    ["-n", "5"],
    ["-n=5"],
    ["--lines=5"],
    ["--lines", "5"],
  ];
  for (const words of forms) {
    assertEquals(split(words).given, { lines: ["5"] }, words.join(" "));
  }
});

Deno.test("splitWords() takes clusters apart", () => {
  assertEquals(split(["-fq"]).given, { force: [""], quiet: [""] });
  assertEquals(split(["-fqn5"]).given, {
    force: [""],
    quiet: [""],
    lines: ["5"],
  });
  assertEquals(split(["-fn", "5", "bot"]), {
    given: { force: [""], lines: ["5"] },
    operands: ["bot"],
    tail: null,
  });
});

Deno.test("splitWords() leaves the letters of an attached value alone", () => {
  assertEquals(split(["-cfq"]).given, { command: ["fq"] });
  assertEquals(split(["-c-x"]).given, { command: ["-x"] });
  assertEquals(split(["-c=a=b"]).given, { command: ["a=b"] });
});

Deno.test("splitWords() keeps values exact", () => {
  const texts = ["1e3", "0", "0x10", "true", "a.b", "__proto__", " ", "ünï"];
  for (const text of texts) {
    assertEquals(split(["--command", text]).given, { command: [text] });
    assertEquals(split([`--command=${text}`]).given, { command: [text] });
  }
  assertEquals(split(["--env=A=B=C"]).given, { env: ["A=B=C"] });
});

Deno.test("splitWords() tells an empty value from a missing one", () => {
  assertEquals(split(["-c", ""]).given, { command: [""] });
  assertEquals(split(["--command="]).given, { command: [""] });
  assertEquals(split(["-c="]).given, { command: [""] });
  assertThrows(() => split(["-c"]), UsageError, "--command needs a value");
});

Deno.test("splitWords() keeps every occurrence in order", () => {
  assertEquals(split(["-e", "A=1", "bot", "--env=B=2"]), {
    given: { env: ["A=1", "B=2"] },
    operands: ["bot"],
    tail: null,
  });
});

Deno.test("splitWords() keeps operands exact, wherever they stand", () => {
  const names = ["0", "1e3", "true", "a b", "$(touch x)", "a;b", "-", ""];
  assertEquals(split(["-f", ...names, "-q"]).operands, names);
});

Deno.test("splitWords() takes nothing after -- for a flag", () => {
  assertEquals(split(["bot", "--", "-n", "--", "--bogus", ""]), {
    given: {},
    operands: ["bot"],
    tail: ["-n", "--", "--bogus", ""],
  });
  assertEquals(split(["bot", "--"]).tail, []);
  assertEquals(split(["bot"]).tail, null);
});

Deno.test("splitWords() never takes the next flag for a value", () => {
  for (const next of ["--quiet", "-q", "-5", "--"]) {
    assertThrows(
      () => split(["--lines", next, "bot"]),
      UsageError,
      "--lines needs a value",
    );
  }
  assertThrows(() => split(["-n", "-5"]), UsageError, "write --lines=-5");
  assertEquals(split(["--lines=-5"]).given, { lines: ["-5"] });
  assertEquals(split(["-c", "-"]).given, { command: ["-"] });
});

Deno.test("splitWords() gives a switch no value", () => {
  assertThrows(
    () => split(["--force=yes"]),
    UsageError,
    "--force takes no value",
  );
  assertEquals(split(["--force", "true"]).operands, ["true"]);
});

Deno.test("splitWords() refuses unknown flags and suggests the nearest", async () => {
  for (
    const [word, near] of [["--comand=x", "--command"], ["-json", "--json"]]
  ) {
    const error = assertThrows(() => split([word!]), UnknownWordError);
    assertStringIncludes(
      (await error.withSuggestion()).message,
      `did you mean ${near}?`,
    );
  }
  assertThrows(() => split(["-fx"]), UsageError, "unknown flag -x");
  assertThrows(() => split(["--frobnicate"]), UsageError, "--frobnicate");
  assertThrows(() => split(["--=x"]), UsageError, "unknown flag --");
  for (const inherited of ["--constructor", "--__proto__", "--toString=x"]) {
    assertThrows(() => split([inherited]), UsageError, "unknown flag");
  }
});

Deno.test("splitWords() can stop at the first operand", () => {
  const { given, operands } = splitWords(
    ["-q", "list", "-f", "--", "--bogus"],
    flags,
    { stopAtOperand: true },
  );
  assertEquals(Object.fromEntries(given), { quiet: [""] });
  assertEquals(operands, ["list", "-f", "--", "--bogus"]);
});

Deno.test("hasSwitch() looks no further than --", () => {
  assertEquals(hasSwitch(["list", "--bogus", "--json"], "--json"), true);
  assertEquals(hasSwitch(["send", "bot", "--", "--json"], "--json"), false);
  assertEquals(hasSwitch(["list"], "--json"), false);
});
