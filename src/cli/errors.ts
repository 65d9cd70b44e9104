/**
 * How a command says whether it worked: the failures that only a command line
 * has, and the exit code of each failure.
 *
 * Ctrl-C is not in the table: nothing here catches it, so it ends the process
 * by the signal itself, which a shell shows as 130 and a script can act on. What
 * has something to put in order first, as `logs --follow` has, exits with 130.
 */
import {
  BackendNotFoundError,
  EngineError,
  OpsError,
  PermissionError,
  SessionAmbiguousError,
  SessionConfigError,
  SessionNotFoundError,
  SessionRenamedError,
} from "../core/errors.ts";

/** The command line was not understood. */
export class UsageError extends OpsError {
  readonly #fact: string;

  /**
   * Makes an error.
   *
   * @param fact What is wrong.
   * @param advice What to do about it; empty where the fact says it all.
   */
  constructor(fact: string, advice = "", options?: ErrorOptions) {
    super(advice === "" ? fact : `${fact}; ${advice}`, options);
    this.#fact = fact;
  }

  /** The same fault, with other advice. */
  withAdvice(advice: string): UsageError {
    return new UsageError(this.#fact, advice);
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

  /** The same fault; other advice holds where no word is near. */
  override withAdvice(advice: string): UnknownWordError {
    return new UnknownWordError(
      this.#fact,
      this.#word,
      this.#known,
      this.#spell,
      advice,
    );
  }

  /** The error with the nearest word; only then is the search for it loaded. */
  async withSuggestion(): Promise<UsageError> {
    const { nearest } = await import("../core/suggest.ts");
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

/** A part of this program could not be loaded, as where no network is. */
export class LoadError extends OpsError {
  /**
   * Makes an error.
   *
   * @param cause What Deno said.
   */
  constructor(cause: Error) {
    const [reason] = cause.message.split("\n");
    super(
      `a part of ops could not be loaded (${reason}): in a clone run it as ` +
        '"./denow task ops", which fetches what it needs once; else see ' +
        "whether the network is there",
      { cause },
    );
  }

  /** Whether an error is that of loading. */
  static isCause(error: unknown): error is Error {
    return error instanceof TypeError && "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND";
  }
}

/** What the process ends with. */
export const ExitCode = {
  DONE: 0,
  FAILED: 1,
  USAGE: 2,
  NOT_FOUND: 3,
  CONFIG: 4,
  ENGINE: 5,
  DIFFERS: 10,
} as const;

/** The meaning of each code, for help and reference. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] =
  [
    [ExitCode.DONE, "done"],
    [ExitCode.FAILED, "the operation failed"],
    [
      ExitCode.USAGE,
      "wrong usage: a bad flag or value, or a name in several places",
    ],
    [ExitCode.NOT_FOUND, "no such session"],
    [ExitCode.CONFIG, "a configuration file is wrong"],
    [
      ExitCode.ENGINE,
      "an engine is missing, unreachable or too slow, or a permission was " +
      "not given",
    ],
    [ExitCode.DIFFERS, "what runs is not what is defined: of ops diff alone"],
  ];

/** The code that a failure ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof SessionAmbiguousError) {
    return ExitCode.USAGE;
  }
  if (error instanceof SessionConfigError) {
    // No file says it, so a flag did.
    return error.file === null ? ExitCode.USAGE : ExitCode.CONFIG;
  }
  if (
    error instanceof SessionNotFoundError ||
    error instanceof SessionRenamedError
  ) return ExitCode.NOT_FOUND;
  return isEngineFailure(error) ? ExitCode.ENGINE : ExitCode.FAILED;
}

function isEngineFailure(error: unknown): boolean {
  return error instanceof BackendNotFoundError ||
    error instanceof EngineError ||
    error instanceof PermissionError ||
    error instanceof Deno.errors.NotCapable;
}
