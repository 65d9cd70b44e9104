/** Does at once what several callers ask for. */

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Resolves after all that follows from promises which are settled now. A timer
 * would do that, too, but in Deno the first one of a program takes 6 ms.
 */
export async function afterThisTurn(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

/**
 * Callers that ask in the same turn of the event loop, or while the work for
 * others is going on, share the next piece of work: what that costs does not grow
 * with their number, and nobody gets an answer that is older than the question.
 */
export class Batch<Item, Result> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #most: number;
  #waiting: Waiting<Item, Result>[] = [];
  #isRunning = false;

  /**
   * @param work Does it for all items, and returns their results in that order.
   * @param most How many items it takes at once.
   */
  constructor(
    work: (items: readonly Item[]) => Promise<readonly Result[]>,
    most = Infinity,
  ) {
    this.#work = work;
    this.#most = most;
  }

  /** The result for one item; rejects for all that share or await a failed piece. */
  do(item: Item): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ item, resolve, reject });
    if (!this.#isRunning) {
      this.#isRunning = true;
      afterThisTurn().then(() => this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const now = this.#waiting.slice(0, this.#most);
      this.#waiting = this.#waiting.slice(now.length);
      try {
        const results = await this.#work(now.map(({ item }) => item));
        now.forEach(({ resolve }, i) => resolve(results[i]!));
      } catch (error) {
        // Those that wait would only run into the same failure.
        for (const { reject } of [...now, ...this.#waiting]) reject(error);
        this.#waiting = [];
      }
    }
    this.#isRunning = false;
  }
}

/** A batch in which all callers get the same result. */
export function shared<T>(work: () => Promise<T>): Batch<null, T> {
  return new Batch<null, T>(async (all) => {
    const result = await work();
    return all.map(() => result);
  });
}
