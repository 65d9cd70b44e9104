import { assertEquals } from "@std/assert";
import {
  errorToJson,
  toJson,
  warningToJson,
} from "../../../../src/cli/render/json.ts";
import {
  EngineTimeoutError,
  SessionAmbiguousError,
  SessionConfigError,
  SessionNotFoundError,
} from "../../../../src/core/errors.ts";
import { sessionStatus } from "../../../../src/core/definition.ts";

Deno.test("toJson() turns fields to snake_case at every depth", () => {
  const value = { exitCode: 7, parts: [{ panePid: null }], name: "aB" };
  assertEquals(JSON.parse(toJson(value)), {
    exit_code: 7,
    parts: [{ pane_pid: null }],
    name: "aB",
  });
});

Deno.test("toJson() always has the fields of the Python CLI", () => {
  const status = sessionStatus({
    name: "b",
    state: "defined",
    backend: "tmux",
  });
  const fields = Object.keys(JSON.parse(toJson(status)));
  const expected = [
    "name",
    "state",
    "backend",
    "pid",
    "created_at",
    "window_count",
    "socket_name",
    "image",
    "exit_code",
  ];
  assertEquals(expected.filter((field) => !fields.includes(field)), []);
});

Deno.test("toJson() is safe to look at and exact to parse", () => {
  const name = "\x1b[31m\x9b\x7f\u202e\ufeff\n日本";
  const json = toJson({ name });
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufeff]/.test(json), false);
  assertEquals(JSON.parse(json), { name });
});

Deno.test("errorToJson() has the code, the message and the fields", () => {
  const error = new SessionNotFoundError("bot", "tmux", "did you mean bat?");
  assertEquals(JSON.parse(errorToJson(error)), {
    error: {
      code: "session_not_found",
      message: error.message,
      session_name: "bot",
      backend: "tmux",
      is_defined: false,
      reason: "did you mean bat?",
    },
  });
  const ambiguous = new SessionAmbiguousError("bot", ["tmux"], [
    "-L a",
    "-L b",
  ]);
  assertEquals(JSON.parse(errorToJson(ambiguous)).error.places, [
    "-L a",
    "-L b",
  ]);
});

Deno.test("errorToJson() takes any error, on one line", () => {
  const json = errorToJson(new TypeError("a\nb"));
  assertEquals(json.includes("\n"), false);
  assertEquals(JSON.parse(json), {
    error: { code: "internal_error", message: "a\nb" },
  });
  assertEquals(JSON.parse(errorToJson("x")).error.message, "x");
});

Deno.test("warningToJson() says that it is none", () => {
  const timeout = JSON.parse(
    warningToJson(new EngineTimeoutError("docker", 5000)),
  );
  assertEquals(timeout.warning.timeout_ms, 5000);
  const config = new SessionConfigError("ports", "x", "a.yml");
  assertEquals(JSON.parse(warningToJson(config)).warning.file, "a.yml");
});
