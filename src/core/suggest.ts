/** "Did you mean …?": the nearest of the words that would have been right. */
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * Finds the candidate that a misspelled word probably meant: the only one that
 * the word begins, else the nearest, and the first of several equally near ones.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nearest } from "./suggest.ts";
 *
 * assertEquals(nearest("sesions", ["sessions", "tmux_binary"]), "sessions");
 * assertEquals(nearest("frobnicate", ["sessions", "tmux_binary"]), undefined);
 * ```
 *
 * @param word What was written.
 * @param candidates What could have been meant.
 * @returns The nearest candidate, or `undefined` if none is near.
 */
export function nearest(
  word: string,
  candidates: Iterable<string>,
): string | undefined {
  const written = word.toLowerCase();
  const names = [...candidates];
  const longer = written.length < 3
    ? []
    : names.filter((name) => name.toLowerCase().startsWith(written));
  if (longer.length === 1) return longer[0];
  let best: string | undefined;
  // One slip in a short word, one in three characters of a longer one.
  let bound = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of names) {
    // Of a word of two letters, one slip leaves nothing to go by.
    if (Math.min(word.length, candidate.length) < 3) {
      if (candidate.toLowerCase() === written) return candidate;
      continue;
    }
    // The distance is at least the difference in length, which is cheap to
    // test.
    if (Math.abs(candidate.length - word.length) >= bound) continue;
    const distance = slips(written, candidate.toLowerCase());
    if (distance < bound) [best, bound] = [candidate, distance];
  }
  return best;
}

/** Asks whether the nearest candidate was meant; empty if none is near. */
export function askWhether(word: string, candidates: Iterable<string>): string {
  const near = nearest(word, candidates);
  return near === undefined ? "" : `did you mean "${near}"?`;
}

/** How many slips lie between two words; swapped letters count as one. */
function slips(written: string, meant: string): number {
  const distance = levenshteinDistance(written, meant);
  return distance === 2 && sorted(written) === sorted(meant) ? 1 : distance;
}

function sorted(word: string): string {
  return [...word].sort().join("");
}
