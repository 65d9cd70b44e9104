import { assert, assertEquals } from "@std/assert";
import {
  EXIT_CODES,
  ExitCode,
  exitCodeOf,
  OutputError,
  UsageError,
} from "../../../src/cli/errors.ts";
import * as errors from "../../../src/core/errors.ts";

const file = "kstlib.conf.yml";

/** One of every class that is exported: a new one must be added here. */
const EXAMPLES: Record<keyof typeof errors, [error: Error, code: number]> = {
  KstlibError: [new errors.KstlibError("x"), 1],
  OpsError: [new errors.OpsError("x"), 1],
  BackendNotFoundError: [new errors.BackendNotFoundError("x"), 5],
  TmuxNotFoundError: [new errors.TmuxNotFoundError("tmux"), 5],
  ContainerRuntimeNotFoundError: [
    new errors.ContainerRuntimeNotFoundError(null),
    5,
  ],
  EngineError: [new errors.EngineError("tmux", "x"), 5],
  EngineTimeoutError: [new errors.EngineTimeoutError("tmux", 5000), 5],
  PermissionError: [new errors.PermissionError("run tmux", "--allow-run"), 5],
  SessionConfigError: [new errors.SessionConfigError("ports", "x", file), 4],
  SessionError: [new errors.SessionError("bot", "tmux", "x"), 1],
  SessionExistsError: [new errors.SessionExistsError("bot", "tmux"), 1],
  SessionNotFoundError: [new errors.SessionNotFoundError("bot", "tmux"), 3],
  SessionRenamedError: [
    new errors.SessionRenamedError("bot", "tmux", "old", "act on that"),
    3,
  ],
  SessionStartError: [new errors.SessionStartError("bot", "tmux", "x"), 1],
  SessionAttachError: [new errors.SessionAttachError("bot", "tmux", "x"), 1],
  SessionSendError: [new errors.SessionSendError("bot", "tmux", "x"), 1],
  SessionExecError: [new errors.SessionExecError("web", "docker", "x"), 1],
  SessionLogError: [new errors.SessionLogError("bot", "tmux", "x"), 1],
  SessionWaitError: [new errors.SessionWaitError("bot", "tmux", "x"), 1],
  StateError: [new errors.StateError("/state", "x"), 1],
  SessionStopError: [new errors.SessionStopError("bot", "tmux", "x"), 1],
  SessionAmbiguousError: [
    new errors.SessionAmbiguousError("bot", ["tmux"], ["-L a"]),
    2,
  ],
};

Deno.test("exitCodeOf() knows every class of error", () => {
  assertEquals(Object.keys(EXAMPLES).sort(), Object.keys(errors).sort());
  for (const [name, [error, code]] of Object.entries(EXAMPLES)) {
    assertEquals(exitCodeOf(error), code, name);
  }
});

Deno.test("exitCodeOf() tells a wrong flag from a wrong file", () => {
  const fromFlag = new errors.SessionConfigError("--lines", "x");
  assertEquals(exitCodeOf(fromFlag), ExitCode.USAGE);
  const fromFile = new errors.SessionConfigError("ports[0]", "x", file);
  assertEquals(exitCodeOf(fromFile), ExitCode.CONFIG);
});

Deno.test("exitCodeOf() knows the errors of the command line", () => {
  assertEquals(exitCodeOf(new UsageError("x")), ExitCode.USAGE);
  assertEquals(exitCodeOf(new OutputError("x")), ExitCode.FAILED);
  assertEquals(exitCodeOf(new TypeError("x")), ExitCode.FAILED);
  assertEquals(exitCodeOf("x"), ExitCode.FAILED);
  assertEquals(exitCodeOf(new Deno.errors.NotCapable("x")), ExitCode.ENGINE);
});

Deno.test("EXIT_CODES explains every code", () => {
  assertEquals(
    EXIT_CODES.map(([code]) => code),
    Object.values(ExitCode),
  );
  assert(EXIT_CODES.every(([, meaning]) => meaning !== ""));
});
