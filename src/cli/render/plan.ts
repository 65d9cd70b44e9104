/** A plan and its steps, as people read them. */
import { placeText } from "../../core/place.ts";
import { Phase, type StepResult } from "../../plan/apply.ts";
import { Act, type Kept, type Plan, type Step } from "../../plan/plan.ts";
import { formatDuration } from "./words.ts";
import { sanitize } from "./text.ts";

const VERBS: Record<Act, string> = {
  [Act.START]: "start",
  [Act.RECREATE]: "recreate",
  [Act.STOP]: "stop",
  [Act.KEEP]: "keep",
};

const DONE: Record<Act, string> = {
  [Act.START]: "started",
  [Act.RECREATE]: "recreated",
  [Act.STOP]: "stopped",
  [Act.KEEP]: "kept",
};

/** What would be done, a line for each step, and a summary. */
export function planText(plan: Plan): string {
  const steps = plan.steps.map((step) => `${stepText(step)}\n`);
  const kept = plan.kept.filter(({ because }) => because.length > 0)
    .map(({ name, because }) =>
      `keep ${sanitize(name)} (${sanitize(because.join(", "))})\n`
    );
  return [...steps, ...kept, ...plan.blocked.map(blockedText)].join("");
}

/** What is not as it is defined, and why it is left. */
function blockedText({ name, place, because }: Kept): string {
  return `${
    sanitize(`blocked ${name} (${placeText(place)}): ${because.join(", ")}`)
  }\n`;
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
  { step, phase, durationMs, readyMs, error }: StepResult,
): string {
  const { act, name, place } = step;
  // That what runs already is ready is no news.
  if (act === Act.KEEP) return "";
  const after = (verb: string, ms: number) =>
    sanitize(`${name} ${verb} (${placeText(place)}, ${formatDuration(ms)}).`);
  switch (phase) {
    case Phase.STARTED:
      return after(DONE[act], durationMs);
    case Phase.DONE:
      return readyMs === null
        ? after(DONE[act], durationMs)
        : after("ready", readyMs);
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
  const failed = results.filter(({ phase }) => phase === Phase.FAILED);
  const notReady =
    failed.filter(({ step, status }) =>
      status !== null || step.act === Act.KEEP
    ).length;
  const skipped = results.filter(({ phase }) => phase === Phase.SKIPPED).length;
  return [
    ...Object.values(Act).filter((act) => act !== Act.KEEP)
      .map((act) => [count(Phase.DONE, act), DONE[act]]),
    [plan.kept.length, "unchanged"],
    [plan.blocked.length, "blocked"],
    [failed.length - notReady, "failed"],
    [notReady, "not ready"],
    [skipped, "not tried"],
  ].filter(([number]) => number !== 0)
    .map((parts) => parts.join(" ")).join(", ");
}
