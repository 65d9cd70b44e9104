import { assertEquals, assertThrows } from "@std/assert";
import { parseDocument } from "../../../src/config/parse.ts";
import { toOpsConfig } from "../../../src/config/schema.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";
import { SessionManager } from "../../../src/fleet/session.ts";

const ORIGIN = { path: "/srv/ops.yml", label: "ops.yml" };

function read(session: string) {
  const text = `ops:\n  sessions:\n    bot: ${session}\n`;
  return toOpsConfig(parseDocument(text, ORIGIN).ops, { home: () => "/home" })
    .sessions.get("bot")!;
}

Deno.test("ready: what there is to look at", () => {
  const { ready } = read(`
      command: x
      ready:
        log: ^listening on \\d+
        port: 8080
        http: http://127.0.0.1:8080/health
        command: [pg_isready, -p, 5432]
        timeout: 5
        interval: 0.2`);
  assertEquals(ready, {
    log: "^listening on \\d+",
    port: 8080,
    http: { url: "http://127.0.0.1:8080/health" },
    command: ["pg_isready", "-p", "5432"],
    timeout: 5,
    interval: 0.2,
  });
  assertEquals(
    read("{ready: {http: {url: 'https://x/', status: 401}}}").ready,
    { http: { url: "https://x/", status: 401 } },
  );
  assertEquals(read("{command: x}").ready, undefined);
});

Deno.test("success_exit_codes: a list of them", () => {
  assertEquals(
    read("{success_exit_codes: [0, 130]}").successExitCodes,
    [0, 130],
  );
  assertEquals(read("{command: x}").successExitCodes, undefined);
});

const wrong: Record<string, string> = {
  "{ready: up}": "3:18: ops.sessions.bot.ready: must be a mapping with log, " +
    "port, http, command",
  "{ready: {}}":
    "3:11: ops.sessions.bot.ready: says nothing to look at: give " +
    "it log, port, http or command",
  "{ready: {timeout: 3}}": "3:11: ops.sessions.bot.ready: says nothing to " +
    "look at: give it log, port, http or command",
  "{ready: {prot: 1}}":
    '3:19: ops.sessions.bot.ready.prot: is not known; did you mean "port"?',
  "{ready: {port: 0}}": "3:25: ops.sessions.bot.ready.port: must be a whole " +
    "number from 1 to 65535, not 0",
  "{ready: {port: 80.5}}": "3:25: ops.sessions.bot.ready.port: must be a " +
    "whole number from 1 to 65535, not 80.5",
  '{ready: {port: "80"}}': "3:25: ops.sessions.bot.ready.port: must be a " +
    'decimal number, not text "80"',
  "{ready: {log: '(a'}}": '3:24: ops.sessions.bot.ready.log: "(a" is no ' +
    "regular expression (Unterminated group): put a \\ before a character " +
    "that stands for itself",
  "{ready: {log: ''}}": "3:24: ops.sessions.bot.ready.log: is empty",
  "{ready: {log: up}, log: none}": "3:19: ops.sessions.bot.ready.log: needs " +
    "the log that log: none turns off: write log: file, or wait for " +
    "something else",
  "{ready: {http: localhost}}": "3:25: ops.sessions.bot.ready.http: " +
    '"localhost" is no address: write it as http://127.0.0.1:8080/health',
  "{ready: {http: 'ftp://x/'}}": "3:25: ops.sessions.bot.ready.http: " +
    '"ftp:" is not known; it is http: or https:',
  "{ready: {http: {status: 200}}}":
    "3:19: ops.sessions.bot.ready.http: says no url",
  "{ready: {http: {url: 'http://x', status: 99}}}":
    "3:51: ops.sessions.bot.ready.http.status: must be a whole number from " +
    "100 to 599, not 99",
  "{ready: {command: true}}": "3:28: ops.sessions.bot.ready.command: must be " +
    "a list, not a boolean",
  "{ready: {command: []}}": "3:19: ops.sessions.bot.ready.command: names no " +
    "program",
  "{ready: {port: 1, timeout: -1}}": "3:37: ops.sessions.bot.ready.timeout: " +
    "must be a number of seconds from 0 to 86400, not -1",
  "{ready: {port: 1, interval: 0}}": "3:38: ops.sessions.bot.ready.interval: " +
    "must be a number of seconds from 0.05 to 3600, not 0",
  "{success_exit_codes: 0}":
    "3:31: ops.sessions.bot.success_exit_codes: must " +
    "be a list, not a number",
  "{success_exit_codes: []}": "3:11: ops.sessions.bot.success_exit_codes: " +
    "names no exit code: write [0]",
  "{success_exit_codes: [0, 256]}":
    "3:35: ops.sessions.bot.success_exit_codes[1]: must be a whole number " +
    "from 0 to 255, not 256",
};

for (const [session, message] of Object.entries(wrong)) {
  Deno.test(`ready: refuses ${session}`, () => {
    const error = assertThrows(() => read(session), SessionConfigError);
    assertEquals(
      error.problems.map((it) => it.message),
      [`ops.yml:${message}`],
    );
  });
}

Deno.test("ready: all that is wrong with it is told", () => {
  const { problems } = assertThrows(
    () => read("{ready: {port: 0, log: '', http: x}}"),
    SessionConfigError,
  );
  assertEquals(problems.map(({ key }) => key.split(".").at(-1)), [
    "port",
    "log",
    "http",
  ]);
});

Deno.test("ready: the library checks it, too", () => {
  for (
    const [ready, key] of [
      [{}, "ready"],
      [{ port: 0 }, "ready.port"],
      [{ log: "(" }, "ready.log"],
      [{ http: { url: "x" } }, "ready.http.url"],
      [{ http: { url: "http://x", status: 1 } }, "ready.http.status"],
      [{ command: [] }, "ready.command"],
      [{ port: 1, interval: 0 }, "ready.interval"],
      [{ port: 1, timeout: NaN }, "ready.timeout"],
    ] as const
  ) {
    const error = assertThrows(
      () => new SessionManager("bot", { command: "x", ready }),
      SessionConfigError,
    );
    assertEquals(error.key, key);
  }
});
