import { assertEquals } from "@std/assert";
import {
  parseProcesses,
  type Process,
  ProcessTable,
} from "../../../../src/engines/tmux/processes.ts";

const REST = "34816 700 4194304 1 0 0 0";

const lines: Array<[line: string, command: string | undefined]> = [
  [`7 (sh) S 1 7 7 ${REST}`, "sh"],
  [`7 (a) b) S 1) S 1 7 7 ${REST}`, "a) b) S 1"],
  [`7 () R 1 7 7 ${REST}`, ""],
  [`7 ((sd-pam)) S 1 7 7 ${REST}`, "(sd-pam)"],
  [`7 (two words) Ss+ 1 7 7 ${REST}`, "two words"],
  [`7 (no terminal) S 1 7 7 0 -1 4194304`, "no terminal"],
  [`7 (a\\nb) T 1 7 7 ${REST}`, "a\\nb"],
  [`7 (zombie) Z 1 7 7 ${REST}`, undefined],
  [`7 (dead) X 1 7 7 ${REST}`, undefined],
  ["cat: /proc/7/stat: No such process", undefined],
  ["", undefined],
];

for (const [line, command] of lines) {
  Deno.test(`a process table with: ${line}`, () => {
    assertEquals(parseProcesses(`${line}\n`).all.map((p) => p.command), [
      ...command === undefined ? [] : [command],
    ]);
  });
}

Deno.test("every number of a process is read from its own place", () => {
  const table = "7 (a) b) S 1) S 2 3 4 5 6 0 0\n8 (x) Z 1 1";
  assertEquals(parseProcesses(table).all, [
    {
      pid: 7,
      command: "a) b) S 1",
      parent: 2,
      group: 3,
      terminalSession: 4,
      foreground: 6,
      started: 0,
      caught: 0,
      tag: null,
      owner: null,
    },
  ]);
  const later = "9 10 11 12 13 14 15 16 17 18 19 20 21".replace(/\d+/g, "0");
  const stat = `7 (a) S 2 3 4 5 6 ${later} 22 ${"0 ".repeat(11)}34 35`;
  const [all] = parseProcesses(stat).all;
  assertEquals([all?.started, all?.caught], [22, 34]);
});

Deno.test("what once was the pane's remains so, by id and start", () => {
  const orphan = process(30, { started: 5 });
  assertEquals(treeOf([orphan]), []);
  assertEquals(treeOf([orphan], null, [orphan]), [orphan]);
  assertEquals(
    treeOf([process(30, { started: 6 })], null, [orphan]),
    [],
  );
  const unknown = process(30);
  assertEquals(treeOf([unknown], null, [unknown]), []);
});

const TAG = "0e0a8f2c-1111-4222-8333-444455556666";
const OWNER = "/tmp/tmux-0/default:bot";

Deno.test("what carries the tag is the session's, wherever it has gone", () => {
  const table = parseProcesses(
    "30 (far) S 1 30 30 0 -1\n31 (near) S 1 31 31 0 -1\n" +
      `/proc/30/environ:KSTLIB_OPS_RUN=${TAG}\n` +
      `/proc/30/environ:KSTLIB_OPS_SESSION=${OWNER}\n`,
  );
  assertEquals(table.treeOf(LEADER, TAG).map(({ pid }) => pid), [30]);
  assertEquals(table.treeOf(LEADER, null), []);
  const owned = table.ownedBy((owner) => owner === OWNER);
  assertEquals(owned.map(({ pid }) => pid), [30]);
  assertEquals(table.ownedBy((owner) => owner !== OWNER), []);
});

Deno.test("the text of a launcher, which names the variables, is no tag", () => {
  const table = parseProcesses(
    "30 (sh) S 1 30 30 0 -1\n" +
      "/proc/30/environ:KSTLIB_OPS_RUN=$kstlib_tag KSTLIB_OPS_SESSION=x\n" +
      '/proc/30/environ:KSTLIB_OPS_SESSION="${TMUX%%,*}:${0#ops: }"\n',
  );
  assertEquals(table.all.map(({ tag, owner }) => [tag, owner]), [[null, null]]);
});

Deno.test("a tmux server with the tag is not the session's, nor what is in it", () => {
  const marks = { tag: TAG, owner: OWNER };
  const server = process(40, { command: "tmux: server", ...marks });
  const shell = process(41, { parent: 40, ...marks });
  const worker = process(42, { parent: 41, ...marks });
  const table = [server, shell, worker];
  assertEquals(treeOf(table, TAG), []);
  assertEquals(new ProcessTable(table).ownedBy(() => true), []);
});

for (const command of ["tmux: server", "tmux3.3a:", ".tmux-wrapped: "]) {
  Deno.test(`a run of a session belongs to it, though below ${command}`, () => {
    const marks = { tag: TAG, owner: OWNER };
    const server = process(40, { command });
    const run = process(41, { parent: 40, ...marks });
    const table = new ProcessTable([server, run]);
    assertEquals(table.ownedBy((owner) => owner === OWNER), [run]);
    assertEquals(table.serverOf(run), server);
    // What it has started by itself carries its tag.
    const nested = process(40, { command, ...marks });
    assertEquals(new ProcessTable([nested, run]).ownedBy(() => true), []);
  });
}

Deno.test("what is attached to a server is none", () => {
  const client = process(40, { command: "tmux: client" });
  assertEquals(new ProcessTable([client]).serverOf(client), undefined);
});

function treeOf(
  table: readonly Process[],
  tag: string | null = null,
  known: readonly Process[] = [],
): Process[] {
  return new ProcessTable(table).treeOf(LEADER, tag, known);
}

function process(pid: number, differs: Partial<Process> = {}): Process {
  const alone = {
    parent: 1,
    group: pid,
    terminalSession: pid,
    foreground: -1,
    started: 0,
    caught: 0,
    tag: null,
    owner: null,
  };
  return { pid, command: `p${pid}`, ...alone, ...differs };
}

const LEADER = 10;
const membership: Array<[what: string, member: boolean, process: Process]> = [
  ["its first process", true, process(LEADER)],
  ["its terminal session", true, process(20, { terminalSession: LEADER })],
  [
    "its group, where sessions are unknown",
    true,
    process(20, {
      group: LEADER,
      terminalSession: 0,
    }),
  ],
  [
    "a daemon it has as a child (setsid)",
    true,
    process(20, {
      parent: LEADER,
    }),
  ],
  ["a daemon that has left it", false, process(20)],
  ["a stranger", false, process(20, { group: 30, terminalSession: 30 })],
];

for (const [what, member, one] of membership) {
  Deno.test(`${what} is ${member ? "" : "not "}of the pane`, () => {
    const others = [process(LEADER), process(40)];
    assertEquals(treeOf([...others, one]).includes(one), member);
  });
}

Deno.test("descendants are found in whatever order they are listed", () => {
  const table = [
    process(5, { parent: 6 }),
    process(6, { parent: 7 }),
    process(7, { parent: LEADER }),
    process(8, { parent: 9 }),
    process(9),
    process(LEADER),
  ];
  const found = treeOf(table).map(({ pid }) => pid);
  assertEquals(found.toSorted((a, b) => a - b), [5, 6, 7, LEADER]);
});

Deno.test("what a leader that has ended leaves behind is still found", () => {
  const orphan = process(20, { terminalSession: LEADER });
  const child = process(21, { parent: 20, terminalSession: 21, group: 21 });
  assertEquals(treeOf([child, orphan]), [orphan, child]);
});
