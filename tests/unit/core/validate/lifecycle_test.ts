import { assertEquals } from "@std/assert";
import { STOP_SIGNALS } from "../../../../src/core/lifecycle.ts";
import type { RestartPolicy } from "../../../../src/core/lifecycle.ts";
import {
  MAX_LOG_FILES,
  MAX_LOG_MAX_SIZE,
  MIN_LOG_MAX_SIZE,
  parseRestart,
  parseStopSignal,
  refuseShellRestart,
  validateLogFiles,
  validateLogMaxSize,
} from "../../../../src/core/validate/lifecycle.ts";
import { testCheck } from "./fixture.ts";

const SIZE_RULE = "log_max_size: must be a whole number of bytes from 65536 " +
  "(64 KiB) to 1099511627776 (1 TiB)";
testCheck("validateLogMaxSize() takes 64 KiB to 1 TiB", validateLogMaxSize, [
  [MIN_LOG_MAX_SIZE, ""],
  [10_485_760, ""],
  [MAX_LOG_MAX_SIZE, ""],
  [MIN_LOG_MAX_SIZE - 1, `${SIZE_RULE}, not 65535`],
  [MAX_LOG_MAX_SIZE + 1, `${SIZE_RULE}, not 1099511627777`],
  [100_000.5, `${SIZE_RULE}, not 100000.5`],
  [-1, `${SIZE_RULE}, not -1`],
  [NaN, SIZE_RULE],
  [Infinity, `${SIZE_RULE}, not Infinity`],
]);

const FILES_RULE = "log_files: must be a whole number of files from 1 to 1000";
testCheck("validateLogFiles() takes 1 to 1000", validateLogFiles, [
  [1, ""],
  [MAX_LOG_FILES, ""],
  [0, `${FILES_RULE}, not 0`],
  [MAX_LOG_FILES + 1, `${FILES_RULE}, not 1001`],
  [1.5, `${FILES_RULE}, not 1.5`],
  [NaN, FILES_RULE],
]);

Deno.test("parseStopSignal() takes names in any form", () => {
  for (const text of ["INT", "SIGINT", "int", "sigint", "SigInt"]) {
    assertEquals(parseStopSignal(text), "SIGINT", text);
  }
  for (const signal of STOP_SIGNALS) {
    assertEquals(parseStopSignal(signal), signal);
    assertEquals(parseStopSignal(signal.slice(3)), signal);
  }
});

const SIGNAL_RULE = "is no signal to stop a session with; it is SIGHUP, " +
  "SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM or " +
  "SIGTERM, with or without SIG";
testCheck<string>(
  "parseStopSignal() refuses what ends no process, or stands for a fault",
  parseStopSignal,
  [
    "",
    "SIG",
    "SIGSIGINT",
    "CHLD",
    "WINCH",
    "STOP",
    "CONT",
    "SEGV",
    "RTMIN+3",
    "15",
    " INT",
    "INT\n",
  ].map((text) =>
    [text, `stop_signal: ${JSON.stringify(text)} ${SIGNAL_RULE}`] as const
  ),
);

Deno.test("parseRestart() reads the policies", () => {
  const cases: [text: string, policy: RestartPolicy][] = [
    ["no", { name: "no", maxRetries: null }],
    ["always", { name: "always", maxRetries: null }],
    ["unless-stopped", { name: "unless-stopped", maxRetries: null }],
    ["on-failure", { name: "on-failure", maxRetries: null }],
    ["on-failure:1", { name: "on-failure", maxRetries: 1 }],
    ["on-failure:010", { name: "on-failure", maxRetries: 10 }],
    ["on-failure:1000", { name: "on-failure", maxRetries: 1_000 }],
  ];
  for (const [text, policy] of cases) {
    assertEquals(parseRestart(text), policy, text);
  }
});

const POLICY_RULE = "is no restart policy; it is no, on-failure, " +
  "on-failure:N, always or unless-stopped";
const COUNT_RULE = "names no number of restarts: after the colon stands a " +
  "whole number from 1 to 1000; without a limit, it is on-failure";
const wrong = (texts: readonly string[], rule: string) =>
  texts.map((text) =>
    [text, `restart: ${JSON.stringify(text)} ${rule}`] as const
  );
testCheck<string>("parseRestart() says what a policy is", parseRestart, [
  ...wrong(
    ["", "never", "No", "on_failure", "no:3", "always:", "always:3", " no"],
    POLICY_RULE,
  ),
  ...wrong(["no\n", "unless-stopped:1", "on-failure 3"], POLICY_RULE),
  ...wrong(
    [":", ":0", ":1001", ":-1", ":1.5", ":1e2", ": 3", ":3 ", ":x", ":3:4"]
      .map((tail) => `on-failure${tail}`),
    COUNT_RULE,
  ),
]);

testCheck("refuseShellRestart() takes only no", refuseShellRestart, [
  ["no", ""],
  ...wrong(
    ["always", "unless-stopped", "on-failure", "on-failure:3"],
    "needs a command: an interactive shell is not restarted; add a command, " +
      "or leave it out",
  ),
]);
