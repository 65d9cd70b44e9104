/** The failures that only a command line has. */
import { OpsError } from "../errors.ts";

/** The command line was not understood. */
export class UsageError extends OpsError {
  /**
   * Makes an error.
   *
   * @param fact What is wrong.
   * @param advice What to do about it; empty where the fact says it all.
   */
  constructor(fact: string, advice = "", options?: ErrorOptions) {
    super(advice === "" ? fact : `${fact}; ${advice}`, options);
  }
}

/** A word is none of those that would have been right. */
export class UnknownWordError extends UsageError {
  readonly #fact: string;
  readonly #word: string;
  readonly #known: readonly string[];
  readonly #spell: (near: string) => string;

  /**
   * Makes an error.
   *
   * @param fact What is wrong.
   * @param word What was written.
   * @param known What could have been meant.
   * @param spell How one of those is spelled on a command line.
   * @param advice What to do if none of those is near.
   */
  constructor(
    fact: string,
    word: string,
    known: readonly string[],
    spell: (near: string) => string,
    advice?: string,
  ) {
    super(fact, advice);
    this.#fact = fact;
    this.#word = word;
    this.#known = known;
    this.#spell = spell;
  }

  /** The error with the nearest word; only then is the search for it loaded. */
  async withSuggestion(): Promise<UsageError> {
    const { nearest } = await import("../suggest.ts");
    const near = nearest(this.#word, this.#known);
    return near === undefined
      ? this
      : new UsageError(this.#fact, `did you mean ${this.#spell(near)}?`);
  }
}

/** The result could not be written, such as to a full disk. */
export class OutputError extends OpsError {
  /**
   * Makes an error.
   *
   * @param cause What the system said.
   */
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot write the result: ${reason}`, { cause });
  }
}
