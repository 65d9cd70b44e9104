/** How the values of a text are spelled. */

/** A value as it is spelled. */
export interface Spelled {
  /** Where it begins. */
  readonly offset: number;
  /** The text of a plain scalar on one line that has no tag. */
  readonly plain?: string;
  /** What a quoted text of several lines says. */
  readonly folded?: string | undefined;
  /** The entries of a mapping by key. */
  readonly entries?: ReadonlyMap<string, SpelledEntry>;
  /** The values of a list. */
  readonly items?: readonly Spelled[];
}

/** An entry of a mapping. */
export interface SpelledEntry {
  /** Where its key begins. */
  readonly keyAt: number;
  /** Its value. */
  readonly value: Spelled;
}
