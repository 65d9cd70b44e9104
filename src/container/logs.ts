/**
 * A container's output in the order it happened. Without a terminal the client
 * hands its two streams apart, and which line came first is known only from
 * their time stamps; those, in turn, also stand inside long lines. So stamps
 * give the order, and the plain output gives the text.
 */

/** The two streams of one call. */
interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

/** A line, and when it was written, as text that sorts by time. */
interface StampedLine {
  readonly stamp: string;
  readonly text: string;
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

/** The lines of a text, without the empty one behind the last line break. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * Gives each plain line its stamp. More may have been written between the two
 * calls, so the plain lines are looked for among the stamped ones.
 */
function stampLines(
  plain: readonly string[],
  stamped: readonly string[],
): StampedLine[] {
  for (let shift = stamped.length - plain.length; shift >= 0; shift--) {
    if (plain.every((line, i) => isStampOf(stamped[shift + i]!, line))) {
      return plain.map((text, i) => ({
        stamp: sortable(stampOf(stamped[shift + i]!)),
        text,
      }));
    }
  }
  // They have all scrolled out of what is kept: older than any stamp.
  return plain.map((text) => ({ stamp: "", text }));
}

function stampOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}

/** Inside a long line further stamps follow, so its beginning has to do. */
function isStampOf(stamped: string, plain: string): boolean {
  const text = stamped.slice(stamped.indexOf(" ") + 1);
  return text === plain || text.length > plain.length &&
      plain.length > SURELY_UNSTAMPED &&
      text.startsWith(plain.slice(0, SURELY_UNSTAMPED));
}

/** Shorter than any piece of a line that gets a stamp of its own. */
const SURELY_UNSTAMPED = 1;

/** Podman writes local time with an offset, both leave out trailing zeros. */
function sortable(stamp: string): string {
  const [, upToSecond = "", fraction = "", zone = ""] =
    /^(\S{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp) ?? [];
  const seconds = Date.parse(upToSecond + zone) / 1000;
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}
