/** Saves the log of a container before its removal. */
import { removeFile, UNFINISHED } from "../../state/files.ts";
import type { History, LogLimits } from "../../state/history.ts";
import type { Recorder } from "../../state/recorder.ts";
import type { Run } from "../../core/status.ts";
import { ACTION_MS } from "../../host/local/local.ts";
import { logsArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import type { Container } from "./parse.ts";

/**
 * Writes the output of a run into files of its history, as it comes from the
 * engine. If that fails, the recorder warns, and the log is lost.
 *
 * @param since When the run began; `undefined`: with the container.
 * @throws {EngineError} If the engine does not give the output.
 */
export async function saveLog(
  client: ContainerClient,
  recorder: Recorder,
  run: Run,
  { id, hasTerminal, logLimits }: Container,
  since: Date | undefined,
): Promise<void> {
  const history = recorder.of(run);
  if (logLimits === null || history === null) return;
  const args = logsArgs(id, { since });
  const files = new LogFiles(history, run.run, logLimits);
  try {
    for await (
      const { source, bytes } of client.stream(args, { idleMs: ACTION_MS })
    ) {
      // With a terminal, standard error is the client's own.
      if (hasTerminal && source === "stderr") continue;
      if (!recorder.attempt(run, () => files.write(bytes))) break;
    }
    // Even after a full disk, the files hold a whole beginning.
    recorder.attempt(run, () => files.finish());
  } finally {
    recorder.attempt(run, () => files.discard());
  }
}

/**
 * The time from which a container's output belongs to a run; `undefined`: it
 * has never had another run.
 */
export function beginOf(run: Run, container: Container): Date | undefined {
  return afterCreation(run.startedAt, container);
}

/** The time from which a container's output comes after a run; as above. */
export function endOf(
  run: Run | null,
  container: Container,
): Date | undefined {
  return run === null
    ? undefined
    : afterCreation(run.endedAt ?? run.startedAt, container);
}

function afterCreation(time: string, { status }: Container): Date | undefined {
  const date = new Date(time);
  return date > new Date(status.createdAt ?? time) ? date : undefined;
}

/**
 * The log files of one run. Each gets its name when it is whole, so that two
 * processes that save the same log at once write the same files.
 */
class LogFiles {
  readonly #history: History;
  readonly #run: number;
  readonly #limits: LogLimits;
  #count = 0;
  #open: { readonly path: string; readonly file: Deno.FsFile } | undefined;
  #left = 0;

  constructor(history: History, run: number, limits: LogLimits) {
    this.#history = history;
    this.#run = run;
    this.#limits = limits;
  }

  /** Adds bytes; the oldest files make room. */
  write(bytes: Uint8Array): true {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#left === 0) this.#next();
      const part = rest.subarray(0, this.#left);
      const written = this.#open!.file.writeSync(part);
      this.#left -= written;
      rest = rest.subarray(written);
    }
    return true;
  }

  /** Ends the last file; a run without output has an empty one. */
  finish(): void {
    if (this.#open === undefined) this.#next();
    this.#name();
  }

  /** Removes a file that is not whole. */
  discard(): void {
    if (this.#open === undefined) return;
    const { path, file } = this.#open;
    this.#open = undefined;
    file.close();
    removeFile(path);
  }

  #next(): void {
    this.#name();
    this.#history.makeRoom(this.#limits);
    const path = `${this.#history.folder}/${crypto.randomUUID()}${UNFINISHED}`;
    const file = Deno.openSync(path, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    this.#open = { path, file };
    this.#left = this.#limits.maxSize;
  }

  #name(): void {
    if (this.#open === undefined) return;
    const number = String(++this.#count).padStart(6, "0");
    const { path, file } = this.#open;
    file.close();
    this.#open = undefined;
    Deno.renameSync(
      path,
      `${this.#history.prefix(this.#run)}.${number}.log`,
    );
  }
}
