/** Shows a person at a terminal how the steps of a plan stand. */
import type { StopWait } from "../../fleet/stop_wait.ts";
import { Phase, type StepResult } from "../../plan/apply.ts";
import type { Step } from "../../plan/plan.ts";
import { progressLines, type StepState } from "../render/progress.ts";
import type { Context } from "./context.ts";
import { LiveLines } from "./live_lines.ts";

/** The time between two looks at the clock, in milliseconds. */
const TICK_MS = 1_000;

/** A line for each step that is not over. */
export class Progress implements Disposable {
  /** What is written here takes the lines away first. */
  readonly context: Context;
  /** Is told that a stop goes on; `undefined` where nobody would see it. */
  readonly onWait: ((wait: StopWait) => void) | undefined;
  readonly #lines: LiveLines;
  readonly #states = new Map<string, StepState>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Shows nothing yet. */
  constructor(context: Context) {
    this.#lines = new LiveLines(context, { quiet: false });
    this.context = this.#lines.context;
    this.onWait = this.#lines.isSeen
      ? (wait) => this.#stopping(wait)
      : undefined;
  }

  /** Shows these steps, none of which is begun. */
  begin(steps: readonly Step[]): void {
    if (!this.#lines.isSeen) return;
    const since = this.context.now();
    for (const step of steps) {
      this.#states.set(step.name, { step, phase: null, since });
    }
    this.#timer = setInterval(() => this.#show(), TICK_MS);
    this.#show();
  }

  /** Hears of a step. */
  onStep({ step, phase }: StepResult): void {
    const before = this.#states.get(step.name)?.since;
    const since = phase === Phase.STARTED && before !== undefined
      ? before
      : this.context.now();
    this.#states.set(step.name, { step, phase, since });
    this.#show();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#lines.show([]);
  }

  #stopping(stop: StopWait): void {
    const state = this.#states.get(stop.name);
    if (state !== undefined) this.#states.set(stop.name, { ...state, stop });
    this.#show();
  }

  #show(): void {
    if (!this.#lines.isSeen) return;
    const states = [...this.#states.values()];
    this.#lines.show(progressLines(states, this.context.now()));
  }
}
