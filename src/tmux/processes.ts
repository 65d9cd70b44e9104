/** The server's process table, and which of it belongs to a session. */

/** One process. */
export interface Process {
  readonly pid: number;
  readonly command: string;
  readonly parent: number;
  readonly group: number;
  /** The terminal session (as in setsid); 0 where it is not known. */
  readonly terminalSession: number;
  /** The terminal's foreground group. */
  readonly foreground: number;
  /**
   * When it started, in ticks since the machine did: with its id this names it
   * for good. 0 where it is not known.
   */
  readonly started: number;
  /** The signals that it handles itself, signal n as bit n-1. */
  readonly caught: number;
  /** Whether it carries the tag that was asked for. */
  readonly isTagged: boolean;
}

/** `pid (command) state parent group session terminal foreground … started … caught` */
const STAT =
  /^(\d+) \((.*)\) ([A-Za-z])\S* (\d+) (\d+) (\d+) -?\d+ (-?\d+)(?:(?: \S+){13} (\d+)(?:(?: \S+){11} (\d+))?)?/;

/** The path of what carries the tag that was asked for. */
const TAGGED = /^\/proc\/(\d+)\/environ$/;

/** Reads a process table, zombies left out: they have ended. */
export function parseProcesses(stdout: string): Process[] {
  const lines = stdout.split("\n");
  const tagged = new Set(lines.map((line) => Number(TAGGED.exec(line)?.[1])));
  return lines.flatMap((line) => {
    const [, pid, command, state, ...ids] = STAT.exec(line) ?? [];
    if (pid === undefined || state === "Z" || state === "X") return [];
    const [
      parent = 0,
      group = 0,
      terminalSession = 0,
      foreground = 0,
      started = 0,
      caught = 0,
    ] = ids.map((id) => Number(id ?? 0));
    return [{
      pid: Number(pid),
      command: command ?? "",
      parent,
      group,
      terminalSession,
      foreground,
      started,
      caught,
      isTagged: tagged.has(Number(pid)),
    }];
  });
}

/**
 * The processes of a pane whose first process is `leader`: those of its
 * terminal session, of its group, those with its tag, and their descendants.
 *
 * @param known Those it had before: one that has a session of its own is no
 * longer anybody's descendant once its parent has ended.
 */
export function processesOf(
  leader: number,
  table: readonly Process[],
  known: readonly Process[] = [],
): Process[] {
  const isKnown = ({ pid, started }: Process) =>
    started !== 0 &&
    known.some((one) => one.pid === pid && one.started === started);
  const found = new Map(
    table.filter((process) =>
      process.pid === leader || process.group === leader ||
      process.terminalSession === leader || isKnown(process) ||
      process.isTagged && !isOfServer(process, table)
    ).map((process) => [process.pid, process]),
  );
  let before;
  do {
    before = found.size;
    for (const process of table) {
      if (found.has(process.parent)) found.set(process.pid, process);
    }
  } while (found.size > before);
  return [...found.values()];
}

/** What a session started, and then belongs to a tmux server, is its business. */
function isOfServer(process: Process, table: readonly Process[]): boolean {
  const seen = new Set<number>();
  let one: Process | undefined = process;
  while (one !== undefined && !seen.has(one.pid)) {
    if (one.command.startsWith("tmux: server")) return true;
    seen.add(one.pid);
    one = table.find(({ pid }) => pid === one!.parent);
  }
  return false;
}
