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
}

/** `pid (command) state parent group session terminal foreground …` */
const STAT = /^(\d+) \((.*)\) ([A-Za-z])\S* (\d+) (\d+) (\d+) -?\d+ (-?\d+)/;

/** Reads a process table, zombies left out: they have ended. */
export function parseProcesses(stdout: string): Process[] {
  return stdout.split("\n").flatMap((line) => {
    const [, pid, command, state, ...ids] = STAT.exec(line) ?? [];
    if (pid === undefined || state === "Z" || state === "X") return [];
    const [parent = 0, group = 0, terminalSession = 0, foreground = 0] = ids
      .map(Number);
    return [{
      pid: Number(pid),
      command: command ?? "",
      parent,
      group,
      terminalSession,
      foreground,
    }];
  });
}

/**
 * The processes of a pane whose first process is `leader`: those of its
 * terminal session, of its group, and their descendants.
 */
export function processesOf(
  leader: number,
  table: readonly Process[],
): Process[] {
  const found = new Map(
    table.filter((process) =>
      process.pid === leader || process.group === leader ||
      process.terminalSession === leader
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
