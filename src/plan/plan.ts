/**
 * What is to be done so that what runs is what is defined, as data: a pure
 * function of the definitions and of what runs.
 */
import {
  Condition,
  type Need,
  type SessionDefinition,
} from "../config/model.ts";
import { isAt, type Place, placeText } from "../core/place.ts";
import {
  originalName,
  SessionState,
  type SessionStatus,
} from "../core/status.ts";
import { endedWell } from "../core/success.ts";
import { ownFields } from "../engines/registry.ts";
import { orderOf, wantedOf } from "./graph.ts";

/** What a step does. */
export const Act = {
  /** Starts what does not run. */
  START: "start",
  /** Stops what runs, and starts it as it is defined now. */
  RECREATE: "recreate",
  /** Stops what runs. */
  STOP: "stop",
  /** Leaves it as it is: no step of a plan, but it may be waited for. */
  KEEP: "keep",
} as const;
/** One of the values of {@linkcode Act}. */
export type Act = typeof Act[keyof typeof Act];

/** One act on one engine. */
export interface Step {
  /** What it does. */
  readonly act: Act;
  /** The session's name. */
  readonly name: string;
  /** Where the session is, or is to be. */
  readonly place: Place;
  /** Where it is stopped before, if that is another place. */
  readonly from?: Place;
  /** Why, in words: `not running`, `image changed`. */
  readonly because: readonly string[];
  /** What it waits for. */
  readonly needs: readonly Need[];
}

/** What was started for this configuration, and is defined no more. */
export interface Orphan {
  /** Its name. */
  readonly name: string;
  /** Where it is. */
  readonly place: Place;
}

/** A session that is left as it is. */
export interface Kept {
  /** Its name. */
  readonly name: string;
  /** Where it is. */
  readonly place: Place;
  /** Why, in words; empty where it simply runs as it is defined. */
  readonly because: readonly string[];
}

/** What is to be done, in an order in which it can be. */
export interface Plan {
  /** What is done: each after those that it needs. */
  readonly steps: readonly Step[];
  /** What is left as it is. */
  readonly kept: readonly Kept[];
  /** What is not as it is defined, and is left all the same; and why. */
  readonly blocked: readonly Kept[];
  /** What nothing defines any more, and is left as well. */
  readonly orphans: readonly Orphan[];
}

/** Which sessions are meant, and what is done with them. */
export interface PlanOptions {
  /** The names of those that are meant. @default {undefined} all */
  readonly names?: readonly string[] | undefined;
  /** Whether what they depend on is meant too. @default {true} */
  readonly withNeeds?: boolean | undefined;
  /** Whether what runs is recreated. @default {"changed"} */
  readonly recreate?: "changed" | "always" | "never" | undefined;
  /**
   * Whether what nothing defines any more is stopped; a function says of which
   * names, and no others are told of.
   *
   * @default {false}
   */
  readonly removeOrphans?: boolean | ((name: string) => boolean) | undefined;
}

/** What runs, and how it differs from what is defined. */
export interface Actual {
  /** What its engine told. */
  readonly status: SessionStatus;
  /**
   * The keys in which it differs from its definition; `null` where that cannot
   * be known.
   */
  readonly changed: readonly string[] | null;
  /** Whether the configuration started it, and does not define it there. */
  readonly isOrphan: boolean;
  /** Whether it was started for another configuration. */
  readonly isOthers: boolean;
}

/**
 * Plans what brings up what is defined.
 *
 * @param definitions What is defined, by name.
 * @param actual What there is on the host.
 * @throws {SessionNotFoundError} If a name is not defined.
 */
export function planUp(
  definitions: ReadonlyMap<string, SessionDefinition>,
  actual: readonly Actual[],
  options: PlanOptions = {},
): Plan {
  const { names, withNeeds = true, recreate = "changed" } = options;
  const meant = wantedOf(definitions, names, withNeeds);
  const awaited = endsAwaited(definitions);
  const byName = byOriginalName(actual);
  const steps: Step[] = [];
  const kept: Kept[] = [];
  const blocked: Kept[] = [];
  for (const name of orderOf(definitions, meant)) {
    const definition = definitions.get(name)!;
    const place = placeOf(definition);
    const named = byName.get(name) ?? [];
    const found = named.find((it) => isOf(it.status, definition));
    const obstacle = obstacleTo(definition, named);
    if (obstacle !== null) {
      blocked.push({ name, place, because: [obstacle] });
      continue;
    }
    const needs = (definition.needs ?? [])
      .filter((need) => meant.has(need.name));
    const recreated = needs.filter((need) =>
      need.restart &&
      steps.some((it) => it.name === need.name && it.act === Act.RECREATE)
    );
    const moved = movedFrom(named);
    if (moved !== undefined) {
      const from = toPlace(moved);
      const because = ["its place changed"];
      steps.push({ act: Act.RECREATE, name, place, from, because, needs });
      continue;
    }
    const isDone = awaited.has(name) && hasEnded(found?.status, definition);
    const because = startReasons(found, isDone);
    if (because !== null) {
      steps.push({ act: Act.START, name, place, because, needs });
      continue;
    }
    if (!found!.status.managed) {
      kept.push({ name, place, because: [FOREIGN] });
      continue;
    }
    const differs = [
      ...(recreate === "always" ? ["asked for"] : []),
      ...changeReasons(found!),
      ...recreated.map(({ name }) => `depends on ${name}, which is recreated`),
    ];
    if (differs.length > 0 && recreate !== "never") {
      const act = isDone ? Act.START : Act.RECREATE;
      steps.push({ act, name, place, because: differs, needs });
    } else {
      kept.push({ name, place, because: keptReasons(found!, differs) });
    }
  }
  return { kept, blocked, ...withOrphans(steps, actual, meant, options) };
}

/** What there is, by the names that it was started under. */
function byOriginalName(
  actual: readonly Actual[],
): ReadonlyMap<string, readonly Actual[]> {
  return Map.groupBy(actual, ({ status }) => originalName(status));
}

/**
 * What keeps a definition from being brought up; `null` if nothing does.
 *
 * @param named What there is of that name, wherever it is.
 */
function obstacleTo(
  definition: SessionDefinition,
  named: readonly Actual[],
): string | null {
  const lost = named.find(({ status: { state, managed }, isOthers }) =>
    state === SessionState.UNKNOWN && managed && !isOthers
  );
  if (lost !== undefined) return lost.status.detail ?? "it may run";
  const [found, ...others] = named
    .filter(({ status }) => isOf(status, definition));
  if (found === undefined) return null;
  const { status, changed, isOthers } = found;
  if (others.length > 0) {
    const places = [found, ...others].map((it) => placeText(it.status));
    return `it is in more than one place: ${places.join(", ")}`;
  }
  if (status.state === SessionState.UNKNOWN) return "its engine did not answer";
  if (status.state === SessionState.DEFINED) return null;
  if (!status.managed && status.state !== SessionState.RUNNING) {
    return "ops did not start what has its name, and that has ended: remove " +
      "it, or rename one";
  }
  return isOthers && changed !== null && changed.length > 0
    ? "it was started for another configuration: ops restart takes it over"
    : null;
}

/** What of a name runs, started for this configuration, where it is not to be. */
function movedFrom(named: readonly Actual[]): SessionStatus | undefined {
  return named.find(({ isOrphan }) => isOrphan)?.status;
}

/**
 * Plans what takes down what is defined: what depends on others first.
 *
 * @throws {SessionNotFoundError} If a name is not defined.
 */
export function planDown(
  definitions: ReadonlyMap<string, SessionDefinition>,
  actual: readonly Actual[],
  options: PlanOptions = {},
): Plan {
  const meant = wantedOf(definitions, options.names, false);
  const order = orderOf(definitions, meant).toReversed();
  const byName = byOriginalName(actual);
  const steps: Step[] = [];
  const kept: Kept[] = [];
  for (const name of order) {
    const definition = definitions.get(name)!;
    const place = placeOf(definition);
    const named = byName.get(name) ?? [];
    const found = named.find((it) => isOf(it.status, definition));
    const moved = movedFrom(named);
    const reason = moved === undefined ? whyNotStopped(found) : null;
    if (reason !== null) {
      kept.push({ name, place, because: [reason] });
      continue;
    }
    // Those that depend on it go first.
    const needs = steps
      .filter((it) => needsOf(definitions, it.name).includes(name))
      .map((it) => ended(it.name));
    const where = moved === undefined ? place : toPlace(moved);
    const because = ["asked for"];
    steps.push({ act: Act.STOP, name, place: where, because, needs });
  }
  return { kept, blocked: [], ...withOrphans(steps, actual, meant, options) };
}

/** Why a session of that name is neither made anew nor stopped. */
const FOREIGN = "ops did not start it";

/** Why there is nothing to stop; `null` if there is. */
function whyNotStopped(found: Actual | undefined): string | null {
  if (found === undefined) return "not running";
  const { state, managed } = found.status;
  if (state === SessionState.DEFINED) return "not running";
  // What an engine does not tell of may be ours.
  if (!managed && state !== SessionState.UNKNOWN) return FOREIGN;
  return found.isOthers ? "it was started for another configuration" : null;
}

function needsOf(
  definitions: ReadonlyMap<string, SessionDefinition>,
  name: string,
): string[] {
  return (definitions.get(name)?.needs ?? []).map((need) => need.name);
}

function ended(name: string): Need {
  const condition = Condition.EXITED;
  return { name, condition, required: false, restart: false };
}

/** What becomes of what nothing defines any more. */
function withOrphans(
  steps: readonly Step[],
  actual: readonly Actual[],
  meant: ReadonlySet<string>,
  { removeOrphans = false }: PlanOptions,
): Pick<Plan, "steps" | "orphans"> {
  const orphans = actual
    .filter((it) => it.isOrphan && !meant.has(originalName(it.status)))
    .map(({ status }) => ({ name: status.name, place: toPlace(status) }));
  if (removeOrphans === false) return { steps, orphans };
  const removed = typeof removeOrphans === "function"
    ? orphans.filter(({ name }) => removeOrphans(name))
    : orphans;
  const removals = removed.map((orphan): Step => ({
    act: Act.STOP,
    ...orphan,
    because: [
      removeOrphans === true ? "nothing defines it any more" : "asked for",
    ],
    needs: [],
  }));
  return { steps: [...steps, ...removals], orphans: [] };
}

/** The jobs whose end somebody waits for: they need not run for ever. */
function endsAwaited(
  definitions: ReadonlyMap<string, SessionDefinition>,
): Set<string> {
  const needs = [...definitions.values()].flatMap((it) => it.needs ?? []);
  return new Set(
    needs.filter(({ condition }) =>
      condition === Condition.EXITED || condition === Condition.EXITED_OK
    ).map(({ name }) => name),
  );
}

function hasEnded(
  status: SessionStatus | undefined,
  { successExitCodes }: SessionDefinition,
): boolean {
  return status?.state === SessionState.EXITED &&
    endedWell(status, successExitCodes);
}

/** Why it has to be started; `null` if it need not. */
function startReasons(
  found: Actual | undefined,
  isDone: boolean,
): string[] | null {
  if (found === undefined) return ["not running"];
  const { state, exitCode, signal } = found.status;
  switch (state) {
    case SessionState.DEFINED:
      return ["not running"];
    case SessionState.EXITED:
      return isDone ? null : [`exited (${signal ?? exitCode ?? "?"})`];
    case SessionState.STOPPED:
      return ["stopped"];
    default:
      return null;
  }
}

function changeReasons({ changed }: Actual): string[] {
  return (changed ?? []).map((key) => `${key} changed`);
}

function keptReasons(
  { status, changed }: Actual,
  differs: readonly string[],
): string[] {
  if (differs.length > 0) return [...differs];
  return changed === null && status.managed
    ? ["what it was made from is not known: ops restart makes it as defined"]
    : [];
}

function toPlace({ backend, socketName, runtime }: Place): Place {
  return { backend, socketName, runtime };
}

/** Whether that is the session which a definition means. */
export function isOf(
  status: SessionStatus,
  definition: SessionDefinition,
): boolean {
  return originalName(status) === definition.config.name &&
    isPlaced(definition, status);
}

/** Whether a definition means a session at that place. */
export function isPlaced(definition: SessionDefinition, place: Place): boolean {
  return isAt(place, placeOf(definition));
}

/** The place of a definition; its runtime may be left open. */
export function placeOf({ config, socketName }: SessionDefinition): Place {
  const { backend, runtime, socketName: label } = ownFields(config, socketName);
  return { backend, runtime, socketName: label };
}
