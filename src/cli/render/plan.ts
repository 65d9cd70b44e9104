/** A plan and its steps, as people read them. */
import { Phase, type StepResult } from "../../plan/apply.ts";
import { Act, type Plan, type Step } from "../../plan/plan.ts";
import { formatDuration, placeText } from "./words.ts";
import { sanitize } from "./text.ts";

const VERBS: Record<Act, string> = {
  [Act.START]: "start",
  [Act.RECREATE]: "recreate",
  [Act.STOP]: "stop",
};

const DONE: Record<Act, string> = {
  [Act.START]: "started",
  [Act.RECREATE]: "recreated",
  [Act.STOP]: "stopped",
};

/** What would be done, a line for each step, and a summary. */
export function planText(plan: Plan): string {
  const steps = plan.steps.map((step) => `${stepText(step)}\n`);
  const kept = plan.kept.filter(({ because }) => because.length > 0)
    .map(({ name, because }) =>
      `keep ${sanitize(name)} (${sanitize(because.join(", "))})\n`
    );
  return [...steps, ...kept].join("");
}

/** What a step does, and why. */
function stepText({ act, name, place, because, needs }: Step): string {
  const after = needs.length === 0
    ? ""
    : `, after ${needs.map((need) => need.name).join(", ")}`;
  return sanitize(
    `${VERBS[act]} ${name} (${placeText(place)}): ${
      because.join(", ")
    }${after}`,
  );
}

/** What came of a step; nothing for what is not over. */
export function resultText(
  { step, phase, durationMs, error }: StepResult,
): string {
  const { act, name, place } = step;
  switch (phase) {
    case Phase.DONE:
      return sanitize(
        `${name} ${DONE[act]} (${placeText(place)}, ${
          formatDuration(durationMs)
        }).`,
      );
    case Phase.SKIPPED:
      return sanitize(`${name} not ${DONE[act]}: ${error?.message}`);
    default:
      return "";
  }
}

/** How much was done: `2 started, 1 recreated, 3 unchanged`. */
export function summaryText(
  plan: Plan,
  results: readonly StepResult[],
): string {
  const count = (phase: Phase, act: Act) =>
    results.filter((it) => it.phase === phase && it.step.act === act).length;
  const failed = results.filter(({ phase }) => phase === Phase.FAILED).length;
  const skipped = results.filter(({ phase }) => phase === Phase.SKIPPED).length;
  return [
    ...Object.values(Act).map((act) => [count(Phase.DONE, act), DONE[act]]),
    [plan.kept.length, "unchanged"],
    [failed, "failed"],
    [skipped, "not tried"],
  ].filter(([number]) => number !== 0)
    .map((parts) => parts.join(" ")).join(", ");
}
