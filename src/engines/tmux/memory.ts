/** What is remembered of the sessions of one tmux server. */
import { shellWord } from "../../core/shell_word.ts";
import { SessionRenamedError } from "../../core/errors.ts";
import {
  BackendType,
  lastEndText,
  type Run,
  SessionState,
  type SessionStatus,
  type StopResult,
} from "../../core/definition.ts";
import { RunEnd } from "../../core/definition.ts";
import type { History, LogLimits } from "../../state/history.ts";
import type { Recorder } from "../../state/recorder.ts";
import type { SessionKey } from "../../state/paths.ts";
import type { Seen } from "../runner.ts";
import type { RunRecord } from "./args.ts";
import type { Scan, Sessions, TmuxClient } from "./client.ts";
import { type Pane, runOf, type TmuxSession } from "./parse.ts";

import { isAny, NO_STRAYS, type Strays, straysOf } from "./strays.ts";

/** A session as tmux has it, and what is remembered of it. */
export interface Looked {
  /** What tmux has of it. */
  readonly session: TmuxSession | undefined;
  /** All that tmux has. */
  readonly sessions: Sessions;
  /** What lives of it, where tmux does not have it. */
  readonly strays: Strays;
  /** Its last run, which may still go on. */
  readonly last: Run | null;
}

/** Remembers the runs of the sessions of one server. */
export class Memory {
  readonly #client: TmuxClient;
  readonly #recorder: Recorder;
  #seen: Seen | undefined;

  /** @param seen A session as it was just found. */
  constructor(client: TmuxClient, recorder: Recorder, seen?: Seen) {
    this.#client = client;
    this.#recorder = recorder;
    this.#seen = seen;
  }

  /** Finds a session. */
  async find(name: string): Promise<TmuxSession | undefined> {
    const sessions = this.#takeSeen(name)?.sessions ??
      await this.#client.list();
    this.refuseRenamed(name, sessions);
    return sessions.byName.get(name);
  }

  /**
   * Says how to go on with a session that somebody has renamed.
   *
   * @throws {SessionRenamedError} If it runs under another name.
   */
  refuseRenamed(name: string, { byName, renamed }: Sessions): void {
    const pane = renamed.get(name);
    // Somebody may have given its name to another one.
    if (pane === undefined || byName.has(name)) return;
    const { session_name: newName, pane_id: id } = pane;
    const isMoved = pane["@kstlib_pane"] !== id;
    const { engine, socketName } = this.#client;
    const tmux = socketName === null
      ? "tmux"
      : `tmux -L ${shellWord(socketName)}`;
    const target = shellWord(`=${newName}`);
    throw new SessionRenamedError(
      name,
      engine,
      newName,
      isMoved
        ? `its pane ${id} was moved to the tmux session "${newName}"; it can ` +
          `only be ended there, with "${tmux} kill-pane -t ${id}"`
        : `it runs as "${newName}", as somebody has renamed it in tmux; act ` +
          `on that, or "${tmux} rename-session -t ${target} ${name}"`,
    );
  }

  /** Looks a session up, and finds out how its last run ended if it has. */
  async look(name: string): Promise<Looked> {
    const seen = this.#takeSeen(name);
    // Before tmux is asked: what begins meanwhile is not what it speaks of.
    const before = seen?.before ?? this.#recorder.last(this.#keyOf(name));
    const sessions = seen?.sessions ?? await this.#client.list();
    const isThere = sessions.byName.has(name) || sessions.renamed.has(name);
    if (isThere || before === null || !this.#recorder.mayLive(before)) {
      return this.#compare(name, before, sessions, NO_STRAYS);
    }
    const scan = await this.#client.scan();
    return this.#compare(name, before, scan.sessions, straysOf(name, scan));
  }

  /** What was just found of a session; a later call asks tmux again. */
  #takeSeen(name: string) {
    const seen = this.#seen;
    this.#seen = undefined;
    return seen?.status.name === name
      ? { before: seen.before, sessions: seen.handle as Sessions }
      : undefined;
  }

  /** The same, and the processes of the host as of that moment. */
  async scan(name: string): Promise<Looked & { readonly scan: Scan }> {
    const before = this.#recorder.last(this.#keyOf(name));
    const scan = await this.#client.scan();
    const strays = straysOf(name, scan);
    return { ...this.#compare(name, before, scan.sessions, strays), scan };
  }

  /** Compares what tmux says with what was remembered before it was asked. */
  #compare(
    name: string,
    before: Run | null,
    sessions: Sessions,
    strays: Strays,
  ): Looked {
    const key = this.#keyOf(name);
    const { session, held, server } = this.#present(name, sessions);
    const present = held !== null && held !== before?.run && server
      ? this.#recorder.adopt(key, held, server)
      : null;
    const last = present && present.run > (before?.run ?? 0) ? present : before;
    const looked = { session, sessions, strays, last };
    if (last === null) return looked;
    // It has not ended: only tmux does not have it there.
    const isElsewhere = session === undefined &&
      (runIn(sessions.renamed.get(name)) === last.run || isAny(strays));
    if (isElsewhere) return looked;
    const status = held === last.run ? session!.status : null;
    return { ...looked, last: this.#recorder.settle(last, status, server) };
  }

  /** What tmux has of a session, and which of its runs that is. */
  #present(name: string, { all, byName }: Sessions) {
    const session = byName.get(name);
    const pane = session?.panes[0];
    const held = runIn(pane);
    return { session, held, server: all[0]?.status.pid?.toString() };
  }

  /** The last run that has ended, the last of all being this one. */
  lastEnded(last: Run | null): Run | null {
    return last && this.#recorder.lastEnded(last);
  }

  /** All runs, the oldest first, after those that may go on are looked at. */
  async history(name: string): Promise<readonly Run[]> {
    const key = this.#keyOf(name);
    const before = this.#recorder.remembered(key);
    const { last, sessions } = await this.look(name);
    // Of two starts or restarts at once, one has made way for the other.
    const { held, server } = this.#present(name, sessions);
    for (const run of before) {
      const isOpen = run.endedBy === null && run.run < (last?.run ?? 0);
      if (isOpen && run.run !== held) {
        this.#recorder.settle(run, null, server);
      }
    }
    return this.#recorder.remembered(key).map((run) =>
      run.endedBy === null && run.run === last?.run ? last : run
    );
  }

  /** The status, which says how the last attempt of its run ended. */
  withLastEnd(status: SessionStatus, last: Run | null): SessionStatus {
    const isOpen = last?.endedBy === null &&
      status.state === SessionState.RUNNING;
    const attempt = isOpen ? this.#recorder.lastAttempt(last) : null;
    return attempt === null
      ? status
      : { ...status, detail: lastEndText(status.detail, attempt) };
  }

  /** The files of a session; `null` where nothing is remembered. */
  filesOf(name: string): History | null {
    return this.#recorder.of(this.#keyOf(name));
  }

  /** Whether a run has a log that can be read. */
  hasLog(name: string, run: number): boolean {
    return this.#recorder.hasLog(this.#keyOf(name), run);
  }

  /** Remembers that a run begins. */
  begin(
    name: string,
    command: string | null,
    limits: LogLimits | null,
  ): Run | null {
    return this.#recorder.begin(this.#keyOf(name), command, limits);
  }

  /** Where a run is written to. */
  recordOf(run: Run, log: LogLimits | null): RunRecord | null {
    const history = this.filesOf(run.name);
    return history && { run: run.run, prefix: history.prefix(run.run), log };
  }

  /** Remembers that tmux has a run. */
  confirm(run: Run | null, status: SessionStatus): void {
    this.#recorder.confirm(run, String(status.pid));
  }

  /** Whether a run was stopped. */
  wasStopped(run: Run | null): boolean {
    return run !== null && this.#recorder.wasStopped(run);
  }

  /** Forgets a run that never came to be. */
  discard(run: Run | null): void {
    this.#recorder.discard(run);
  }

  /**
   * Remembers that a session was stopped: the run that it was, since another
   * one may have begun by now.
   */
  stopped(
    { panes: [pane], status: { name, restartCount } }: TmuxSession,
    { exitCode, signal }: Pick<StopResult, "exitCode" | "signal">,
  ): void {
    const run = pane && runOf(pane)?.run;
    if (run == null) return;
    this.#recorder.end(this.#keyOf(name), {
      endedAt: new Date().toISOString(),
      endedBy: RunEnd.STOP,
      exitCode,
      signal,
      oomKilled: null,
      restartCount: restartCount ?? 0,
    }, run);
  }

  /** Remembers how an ended session ended, while tmux still holds it. */
  settleAs({ panes: [pane], status }: TmuxSession): void {
    const run = pane && runOf(pane)?.run;
    const key = this.#keyOf(status.name);
    const known = run == null ? null : this.#recorder.read(key, run);
    if (known !== null) {
      this.#recorder.settle(known, status, status.pid?.toString());
    }
  }

  /** How the launcher has noted the end of a session that tmux has lost. */
  notedEnd(
    { panes: [pane], status: { name } }: TmuxSession,
  ): Pick<StopResult, "exitCode" | "signal"> {
    const run = pane && runOf(pane)?.run;
    const noted = run == null
      ? undefined
      : this.#recorder.attempt(this.#keyOf(name), (it) => it.notes(run))?.at(
        -1,
      );
    return {
      exitCode: noted?.exitCode ?? null,
      signal: noted?.signal ?? null,
    };
  }

  #keyOf(name: string): SessionKey {
    const { socketName } = this.#client;
    return { name, backend: BackendType.TMUX, socketName, runtime: null };
  }
}

/** The number of the run that a pane is. */
function runIn(pane: Pane | undefined): number | null {
  return (pane && runOf(pane)?.run) ?? null;
}
