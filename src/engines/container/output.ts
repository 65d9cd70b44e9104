/** Reads a container's output, from the engine or from its saved logs. */
import { SessionLogError, SessionNotFoundError } from "../../core/errors.ts";
import type * as runner from "../runner.ts";
import { lastLines } from "../../state/log_reader.ts";
import { LogView } from "../../state/log_times.ts";
import { asStampedText, asText } from "../../state/log_text.ts";
import type { Recorder } from "../../state/recorder.ts";
import type { Run } from "../../core/status.ts";
import type { ContainerClient } from "./client.ts";
import { explainUnread, readLogs } from "./logs.ts";
import type { Container } from "./parse.ts";
import { keyOf, type Known } from "./record.ts";
import { beginOf } from "./save.ts";

/** Which part of the output to read. */
interface OutputOptions extends runner.OutputOptions {
  readonly lines: number;
}

/**
 * Returns the last lines of a container's output.
 *
 * @throws {SessionNotFoundError} If there is no such container, and no log.
 * @throws {SessionLogError} If the output is not available in that form.
 */
export async function readOutput(
  client: ContainerClient,
  recorder: Recorder,
  { container, last }: Known,
  name: string,
  options: OutputOptions,
): Promise<string> {
  const { runtime } = client.dialect;
  const run = options.run === undefined || options.run === last?.run
    ? last
    : recorder.attempt(
      keyOf(name, runtime),
      (history) => history.read(options.run!),
    ) ?? null;
  if (run === null && options.run !== undefined && options.run !== last?.run) {
    const reason = `there is no run ${options.run}; see "ops history ${name}"`;
    if (container !== undefined || last !== null) {
      throw new SessionLogError(name, runtime, reason);
    }
  }
  const isPresent = run === last && container !== undefined;
  if (!isPresent && run === null) {
    throw new SessionNotFoundError(name, runtime);
  }
  return isPresent
    ? await readPresent(client, container, run, options)
    : readSaved(recorder, run!, name, runtime, options);
}

async function readPresent(
  client: ContainerClient,
  container: Container,
  run: Run | null,
  { lines, run: number, since, until, timestamps, raw = false }: OutputOptions,
): Promise<string> {
  if (lines === 0) return "";
  // An earlier run of the same container is in its log as well.
  const begin = run === null || number === undefined
    ? undefined
    : beginOf(run, container);
  const { text, isWhole } = await readLogs(client, container.id, lines, {
    since: laterOf(begin, since),
    until,
    timestamps,
    raw,
  }).catch((error) => {
    throw explainUnread(error, container, client.dialect.runtime);
  });
  if (raw) return isWhole ? `${text}\n` : text;
  return timestamps
    ? text.split("\n").map(asStampedText).join("\n")
    : asText(text);
}

/** The later of two times, or the one that there is. */
export function laterOf(
  a: Date | null | undefined,
  b: Date | null | undefined,
): Date | undefined {
  return a && b ? (a > b ? a : b) : a ?? b ?? undefined;
}

function readSaved(
  recorder: Recorder,
  run: Run,
  name: string,
  runtime: string,
  { lines, since, until, timestamps, raw }: OutputOptions,
): string {
  if (LogView.needsTimes({ since, until, timestamps })) {
    throw new SessionLogError(
      name,
      runtime,
      "the saved log has no times: ask without --since, --until and " +
        "--timestamps",
    );
  }
  return recorder.attempt(run, (history) => {
    const paths = history.logs(run.run);
    if (paths.length === 0) {
      throw new SessionLogError(
        name,
        runtime,
        `nothing of run ${run.run} is kept: it wrote nothing, its log was off, ` +
          "or it had to make room",
      );
    }
    return lastLines(paths, lines, { raw });
  }) ?? "";
}
