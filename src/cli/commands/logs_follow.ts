/** `ops logs --follow`: output as it comes, of several sessions at once. */
import { pause } from "../../core/pause.ts";
import type { FollowOptions } from "../../engines/runner.ts";
import type { Context, Output } from "../shell/context.ts";
import { ExitCode } from "../errors.ts";
import type { Session } from "../shell/finder.ts";
import {
  LineAssembler,
  type LinePatterns,
  type LineStyle,
  prefixesOf,
  renderLine,
} from "../render/log_lines.ts";
import { reportError } from "../shell/report.ts";
import { catchEnd } from "../shell/signals.ts";

/** What is followed, and how it is shown. */
export interface FollowTask {
  /** Distinct names. */
  readonly names: readonly string[];
  readonly find: (
    name: string,
  ) => Promise<Pick<Session, "follow" | "followRaw">>;
  readonly options: Omit<FollowOptions, "signal">;
  /** Whether the very bytes are written; JSON has none. */
  readonly raw?: boolean;
  readonly patterns: LinePatterns;
}

/** So long after a failure it may turn out that Ctrl-C was its cause. */
const INTERRUPT_MS = 200;
/** So long is the rest of a line waited for; then it may be a prompt. */
const PROMPT_MS = 1_000;

/**
 * Follows until all sessions are gone for good, or nobody reads, or Ctrl-C.
 *
 * @returns The exit code of the first name that failed, if one did; that of
 * the signal if one ended it.
 */
export async function followLogs(
  context: Context,
  task: FollowTask,
  catchSignals: typeof catchEnd = catchEnd,
): Promise<number> {
  const stop = new AbortController();
  let ended: number | null = null;
  using _ = catchSignals((code) => {
    ended = code;
    stop.abort();
  });
  const prefixes = prefixesOf(task.names, context.stdout.paint);
  const codes = await Promise.all(
    task.names.map((name) =>
      followOne(context, task, {
        name,
        stop,
        prefix: prefixes.get(name) ?? "",
      })
    ),
  );
  return ended ?? codes.find((code) => code !== ExitCode.DONE) ??
    ExitCode.DONE;
}

interface Followed {
  readonly name: string;
  readonly prefix: string;
  readonly stop: AbortController;
}

async function followOne(
  context: Context,
  task: FollowTask,
  { name, prefix, stop }: Followed,
): Promise<number> {
  const { find, options, raw = false } = task;
  const followed = { ...options, signal: stop.signal };
  const onPiece = () => {
    if (context.stdout.isClosed) stop.abort();
  };
  try {
    const session = await find(name);
    if (raw && !context.json) {
      const writer = new RawWriter(context.stdout);
      await writeAll(session.followRaw(followed), writer, onPiece);
    } else {
      const writer = writerFor(context, task, { name, prefix });
      await writeAll(session.follow(followed), writer, onPiece);
    }
    return ExitCode.DONE;
  } catch (error) {
    // Ctrl-C also reaches the programs that were listened to, and of their end
    // may be heard before it.
    await pause(INTERRUPT_MS, stop.signal);
    return stop.signal.aborted ? ExitCode.DONE : reportError(error, context);
  }
}

async function writeAll<Piece>(
  pieces: AsyncIterable<Piece>,
  writer: PieceWriter<Piece>,
  onPiece: () => void,
): Promise<void> {
  try {
    for await (const piece of pieces) {
      writer.write(piece);
      onPiece();
    }
  } finally {
    writer.close();
  }
}

function writerFor(
  { stdout, json, noColor }: Context,
  { names, patterns }: FollowTask,
  { name, prefix }: Omit<Followed, "stop">,
): PieceWriter<string> {
  const isAlone = names.length === 1 &&
    Object.values(patterns).every((pattern) => pattern === undefined);
  return isAlone && stdout.isTerminal && !json && !noColor
    ? new LiveWriter(stdout, rewrite)
    : new LineWriter(
      stdout,
      json
        ? { ...patterns, highlight: undefined, prefix: "", noColor }
        : { ...patterns, prefix, noColor },
      (line) => json ? JSON.stringify({ name, line }) : line,
    );
}

/** Writes what comes of one session. */
interface PieceWriter<Piece> {
  write(piece: Piece): void;
  /** Leaves no line and no color open. */
  close(): void;
}

/** Writes bytes as they come. */
class RawWriter implements PieceWriter<Uint8Array> {
  readonly #output: Output;
  #isInLine = false;

  constructor(output: Output) {
    this.#output = output;
  }

  write(bytes: Uint8Array): void {
    this.#isInLine = bytes.at(-1) !== 0x0a;
    this.#output.write(bytes);
  }

  close(): void {
    if (!this.#output.isTerminal) return;
    this.#output.write(this.#isInLine ? "\x1b[0m\n" : "\x1b[0m");
  }
}

/** Writes output as it comes, as if the session had the terminal. */
class LiveWriter implements PieceWriter<string> {
  readonly #output: Output;
  readonly #change: (piece: string) => string;
  #hasColor = false;
  #isInLine = false;

  constructor(output: Output, change: (piece: string) => string) {
    this.#output = output;
    this.#change = change;
  }

  write(piece: string): void {
    this.#hasColor ||= piece.includes("\x1b");
    this.#isInLine = !piece.endsWith("\n");
    this.#output.write(this.#change(piece));
  }

  close(): void {
    if (!this.#output.isTerminal) return;
    if (this.#hasColor) this.#output.write("\x1b[0m");
    if (this.#isInLine) this.#output.write("\n");
  }
}

/** What is rewritten must not show the end of something longer. */
function rewrite(text: string): string {
  return text.replaceAll(/\r(?=[^\r\n])/g, "\r\x1b[K");
}

/**
 * Writes whole lines, so that those of several sessions do not mix. A person
 * also gets a line of its own of what is not finished for a second.
 */
class LineWriter implements PieceWriter<string> {
  readonly #output: Output;
  readonly #style: LineStyle;
  readonly #change: (line: string) => string;
  readonly #lines = new LineAssembler();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    output: Output,
    style: LineStyle,
    change: (line: string) => string,
  ) {
    this.#output = output;
    this.#style = style;
    this.#change = change;
  }

  write(piece: string): void {
    this.#writeLines(this.#lines.push(piece));
    const isPrompt = this.#lines.hasRest && this.#output.isTerminal;
    if (!isPrompt) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setTimeout(() => this.close(), PROMPT_MS);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeLines(this.#lines.takeRest());
  }

  #writeLines(lines: readonly string[]): void {
    const shown = lines.map((line) => renderLine(line, this.#style))
      .filter((line) => line !== null);
    if (shown.length === 0) return;
    this.#output.write(shown.map((it) => `${this.#change(it)}\n`).join(""));
  }
}
