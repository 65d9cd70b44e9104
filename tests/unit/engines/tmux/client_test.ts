import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import {
  BackendNotFoundError,
  EngineError,
  EngineTimeoutError,
  TmuxNotFoundError,
} from "../../../../src/core/errors.ts";
import {
  firstLine,
  serverIsAbsent,
} from "../../../../src/engines/tmux/answers.ts";
import { TmuxClient } from "../../../../src/engines/tmux/client.ts";
import { type Answer, FakeHost } from "../../../helpers/fake_host.ts";
import { lineOf, ownPane } from "./panes.ts";
import type { Pane } from "../../../../src/engines/tmux/parse.ts";

const absent = [
  "no server running on /tmp/tmux-0/default\n",
  "error connecting to /tmp/tmux-0/x (No such file or directory)\n",
  "error connecting to /tmp/a (b)/x (Connection refused)\n",
  "lost server\n",
  "server exited unexpectedly\n",
];
const present = [
  "",
  "error connecting to /tmp/tmux-0/default (Permission denied)\n",
  "can't find session: no server running on\n",
  "access not allowed\n",
  "directory /tmp/tmux-0 has unsafe permissions\n",
];

for (const said of absent) {
  Deno.test(`no server: ${said.trim()}`, () => assert(serverIsAbsent(said)));
}
for (const said of present) {
  Deno.test(`a server, or worse: ${said.trim()}`, () => {
    assertFalse(serverIsAbsent(said));
  });
}

Deno.test("firstLine", () => {
  assertEquals(firstLine("\n one \ntwo\n"), "one ");
  assertEquals(firstLine(""), "");
});

function client(answer: Answer, socketName: string | null = null) {
  const host = new FakeHost(() => answer);
  return { host, client: new TmuxClient("tmux", socketName, host) };
}

const failures: Array<[said: string, message: string]> = [
  ["", "tmux: it failed without a word"],
  ["access not allowed\nx\n", "tmux: access not allowed"],
  [
    "tmux: unknown option -- N\nusage: tmux [-2CluvV] [-c shell-command]\n",
    "tmux: tmux 3.3 or later is needed (it says: tmux: unknown option -- N)",
  ],
  [
    "usage: new-session [-AdDEP] [-c start-directory]\n",
    "tmux: tmux 3.3 or later is needed (it says: usage: new-session [-AdDEP] [-c start-directory])",
  ],
  [
    "invalid option: remain-on-exit-format",
    "tmux: tmux 3.3 or later is needed (it says: invalid option: remain-on-exit-format)",
  ],
];

for (const [said, message] of failures) {
  Deno.test(`a server that fails with: ${firstLine(said)}`, async () => {
    const { client: tmux } = client({ code: 1, stderr: said });
    await assertRejects(() => tmux.list(), EngineError, message);
    await assertRejects(() => tmux.perform("x"), EngineError, message);
  });
}

Deno.test("an absent server knows of nothing, and can do nothing", async () => {
  const { client: tmux } = client({ code: 1, stderr: absent[0]! }, "work");
  assertEquals(await tmux.sessions(), []);
  await assertRejects(
    () => tmux.perform("x"),
    EngineError,
    "tmux (socket work): no server running on",
  );
});

Deno.test("a question has 5 s, an action 30 s, and neither starts a server", async () => {
  const { client: tmux, host } = client({});
  await tmux.list();
  await tmux.perform("kill");
  assertEquals(host.calls.map((call) => call.timeoutMs), [5_000, 30_000]);
  assert(host.calls.every(({ args }) => args.includes("-N")));
  assertEquals(host.calls[1]?.stdin, "kill\n");
});

const dead = { pane_dead: "1" };
const told = { ...dead, pane_dead_status: "7" };
const asked: Array<[what: string, first: Partial<Pane>, calls: number]> = [
  ["an outcome is missing", dead, 2],
  ["the outcome is told", told, 1],
  ["nothing has ended", {}, 1],
];

for (const [what, first, calls] of asked) {
  Deno.test(`panes are asked for ${calls} times if ${what}`, async () => {
    const host = new FakeHost(({ args }) => ({
      stdout: lineOf(ownPane(args.includes("run-shell") ? told : first)),
    }));
    const { byPane } = await new TmuxClient("tmux", null, host).list();
    const [pane] = byPane.values();
    assertEquals(host.calls.length, calls);
    assertEquals(
      pane?.pane_dead_status,
      calls === 2 ? "7" : first.pane_dead_status ?? "",
    );
  });
}

Deno.test("a missing program is a missing tmux; other errors stay", async () => {
  const missing = new BackendNotFoundError("tmux is not installed");
  const error = await assertRejects(
    () => client(missing).client.list(),
    TmuxNotFoundError,
    "apt install tmux",
  );
  assertEquals([error.binary, error.cause], ["tmux", missing]);
  const slow = new EngineTimeoutError("tmux", 5_000);
  const same = await assertRejects(() => client(slow).client.list());
  assertEquals(same, slow);
});

Deno.test("scripts of one turn are one call, and one that fails spoils no other", async () => {
  const { client: tmux, host } = client({
    code: 1,
    stdout: "kstlib-done 0\nkstlib-done 2\n",
    stderr: "can't find pane: %9\n",
  });
  const [first, second, third] = await Promise.allSettled([
    tmux.perform("a"),
    tmux.perform("b"),
    tmux.perform("c"),
  ]);
  assertEquals(host.calls.length, 1);
  assertEquals([first.status, third.status], ["fulfilled", "fulfilled"]);
  assert(second.status === "rejected");
  assertEquals(second.reason.message, "tmux: can't find pane: %9");
});

Deno.test("who asks in the same turn shares the question", async () => {
  const { client: tmux, host } = client({});
  await Promise.all([tmux.find("a"), tmux.find("b"), tmux.list()]);
  assertEquals(host.calls.length, 1);
  await tmux.find("a");
  assertEquals(host.calls.length, 2);
});

Deno.test("sessions that are not all listed are no sessions that are lost", async () => {
  const { client: tmux, host } = client({
    stdout: "\nkstlib-whole\nkstlib-listed 1\nkstlib-socket /tmp/tmux-0/x\n",
  });
  await assertRejects(() => tmux.scan(), EngineError, "cannot be listed");
  assertEquals(host.calls.length, 5);
});
