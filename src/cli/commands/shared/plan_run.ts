/** What `ops up`, `ops down` and `ops diff` share. */
import type { loadConfigLazily } from "../../../config/lazy.ts";
import type { LoadedConfig } from "../../../config/model.ts";
import { OpsError, PermissionError, StateError } from "../../../core/errors.ts";
import { Phase, type StepResult } from "../../../plan/apply.ts";
import { Act } from "../../../plan/plan.ts";
import {
  apply,
  type MadePlan,
  ownerOf,
  plan,
  type PlanHostOptions,
} from "../../../plan/fleet.ts";
import { takeLock } from "../../../state/lock.ts";
import { memoryOf } from "../../../state/memory.ts";
import { ExitCode } from "../../errors.ts";
import { switchFlag } from "../../grammar/flags.ts";
import { toJson } from "../../render/json.ts";
import { planText, resultText, summaryText } from "../../render/plan.ts";
import { placeText } from "../../../core/place.ts";
import { configOf } from "../../shell/configuration.ts";
import type { Context } from "../../shell/context.ts";
import { definedIn } from "../../shell/names.ts";
import { Progress } from "../../shell/progress.ts";
import { note, reportError, reportWarning } from "../../shell/report.ts";
import { catchEnd } from "../../shell/signals.ts";
import { worldOf } from "../../shell/world.ts";

/**
 * The configuration, without which there is nothing to plan. One that defines
 * nothing may have started something.
 */
export async function configToPlan(
  context: Context,
  file: string | undefined,
  load: typeof loadConfigLazily,
): Promise<LoadedConfig> {
  const config = await configOf(context, file, load);
  return config ?? definedIn<LoadedConfig>(config);
}

/** Makes a plan, and warns of what could not be asked. */
export async function planOf(
  context: Context,
  config: LoadedConfig,
  options: PlanHostOptions,
): Promise<MadePlan> {
  const made = await plan(config, { ...options, host: context.host });
  for (const warning of made.warnings) reportWarning(warning, context);
  for (const { name, place } of made.orphans) {
    const fact = `${name} (${placeText(place)}) was started for this ` +
      'configuration, which does not define it any more: "ops ' +
      `${options.down ? "down" : "up"} --remove-orphans" stops it`;
    reportWarning(new OpsError(fact), context);
  }
  return made;
}

/** Shows what would be done. */
export function showPlan(made: MadePlan, context: Context): void {
  const { hash, steps, kept, blocked, orphans } = made;
  if (context.json) {
    const data = { hash, steps, kept, blocked, orphans };
    context.stdout.write(`${toJson(data)}\n`);
    return;
  }
  context.stdout.write(planText(made));
  if (steps.length > 0) note(`Plan ${hash}.`, context);
  else if (blocked.length === 0) note("Nothing to do.", context);
}

/** The flags of the commands that carry a plan out. */
export const planFlags = {
  "remove-orphans": switchFlag({
    summary: "Stop what this configuration has started and defines no more",
  }),
  "dry-run": switchFlag({ summary: "Show what would be done, and do nothing" }),
} as const;

/** How a plan is carried out. */
export interface CarryOutOptions {
  /** Whether it is only shown. */
  readonly dryRun: boolean;
  /** The command, for others that wait. */
  readonly command: string;
  /** How many steps are done at the same time. */
  readonly parallel?: number | undefined;
  /** The plan that was reviewed: no other is done. */
  readonly ifPlan?: string | undefined;
  /** Whether it is waited for until all is ready. */
  readonly untilReady?: boolean | undefined;
  /** For how many seconds at most. */
  readonly readyTimeout?: number | undefined;
}

/**
 * Makes a plan, and shows or does it; two of them for one configuration never
 * overlap.
 *
 * @returns The exit code.
 */
export async function carryOut(
  world: Context,
  config: LoadedConfig,
  options: PlanHostOptions,
  { dryRun, command, parallel, ifPlan, untilReady, readyTimeout }:
    CarryOutOptions,
): Promise<number> {
  if (dryRun) {
    showPlan(await planOf(world, config, options), world);
    return ExitCode.DONE;
  }
  using progress = new Progress(world);
  const { context } = progress;
  const ending = new AbortController();
  let code: number = ExitCode.DONE;
  using _caught = catchEnd((signalCode) => {
    code = signalCode;
    ending.abort();
  });
  const { signal } = ending;
  using _lock = await lockFor(context, config, command, signal);
  const made = await planOf(context, config, options);
  if (ifPlan !== undefined && ifPlan !== made.hash) {
    throw new OpsError(
      `the plan is ${made.hash} by now, and not ${JSON.stringify(ifPlan)}: ` +
        `look at it again with "ops ${command} --dry-run"`,
    );
  }
  for (const { name, because } of made.kept) {
    const isNews = because.length > 0 && because[0] !== "not running";
    if (isNews) note(`${name} is left: ${because.join(", ")}.`, context);
  }
  progress.begin(made.steps);
  const results = await apply(made, {
    ...worldOf(context),
    signal,
    parallel,
    untilReady,
    readyTimeout,
    onWait: progress.onWait,
    onStep: (result) => {
      tell(result, context);
      progress.onStep(result);
    },
  });
  if (context.json) {
    const changed = results.some((it) => isDone(it) && isChange(it));
    const { blocked } = made;
    const data = { changed, steps: results.map(toData), blocked };
    context.stdout.write(`${toJson(data)}\n`);
  } else {
    const isNothing = made.blocked.length === 0 &&
      results.every((it) => isDone(it) && !isChange(it));
    note(
      isNothing ? "Nothing to do." : `${summaryText(made, results)}.`,
      context,
    );
  }
  for (const { phase, error } of results) {
    if (phase === Phase.FAILED) reportError(error, context);
  }
  for (const { name, because } of made.blocked) {
    reportError(new OpsError(`${name}: ${because.join(", ")}`), context);
  }
  if (code !== ExitCode.DONE) return code;
  return results.every(isDone) && made.blocked.length === 0
    ? ExitCode.DONE
    : ExitCode.FAILED;
}

function isDone({ phase }: StepResult): boolean {
  return phase === Phase.DONE;
}

function isChange({ step }: StepResult): boolean {
  return step.act !== Act.KEEP;
}

function tell(result: StepResult, context: Context): void {
  const text = resultText(result);
  if (text !== "" && !context.json) context.stdout.write(`${text}\n`);
}

function toData({ step, phase, durationMs, readyMs, error }: StepResult) {
  return {
    ...step,
    phase,
    durationMs,
    readyMs,
    error: error === null ? null : error.message,
  };
}

/** Keeps others that plan for the same configuration waiting. */
async function lockFor(
  context: Context,
  config: LoadedConfig,
  command: string,
  signal: AbortSignal,
): Promise<Disposable> {
  const warn = (warning: OpsError) => reportWarning(warning, context);
  const { stateFolder } = memoryOf({ warn });
  if (stateFolder === null) return UNLOCKED;
  try {
    return await takeLock(stateFolder, ownerOf(config), {
      holder: `ops ${command}, process ${Deno.pid}`,
      onWait: (holder) =>
        note(`Waiting for ${holder || "another one"}.`, context),
      signal,
    });
  } catch (error) {
    const isExpected = error instanceof StateError ||
      error instanceof PermissionError;
    if (!isExpected) throw error;
    warn(error);
    return UNLOCKED;
  }
}

/** Nothing is kept, so nothing can be locked: that is warned of. */
const UNLOCKED: Disposable = { [Symbol.dispose]: () => {} };
