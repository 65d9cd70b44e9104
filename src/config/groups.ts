/** Groups: one word for several sessions. */
import { askWhether } from "../core/suggest.ts";
import { MAX_NAME_LENGTH, NAME } from "../core/validate/fields.ts";
import {
  entriesOf,
  entryOf,
  type Field,
  keyOf,
  readList,
  readMapping,
  readText,
  refuse,
} from "./fields.ts";
import type { OpsConfig } from "./model.ts";
import { isPattern, matching, replicasOf } from "./names.ts";
import { Problems, readEach } from "./problems.ts";
import type { Mapping } from "./tree.ts";

/** The key of a session that puts it into groups. */
export const GROUP_KEY = "group";
/** The key of `ops` that lists the sessions of groups. */
export const GROUPS_KEY = "groups";

/** The groups that a session says it is in. */
export function readOwnGroups(session: Field<Mapping>): string[] {
  const field = entryOf(session, GROUP_KEY);
  return field === undefined ? [] : readWords(field, (item) => {
    const group = readText(item);
    checkGroup(group, item);
    return group;
  });
}

/** One word, or a list of them. */
function readWords<T>(field: Field, read: (item: Field) => T): T[] {
  return field.node.kind === "list" ? readList(field, read) : [read(field)];
}

function checkGroup(group: string, field: Field): void {
  if (NAME.test(group) && group.length <= MAX_NAME_LENGTH) return;
  refuse(
    field,
    `${
      JSON.stringify(group)
    } cannot name a group: start with a letter, go on ` +
      `with letters, digits, _ and -, ${MAX_NAME_LENGTH} at most`,
  );
}

/** The sessions that an item of a group names. */
function membersIn(
  item: Field,
  sessions: OpsConfig["sessions"],
  isWhole: boolean,
): readonly string[] {
  const word = readText(item);
  const names = [...sessions.keys()];
  const found = isPattern(word)
    ? matching(word, names)
    : sessions.has(word)
    ? [word]
    : replicasOf(word, sessions);
  if (found.length > 0 || !isWhole) return found;
  const hint = askWhether(word, names);
  return refuse(
    item,
    isPattern(word)
      ? `${JSON.stringify(word)} matches no session that is defined`
      : `${JSON.stringify(word)} is no session that is defined` +
        (hint && `; ${hint}`),
  );
}

/**
 * All groups with the names of their members, in the order of the definitions.
 *
 * @param field The value of `ops.groups`.
 * @param sessions What is defined, and the groups that each is in by itself.
 * @param isWhole Whether every session could be read; if not, a member that is
 * not known may be one of the others.
 */
export function readGroups(
  field: Field | undefined,
  sessions: OpsConfig["sessions"],
  isWhole: boolean,
): Map<string, readonly string[]> {
  const members = new Map<string, Set<string>>();
  const add = (group: string, names: readonly string[]) => {
    members.set(group, members.get(group) ?? new Set());
    for (const name of names) members.get(group)!.add(name);
  };
  for (const [name, { groups = [] }] of sessions) {
    for (const group of groups) add(group, [name]);
  }
  const names = [...sessions.keys()];
  const entries = field === undefined ? [] : entriesOf(readMapping(field));
  readEach(entries, ([group, entry]) => {
    const problems = new Problems();
    problems.attempt(() =>
      checkGroup(group, { ...keyOf(entry), key: field!.key })
    );
    problems.finish(() => {
      const found = readWords(
        entry,
        (item) => membersIn(item, sessions, isWhole),
      );
      add(group, found.flat());
      if (isWhole && members.get(group)!.size === 0) {
        refuse(keyOf(entry), "names no session");
      }
    });
  });
  return new Map(
    Array.from(members, ([group, found]) => [
      group,
      names.filter((name) => found.has(name)),
    ]),
  );
}
