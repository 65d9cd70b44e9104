/** Records the runs of the managed containers of one runtime. */
import {
  EngineError,
  type OpsError,
  SessionRenamedError,
} from "../../core/errors.ts";
import { LogMode, type SessionConfig } from "../../core/definition.ts";
import { createFile, removeFile } from "../../state/files.ts";
import type { LogLimits } from "../../state/history.ts";
import type { SessionKey } from "../../state/paths.ts";
import type { Recorder } from "../../state/recorder.ts";
import {
  BackendType,
  type ContainerRuntime,
  type Run,
  RunEnd,
  SessionState,
  type SessionStatus,
} from "../../core/status.ts";
import type { ContainerClient } from "./client.ts";
import { explainUnread } from "./logs.ts";
import type { Container } from "./parse.ts";
import { beginOf, endOf, saveLog } from "./save.ts";

/** Limits under which no log of an earlier run is removed. */
const KEEP_ALL_LOGS: LogLimits = { maxSize: 1, maxFiles: Infinity };

/** The place and name by which a container is remembered. */
export function keyOf(name: string, runtime: ContainerRuntime): SessionKey {
  return { name, runtime, backend: BackendType.CONTAINER, socketName: null };
}

/**
 * A container, if the engine has one of that name, and the last run that was
 * remembered before the engine was asked.
 */
export interface Known {
  readonly container: Container | undefined;
  readonly last: Run | null;
}

/** Says how to go on with a container that somebody has renamed. */
export function renamedError(
  name: string,
  { name: newName, runtime }: Pick<SessionStatus, "name" | "runtime">,
): SessionRenamedError {
  const engine = runtime ?? BackendType.CONTAINER;
  return new SessionRenamedError(
    name,
    engine,
    newName,
    `it runs as "${newName}", as somebody has renamed it in ${engine}; act on ` +
      `that, or "${engine} rename ${newName} ${name}"`,
  );
}

/** Records the runs of managed containers. */
export class ContainerRecord {
  readonly #recorder: Recorder;
  readonly #warn: (warning: OpsError) => void;

  constructor(
    recorder: Recorder,
    warn: (warning: OpsError) => void = () => {},
  ) {
    this.#recorder = recorder;
    this.#warn = warn;
  }

  /**
   * The container, with the run that it was made for: whoever began that may
   * have been killed before he could remember that the engine has it.
   */
  withOwnRun(known: Known): Known {
    const { container, last } = known;
    const run = container?.run ?? null;
    const isKnown = run === null || run <= (last?.run ?? 0);
    if (isKnown || !container?.status.managed) return known;
    const own = this.#recorder.adopt(container.status, run, "");
    return { container, last: own ?? last };
  }

  /** The last run, and how it ended, if it has. */
  lastRun({ container, last }: Known): Run | null {
    return last && this.#recorder.settle(last, heldBy(container));
  }

  /** All runs, and how they ended. */
  runs(
    remembered: readonly Run[],
    container: Container | undefined,
  ): Run[] {
    const held = heldBy(container);
    return remembered.map((run, i) =>
      this.#recorder.settle(run, i === remembered.length - 1 ? held : null)
    );
  }

  /** Records that a new container is about to be started. */
  begin(config: SessionConfig, runtime: ContainerRuntime): Run | null {
    const { name, command, log, logMaxSize, logFiles } = config;
    const shown = typeof command === "string" ? command : command?.join(" ");
    const limits = log === LogMode.NONE
      ? KEEP_ALL_LOGS
      : { maxSize: logMaxSize, maxFiles: logFiles };
    return this.#recorder.begin(keyOf(name, runtime), shown ?? null, limits);
  }

  /** Records that a managed container is about to be started again. */
  beginAgain({ status, logLimits }: Container): Run | null {
    if (!status.managed) return null;
    return this.#recorder.begin(
      status,
      status.command,
      logLimits ?? KEEP_ALL_LOGS,
    );
  }

  /**
   * Whether somebody else has started the container since one looked: of two
   * starts at once, the engine does only one. The first to be confirmed is it; of
   * those that are confirmed at the same time, the one with the lowest number.
   *
   * @param last The last run when one looked.
   * @param isConfirmed Whether the run is.
   */
  isSecond(run: Run | null, last: Run | null, isConfirmed: boolean): boolean {
    if (run === null) return false;
    return this.#recorder.attempt(run, (it) => {
      let other = it.last(isConfirmed ? run.run : Infinity);
      while (other !== null && other.run > (last?.run ?? 0)) {
        if (other.run !== run.run && other.endedBy === null) return true;
        other = it.last(other.run);
      }
      return false;
    }) ?? false;
  }

  /** Records that the engine has the container. */
  confirm(run: Run | null): void {
    this.#recorder.confirm(run);
  }

  /** The status of a run after its first moments, with the run itself. */
  begun(run: Run | null, status: SessionStatus): SessionStatus {
    return { ...status, lastRun: run && this.#recorder.settle(run, status) };
  }

  /** Forgets a start that failed. */
  discard(run: Run | null): void {
    this.#recorder.discard(run);
  }

  /**
   * Notes that a container is about to be stopped, for readers that look before
   * the outcome is known; returns what removes the note.
   */
  stopping({ status }: Container, last: Run | null): () => void {
    if (!status.managed || last === null || last.endedBy !== null) {
      return () => {};
    }
    const seconds = Math.floor(Date.now() / 1000);
    const isOurs = this.#recorder.attempt(last, (history) => {
      const note = `0 - ${seconds} stopped\n`;
      return createFile(noteOf(history.prefix(last.run)), note);
    });
    return () => {
      // Another stop of it may yet succeed.
      if (!isOurs) return;
      this.#recorder.attempt(last, (history) => {
        removeFile(noteOf(history.prefix(last.run)));
      });
    };
  }

  /**
   * Records how the run of a managed container ended, and saves its log, before
   * the container is removed or started again. Another run may have begun by
   * now.
   *
   * @param before The last run when one looked.
   * @param wasStopped Whether it was alive, and a stop ended it.
   */
  async end(
    client: ContainerClient,
    container: Container,
    before: Run | null,
    wasStopped: boolean,
  ): Promise<void> {
    const { status } = container;
    if (!status.managed) return;
    const last = this.#runOf(status, before);
    const isKnown = last !== null &&
      (last.endedBy === null || last.endedAt === status.finishedAt);
    if (!isKnown && status.startedAt === null) return; // it never ran
    const run = isKnown ? last : this.#adopt(status);
    if (run === null) return;
    const hasEnded = status.state === SessionState.EXITED;
    if (wasStopped || !hasEnded) {
      this.#recorder.end(status, {
        endedAt: status.finishedAt ?? new Date().toISOString(),
        endedBy: RunEnd.STOP,
        exitCode: status.exitCode,
        signal: null,
        oomKilled: status.oomKilled,
        restartCount: status.restartCount ?? 0,
      }, run.run);
    } else {
      this.#recorder.settle(run, status);
    }
    try {
      // The start of an unknown run is not recorded: take the end of the one
      // before.
      const since = isKnown ? beginOf(last, container) : endOf(last, container);
      await saveLog(client, this.#recorder, run, container, since);
    } catch (error) {
      // The log is lost, but the stop goes on.
      if (!(error instanceof EngineError)) throw error;
      // Another stop has saved it, and removed the container.
      if (this.#recorder.hasLog(status, run.run)) return;
      this.#warn(explainUnread(error, container, client.dialect.runtime));
    }
  }

  /** The run that ended: somebody may have started it again since one looked. */
  #runOf(status: SessionStatus, before: Run | null): Run | null {
    const now = this.#recorder.last(status);
    const isNext = now !== null && now.run > (before?.run ?? 0) &&
      status.startedAt !== null && now.startedAt <= status.startedAt;
    return isNext ? now : before;
  }

  /**
   * Records a run that somebody else began, or that began when nothing could be
   * recorded.
   */
  #adopt(status: SessionStatus): Run | null {
    const { startedAt, command } = status;
    const run = this.#recorder.begin(status, command, KEEP_ALL_LOGS);
    const began = run && startedAt ? { ...run, startedAt } : run;
    this.#recorder.confirm(began);
    return began;
  }
}

/** The engine's status of a managed container. */
function heldBy(container: Container | undefined): SessionStatus | null {
  return container?.status.managed ? container.status : null;
}

/** The file of a run's notes, as under tmux; `prefix` is `History.prefix`. */
function noteOf(prefix: string): string {
  return `${prefix}.end`;
}
