/**
 * How the processes of a session are ended, step by step: what the process table
 * shows decides what is done next. It only decides, and waits for nothing.
 */
import { signalNumber } from "../../core/signals.ts";
import type { Survivor } from "../../core/definition.ts";
import type { Sending, Target } from "./args.ts";
import { isDead, runOf, type TmuxSession } from "./parse.ts";
import type { Process, ProcessTable } from "./processes.ts";

/** How long HUP is given before KILL, in milliseconds. */
const HANGUP_GRACE_MS = 100;
/** How long its launcher gets to end after the command, in milliseconds. */
const LAUNCHER_GRACE_MS = 1_000;
/** How long the killed get to be gone, in milliseconds. */
const KILL_GRACE_MS = 3_000;

/** What ending the processes took. */
export interface Ending {
  /** The signals that were sent, in order. */
  readonly signals: readonly string[];
  /** What is left; empty unless killing has not helped. */
  readonly survivors: readonly Survivor[];
}

/** What is to be ended: what runs in a pane, or what has lost its pane. */
export interface Subject {
  /** Number of the pane's first process; `NaN` where that has ended. */
  readonly leader: number;
  /** What its processes carry, if they do. */
  readonly tag: string | null;
  /** Number of the command, as its launcher told it; 0 where it is not known. */
  readonly command: number;
  /** Whether its leader is a launcher of ours. */
  readonly isLaunched: boolean;
  /** Whether its leader is an interactive shell. */
  readonly isShell: boolean;
}

/** What is to be ended of a session. */
export function subjectsOf(
  { panes, status: { managed }, isLaunched }: TmuxSession,
): Subject[] {
  return panes.map((pane) => ({
    // The pid of a process that has ended may be another process by now.
    leader: isDead(pane) ? NaN : Number(pane.pane_pid),
    tag: runOf(pane)?.tag ?? null,
    command: Number(pane["@kstlib_pid"]),
    isLaunched,
    isShell: managed ? !isLaunched : pane.pane_start_command === "",
  }));
}

/** What is to be ended of a run that has lost its pane. */
export function strayOf(tag: string): Subject {
  return { leader: NaN, tag, command: 0, isLaunched: false, isShell: false };
}

/** What is sent once so much time has passed; `null` is giving up. */
interface Step {
  readonly atMs: number;
  readonly signal: Deno.Signal | null;
  /** Whether it only asks the command itself. */
  readonly isFirst?: boolean;
}

/** What lives of one subject. */
interface Tree extends Subject {
  readonly subject: Subject;
  readonly first: Process | undefined;
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

/** What is to be done next. */
export interface Decision {
  /** What is to be sent. */
  readonly sendings: readonly Sending[];
  /** How it has come out; `null` while it goes on. */
  readonly ending: Ending | null;
  /** Whether only launchers are left, which end now. */
  readonly isClosing: boolean;
}

/** One stop, from its first look to its end. */
export class Stop {
  readonly #subjects: readonly Subject[];
  readonly #graceMs: number | null;
  readonly #signal: Deno.Signal;
  readonly #steps: Step[];
  readonly #signals: string[] = [];
  readonly #hungUp = new Set<Subject>();
  #asked: readonly Target[] = [];
  #trees: readonly Tree[] = [];
  #found: readonly Survivor[] | undefined;

  /** @param graceMs Time to clean up, in ms; `null` kills at once. */
  constructor(
    subjects: readonly Subject[],
    graceMs: number | null,
    signal: Deno.Signal,
  ) {
    this.#subjects = subjects;
    this.#graceMs = graceMs;
    this.#signal = signal;
    this.#steps = stepsFor(graceMs, signal);
  }

  /** How long it can take, in milliseconds. */
  get longestMs(): number {
    return this.#steps.at(-1)?.atMs ?? 0;
  }

  /** What lived when it began, but for launchers. */
  get found(): readonly Survivor[] {
    return this.#found ?? [];
  }

  /** What was last seen alive. */
  get alive(): readonly Survivor[] {
    return this.#trees.flatMap(({ processes }) => processes.map(toSurvivor));
  }

  /** Decides what is next, so many milliseconds after it began. */
  decide(table: ProcessTable, passedMs: number): Decision {
    const trees = this.#look(table);
    this.#trees = trees;
    this.#found ??= trees.flatMap((tree) =>
      tree.processes.filter((it) => !isOfLauncher(it, tree, table))
        .map(toSurvivor)
    );
    if (trees.length === 0) return this.#end([]);

    const steps = this.#steps;
    const sendings: Sending[] = [];
    const send = (signal: Deno.Signal, targets: readonly Target[]) => {
      if (targets.length === 0) return;
      this.#signals.push(signal);
      sendings.push({ signal, targets });
    };
    const endings = trees.filter((tree) => isEnding(tree, table));
    // What the command has left behind would never hear of an interrupt.
    const hasCommandEnded = !trees.some((tree) =>
      commandLives(tree) || endings.includes(tree)
    );
    if (steps[0]?.isFirst && hasCommandEnded) steps.shift();
    // How the command ended is lost with a launcher that is killed.
    const waitsMs = steps[0]!.signal === "SIGKILL" && this.#graceMs !== null &&
        endings.length === trees.length
      ? LAUNCHER_GRACE_MS
      : 0;
    const isNext = steps[0]!.atMs + waitsMs <= passedMs ||
      steps[0]!.signal === "SIGTERM" && hasCommandEnded &&
        !trees.some((tree) => this.#isCleaningUp(tree));
    if (isNext) {
      const { signal, isFirst = false } = steps.shift()!;
      if (signal === null) return this.#end(this.alive);
      const targets = isFirst
        ? trees.filter((tree) => !isIdleShell(tree)).flatMap(inForeground)
        : trees.flatMap(everything);
      if (isFirst) this.#asked = targets;
      send(signal, targets);
    }
    // A shell at its prompt ignores everything but that its terminal is gone.
    const idle = this.#graceMs === null
      ? []
      : trees.filter((tree) =>
        isIdleShell(tree) && !this.#hungUp.has(tree.subject)
      );
    send("SIGHUP", idle.flatMap(everything));
    for (const { subject } of idle) this.#hungUp.add(subject);
    return {
      sendings: [...sendings, ...release(endings)],
      ending: null,
      isClosing: endings.length === trees.length,
    };
  }

  #end(survivors: readonly Survivor[]): Decision {
    const ending = { signals: this.#signals, survivors };
    return { sendings: [], ending, isClosing: false };
  }

  #look(table: ProcessTable): Tree[] {
    return this.#subjects.map((subject) => {
      const known = this.#trees.find((tree) => tree.subject === subject);
      return {
        ...subject,
        subject,
        first: table.get(subject.leader),
        processes: table.treeOf(subject.leader, subject.tag, known?.processes),
      };
    }).filter((tree) => tree.processes.length > 0);
  }

  /** Whether a process that was asked to end handles the signal and still lives. */
  #isCleaningUp({ leader, processes }: Tree): boolean {
    const groups = this.#asked.flatMap((it) => "group" in it ? it.group : []);
    const bit = signalNumber(this.#signal) - 1;
    return processes.some(({ pid, group, caught }) =>
      pid !== leader && groups.includes(group) && (caught >> bit & 1) === 1
    );
  }
}

/** A launcher stays while its session is being stopped, until it hears this. */
function release(trees: readonly Tree[]): Sending[] {
  const targets = trees.flatMap(({ first }) =>
    first === undefined ? [] : [{ pid: first.pid, started: first.started }]
  );
  return targets.length === 0 ? [] : [{ signal: "SIGURG", targets }];
}

/** Whether the command still runs, or nothing is known of it. */
function commandLives({ first, command, processes }: Tree): boolean {
  return first !== undefined &&
    (command === 0 || processes.some(({ pid }) => pid === command));
}

/**
 * Whether there is only a launcher that is about to end, with what it calls. It
 * stays for what the command has left.
 */
function isEnding(tree: Tree, table: ProcessTable): boolean {
  const { isLaunched, first, command, processes } = tree;
  if (!isLaunched || first === undefined) return false;
  if (!table.hasTags && command === 0) return false;
  return processes.every((process) => isOfLauncher(process, tree, table));
}

/** Whether a process is a launcher, or what that calls. */
function isOfLauncher(
  { pid, parent, tag }: Process,
  { isLaunched, first, command }: Tree,
  { hasTags }: ProcessTable,
): boolean {
  if (!isLaunched || first === undefined) return false;
  return pid === first.pid ||
    parent === first.pid && pid !== command && (!hasTags || tag === null);
}

function toSurvivor({ pid, command }: Process): Survivor {
  return { pid, command };
}

function isIdleShell({ isShell, first }: Tree): boolean {
  return isShell && first !== undefined && first.foreground === first.group;
}

/** The groups that Ctrl-C would reach, and the command's own. */
function inForeground({ first }: Tree): Target[] {
  if (first === undefined) return [];
  return [...new Set([first.foreground, first.group])]
    .filter((group) => group > 1).map((group) => ({ group }));
}

/** Groups where one is the pane's own, so that no fork escapes. */
function everything({ leader, processes }: Tree): Target[] {
  const isOwn = ({ terminalSession, group }: Process) =>
    terminalSession === leader || group === leader;
  const groups = new Set(processes.filter(isOwn).map(({ group }) => group));
  return [
    ...[...groups].map((group) => ({ group })),
    ...processes.filter((process) => !isOwn(process))
      .map(({ pid, started }) => ({ pid, started })),
  ];
}
