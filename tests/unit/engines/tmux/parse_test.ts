import { signalName } from "../../../../src/core/signals.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertObjectMatch,
} from "@std/assert";
import {
  BackendType,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../../../../src/core/definition.ts";
import {
  isDead,
  outcomeIsMissing,
  outcomeOf,
  type Pane,
  parsePanes,
  sessionsOf,
} from "../../../../src/engines/tmux/parse.ts";
import { lineOf, ownPane, pane } from "./panes.ts";

Deno.test("parsePanes leaves out what is no pane", () => {
  const panes = [pane(), ownPane({ session_name: "a b" })];
  const said = ["$3", ...panes.map(lineOf), "can't find x\ty", ""].join("\n");
  assertEquals(parsePanes(said), panes);
  assertEquals(parsePanes(""), []);
});

/** What is said of the only session. */
function statusOf(...panes: readonly Pane[]): SessionStatus {
  const [session, ...more] = sessionsOf(panes, null);
  assertEquals(more, []);
  assert(session !== undefined);
  return session.status;
}

Deno.test("a foreign session: everything there is to know", () => {
  const known = {
    name: "bot",
    state: SessionState.RUNNING,
    backend: BackendType.TMUX,
    pid: 100,
    createdAt: "2023-11-14T22:13:20.000Z",
    windowCount: 1,
    panePid: 200,
    command: "python",
    attached: 2,
  };
  const status = statusOf(pane({ session_attached: "2" }));
  assertEquals(status, sessionStatus(known));
});

const dead = { pane_dead: "1", pane_dead_time: "1700000060" };
const elsewhere = { session_id: "$1", session_name: "mine" };
const unmarked = { "@kstlib_pid": "", "@kstlib_command": "" };

const statuses: Array<
  [what: string, panes: Pane[], expected: Partial<SessionStatus>]
> = [
  ["our session", [ownPane()], {
    managed: true,
    state: "running",
    command: "python bot.py",
    panePid: 201,
    startedAt: "2023-11-14T22:13:20.000Z",
  }],
  [
    "our session before its command has told its pid",
    [ownPane({ "@kstlib_pid": "" })],
    { panePid: null, state: "running" },
  ],
  [
    "our interactive shell",
    [ownPane({ ...unmarked, pane_current_command: "bash" })],
    { managed: true, command: "bash", panePid: 200 },
  ],
  ["our session has ended", [ownPane({ ...dead, pane_dead_status: "7" })], {
    state: "exited",
    exitCode: 7,
    signal: null,
    finishedAt: "2023-11-14T22:14:20.000Z",
  }],
  [
    "it was killed, and tmux tells a status of 0 as well",
    [ownPane({ ...dead, pane_dead_status: "0", pane_dead_signal: "9" })],
    { state: "exited", exitCode: null, signal: "SIGKILL" },
  ],
  [
    "it has a status but tmux does not call it dead yet",
    [ownPane({ pane_dead_status: "0" })],
    { state: "exited", exitCode: 0 },
  ],
  ["it is dead and nobody knows how it ended", [ownPane(dead)], {
    state: "exited",
    exitCode: null,
    signal: null,
  }],
  [
    "ours has ended while a user works beside it",
    [
      pane({ "@kstlib_pane": "%5", pane_id: "%4", window_active: "1" }),
      ownPane({
        ...dead,
        "@kstlib_pane": "%5",
        pane_id: "%5",
        pane_dead_status: "3",
        window_active: "0",
      }),
    ],
    { state: "exited", exitCode: 3, panePid: 201 },
  ],
  [
    "ours was closed while a user works beside it",
    [pane({ "@kstlib_pane": "%5", "@kstlib_command": "x", pane_id: "%4" })],
    {
      state: "exited",
      exitCode: null,
      panePid: null,
      detail: "its pane was closed",
      command: "x",
    },
  ],
  [
    "foreign with several panes: the one a user would see",
    [
      pane({ pane_id: "%1", pane_active: "0", pane_pid: "1" }),
      pane({ pane_id: "%2", pane_pid: "2", pane_current_command: "vi" }),
    ],
    { state: "running", panePid: 2, command: "vi" },
  ],
  [
    "foreign with one pane dead and one alive",
    [
      pane({ ...dead, pane_id: "%1", pane_dead_status: "1" }),
      pane({ pane_id: "%2", pane_active: "0", pane_pid: "2" }),
    ],
    { state: "running", panePid: 2, exitCode: null },
  ],
  [
    "foreign and kept by the user's remain-on-exit",
    [pane({ ...dead, pane_dead_status: "4", pane_current_command: "" })],
    { state: "exited", exitCode: 4, managed: false, command: null },
  ],
];

for (const [what, panes, expected] of statuses) {
  Deno.test(`status: ${what}`, () => {
    assertObjectMatch({ ...statusOf(...panes) }, expected);
  });
}

Deno.test("our pane is followed into the session it was moved to", () => {
  const panes = [
    pane({ "@kstlib_pane": "%5", "@kstlib_command": "x", pane_id: "%4" }),
    pane({ ...elsewhere, pane_id: "%5", "@kstlib_pid": "9" }),
  ];
  const [bot, mine] = sessionsOf(panes, "work");
  assertEquals(bot?.panes.map((pane) => pane.pane_id), ["%5"]);
  assertObjectMatch({ ...bot?.status }, { state: "running", panePid: 9 });
  assertObjectMatch({ ...mine?.status }, { name: "mine", managed: false });
  assertEquals(mine?.status.socketName, "work");
});

Deno.test("sessions come in tmux's order, each with its own panes", () => {
  const panes = [
    pane({ ...elsewhere, pane_id: "%1" }),
    pane({ pane_id: "%2" }),
    pane({ ...elsewhere, pane_id: "%3" }),
  ];
  assertEquals(
    sessionsOf(panes, null).map(({ id, panes }) => [id, panes.length]),
    [["$1", 2], ["$0", 1]],
  );
  assertEquals(sessionsOf([], null), []);
});

Deno.test("outcomeIsMissing of a pane that is dead and has no outcome", () => {
  assert(outcomeIsMissing([pane(), pane(dead)]));
  assertFalse(outcomeIsMissing([pane(), pane({ pane_dead_status: "0" })]));
  assertFalse(outcomeIsMissing([pane({ ...dead, pane_dead_signal: "9" })]));
  assert(isDead(pane(dead)));
  assertFalse(isDead(pane()));
});

Deno.test("the outcome of a pane that is gone", () => {
  assertEquals(outcomeOf(undefined).detail, "its pane was closed");
});

const signals: Array<[told: string, name: string]> = [
  ["1", "SIGHUP"],
  ["2", "SIGINT"],
  ["9", "SIGKILL"],
  ["11", "SIGSEGV"],
  ["15", "SIGTERM"],
  ["31", "SIGSYS"],
  ["34", "signal 34"],
  ["0", "signal 0"],
  ["TERM", "SIGTERM"],
  ["sigkill", "SIGKILL"],
];

for (const [told, name] of signals) {
  Deno.test(`signal ${told} is ${name}`, () => {
    assertEquals(signalName(told), name);
  });
}
