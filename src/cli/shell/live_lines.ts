/** What a person at a terminal sees of work that goes on. */
import { textWidth, truncate } from "../render/width.ts";
import type { Context, Output } from "./context.ts";

/** Goes to the line above. */
const UP = "\x1b[A";

/**
 * Lines at the end of the terminal, which are written over as time goes by; what
 * else is written takes them away first.
 */
export class LiveLines {
  /** What is written here takes the lines away first. */
  readonly context: Context;
  /** Whether anybody sees them; else they are not shown. */
  readonly isSeen: boolean;
  readonly #stderr: Output;
  #shown: readonly string[] = [];

  /**
   * Shows nothing yet.
   *
   * @param context The world of the command.
   * @param options Whether the command is to be quiet.
   */
  constructor(context: Context, { quiet }: { readonly quiet: boolean }) {
    const { json, stdout, stderr } = context;
    this.#stderr = stderr;
    this.isSeen = stderr.isTerminal && !json && !quiet;
    this.context = {
      ...context,
      stdout: this.#clearing(stdout),
      stderr: this.#clearing(stderr),
    };
  }

  /** Shows these lines instead of those that were shown. */
  show(texts: readonly string[]): void {
    if (!this.isSeen) return;
    // In the last column of all, a terminal would begin a new line.
    const width = this.#stderr.columns - 1;
    const lines = texts.map((text) => truncate(text, width));
    if (lines.join("\n") === this.#shown.join("\n")) return;
    this.#clear();
    this.#stderr.write(lines.join("\n"));
    this.#shown = lines;
  }

  #clear(): void {
    if (this.#shown.length === 0) return;
    const blanks = this.#shown.toReversed()
      .map((line) => `\r${" ".repeat(textWidth(line))}\r`);
    this.#stderr.write(blanks.join(UP));
    this.#shown = [];
  }

  #clearing(output: Output): Output {
    const clear = () => this.#clear();
    return {
      get isTerminal() {
        return output.isTerminal;
      },
      get columns() {
        return output.columns;
      },
      get paint() {
        return output.paint;
      },
      get isClosed() {
        return output.isClosed;
      },
      write(text) {
        clear();
        output.write(text);
      },
    };
  }
}
