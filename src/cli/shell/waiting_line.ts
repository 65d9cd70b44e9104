/** Tells a person at a terminal what a command is waiting for. */
import type { StopWait } from "../../fleet/stop_wait.ts";
import { sanitize } from "../render/text.ts";
import { textWidth, truncate } from "../render/width.ts";
import type { Context, Output } from "./context.ts";

/**
 * One line at the end of the terminal, which is written over as time goes by and
 * is gone when nothing is waited for any more.
 */
export class WaitingLine {
  /** What is written here takes the line away first. */
  readonly context: Context;
  /** Is told what is waited for; `undefined` where nobody would see it. */
  readonly onWait: ((wait: StopWait) => void) | undefined;
  readonly #stderr: Output;
  readonly #waits = new Map<string, StopWait>();
  #shown = "";

  /**
   * Makes a line that is not shown yet.
   *
   * @param context The world of the command.
   * @param options Whether the command is to be quiet.
   */
  constructor(context: Context, { quiet }: { readonly quiet: boolean }) {
    const { json, stdout, stderr } = context;
    this.#stderr = stderr;
    const isSeen = stderr.isTerminal && !json && !quiet;
    this.onWait = isSeen ? (wait) => this.#note(wait) : undefined;
    this.context = {
      ...context,
      stdout: this.#clearing(stdout),
      stderr: this.#clearing(stderr),
    };
  }

  /** Waits for a session no longer than for this work. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.end(name);
    }
  }

  /** A session is not waited for any more. */
  end(name: string): void {
    this.#waits.delete(name);
    this.#show();
  }

  #note(wait: StopWait): void {
    this.#waits.set(wait.name, wait);
    this.#show();
  }

  #show(): void {
    const text = waitingText([...this.#waits.values()]);
    // In the last column of all, a terminal would begin a new line.
    const line = truncate(text, this.#stderr.columns - 1);
    if (line === this.#shown) return;
    this.#clear();
    this.#stderr.write(line);
    this.#shown = line;
  }

  #clear(): void {
    if (this.#shown === "") return;
    this.#stderr.write(`\r${" ".repeat(textWidth(this.#shown))}\r`);
    this.#shown = "";
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

/** What is waited for, in words; nothing if nothing is. */
export function waitingText(waits: readonly StopWait[]): string {
  const [first] = waits;
  if (first === undefined) return "";
  const longest = Math.max(...waits.map(({ waitedMs }) => waitedMs));
  const waited = Math.round(longest / 1000);
  if (waits.length > 1) {
    return `waiting for ${waits.length} sessions to end (${waited} s)…`;
  }
  const { name, timeout } = first;
  const limit = timeout === null ? "" : ` of at most ${timeout}`;
  return `waiting for "${sanitize(name)}" to end (${waited}${limit} s)…`;
}
