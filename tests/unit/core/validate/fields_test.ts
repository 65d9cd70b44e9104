import {
  MAX_ENTRIES,
  MAX_NAME_LENGTH,
  MAX_TEXT_BYTES,
  MAX_TIMEOUT_SECONDS,
  validateChoice,
  validateCommand,
  validateEnv,
  validateKeys,
  validateKnownName,
  validateLines,
  validateNewName,
  validateSocketName,
  validateTimeout,
  validateWorkingDir,
} from "../../../../src/core/validate/fields.ts";
import { testCheck } from "./fixture.ts";

const LONG = "x".repeat(MAX_TEXT_BYTES);
const TOO_LONG = `is ${MAX_TEXT_BYTES + 1} bytes long; at most ` +
  `${MAX_TEXT_BYTES} are possible`;
const NUL = "holds a NUL character; remove it";

const NAME_RULE =
  "cannot name a new session: start with a letter, go on with letters, " +
  "digits, _ and -";
testCheck("validateNewName() holds names to the rule", validateNewName, [
  ["a", ""],
  ["Bot_1-x", ""],
  ["a".repeat(MAX_NAME_LENGTH), ""],
  [
    "a".repeat(MAX_NAME_LENGTH + 1),
    `name: "${"a".repeat(20)}"… is 65 characters long; at most 64 are possible`,
  ],
  ["", "name: is empty"],
  ["a\0", `name: ${NUL}`],
  ...["0", "1web", "_a", "-x", "a b", "a.b", "a:b", "ünï", "a\n", "$(touch x)"]
    .map((name) =>
      [name, `name: ${JSON.stringify(name)} ${NAME_RULE}`] as const
    ),
]);

testCheck("validateKnownName() takes what an engine has", validateKnownName, [
  ["0", ""],
  ["a b", ""],
  ["ünï", ""],
  ["-x", ""],
  ["$(touch x);\n", ""],
  ["", "name: is empty"],
  ["a\0b", `name: ${NUL}`],
  [LONG + "x", `name: ${TOO_LONG}`],
]);

testCheck("validateCommand() takes any command that can run", validateCommand, [
  ["true", ""],
  ["a | b; cd x && y > z `w` $(v)", ""],
  ["a\nb", ""],
  [LONG, ""],
  [["a", "", " ", "\n"], ""],
  [Array(MAX_ENTRIES).fill("x"), ""],
  [Array(10).fill(LONG), ""],
  ["", "command: is blank; leave it out for an interactive shell"],
  [" \n", "command: is blank; leave it out for an interactive shell"],
  ["a\0", `command: ${NUL}`],
  [LONG + "x", `command: ${TOO_LONG}`],
  [[], "command: names no program"],
  [["", "a"], "command: names no program"],
  [["a", "b\0"], `command[1]: ${NUL}`],
  [["a", LONG + "x"], `command[1]: ${TOO_LONG}`],
  [
    Array(MAX_ENTRIES + 1).fill("x"),
    "command: has 1001 entries; at most 1000 are possible",
  ],
  [
    [...Array(10).fill(LONG), "x"],
    "command: is 1000001 bytes in all; at most 1000000 are possible",
  ],
]);

const VARIABLE_RULE =
  "cannot name a variable: start with a letter or _, go on with letters, " +
  "digits and _";
testCheck<Record<string, string>>(
  "validateEnv() checks names and values",
  validateEnv,
  [
    [{}, ""],
    [{ A: "", _b1: "x=y\n'\"$", LD_PRELOAD: "é" }, ""],
    [{ A: LONG }, ""],
    ...["", "1A", "A-B", "A=B", "A B", "Ä", "A\n"].map((name) =>
      [
        { [name]: "" },
        `env: ${JSON.stringify(name)} ${VARIABLE_RULE}`,
      ] as const
    ),
    [{ A: "x\0" }, `env.A: ${NUL}`],
    [{ A: LONG + "x" }, `env.A: ${TOO_LONG}`],
    // Sizes are those of UTF-8, as the system counts them.
    [
      { A: "é".repeat(MAX_TEXT_BYTES / 2 + 1) },
      "env.A: is 100002 bytes long; at most 100000 are possible",
    ],
    [
      Object.fromEntries(
        Array.from({ length: 1_001 }, (_, i) => [`V${i}`, ""]),
      ),
      "env: has 1001 entries; at most 1000 are possible",
    ],
    [
      Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`V${i}`, LONG])),
      "env: is 1100000 bytes in all; at most 1000000 are possible",
    ],
  ],
);

testCheck("validateWorkingDir() takes any path", validateWorkingDir, [
  ["/", ""],
  ["a b\n'é", ""],
  ["", "working_dir: is empty"],
  ["/a\0", `working_dir: ${NUL}`],
]);

const SOCKET_RULE =
  "cannot name a tmux socket: it is a file name without a slash";
testCheck("validateSocketName() keeps to the folder", validateSocketName, [
  ["default", ""],
  ["a b.c", ""],
  ["...", ""],
  ["x".repeat(64), ""],
  ...["", ".", "..", "a/b", "../x", "a\0", "a\n"].map((name) =>
    [name, `socket_name: ${JSON.stringify(name)} ${SOCKET_RULE}`] as const
  ),
  [
    "é".repeat(33),
    `socket_name: "${"é".repeat(20)}"… is longer than 64 bytes; a ` +
    "socket's whole path holds 107",
  ],
]);

const TIMEOUT_RULE = "timeout: must be a number of seconds from 0 to 86400";
testCheck("validateTimeout() takes seconds up to a day", validateTimeout, [
  [0, ""],
  [0.5, ""],
  [MAX_TIMEOUT_SECONDS, ""],
  [-1, `${TIMEOUT_RULE}, not -1`],
  [MAX_TIMEOUT_SECONDS + 1, `${TIMEOUT_RULE}, not 86401`],
  [NaN, TIMEOUT_RULE],
  [Infinity, `${TIMEOUT_RULE}, not Infinity`],
]);

const LINES_RULE = "lines: must be a whole number, 0 or more";
testCheck("validateLines() takes whole numbers", validateLines, [
  [0, ""],
  [100, ""],
  [-1, `${LINES_RULE}, not -1`],
  [1.5, `${LINES_RULE}, not 1.5`],
  [NaN, LINES_RULE],
  [2 ** 53, `${LINES_RULE}, not 9007199254740992`],
]);

testCheck("validateKeys() takes what can be typed", validateKeys, [
  ["C-c", ""],
  [" ", ""],
  ["\n;#{}é", ""],
  ["", "keys: is empty"],
  ["a\0", `keys: ${NUL}`],
]);

testCheck(
  "validateChoice() names the choices",
  (value: string) => validateChoice(value, ["tmux", "container"], "backend"),
  [
    ["tmux", ""],
    ["container", ""],
    ["Tmux", 'backend: "Tmux" is not known; it is tmux or container'],
    ["", 'backend: "" is not known; it is tmux or container'],
  ],
);
