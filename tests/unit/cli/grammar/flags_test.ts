import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../../src/cli/errors.ts";
import {
  choiceFlag,
  listFlag,
  numberFlag,
  optionalNumberFlag,
  placeFlags,
  placeOf,
  switchFlag,
  textFlag,
} from "../../../../src/cli/grammar/flags.ts";
import { SessionConfigError } from "../../../../src/core/errors.ts";
import {
  validateLines,
  validateTimeout,
  validateWorkingDir,
} from "../../../../src/core/validate/fields.ts";

const text = { placeholder: "X", summary: "" };

Deno.test("switchFlag() is there or not", () => {
  const { read } = switchFlag({ summary: "" });
  assertEquals(read([], "--x"), false);
  assertEquals(read(["", ""], "--x"), true);
});

Deno.test("textFlag() takes the last one", () => {
  const { read } = textFlag(text);
  assertEquals(read([], "--x"), undefined);
  assertEquals(read(["a", "0"], "--x"), "0");
});

Deno.test("textFlag() refuses blanks", () => {
  for (const blank of ["", " ", "\t"]) {
    assertThrows(
      () => textFlag(text).read([blank], "--x"),
      UsageError,
      "--x needs a value",
    );
  }
});

Deno.test("textFlag() has its text checked, if there is one", () => {
  const { read } = textFlag({ ...text, check: validateWorkingDir });
  assertEquals(read([], "--x"), undefined);
  assertEquals(read(["a"], "--x"), "a");
  assertThrows(() => read(["a\0"], "--x"), SessionConfigError, "--x: holds");
});

Deno.test("choiceFlag() names what it can be", () => {
  const { read } = choiceFlag({ ...text, choices: ["a", "b"] });
  assertEquals(read(["a"], "--x"), "a");
  assertThrows(
    () => read(["c"], "--x"),
    UsageError,
    '--x: "c" is not known; it is a or b',
  );
  assertEquals(placeFlags.backend.choices, ["tmux", "container"]);
});

Deno.test("numberFlag() takes decimal numbers only", () => {
  const lines = numberFlag({ ...text, fallback: 100, check: validateLines });
  assertEquals(lines.read([], "--lines"), 100);
  assertEquals(lines.read(["0"], "--lines"), 0);
  assertEquals(lines.summary, " (default 100)");
  for (const wrong of ["x", "1e3", "0x10", "-5", "1.5", "5 ", "Infinity"]) {
    assertThrows(
      () => lines.read([wrong], "--lines"),
      SessionConfigError,
      "--lines: must be",
      wrong,
    );
  }
  const timeout = numberFlag({ ...text, fallback: 10, check: validateTimeout });
  assertEquals(timeout.read(["0.5"], "--timeout"), 0.5);
});

Deno.test("optionalNumberFlag() says nothing where it is not given", () => {
  const { read } = optionalNumberFlag({ ...text, check: validateTimeout });
  assertEquals(read([], "--x"), undefined);
  assertEquals(read(["0"], "--x"), 0);
  assertThrows(() => read(["x"], "--x"), SessionConfigError, "--x: must be");
});

Deno.test("listFlag() takes all", () => {
  const { read } = listFlag(text);
  assertEquals(read([], "--x"), []);
  assertEquals(read(["a", "b"], "--x"), ["a", "b"]);
  assertThrows(() => read(["a", ""], "--x"), UsageError);
});

const nothing = { backend: undefined, runtime: undefined, socket: undefined };

Deno.test("placeOf() says where to look", () => {
  assertEquals(placeOf({ ...nothing, backend: "tmux", socket: "work" }), {
    backend: "tmux",
    runtime: undefined,
    socketName: "work",
  });
});

Deno.test("placeOf() refuses places that there cannot be", () => {
  const wrong = [
    { ...nothing, backend: "container", socket: "work" },
    { ...nothing, backend: "tmux", runtime: "docker" },
    { ...nothing, runtime: "docker", socket: "work" },
  ] as const;
  for (const flags of wrong) assertThrows(() => placeOf(flags), UsageError);
});
