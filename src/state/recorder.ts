/**
 * What a runner remembers of its sessions. Nothing here ever keeps a session
 * from starting or stopping: what cannot be kept is warned of once.
 */
import { type OpsError, PermissionError, StateError } from "../core/errors.ts";
import { type Run, RunEnd, type SessionStatus } from "../core/status.ts";
import { withFiles } from "./files.ts";
import {
  History,
  type LogLimits,
  type NotedEnd,
  type Outcome,
} from "./history.ts";
import { markEnded, markOpen } from "./marks.ts";
import { folderOf, type SessionKey } from "./paths.ts";
import { outcomeOfRun } from "./settle.ts";

/** Where a runner remembers sessions, and where warnings go. */
export interface RecorderOptions {
  /**
   * The folder for logs and history of all sessions.
   *
   * @default {null} nothing is remembered
   */
  readonly stateFolder?: string | null | undefined;
  /** Warnings go here; the work still succeeds. */
  readonly warn?: ((warning: OpsError) => void) | undefined;
}

/** Remembers the runs of sessions. */
export class Recorder {
  readonly #root: string | null;
  readonly #warn: (warning: OpsError) => void;
  /** Each file once, as it may be read often. */
  readonly #damaged = new Set<string>();
  readonly #warnOfFile = (warning: StateError): void => {
    if (!this.#damaged.has(warning.folder)) this.#warn(warning);
    this.#damaged.add(warning.folder);
  };
  #hasWarned = false;

  constructor({ stateFolder = null, warn = () => {} }: RecorderOptions) {
    this.#root = stateFolder;
    this.#warn = warn;
  }

  /** The history of one session; `null` where nothing is remembered. */
  of(key: SessionKey): History | null {
    if (this.#root === null) return null;
    return new History(folderOf(this.#root, key), this.#warnOfFile);
  }

  /** Remembers that a run begins; `null` where that cannot be. */
  begin(
    key: SessionKey,
    command: string | null,
    limits: LogLimits | null,
  ): Run | null {
    return this.attempt(key, (it, root) => {
      const run = it.begin(key, command, limits);
      markOpen(root, { key, run: run.run });
      return run;
    }) ?? null;
  }

  /** Forgets a run that never came to be. */
  discard(run: Run | null): void {
    if (run === null) return;
    this.attempt(run, (it, root) => {
      it.discard(run);
      markEnded(root, { key: run, run: run.run });
    });
  }

  /**
   * Remembers that the engine has a run.
   *
   * @param engine What tells this engine from one that comes after it.
   */
  confirm(run: Run | null, engine = ""): void {
    if (run !== null) this.attempt(run, (it) => it.confirm(run, engine));
  }

  /** The run that an engine has, which counts from then on. */
  adopt(key: SessionKey, number: number, engine: string): Run | null {
    return this.attempt(key, (it) => it.adopt(number, engine)) ?? null;
  }

  /**
   * Remembers how a run ended, unless that is known.
   *
   * @param number Which one; by default the last.
   */
  end(key: SessionKey, outcome: Outcome, number?: number): void {
    this.attempt(key, (it, root) => {
      // The start may not have noted yet that the engine has it.
      const run = number === undefined ? it.last() : it.adopt(number, "");
      if (run?.endedBy === null) end(it, run, outcome, root);
    });
  }

  /**
   * The runs of a session, the oldest first, as they are remembered. To be
   * asked before the engine is: see {@linkcode settle}.
   */
  remembered(key: SessionKey): readonly Run[] {
    return this.attempt(key, (it) => it.all()) ?? [];
  }

  /** The last run that has ended, the last of all being this one. */
  lastEnded(last: Run): Run | null {
    if (last.endedBy !== null) return last;
    return this.attempt(last, (it) => it.last(last.run)) ?? null;
  }

  /** One run; `null` where it is not remembered. */
  read(key: SessionKey, run: number): Run | null {
    return this.attempt(key, (it) => it.read(run)) ?? null;
  }

  /** Whether a run was stopped. */
  wasStopped(run: Run): boolean {
    return this.attempt(
      run,
      (it) =>
        it.read(run.run)?.endedBy === RunEnd.STOP ||
        it.notes(run.run).some(({ isStopped }) => isStopped),
    ) ?? false;
  }

  /** How the last attempt of a run ended, if its launcher has noted one. */
  lastAttempt(run: Run): NotedEnd | null {
    return this.attempt(run, (it) => it.notes(run.run).at(-1)) ?? null;
  }

  /**
   * Whether a run may live on though its engine does not have it: nothing tells
   * how it ended, and the machine has not been started again since.
   */
  mayLive(run: Run): boolean {
    if (isSettled(run)) return false;
    const booted = bootedAt();
    if (booted !== null && Date.parse(run.startedAt) < booted) return false;
    return !this.attempt(
      run,
      (it) => it.notes(run.run).some(({ isFinal }) => isFinal),
    );
  }

  /** Whether there is a log of a run. */
  hasLog(key: SessionKey, run: number): boolean {
    return this.attempt(key, (it) => it.logs(run).length > 0) ?? false;
  }

  /** The last one of them. */
  last(key: SessionKey): Run | null {
    return this.attempt(key, (it) => it.last()) ?? null;
  }

  /**
   * Finds out, and remembers, how a run ended that nobody saw end.
   *
   * @param run What was remembered before the engine was asked: what began
   * since then is not what it spoke of.
   * @param held What the engine has of this very run; `null`: nothing.
   * @param engine The engine that said so, as {@linkcode confirm} had it.
   */
  settle(run: Run, held: SessionStatus | null, engine?: string): Run {
    if (isSettled(run)) return run;
    return this.attempt(run, (it, root) => {
      // A stop notes the end before the engine loses the session.
      const now = it.read(run.run) ?? run;
      if (isSettled(now)) return now;
      const notes = it.notes(run.run);
      if (now.endedBy !== null && !notes.some((note) => note.isGone)) {
        return now;
      }
      const outcome = outcomeOfRun(now, {
        held,
        notes,
        engineLives: engine !== undefined && engine === it.engineOf(now),
        bootedAt: bootedAt(),
      });
      if (outcome !== null) return end(it, now, outcome, root);
      // Between two attempts it is not the same as what is noted.
      const restartCount = held?.restartCount ?? now.restartCount;
      return { ...now, restartCount };
    }) ?? run;
  }

  /**
   * Does something with a session's history; warns, once, where that fails.
   *
   * @returns What `work` returns; `undefined` also where nothing is remembered.
   */
  attempt<T>(
    key: SessionKey,
    work: (history: History, root: string) => T,
  ): T | undefined {
    const root = this.#root;
    const history = this.of(key);
    if (root === null || history === null) return undefined;
    try {
      return withFiles(history.folder, () => work(history, root));
    } catch (error) {
      const isExpected = error instanceof StateError ||
        error instanceof PermissionError;
      if (!isExpected) throw error;
      if (!this.#hasWarned) this.#warn(error);
      this.#hasWarned = true;
      return undefined;
    }
  }
}

/** Remembers how a run ended; what is still to be found out stays marked. */
function end(
  history: History,
  run: Run,
  outcome: Outcome,
  root: string,
): Run {
  const ended = history.end(run, outcome);
  if (isSettled(ended)) markEnded(root, { key: run, run: run.run });
  return ended;
}

/**
 * Whether there is no more to find out. A launcher that has lost its engine
 * notes how its command ended once it has.
 */
function isSettled({ endedBy, endedAt }: Run): boolean {
  return endedBy !== null &&
    !(endedBy === RunEnd.ENGINE_GONE && endedAt === null);
}

/** When the machine was started; `null` where Deno may not tell. */
function bootedAt(): number | null {
  try {
    return Date.now() - Deno.osUptime() * 1000;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}
