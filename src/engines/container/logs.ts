/**
 * A container's output in the order it happened. Without a terminal the client
 * prints two streams, and only time stamps tell which line came first; but long
 * lines have stamps inside them, too. So stamps give the order, and the plain
 * output gives the text.
 */
import { type LogsArgs, logsArgs } from "./args.ts";
import { EngineError, SessionLogError } from "../../core/errors.ts";
import type { ContainerRuntime } from "../../core/status.ts";
import { ACTION_MS } from "../../host/local/local.ts";
import { toBinary } from "../../state/log_text.ts";
import type { CallOptions, ContainerClient } from "./client.ts";
import type { Container } from "./parse.ts";

/** The two streams of one call. */
export interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

/** A line, and when it was written, as text that sorts by time. */
interface StampedLine {
  readonly stamp: string;
  readonly text: string;
}

/** Which part of the output, and how. */
type Part = Pick<LogsArgs, "since" | "until" | "timestamps"> & {
  /** As {@linkcode toBinary}. @default {false} text */
  readonly raw?: boolean | undefined;
};

/** Lines of output, without the line break after the last one. */
interface Lines {
  readonly text: string;
  /** Whether the last line had a line break. */
  readonly isWhole: boolean;
}

/**
 * What a failure to read a container's output means: its driver may be one that
 * hands the output on and keeps none.
 */
export function explainUnread<Failure>(
  error: Failure,
  { logDriver, status: { name } }: Container,
  runtime: ContainerRuntime,
): Failure | SessionLogError {
  const isDriver = error instanceof EngineError &&
    /logging driver does not support reading|cannot read logs/.test(
      error.reason,
    );
  if (!isDriver) return error;
  return new SessionLogError(
    name,
    runtime,
    `its log driver ${logDriver} cannot be read: look where that writes to, ` +
      "or make the container anew with --log-driver json-file",
    { cause: error },
  );
}

/** The last lines of a container's output. */
export async function readLogs(
  client: ContainerClient,
  id: string,
  lines: number,
  part: Part = {},
  limit: Pick<CallOptions, "timeoutMs"> = {},
): Promise<Lines> {
  const { pieces, ...plain } = await readEnd(client, id, lines, part, limit);
  const isOne = plain.stdout === "" || plain.stderr === "";
  const both = plain.stdout + plain.stderr;
  const all = isOne ? linesOf(both) : inOrder(
    plain,
    // More pieces, as new lines may have come in the meantime.
    await readStreams(
      client,
      logsArgs(id, {
        ...part,
        tail: pieces && pieces * 10,
        timestamps: true,
      }),
      { ...limit, raw: part.raw },
    ),
  );
  const isWhole = isOne ? both.endsWith("\n") : true;
  return { text: all.slice(-lines).join("\n"), isWhole };
}

/**
 * Reads so much of the output that its last lines are whole. The runtimes count
 * pieces of lines, of 16 KiB each or of one write each, so the first line of a
 * stream may lack its beginning.
 */
export async function readEnd(
  client: ContainerClient,
  id: string,
  lines: number,
  part: Part,
  limit: Pick<CallOptions, "timeoutMs"> = {},
): Promise<Streams & { readonly pieces: number | null }> {
  const { withoutTail } = client.dialect;
  const how = { ...limit, raw: part.raw };
  // The engines count the last lines before they look at their time.
  const countsAll = part.until !== undefined ||
    withoutTail?.test((await client.ask(["--version"])).stdout);
  if (countsAll) {
    const said = await readStreams(client, logsArgs(id, part), how);
    return { ...said, pieces: null };
  }
  let sizeBefore = 0;
  for (let pieces = lines + 2;; pieces *= 10) {
    const args = logsArgs(id, { ...part, tail: pieces });
    const said = await readStreams(client, args, how);
    const count = linesOf(said.stdout).length + linesOf(said.stderr).length;
    const size = said.stdout.length + said.stderr.length;
    const isAll = size < pieces || size === sizeBefore;
    if (isAll || count >= lines + 2) return { ...said, pieces };
    sizeBefore = size;
  }
}

/** What a call writes: as text, or as {@linkcode toBinary}. */
export async function readStreams(
  client: ContainerClient,
  args: readonly string[],
  { raw, ...limit }: Pick<CallOptions, "timeoutMs"> & Pick<Part, "raw">,
): Promise<Streams> {
  if (!raw) return await client.perform(args, limit);
  const streams = { stdout: "", stderr: "" };
  const options = { idleMs: limit.timeoutMs ?? ACTION_MS };
  for await (const { source, bytes } of client.stream(args, options)) {
    streams[source] += toBinary(bytes);
  }
  return streams;
}

/** Makes text of bytes that come in pieces. */
export interface Decoder {
  decode(bytes: Uint8Array, options: { readonly stream: true }): string;
}

/** A decoder of text, or of {@linkcode toBinary}. */
export function decoderFor(raw: boolean | undefined): Decoder {
  return raw
    ? { decode: toBinary }
    : new TextDecoder("utf-8", { ignoreBOM: true });
}

/** Merges plain output by the stamps of the same output. */
export function inOrder(
  plain: Streams,
  stamped: Streams,
): string[] {
  const out = stampLines(linesOf(plain.stdout), linesOf(stamped.stdout));
  const err = stampLines(linesOf(plain.stderr), linesOf(stamped.stderr));
  const merged: string[] = [];
  let next = 0;
  for (const line of out) {
    while (next < err.length && err[next]!.stamp < line.stamp) {
      merged.push(err[next++]!.text);
    }
    merged.push(line.text);
  }
  return [...merged, ...err.slice(next).map(({ text }) => text)];
}

/** The lines of a text, without the empty one after the last line break. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * Gives each plain line its stamp. If there was output between the two calls,
 * the stamped lines end later, and may lack the first plain lines; those are
 * older than any stamp.
 */
function stampLines(
  plain: readonly string[],
  stamped: readonly string[],
): StampedLine[] {
  const wanted = plain.map(withoutStamps);
  const given = stamped.map(withoutStamps);
  let shift = given.length - wanted.length;
  while (!wanted.every((line, i) => line === (given[i + shift] ?? line))) {
    shift--;
  }
  return plain.map((text, i) => ({ stamp: stampOf(stamped[i + shift]), text }));
}

/** A line without the stamps in it, wherever the runtime has put them. */
function withoutStamps(line: string): string {
  return line.replaceAll(
    /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) /g,
    "",
  );
}

/** The stamp that a line begins with, as text that sorts by time. */
function stampOf(line: string | undefined): string {
  return line === undefined ? "" : sortable(line.slice(0, line.indexOf(" ")));
}

/** Podman writes local time with an offset, both leave out trailing zeros. */
function sortable(stamp: string): string {
  const [, upToSecond = "", fraction = "", zone = ""] =
    /^(\S{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  const seconds = Date.parse(upToSecond + zone) / 1000;
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}
