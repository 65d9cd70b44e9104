/** Ends the processes of a session, and proves that they have ended. */
import type { Survivor } from "../models.ts";
import { QUESTION_MS } from "../process/local.ts";
import {
  beginStopScript,
  killScript,
  processTable,
  type Target,
} from "./args.ts";
import { serverIsAbsent, type TmuxClient } from "./client.ts";
import {
  hasEnded,
  type Pane,
  runOf,
  signalNumber,
  stopRuleOf,
  type TmuxSession,
} from "./parse.ts";
import { parseProcesses, type Process, processesOf } from "./processes.ts";

/** How long HUP is given before KILL, in milliseconds. */
const HANGUP_GRACE_MS = 100;
/** How long its launcher gets to end after the command, in milliseconds. */
const LAUNCHER_GRACE_MS = 1_000;
/** How long the killed get to be gone, in milliseconds. */
const KILL_GRACE_MS = 3_000;
/** What a stop may take beyond its schedule, in milliseconds. */
const MARGIN_MS = 10_000;
/** How long output that tmux still holds may take, in milliseconds. */
const DRAIN_MS = 3_000;
/** How often the process table is asked for before that is given up. */
const TABLE_ATTEMPTS = 5;
/** The processes are looked at soon, then less and less often. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 250;

/** What ending the processes took. */
export interface Ending {
  /** The signals that were sent, in order. */
  readonly signals: readonly string[];
  /** What is left; empty unless killing has not helped. */
  readonly survivors: readonly Survivor[];
}

/** What is sent once so much time has passed; `null` is giving up. */
interface Step {
  readonly atMs: number;
  readonly signal: Deno.Signal | null;
  /** Whether it only asks the command itself. */
  readonly isFirst?: boolean;
}

/** What lives in one pane. */
interface Tree {
  readonly pane: Pane;
  readonly leader: Process | undefined;
  readonly processes: readonly Process[];
}

/**
 * Ask, terminate at half of the time, hang up and kill at its end.
 *
 * @param graceMs Time to clean up, in milliseconds; `null` kills at once.
 * @param first The signal that asks.
 */
export function stepsFor(
  graceMs: number | null,
  first: Deno.Signal = "SIGINT",
): Step[] {
  const killAt = graceMs === null ? 0 : graceMs + HANGUP_GRACE_MS;
  return [
    ...(graceMs === null ? [] : [
      { atMs: 0, signal: first, isFirst: true },
      { atMs: graceMs / 2, signal: "SIGTERM" },
      { atMs: graceMs, signal: "SIGHUP" },
    ] as const),
    { atMs: killAt, signal: "SIGKILL" },
    { atMs: killAt + KILL_GRACE_MS, signal: null },
  ];
}

/**
 * Ends the processes of a session step by step, and returns once none is left
 * or killing has not helped.
 */
export async function endProcesses(
  client: TmuxClient,
  session: TmuxSession,
  graceMs: number | null,
): Promise<Ending> {
  const started = performance.now();
  const first = stopRuleOf(session.panes[0]).signal;
  const steps = stepsFor(graceMs, first);
  let asked: readonly Target[] = [];
  const signals: string[] = [];
  const hungUp = new Set<string>();
  let pause = FIRST_PAUSE_MS;
  let trees: readonly Tree[] = [];

  async function send(signal: Deno.Signal, targets: readonly Target[]) {
    if (targets.length === 0) return;
    signals.push(signal);
    pause = FIRST_PAUSE_MS;
    await client.attempt(killScript(signal, targets));
  }

  const until = Math.ceil((Date.now() + steps.at(-1)!.atMs + MARGIN_MS) / 1000);
  const paneIds = session.panes.map((pane) => pane.pane_id);
  await client.attempt(beginStopScript(paneIds, until));
  while (true) {
    trees = await look(client, session, trees);
    if (trees.length === 0) return { signals, survivors: [] };

    // What the command has left behind would never hear of an interrupt.
    const isOver = !trees.some(commandLives);
    if (steps[0]?.isFirst && isOver) steps.shift();
    const passedMs = performance.now() - started;
    // How the command ended is lost with a launcher that is killed.
    const waitsMs = steps[0]!.signal === "SIGKILL" && graceMs !== null &&
        trees.every(isEnding)
      ? LAUNCHER_GRACE_MS
      : 0;
    const isNext = steps[0]!.atMs + waitsMs <= passedMs ||
      steps[0]!.signal === "SIGTERM" && isOver &&
        !trees.some((tree) => isCleaningUp(tree, asked, first));
    if (isNext) {
      const { signal, isFirst = false } = steps.shift()!;
      if (signal === null) {
        const survivors = trees.flatMap(({ processes }) => processes)
          .map(({ pid, command }) => ({ pid, command }));
        return { signals, survivors };
      }
      const targets = isFirst
        ? trees.filter((t) => !isIdleShell(t)).flatMap(inForeground)
        : trees.flatMap(everything);
      if (isFirst) asked = targets;
      await send(signal, targets);
    }
    // A shell at its prompt ignores everything but that its terminal is gone.
    const idle = graceMs === null
      ? []
      : trees.filter((tree) =>
        isIdleShell(tree) && !hungUp.has(tree.pane.pane_id)
      );
    await send("SIGHUP", idle.flatMap(everything));
    for (const { pane } of idle) hungUp.add(pane.pane_id);

    await sleep(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function look(
  client: TmuxClient,
  session: TmuxSession,
  before: readonly Tree[],
): Promise<Tree[]> {
  const tags = session.panes.flatMap((pane) => runOf(pane)?.tag ?? []);
  const table = await tableOf(client, tags);
  return session.panes.map((pane) => {
    const pid = leaderOf(pane);
    const known = before.find((tree) => tree.pane === pane)?.processes;
    return {
      pane,
      leader: table.find((process) => process.pid === pid),
      processes: processesOf(pid, table, known),
    };
  }).filter((tree) => tree.processes.length > 0);
}

/** The server's processes; none only where there is no server any more. */
async function tableOf(
  client: TmuxClient,
  tags: readonly string[],
): Promise<Process[]> {
  for (let attempt = 1;; attempt++) {
    const buffer = `kstlib-ops-${crypto.randomUUID()}`;
    const args = processTable(client.binary, buffer, tags);
    const { code, stdout, stderr } = await client.call(["-N", ...args], {
      timeoutMs: QUESTION_MS,
    });
    if (code === 0 || serverIsAbsent(stderr)) return parseProcesses(stdout);
    // Who made the table was ended in the midst of it. Or the server has lost
    // its last session: then it lets nobody wait, and goes once it is left alone.
    if (attempt === TABLE_ATTEMPTS) throw client.failure(stderr);
    await sleep(FIRST_PAUSE_MS * 2 ** attempt);
  }
}

/** A pane's first process; the number of one that has ended may be another's. */
function leaderOf(pane: Pane): number {
  return hasEnded(pane) ? NaN : Number(pane.pane_pid);
}

/**
 * Waits until tmux has handed on all that a pane has put out, and returns the
 * pane as it then is, if it is still the same run: what tmux still holds would
 * be lost with the pane.
 */
export async function drainedPane(
  client: TmuxClient,
  before: Pane | undefined,
): Promise<Pane | undefined> {
  const deadline = performance.now() + DRAIN_MS;
  while (true) {
    const pane = (await client.panes()).find((it) =>
      it.pane_id === before?.pane_id
    );
    // Somebody has started it again meanwhile.
    if (pane?.["@kstlib_run"] !== before?.["@kstlib_run"]) return undefined;
    const isDrained = pane === undefined || pane.pane_dead === "1";
    if (isDrained || performance.now() > deadline) return pane;
    await sleep(FIRST_PAUSE_MS);
  }
}

/** Whether the command still runs, or nothing is left of it. */
function commandLives(tree: Tree): boolean {
  const { pane, leader, processes } = tree;
  const command = Number(pane["@kstlib_pid"]);
  return leader !== undefined &&
    (command === 0 || processes.some(({ pid }) => pid === command) ||
      isEnding(tree));
}

/**
 * Whether there is only a launcher that is about to end, with what it calls. It
 * stays for what the command has left.
 */
function isEnding({ pane, leader, processes }: Tree): boolean {
  const command = Number(pane["@kstlib_pid"]);
  return leader !== undefined && command !== 0 &&
    processes.every(({ pid, parent }) =>
      pid !== command && (pid === leader.pid || parent === leader.pid)
    );
}

/** Whether one that was asked to end handles that, and is still there. */
function isCleaningUp(
  { pane, processes }: Tree,
  asked: readonly Target[],
  signal: Deno.Signal,
): boolean {
  const groups = asked.flatMap((it) => "group" in it ? it.group : []);
  return processes.some(({ pid, group, caught }) =>
    pid !== leaderOf(pane) && groups.includes(group) &&
    (caught >> (signalNumber(signal) - 1) & 1) === 1
  );
}

function isIdleShell({ pane, leader }: Tree): boolean {
  const isShell = pane["@kstlib_pane"] === ""
    ? pane.pane_start_command === ""
    : pane["@kstlib_command"] === "";
  return isShell && leader !== undefined && leader.foreground === leader.group;
}

/** The groups that Ctrl-C would reach, and the command's own. */
function inForeground({ leader }: Tree): Target[] {
  if (leader === undefined) return [];
  return [...new Set([leader.foreground, leader.group])]
    .filter((group) => group > 1).map((group) => ({ group }));
}

/** Groups where one is the pane's own, so that no fork escapes. */
function everything({ pane, processes }: Tree): Target[] {
  const leader = leaderOf(pane);
  const isOwn = ({ terminalSession, group }: Process) =>
    terminalSession === leader || group === leader;
  const groups = new Set(processes.filter(isOwn).map(({ group }) => group));
  return [
    ...[...groups].map((group) => ({ group })),
    ...processes.filter((process) => !isOwn(process))
      .map(({ pid, started }) => ({ pid, started })),
  ];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
