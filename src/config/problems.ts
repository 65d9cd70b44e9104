/** Gathers what is wrong, so that one reading tells of all of it. */
import { type ConfigProblem, SessionConfigError } from "../core/errors.ts";

/** What was found to be wrong so far. */
export class Problems {
  #found: Map<string, ConfigProblem> | undefined;
  #cause: SessionConfigError | undefined;

  /** Whether nothing is wrong. */
  get isEmpty(): boolean {
    return this.#found === undefined;
  }

  /** Whether something is wrong with a key, or with what is below it. */
  concerns(key: string): boolean {
    return [...this.#found?.values() ?? []].some((it) =>
      it.key.startsWith(key) && /^(?:$|[.[])/.test(it.key.slice(key.length))
    );
  }

  /**
   * Does a part of the reading.
   *
   * @param part The part; what it finds wrong is remembered.
   * @returns What it made; `undefined` if something is wrong with it.
   */
  attempt<T>(part: () => T): T | undefined {
    try {
      return part();
    } catch (error) {
      if (!(error instanceof SessionConfigError)) throw error;
      this.#cause ??= error;
      this.#found ??= new Map();
      // A file that two others include is read twice.
      for (const it of error.problems) this.#found.set(it.message, it);
      return undefined;
    }
  }

  /**
   * Does the last part of the reading.
   *
   * @returns What it made.
   * @throws {SessionConfigError} If anything is wrong; it has all problems, by
   * file and place.
   */
  finish<T>(part: () => T): T {
    const made = this.attempt(part);
    if (this.#found === undefined) return made!;
    const sorted = [...this.#found.values()].toSorted(byPlace);
    const [first, ...others] = sorted as [ConfigProblem, ...ConfigProblem[]];
    const { key, reason, file, line, column } = first;
    const more = { line, column, others, cause: this.#cause };
    throw new SessionConfigError(key, reason, file, more);
  }
}

/** Reads every item, then fails with what is wrong with all of them. */
export function readEach<In, Out>(
  items: readonly In[],
  read: (item: In, index: number) => Out,
): Out[] {
  const problems = new Problems();
  const made = items.map((item, i) => problems.attempt(() => read(item, i)));
  return problems.finish(() => made as Out[]);
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  const [left, right] = [a.file ?? "", b.file ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
