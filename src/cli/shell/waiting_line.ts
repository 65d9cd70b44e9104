/** Tells a person at a terminal what a command is waiting for. */
import type { StopWait } from "../../fleet/stop_wait.ts";
import { waitingText } from "../render/waiting.ts";
import type { Context } from "./context.ts";
import { LiveLines } from "./live_lines.ts";

/**
 * One line at the end of the terminal, which is written over as time goes by and
 * is gone when nothing is waited for any more.
 */
export class WaitingLine {
  /** What is written here takes the line away first. */
  readonly context: Context;
  /** Is told what is waited for; `undefined` where nobody would see it. */
  readonly onWait: ((wait: StopWait) => void) | undefined;
  readonly #lines: LiveLines;
  readonly #waits = new Map<string, StopWait>();

  /**
   * Makes a line that is not shown yet.
   *
   * @param context The world of the command.
   * @param options Whether the command is to be quiet.
   */
  constructor(context: Context, options: { readonly quiet: boolean }) {
    this.#lines = new LiveLines(context, options);
    this.context = this.#lines.context;
    this.onWait = this.#lines.isSeen ? (wait) => this.#note(wait) : undefined;
  }

  /** Waits for a session no longer than for this work. */
  async during<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      this.#waits.delete(name);
      this.#show();
    }
  }

  #note(wait: StopWait): void {
    this.#waits.set(wait.name, wait);
    this.#show();
  }

  #show(): void {
    const text = waitingText([...this.#waits.values()]);
    this.#lines.show(text === "" ? [] : [text]);
  }
}
