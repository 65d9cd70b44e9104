/** Watches a folder of thousands of files without listing it every time. */

/**
 * How coarse file times are, in ms: two changes within that may show as one.
 */
const COARSENESS = 1_000;

/**
 * Tells when to look into a folder again: its time changes as files come, go or
 * are replaced, though not as they grow.
 */
export class FolderWatch {
  readonly #path: string;
  #changedAt: number | null = null;

  /** @param path The folder. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Whether files may have come or gone since the last call. */
  mayHaveChanged(): boolean {
    const before = this.#changedAt;
    this.#changedAt = Deno.statSync(this.#path).mtime?.getTime() ?? null;
    return this.#changedAt === null || this.#changedAt !== before ||
      Date.now() - this.#changedAt < COARSENESS;
  }
}
