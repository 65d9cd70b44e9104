/** Plans for the sessions of a configuration, and what does them. */
import type { LoadedConfig } from "../config/model.ts";
import type { OpsError } from "../core/errors.ts";
import type { Place } from "../core/place.ts";
import { differences, isOwnedBy, specOf } from "../core/spec.ts";
import { originalName, type SessionStatus } from "../core/status.ts";
import { SessionManager } from "../fleet/session.ts";
import { listAll } from "../fleet/survey.ts";
import type { ProcessHost } from "../host/host.ts";
import type { MemoryOptions } from "../state/memory.ts";
import { type ApplyOptions, applyPlan, type StepResult } from "./apply.ts";
import {
  type Actual,
  isOf,
  isPlaced,
  type Plan,
  planDown,
  type PlanOptions,
  planUp,
} from "./plan.ts";

/** Which plan is made. */
export interface PlanHostOptions
  extends PlanOptions, Pick<MemoryOptions, "stateFolder"> {
  /** Whether it takes down instead of bringing up. @default {false} */
  readonly down?: boolean | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
}

/** A plan, what it was made from, and what could not be asked for it. */
export interface MadePlan extends Plan {
  /** The configuration. */
  readonly config: LoadedConfig;
  /** By what it is known: two plans that do the same have the same. */
  readonly hash: string;
  /** What was on the host. */
  readonly sessions: readonly SessionStatus[];
  /** Why engines did not answer. */
  readonly warnings: readonly OpsError[];
}

/**
 * Looks at what runs, and plans what makes it what the configuration defines.
 *
 * @example Bring up what is defined
 * ```ts ignore
 * import { apply, loadConfig, plan } from "@kstlib/ops";
 *
 * const made = await plan(loadConfig());
 * for (const { act, name, because } of made.steps) {
 *   console.log(act, name, because.join(", "));
 * }
 * await apply(made);
 * ```
 *
 * @throws {SessionNotFoundError} If a name is not defined.
 * @throws {OpsError} If no engine answers.
 */
export async function plan(
  config: LoadedConfig,
  { host, stateFolder, down = false, ...options }: PlanHostOptions = {},
): Promise<MadePlan> {
  const { sessions, warnings } = await listAll({ config, host, stateFolder });
  const actual = sessions.map((status) => compare(status, config));
  const make = down ? planDown : planUp;
  const made = make(config.sessions, actual, options);
  return { ...made, hash: await hashOf(made), config, sessions, warnings };
}

/** What is done, and why: twelve hexadecimal digits. */
async function hashOf({ steps }: Plan): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(steps));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex().slice(0, 12);
}

/** How a session differs from what is defined, and whose it is. */
function compare(status: SessionStatus, config: LoadedConfig): Actual {
  const { spec, managed } = status;
  const isOwned = spec !== null && isOwnedBy(spec, ownerOf(config));
  const isOthers = spec !== null && !isOwned;
  const definition = config.sessions.get(originalName(status));
  if (definition === undefined || !isOf(status, definition)) {
    return { status, changed: null, isOrphan: managed && isOwned, isOthers };
  }
  const changed = spec === null ? null : differences(spec, specOf(definition));
  return { status, changed, isOrphan: false, isOthers };
}

/** What tells a configuration from others. */
export function ownerOf({ name, files }: LoadedConfig): string {
  return name ?? files.at(-1) ?? "";
}

/** How a plan is done. */
export interface ApplyPlanOptions extends ApplyOptions, MemoryOptions {
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /** Shows a text to the person at the terminal while the work goes on. */
  readonly notify?: ((text: string) => void) | undefined;
}

/**
 * Does a plan: each step as soon as what it waits for is there. One that fails
 * stops no other that does not need it.
 *
 * @param made The plan; what has changed since it was made is not looked at.
 * @returns What came of each step, in the order of the plan.
 */
export async function apply(
  made: MadePlan,
  options: ApplyPlanOptions = {},
): Promise<StepResult[]> {
  const { host, notify, warn, stateFolder } = options;
  const world = { host, notify, warn, stateFolder };
  const { config, sessions } = made;
  const sessionOf = (name: string, place?: Place) => {
    const definition = config.sessions.get(name);
    if (definition === undefined || place && !isPlaced(definition, place)) {
      return new SessionManager(name, {
        ...world,
        ...place,
        runtime: place?.runtime ?? undefined,
        tmuxBinary: config.tmuxBinary,
      });
    }
    const found = sessions.find((it) => isOf(it, definition));
    const runtime = found?.runtime ?? undefined;
    return SessionManager.fromConfig(name, { ...world, config, runtime });
  };
  return await applyPlan(made, sessionOf, options);
}
