import { assertEquals, assertThrows } from "@std/assert";
import { readInput } from "../../../src/cli/arguments.ts";
import type { Command, Operand } from "../../../src/cli/command.ts";
import { UsageError } from "../../../src/cli/errors.ts";
import { listFlag, switchFlag } from "../../../src/cli/flags.ts";

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
