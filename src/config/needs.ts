/** What a session waits for before it is started: `depends_on`. */
import { askWhether } from "../core/suggest.ts";
import {
  entriesOf,
  entryOf,
  type Field,
  keyOf,
  readBoolean,
  readList,
  readMapping,
  readText,
  refuse,
  refuseUnknown,
} from "./fields.ts";
import { Condition, type Need } from "./model.ts";
import { Problems, readEach } from "./problems.ts";
import type { Mapping } from "./tree.ts";
import { readChoice } from "./values.ts";

/** The key of a session. */
export const NEEDS_KEY = "depends_on";

const NEED_KEYS = ["condition", "required", "restart"];

/** A need, and where it stands. */
interface NeedField {
  readonly need: Need;
  readonly field: Field;
}

/** Reads what a session needs: a list of names, or names with conditions. */
export function readNeeds(session: Field<Mapping>): Need[] {
  return needFields(session).map(({ need }) => need);
}

function needFields(session: Field<Mapping>): NeedField[] {
  const field = entryOf(session, NEEDS_KEY);
  if (field === undefined) return [];
  if (field.node.kind === "list") {
    return readList(field, (item) => ({
      need: needOf(readText(item)),
      field: item,
    }));
  }
  if (field.node.kind !== "mapping") {
    refuse(
      field,
      `must be a list of names, such as [db], or a mapping of them`,
    );
  }
  return readEach(entriesOf(readMapping(field)), ([name, entry]) => ({
    need: readNeed(name, entry),
    field: keyOf(entry),
  }));
}

/** A need of what has replicas is one of each of them. */
export function eachOf(
  need: Need,
  replicas: ReadonlyMap<string, readonly string[]>,
): Need[] {
  const names = replicas.get(need.name) ?? [need.name];
  return names.map((name) => ({ ...need, name }));
}

function needOf(name: string): Need {
  return {
    name,
    condition: Condition.STARTED,
    required: true,
    restart: false,
  };
}

function readNeed(name: string, entry: Field): Need {
  const mapping = readMapping(entry);
  refuseUnknown(mapping, NEED_KEYS);
  const [condition, required, restart] = NEED_KEYS.map((key) =>
    entryOf(mapping, key)
  );
  const otherwise = needOf(name);
  return {
    name,
    condition: condition
      ? readChoice(condition, Object.values(Condition))
      : otherwise.condition,
    required: required ? readBoolean(required) : otherwise.required,
    restart: restart ? readBoolean(restart) : otherwise.restart,
  };
}

/**
 * Refuses needs that can never be met: names that nothing defines, and circles.
 *
 * @param sessions All of them, by name; those that are wrong, too.
 * @param replicas The names of the replicas of those that have some.
 */
export function refuseBadNeeds(
  sessions: ReadonlyMap<string, Field<Mapping>>,
  replicas: ReadonlyMap<string, readonly string[]>,
): void {
  const needs = new Map(
    Array.from(sessions, ([name, field]) => [
      name,
      readable(field).flatMap(({ need, field }) =>
        eachOf(need, replicas).map((need) => ({ need, field }))
      ),
    ]),
  );
  const problems = new Problems();
  problems.attempt(() => refuseUndefined(needs, sessions, replicas));
  problems.finish(() => refuseCircles(needs));
}

/** The needs of a session, as far as they are right: what is not was told. */
function readable(session: Field<Mapping>): NeedField[] {
  return new Problems().attempt(() => needFields(session)) ?? [];
}

type Needs = ReadonlyMap<string, readonly NeedField[]>;

function refuseUndefined(
  needs: Needs,
  sessions: ReadonlyMap<string, unknown>,
  replicas: ReadonlyMap<string, unknown>,
): void {
  const names = [...sessions.keys(), ...replicas.keys()];
  readEach([...needs], ([name, fields]) => {
    readEach(fields, ({ need, field }) => {
      if (need.name === name) refuse(field, "is the session itself");
      if (sessions.has(need.name)) return;
      const hint = askWhether(need.name, names);
      refuse(
        field,
        `${JSON.stringify(need.name)} is no session that is defined` +
          (hint && `; ${hint}`),
      );
    });
  });
}

function refuseCircles(needs: Needs): void {
  // That something needs itself, or another replica of it, was told before.
  const told = new Set(
    Array.from(
      needs,
      ([name, fields]) =>
        fields.filter(({ need }) => need.name === name)
          .map(({ field }) => field.key),
    ).flat(),
  );
  readEach(circlesIn(needs), (circle) => {
    const [first, second] = circle as [string, string];
    const { field } = needs.get(first)!.find(({ need }) =>
      need.name === second
    )!;
    if (told.has(field.key)) return;
    refuse(field, `they wait for each other: ${circle.join(" → ")}`);
  });
}

/** Paths that lead back to their beginning, each once. */
function circlesIn(needs: Needs): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (name: string, path: readonly string[]) => {
    const start = path.indexOf(name);
    if (start >= 0) circles.push([...path.slice(start), name]);
    if (start >= 0 || done.has(name)) return;
    for (const { need } of needs.get(name) ?? []) {
      visit(need.name, [...path, name]);
    }
    done.add(name);
  };
  for (const name of needs.keys()) visit(name, []);
  return circles;
}
