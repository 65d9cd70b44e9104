/**
 * Follows a container's output over restarts. The engines' own following ends
 * with a run: Docker's with its last line, Podman's somewhere in the next run.
 * So this starts it again from an earlier time, and skips as many bytes of each
 * stream as it has yielded since that time: a log only ever grows at its end.
 */
import { pause } from "../../core/pause.ts";
import { EngineError, EngineTimeoutError } from "../../core/errors.ts";
import type { Chunk } from "../../host/host.ts";
import { ACTION_MS } from "../../host/local/local.ts";
import type { FollowOptions, OutputOptions } from "../runner.ts";
import {
  type OutputStream,
  RawStream,
  StampedStream,
  TextStream,
} from "../../state/log_text.ts";
import { RunEnd } from "../../core/status.ts";
import { logsArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import {
  type Decoder,
  decoderFor,
  inOrder,
  linesOf,
  readEnd,
  readStreams,
} from "./logs.ts";
import { type Container, isAlive } from "./parse.ts";
import type { Known } from "./record.ts";
import { Handed, type Saved } from "./saved.ts";

/** How often to ask whether a container runs again, in milliseconds. */
const POLL_MS = 1_000;
/** How long a container that has ended may take to come back. */
const RETURN_MS = 2_000;
/** The same for a container that ops stopped and has not removed. */
const RESTART_MS = 10_000;
/**
 * More pieces than can be written between two calls. Without a limit, Docker
 * reads its whole log to find the pieces since a time.
 */
const TAIL_MARGIN = 20_000;

/** What to follow, and from where. */
type Options = Omit<FollowOptions & OutputOptions, "lines" | "run"> & {
  readonly lines: number;
};

/** A place in a container's log. */
interface Place {
  /** A time before it; `undefined`: the log's beginning. */
  readonly since: Date | undefined;
  /** How much of each stream is between that time and the place, in bytes. */
  readonly passed: Record<Chunk["source"], number>;
  /** The stamp of the first output since then; `undefined`: not known. */
  readonly first?: string | undefined;
  /** They hold the bytes of a character that is not yet whole. */
  readonly decoders: Readonly<Record<Chunk["source"], Decoder>>;
  /** The end of the standard output that was yielded. */
  readonly handed: Handed;
  /** The form in which each stream is yielded. */
  readonly forms: Readonly<Record<Chunk["source"], OutputStream>>;
}

/**
 * Follows a container.
 *
 * @param lookUp Looks up what has the container's name now.
 * @param saved Reads what was saved of a container that is gone, and of runs
 * after it.
 */
export async function* followContainer(
  client: ContainerClient,
  first: Container,
  lookUp: () => Promise<Known>,
  saved: (gone: Container, now: Container | null) => Saved | null,
  options: Options,
): AsyncGenerator<string, void> {
  const { signal, timestamps } = options;
  let seen = first;
  let { place, text, tail } = await lastOf(client, first, options);
  if (text !== "") yield text;
  place = {
    ...place,
    first: await firstStamp(client, first, place.since, tail),
  };
  while (!signal?.aborted) {
    const started = performance.now();
    const args = logsArgs(seen.id, {
      since: place.since,
      timestamps,
      tail,
      follow: isAlive(seen),
    });
    try {
      yield* newOutput(client, seen, args, place, signal);
    } catch (error) {
      // The container was removed after its last output, or another one has its
      // name.
      if (!isGone(error)) throw error;
    }
    const ended = new Date();
    // Between two restarts the engine has nothing to follow yet.
    const early = started + POLL_MS - performance.now();
    if (isAlive(seen) && early > 0) await pause(early, signal);
    const next = signal?.aborted ? OVER : await nextOf(seen, lookUp, signal);
    const { now, isGone: wasRemoved } = next;
    if (wasRemoved) yield* restOf(seen, place, saved(seen, now), options);
    if (now === null) {
      // The reader of lines closes the last one itself.
      if (timestamps) yield* endOf(place);
      return;
    }
    if (now.id !== seen.id) {
      yield* endOf(place);
      place = beginning(options);
    } else if (!await isHeld(client, now, place)) {
      yield* endOf(place);
      place = beginning(options, ended);
    }
    tail = null;
    seen = now;
  }
}

function beginning(
  { raw, timestamps }: Options,
  since?: Date,
  isAtFirst = since === undefined,
): Place {
  const Form = raw ? RawStream : timestamps ? StampedStream : TextStream;
  return {
    since,
    passed: { stdout: 0, stderr: 0 },
    decoders: { stdout: decoderFor(raw), stderr: decoderFor(raw) },
    handed: new Handed(isAtFirst),
    forms: { stdout: new Form(), stderr: new Form() },
  };
}

/** Ends the output so far: the next output does not continue it. */
function* endOf({ forms }: Place): Generator<string> {
  const end = forms.stdout.end() + forms.stderr.end();
  if (end !== "") yield end;
}

/** The saved output of a container that is gone, without what was handed on. */
function* restOf(
  { hasTerminal }: Container,
  { handed, decoders, forms }: Place,
  saved: Saved | null,
  { timestamps }: Options,
): Generator<string> {
  // Saved output has no times, and two streams are mixed in it.
  if (saved === null || timestamps || !hasTerminal) return;
  const rest = handed.restOf(saved.bytes, saved.before);
  const raw = decoders.stdout.decode(rest, { stream: true });
  const text = forms.stdout.push(raw);
  if (text !== "") yield text;
}

/** Reads the last lines of a container's log, and the place after them. */
async function lastOf(
  client: ContainerClient,
  { id, hasTerminal }: Container,
  options: Options,
): Promise<{ place: Place; text: string; tail: number | null }> {
  const { lines, since, timestamps, signal, raw } = options;
  const stamped = { since, timestamps: true };
  const { pieces, ...end } = await readEnd(client, id, lines, stamped);
  const from = timeBefore(end.stdout, lines) ?? since;
  const fromErr = hasTerminal ? undefined : timeBefore(end.stderr, lines);
  const first = fromErr && from && fromErr < from ? fromErr : from;
  // Fewer lines than asked for are all there are.
  const isAll = since === undefined && linesOf(end.stdout).length < lines + 2;
  const place = beginning(options, first, isAll);
  const tail = pieces && pieces + TAIL_MARGIN;
  const args = { since: place.since, tail };
  const plain = { stdout: "", stderr: "" };
  for await (
    const { source, bytes } of client.stream(
      logsArgs(id, { ...args, timestamps }),
      { signal, idleMs: ACTION_MS },
    )
  ) {
    if (hasTerminal && source === "stderr") continue;
    plain[source] += place.decoders[source].decode(bytes, { stream: true });
    place.passed[source] += bytes.length;
    if (source === "stdout") place.handed.add(bytes);
  }
  const isOne = plain.stdout === "" || plain.stderr === "";
  const both = plain.stdout + plain.stderr;
  const all = isOne ? linesOf(both) : inOrder(
    plain,
    await readStreams(
      client,
      logsArgs(id, { ...args, timestamps: true }),
      { raw },
    ),
  );
  const shown = lines === 0 ? "" : all.slice(-lines).join("\n");
  const isWhole = !isOne || both.endsWith("\n");
  const text = shown && isWhole ? `${shown}\n` : shown;
  // The stream whose line goes on, if one does.
  const form = place.forms[plain.stdout === "" ? "stderr" : "stdout"];
  return { place, tail, text: form.push(text) };
}

/**
 * Whether a log still has the output before the place: engines may drop the
 * oldest output of a log that grows too large.
 */
async function isHeld(
  client: ContainerClient,
  container: Container,
  { since, first }: Place,
): Promise<boolean> {
  return first === undefined ||
    await firstStamp(client, container, since) === first;
}

/** The stamp of the first standard output since a time. */
async function firstStamp(
  client: ContainerClient,
  { id }: Container,
  since: Date | undefined,
  tail: number | null = null,
): Promise<string | undefined> {
  const args = logsArgs(id, { since, tail, timestamps: true });
  try {
    for await (
      const { source, bytes } of client.stream(args, { idleMs: ACTION_MS })
    ) {
      if (source === "stderr") continue;
      return new TextDecoder().decode(bytes).split(" ", 1)[0];
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return undefined;
}

/** A time before the last lines of stamped output. */
function timeBefore(stamped: string, lines: number): Date | undefined {
  const [first] = linesOf(stamped).slice(-lines - 2);
  const time = Date.parse(first?.split(" ", 1)[0] ?? "");
  // Podman leaves out output written at that very time.
  return Number.isNaN(time) ? undefined : new Date(time - 1);
}

/** Yields the output after the place, and moves the place on. */
async function* newOutput(
  client: ContainerClient,
  seen: Container,
  args: readonly string[],
  place: Place,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void> {
  const left = { ...place.passed };
  for await (
    const { source, bytes } of client.stream(args, {
      signal,
      // An ended container has no output to wait for.
      idleMs: isAlive(seen) ? null : ACTION_MS,
    })
  ) {
    if (seen.hasTerminal && source === "stderr") continue;
    const known = Math.min(left[source], bytes.length);
    left[source] -= known;
    const fresh = bytes.subarray(known);
    place.passed[source] += fresh.length;
    if (source === "stdout") place.handed.add(fresh);
    const raw = place.decoders[source].decode(fresh, { stream: true });
    const text = place.forms[source].push(raw);
    if (text !== "") yield text;
  }
}

/** What to read after a run of a container. */
interface Next {
  /** The container that has its name now and has more output; `null`: none. */
  readonly now: Container | null;
  /** Whether the container that was followed is gone. */
  readonly isGone: boolean;
}

const OVER: Next = { now: null, isGone: false };

/**
 * Waits for what to read next: the container if it runs again or has ended with
 * more output, another one of its name, or nothing more.
 */
async function nextOf(
  seen: Container,
  lookUp: () => Promise<Known>,
  signal: AbortSignal | undefined,
): Promise<Next> {
  const started = performance.now();
  while (!signal?.aborted) {
    const known = await lookUp().catch(ifSlow);
    // The engine may answer later; until then we know of no end.
    if (known === null) continue;
    const { container, last } = known;
    if (container !== undefined) {
      const isSame = container.id === seen.id &&
        container.status.finishedAt === seen.status.finishedAt;
      if (!isSame || isAlive(container) || isAlive(seen)) {
        return { now: container, isGone: container.id !== seen.id };
      }
    }
    const isOver = container?.status.managed &&
      last?.endedBy === RunEnd.ITSELF;
    const isHeld = container?.status.managed && last?.endedBy === RunEnd.STOP;
    const most = isHeld ? RESTART_MS : RETURN_MS;
    if (isOver || performance.now() - started >= most) {
      return { now: null, isGone: container === undefined };
    }
    await pause(POLL_MS, signal);
  }
  return OVER;
}

function isGone(error: unknown): boolean {
  return error instanceof EngineError &&
    /no such container|dead or marked for removal/i.test(error.message);
}

function ifSlow(error: unknown): null {
  if (error instanceof EngineTimeoutError) return null;
  throw error;
}
