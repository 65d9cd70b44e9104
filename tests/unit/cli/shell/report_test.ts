import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  note,
  reportError,
  reportWarning,
} from "../../../../src/cli/shell/report.ts";
import {
  EngineTimeoutError,
  SessionNotFoundError,
} from "../../../../src/core/errors.ts";
import { recorder } from "../recorder.ts";

const notFound = new SessionNotFoundError("a\x1b[2J", "tmux");

Deno.test("reportError() says it on one safe line", () => {
  const context = recorder();
  assertEquals(reportError(notFound, context), 3);
  const safe = notFound.message.replace("\x1b", "\\x1b");
  assertEquals(context.err(), `error: ${safe}\n`);
  assertEquals(context.out(), "");
});

Deno.test("reportError() is red where there is color", () => {
  const context = recorder({ hasColor: true });
  reportError(notFound, context);
  assertStringIncludes(context.err(), "\x1b[31merror:\x1b[39m ");
});

Deno.test("reportError() can speak JSON", () => {
  const context = recorder({ json: true });
  assertEquals(reportError(notFound, context), 3);
  assertEquals(JSON.parse(context.err()).error.session_name, "a\x1b[2J");
});

Deno.test("reportError() calls a defect a defect, its stack on demand", () => {
  const defect = new TypeError("x is not a function");
  const context = recorder();
  assertEquals(reportError(defect, context), 1);
  assertEquals(
    context.err(),
    "error: internal error: x is not a function; please report it, with what " +
      "KSTLIB_OPS_DEBUG=1 adds\n",
  );
  const debugging = recorder({ env: { KSTLIB_OPS_DEBUG: "1" } });
  reportError(defect, debugging);
  assertStringIncludes(debugging.err(), "report_test.ts");
});

Deno.test("reportError() says how a part that is not there is fetched", async () => {
  const missing = await import(`./${"not_there"}.ts`).catch((it) => it);
  const context = recorder();
  assertEquals(reportError(missing, context), 1);
  assertMatch(
    context.err(),
    /^error: a part of ops could not be loaded \(Module not found .*\): in a clone run it as "\.\/denow task ops", .*\n$/,
  );
});

Deno.test("reportError() passes on what Deno says of permissions", () => {
  const context = recorder();
  const refusal = new Deno.errors.NotCapable(
    'Requires env access to "HOME", run again with the --allow-env flag',
  );
  assertEquals(reportError(refusal, context), 5);
  assertEquals(context.err(), `error: ${refusal.message}\n`);
});

Deno.test("reportWarning() is no error", () => {
  const context = recorder();
  reportWarning(new EngineTimeoutError("docker", 5000), context);
  assertStringIncludes(context.err(), "warning: docker: no answer within 5 s");
  const json = recorder({ json: true });
  reportWarning(new EngineTimeoutError("docker", 5000), json);
  assertEquals(JSON.parse(json.err()).warning.code, "engine_timeout");
});

Deno.test("reportWarning() tells nothing twice", () => {
  const context = recorder();
  for (const ms of [5000, 5000, 6000]) {
    reportWarning(new EngineTimeoutError("docker", ms), context);
  }
  assertEquals(context.err().split("\n").length, 3);
});

Deno.test("note() is for people", () => {
  const context = recorder();
  note("detached from a\x07", context);
  assertEquals(context.err(), "detached from a\\x07\n");
  const json = recorder({ json: true });
  note("detached from a", json);
  assertEquals(json.err(), "");
});
