/**
 * The index beside a log file, which tells when its output came:
 *
 *     000007.000001.times    0 1700000000
 *                            5120 1700000031
 *                            5120 1700000090 1700000033 No space left on device
 *
 * The output from the first number on, in bytes, came at that time, in seconds
 * since 1970, or in the second after it. A gap also says since when nothing was
 * logged, and why.
 */
import { openFile } from "./files.ts";

/** An entry of the index of a log. */
export interface LogEntry {
  /** Where in the log, in bytes. */
  readonly offset: number;
  /** When, in seconds since 1970. */
  readonly time: number;
  /** What is missing before it; `null`: nothing. */
  readonly gap: { readonly since: number; readonly reason: string } | null;
}

/** Which output is meant, and what is added to it. */
export interface ViewOptions {
  /** Only lines written since then. */
  readonly since?: Date | undefined;
  /** Only lines written until then. */
  readonly until?: Date | undefined;
  /** Puts the time before each line. @default {false} */
  readonly timestamps?: boolean | undefined;
  /** Adds no lines where something is missing. @default {false} */
  readonly raw?: boolean | undefined;
}

/** The name of the index of a log. */
export function timesOf(log: string): string {
  return log.replace(/\.log$/, ".times");
}

const ENTRY = /^(\d+) (\d{10,})(?: (\d{10,}) (.+))?$/;

/** Reads entries; one that was cut short ends where the next one begins. */
export function parseEntries(text: string): LogEntry[] {
  return text.split("\n").flatMap((line) => {
    const [whole, offset, time, since, reason] = ENTRY.exec(line) ?? [];
    if (whole === undefined) return [];
    return [{
      offset: Number(offset),
      time: Number(time),
      gap: reason === undefined ? null : { since: Number(since), reason },
    }];
  });
}

/** The index of one log, as it grows. */
export class LogTimes {
  readonly #path: string;
  /** Where the last line that was read begins: it may have been cut short. */
  #offset = 0;
  #entries: LogEntry[] = [];
  #last: LogEntry[] = [];
  #isThere = false;

  /** @param log The path of the log. */
  constructor(log: string) {
    this.#path = timesOf(log);
  }

  /** Whether there is one. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** All entries, in their order, as of the last {@linkcode refresh}. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Reads what has been added. */
  refresh(): this {
    using file = openFile(this.#path);
    if (file === null) return this;
    this.#isThere = true;
    const size = file.seekSync(0, Deno.SeekMode.End);
    file.seekSync(this.#offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.max(size - this.#offset, 0));
    let count = 0;
    while (count < bytes.length) {
      const more = file.readSync(bytes.subarray(count));
      if (more === null) break;
      count += more;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, count));
    const end = text.lastIndexOf("\n");
    this.#entries.length -= this.#last.length;
    this.#entries.push(...parseEntries(text.slice(0, Math.max(end, 0))));
    this.#last = parseEntries(text.slice(end + 1));
    this.#entries.push(...this.#last);
    // What stands before a smaller offset is of a log that was removed.
    const fresh = this.#entries.findLastIndex(({ offset }, i, all) =>
      i > 0 && offset < all[i - 1]!.offset
    );
    if (fresh > 0) {
      this.#entries.splice(0, fresh);
      this.#last = this.#last.slice(-this.#entries.length);
    }
    this.#offset += new TextEncoder().encode(text.slice(0, end + 1)).length;
    return this;
  }
}

const LINE_BREAK = 0x0a;
const utf8 = new TextEncoder();

/** What comes between output where some of it was removed unread. */
const UNREAD = "output is missing here: it was rotated before it was read";

/**
 * Chooses the lines of the wanted time from bytes that come in pieces, puts
 * their times before them, and adds a line wherever something is missing. All
 * other bytes stay as they are.
 */
export class LogView {
  readonly #since: number;
  readonly #until: number;
  readonly #options: ViewOptions;
  #out: Uint8Array[] = [];
  /** How many entries of the present file are behind. */
  #passed = 0;
  #time: number | null = null;
  #isAtStart = true;
  #isShown = true;

  constructor(options: ViewOptions) {
    const { since, until } = options;
    this.#since = since ? Math.floor(since.getTime() / 1_000) : -Infinity;
    this.#until = until ? until.getTime() / 1_000 : Infinity;
    this.#options = options;
  }

  /** Whether it needs to know when lines were written. */
  static needsTimes({ since, until, timestamps }: ViewOptions): boolean {
    return since !== undefined || until !== undefined || timestamps === true;
  }

  /**
   * Goes on in another file.
   *
   * @param offset Where in it; the gaps before that are of no interest.
   */
  begin(entries: readonly LogEntry[], offset = 0): void {
    this.#passed = 0;
    while (entries[this.#passed] && entries[this.#passed]!.offset < offset) {
      this.#time = entries[this.#passed++]!.time;
    }
    // Of what came before its first entry is only known that it was before.
    this.#time ??= entries[0]?.time ?? null;
  }

  /** Tells that what comes next does not continue what came before. */
  skip(): Uint8Array {
    this.#mark(UNREAD);
    return this.#take();
  }

  /**
   * Takes bytes of the present file.
   *
   * @param offset Where in the file they are.
   * @param entries Its entries.
   * @param notBefore A time before which they were not there, in seconds since
   * 1970: their entry may be on its way.
   */
  push(
    bytes: Uint8Array,
    offset: number,
    entries: readonly LogEntry[],
    notBefore: number | null = null,
  ): Uint8Array {
    let done = 0;
    while (true) {
      this.#pass(entries, offset + done);
      if (done === bytes.length) break;
      if (this.#isAtStart) this.#beginLine(notBefore);
      const next = this.#endOf(bytes, done, offset, entries);
      if (this.#isShown) this.#out.push(bytes.subarray(done, next));
      this.#isAtStart = bytes[next - 1] === LINE_BREAK;
      done = next;
    }
    return this.#take();
  }

  #pass(entries: readonly LogEntry[], place: number): void {
    for (let next; (next = entries[this.#passed]); this.#passed++) {
      if (next.offset > place) return;
      const before = this.#time;
      this.#time = next.time;
      if (next.gap === null) continue;
      // What comes after a gap may be too late, and what was before too early.
      const isMeant = next.time >= this.#since &&
        Math.min(next.gap.since, before ?? Infinity) <= this.#until;
      if (isMeant) this.#mark(describeGap(next));
    }
  }

  /** Where what begins there can be handed on to, all in one. */
  #endOf(
    bytes: Uint8Array,
    from: number,
    offset: number,
    entries: readonly LogEntry[],
  ): number {
    const place = offset + from;
    let next = this.#passed;
    // One that is not ahead, as in a damaged index, would hold us up for ever.
    const isGapAhead = (entry: LogEntry) =>
      entry.gap !== null && entry.offset > place;
    while (entries[next] && !isGapAhead(entries[next]!)) next++;
    const most = Math.min(
      bytes.length,
      (entries[next]?.offset ?? Infinity) - offset,
    );
    if (!LogView.needsTimes(this.#options)) return most;
    const end = bytes.indexOf(LINE_BREAK, from) + 1;
    return end === 0 ? most : Math.min(end, most);
  }

  #beginLine(notBefore: number | null): void {
    const time = Math.max(this.#time ?? 0, Math.floor(notBefore ?? 0));
    this.#isShown = time >= this.#since && time <= this.#until;
    if (this.#isShown && this.#options.timestamps) this.#stamp(time);
  }

  #stamp(time: number): void {
    const stamp = new Date(time * 1_000).toISOString().replace(".000", "");
    this.#out.push(utf8.encode(`${stamp} `));
  }

  #mark(what: string): void {
    if (this.#options.raw) return;
    if (!this.#isAtStart && this.#isShown) this.#out.push(utf8.encode("\n"));
    if (this.#options.timestamps) this.#stamp(this.#time ?? 0);
    this.#out.push(utf8.encode(`[ops: ${what}]\n`));
    this.#isAtStart = true;
  }

  #take(): Uint8Array {
    const out = this.#out;
    this.#out = [];
    return out.length === 1 ? out[0]! : concat(out);
  }
}

function describeGap({ time, gap }: LogEntry): string {
  const { since, reason } = gap!;
  const at = (seconds: number) =>
    new Date(seconds * 1_000).toISOString().replace(".000", "");
  return since === time
    ? `something may be missing here, ${at(time)}: ${reason}`
    : `nothing was logged from ${at(since)} to ${at(time)}: ${reason}`;
}

/** Puts bytes together. */
export function concat(
  blocks: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(
    blocks.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const block of blocks) {
    all.set(block, offset);
    offset += block.length;
  }
  return all;
}
