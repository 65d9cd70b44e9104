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
  /** The tag of the run that it belongs to, if it carries one. */
  readonly tag: string | null;
  /** The socket and the name of its session, as `SOCKET:NAME`. */
  readonly owner: string | null;
}

/** `pid (command) state parent group session terminal foreground … started … caught` */
const STAT =
  /^(\d+) \((.*)\) ([A-Za-z])\S* (\d+) (\d+) (\d+) -?\d+ (-?\d+)(?:(?: \S+){13} (\d+)(?:(?: \S+){11} (\d+))?)?/;

/** One variable of a process. The launcher's own text holds their names, too. */
const VARIABLE =
  /^\/proc\/(\d+)\/environ:KSTLIB_OPS_(?:RUN=([\da-f-]{36})|SESSION=(\/.*:.*))$/;

/** The processes of a host, zombies left out: they have ended. */
export class ProcessTable {
  /** All of them. */
  readonly all: readonly Process[];
  /** Whether it tells which run a process belongs to. */
  readonly hasTags: boolean;
  readonly #byPid: ReadonlyMap<number, Process>;
  readonly #byParent: ReadonlyMap<number, Process[]>;
  readonly #byGroup: ReadonlyMap<number, Process[]>;
  readonly #bySession: ReadonlyMap<number, Process[]>;
  readonly #byTag: ReadonlyMap<string | null, Process[]>;

  constructor(all: readonly Process[]) {
    this.all = all;
    this.#byPid = new Map(all.map((process) => [process.pid, process]));
    this.#byParent = Map.groupBy(all, ({ parent }) => parent);
    this.#byGroup = Map.groupBy(all, ({ group }) => group);
    this.#bySession = Map.groupBy(all, (process) => process.terminalSession);
    this.#byTag = Map.groupBy(all, ({ tag }) => tag);
    this.hasTags = all.some(({ started }) => started !== 0);
  }

  /** The process of that number. */
  get(pid: number): Process | undefined {
    return this.#byPid.get(pid);
  }

  /**
   * The processes of a pane whose first process is `leader`: those of its
   * terminal session, of its group, those with its tag, and their descendants.
   *
   * @param tag What they carry; `null`: nothing.
   * @param known Those it had before: one that has a session of its own is no
   * longer anybody's descendant once its parent has ended.
   */
  treeOf(
    leader: number,
    tag: string | null,
    known: readonly Process[] = [],
  ): Process[] {
    const first = this.get(leader);
    const tagged = tag === null ? [] : this.#byTag.get(tag) ?? [];
    const found = new Set([
      ...(first === undefined ? [] : [first]),
      ...this.#byGroup.get(leader) ?? [],
      ...this.#bySession.get(leader) ?? [],
      ...tagged.filter((process) => !this.#isOfServer(process)),
      ...known.flatMap(({ pid, started }) => {
        const now = this.get(pid);
        return started !== 0 && now?.started === started ? [now] : [];
      }),
    ]);
    // A set goes on to what is added to it meanwhile.
    for (const { pid } of found) {
      for (const child of this.#byParent.get(pid) ?? []) found.add(child);
    }
    return [...found];
  }

  /** What carries the mark of a session, and the tag of one of its runs. */
  ownedBy(owner: (owner: string) => boolean): Process[] {
    return this.all.filter((process) =>
      process.owner !== null && process.tag !== null && owner(process.owner) &&
      !this.#isOfServer(process)
    );
  }

  /**
   * Whether it belongs to a tmux server that its own session has started: then
   * it is the business of that.
   */
  #isOfServer(process: Process): boolean {
    return process.tag !== null &&
      this.serverOf(process)?.tag === process.tag;
  }

  /** The tmux server that a process belongs to, if it does. */
  serverOf(process: Process): Process | undefined {
    const seen = new Set<number>();
    let one: Process | undefined = process;
    while (one !== undefined && !seen.has(one.pid)) {
      if (isServer(one)) return one;
      seen.add(one.pid);
      one = this.get(one.parent);
    }
    return undefined;
  }
}

/** A server is named after its program, and so is what attaches to it. */
function isServer({ command }: Process): boolean {
  return /^\.?tmux[^ ]*:/.test(command) && !command.includes(": client");
}

/** Reads a process table. */
export function parseProcesses(stdout: string): ProcessTable {
  const lines = stdout.split("\n");
  const tags = new Map<number, string>();
  const owners = new Map<number, string>();
  for (const line of lines) {
    const [, pid, tag, owner] = VARIABLE.exec(line) ?? [];
    if (tag !== undefined) tags.set(Number(pid), tag);
    if (owner !== undefined) owners.set(Number(pid), owner);
  }
  return new ProcessTable(lines.flatMap((line) => {
    const [, pid, command = "", state, ...ids] = STAT.exec(line) ?? [];
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
      command,
      parent,
      group,
      terminalSession,
      foreground,
      started,
      caught,
      tag: tags.get(Number(pid)) ?? null,
      owner: owners.get(Number(pid)) ?? null,
    }];
  }));
}
