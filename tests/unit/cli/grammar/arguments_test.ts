import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  hasSwitch,
  readInput,
  splitWords,
} from "../../../../src/cli/grammar/arguments.ts";
import { SessionConfigError } from "../../../../src/core/errors.ts";
import { validateLines } from "../../../../src/core/validate/fields.ts";
import type { Command, Operand } from "../../../../src/cli/grammar/command.ts";
import { UnknownWordError, UsageError } from "../../../../src/cli/errors.ts";
import {
  type FlagShapes,
  listFlag,
  numberFlag,
  switchFlag,
} from "../../../../src/cli/grammar/flags.ts";

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

Deno.test("a number below 0 is left to the flag that refuses it", () => {
  const command: Command<{ lines: ReturnType<typeof numberFlag> }> = {
    description: [],
    operands: [{ name: "NAME", many: true, optional: true, summary: "" }],
    flags: {
      lines: numberFlag({
        short: "n",
        placeholder: "COUNT",
        fallback: 20,
        check: validateLines,
        summary: "",
      }),
    },
    examples: [],
    exitCodes: [],
    run: () => Promise.resolve(0),
  };
  for (
    const words of [["--lines", "-3"], ["-n", "-3"], ["-n-3"], ["--lines=-3"]]
  ) {
    assertThrows(
      () => readInput("history", command, words, new Map()),
      SessionConfigError,
      '--lines: must be a whole number, 0 or more, not "-3"',
    );
  }
  assertThrows(
    () => readInput("history", command, ["-n", "-q"], new Map()),
    UsageError,
    "--lines needs a value",
  );
});

Deno.test("splitWords() gives a switch no value", () => {
  assertThrows(
    () => split(["--force=yes"]),
    UsageError,
    '--force takes no value, not "yes"',
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

const NAME: Operand = { name: "NAME", summary: "" };
const KEYS: Operand = { name: "KEYS", summary: "", many: true };

function command(operands: Operand[], tail?: Operand): Command {
  return {
    description: [],
    operands,
    flags: {
      "quiet": switchFlag({ short: "q", summary: "" }),
      "env": listFlag({ short: "e", placeholder: "KEY=VALUE", summary: "" }),
    },
    examples: [],
    run: () => Promise.resolve(0),
    ...tail === undefined ? {} : { tail },
  };
}

const nothing = new Map<string, string[]>();

function operandsOf(wanted: Operand[], words: string[]) {
  return readInput("x", command(wanted), words, nothing).operands;
}

Deno.test("readInput() gives every flag a value", () => {
  const { flags } = readInput("x", command([]), ["-e", "A=1"], nothing);
  assertEquals({ ...flags }, {
    quiet: false,
    env: ["A=1"],
    help: false,
    config: undefined,
    json: false,
    "no-color": false,
  });
});

Deno.test("readInput() takes global flags from before the command too", () => {
  const front = new Map([["config", ["a.yml"]]]);
  const before = readInput("x", command([]), [], front);
  assertEquals(before.flags.config, "a.yml");
  const both = readInput("x", command([]), ["--config=b.yml"], front);
  assertEquals(both.flags.config, "b.yml");
});

Deno.test("readInput() refuses an operand that is none of the choices", () => {
  const SHELL: Operand = { name: "SHELL", summary: "", choices: ["sh", "fi"] };
  assertEquals(operandsOf([SHELL], ["fi"]), ["fi"]);
  assertThrows(
    () => operandsOf([SHELL], ["s"]),
    UsageError,
    'SHELL: "s" is not known',
  );
});

Deno.test("readInput() counts operands", () => {
  assertEquals(operandsOf([NAME], ["a"]), ["a"]);
  assertEquals(operandsOf([NAME, KEYS], ["a", "b", "c"]), ["a", "b", "c"]);
  assertThrows(() => operandsOf([NAME], []), UsageError, "needs a NAME");
  assertThrows(() => operandsOf([NAME, KEYS], ["a"]), UsageError, "a KEYS");
  assertThrows(
    () => operandsOf([NAME], ["a", "b"]),
    UsageError,
    '"ops x" does not take "b"; see "ops x --help"',
  );
  assertThrows(() => operandsOf([], ["a"]), UsageError, "does not take");
  const names = { ...KEYS, optional: true };
  assertEquals(operandsOf([names], []), []);
  assertEquals(operandsOf([names], ["a", "b"]), ["a", "b"]);
});

Deno.test("readInput() counts what follows -- as operands", () => {
  assertEquals(operandsOf([NAME, KEYS], ["a", "--", "-x", "--y"]), [
    "a",
    "-x",
    "--y",
  ]);
});

Deno.test("readInput() keeps a tail that is wanted apart", () => {
  const wanted = command([NAME], KEYS);
  const { operands, tail } = readInput("x", wanted, ["a", "--", "b"], nothing);
  assertEquals(operands, ["a"]);
  assertEquals(tail, ["b"]);
  assertEquals(readInput("x", wanted, ["a"], nothing).tail, null);
  assertThrows(() => readInput("x", wanted, ["--", "b"], nothing), UsageError);
});
