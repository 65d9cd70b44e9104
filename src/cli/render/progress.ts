/** How the steps of a plan stand while it is done, as people read it. */
import { Condition } from "../../config/model.ts";
import type { StopWait } from "../../fleet/stop_wait.ts";
import { Phase } from "../../plan/apply.ts";
import { Act, type Step } from "../../plan/plan.ts";
import { sanitize } from "./text.ts";
import { waitingText } from "./waiting.ts";

/** How a step stands. */
export interface StepState {
  /** The step. */
  readonly step: Step;
  /** What was told of it last; `null` before it is begun. */
  readonly phase: Phase | null;
  /** Since when it stands so, in milliseconds since 1970. */
  readonly since: number;
  /** The stop that goes on, if one does. */
  readonly stop?: StopWait;
}

/** No more lines are shown. */
const MOST_LINES = 10;

const DOING: Record<Act, string> = {
  [Act.START]: "starting",
  [Act.RECREATE]: "recreating",
  [Act.STOP]: "stopping",
  [Act.KEEP]: "waiting until it is ready",
};

/** A line for each step that is not over; what is being done comes first. */
export function progressLines(
  states: readonly StepState[],
  now: number,
): string[] {
  const begun = states.filter(({ phase }) =>
    phase === Phase.BEGUN || phase === Phase.STARTED
  );
  const next = states.filter(({ phase }) => phase === null);
  const lines = [
    ...begun.map((state) => begunText(state, now)),
    ...next.map((state) => nextText(state, states)),
  ];
  if (lines.length <= MOST_LINES) return lines;
  const left = lines.length - MOST_LINES + 1;
  return [...lines.slice(0, MOST_LINES - 1), `and ${left} more`];
}

function begunText({ step, phase, since, stop }: StepState, now: number) {
  if (stop !== undefined) return waitingText([stop]);
  const seconds = Math.floor((now - since) / 1000);
  const doing = phase === Phase.STARTED && step.act !== Act.KEEP
    ? "started, waiting until it is ready"
    : DOING[step.act];
  const time = seconds === 0 ? "" : ` (${seconds} s)`;
  return sanitize(`${step.name}: ${doing}${time}`);
}

function nextText({ step }: StepState, states: readonly StepState[]): string {
  const missing = step.needs.filter(({ name, condition }) => {
    const phase = states.find((it) => it.step.name === name)?.phase;
    const isStarted = phase === undefined || phase === Phase.STARTED ||
      phase === Phase.DONE;
    return !isStarted || condition !== Condition.STARTED;
  });
  const names = missing.map(({ name }) => name).join(", ");
  return sanitize(
    `${step.name}: waiting${names === "" ? "" : ` for ${names}`}`,
  );
}
