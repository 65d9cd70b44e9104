/** Definitions that are made from something else, and what that leaves out. */
import { SessionConfigError } from "../core/errors.ts";
import { validateNewName } from "../core/validate/fields.ts";
import { parseDocument } from "./parse.ts";
import { type OpsConfig, toOpsConfig } from "./schema.ts";
import { type Writable, type Written, yamlText } from "./yaml_text.ts";

/** A definition that is to be written. */
export interface Draft {
  /** The session's name. */
  readonly name: string;
  /** What is set, by key. */
  readonly keys: ReadonlyMap<string, Writable>;
  /** What it leaves out, and why. */
  readonly leftOut: readonly string[];
}

/** What could be made, and why some of it could not. */
export interface Drafts {
  /** What is right. */
  readonly drafts: readonly Draft[];
  /** What is no definition at all, and why, by name. */
  readonly refused: ReadonlyMap<string, string>;
}

/** What is right, and what it is read as. */
export interface SoundDrafts extends Drafts {
  /** The definitions, by name. */
  readonly sessions: OpsConfig["sessions"];
}

/** The file that the drafts make. */
export function draftsText(
  { drafts, refused }: Drafts,
  remarks: readonly string[],
): string {
  const sessions = new Map<string, Written>(
    drafts.map(({ name, keys, leftOut }) => {
      const above = leftOut.map((it) => `Left out: ${it}`);
      return [name, { value: written(keys), above }];
    }),
  );
  const without = Array.from(
    refused,
    ([name, reason]) => `Left out: ${JSON.stringify(name)}, ${reason}`,
  );
  const above = [...remarks, ...without];
  const ops = new Map([["sessions", { value: sessions }]]);
  return yamlText(new Map([["ops", { value: ops, above }]]));
}

function written(keys: ReadonlyMap<string, Writable>): Map<string, Written> {
  return new Map(Array.from(keys, ([key, value]) => [key, { value }]));
}

/**
 * Leaves out what the configuration would refuse: a key, or a part of one, or
 * a whole session.
 *
 * @param given What could be made so far.
 * @param path The file that the drafts are to be.
 */
export function soundDrafts(given: Drafts, path: string): SoundDrafts {
  const refused = new Map(given.refused);
  let drafts: Draft[] = [];
  for (const draft of given.drafts) {
    const isTwice = drafts.some(({ name }) => name === draft.name);
    const reason = isTwice
      ? "there is another one of that name"
      : nameFault(draft.name);
    if (reason === null) drafts.push(draft);
    else refused.set(draft.name, reason);
  }
  for (;;) {
    const { sessions, problems: all } = readDrafts(drafts, path);
    const problems = all.filter(({ key }) => !isOpen(drafts, placeIn(key)));
    if (problems.length === 0) return { drafts, refused, sessions };
    const faulty = new Map(
      problems.toReversed().map((it) => [placeIn(it.key), it.reason]),
    );
    drafts = drafts.flatMap((draft) => {
      const left = withoutFaults(draft, faulty);
      if (left !== null) return left;
      const [, reason = ""] = [...faulty].findLast(([{ name }]) =>
        name === draft.name
      ) ?? [];
      refused.set(draft.name, reason);
      return [];
    });
  }
}

/** A draft without what is wrong with it; `null` if that is all of it. */
function withoutFaults(
  draft: Draft,
  faulty: ReadonlyMap<Place, string>,
): Draft | null {
  const own = [...faulty].filter(([{ name }]) => name === draft.name);
  let left: Draft | null = draft;
  for (const [place, reason] of own) {
    if (left !== null) left = without(left, place, reason);
  }
  // What is wrong may be none of its keys.
  return own.length > 0 && left === draft ? null : left;
}

function nameFault(name: string): string | null {
  try {
    validateNewName(name, "");
    return null;
  } catch (error) {
    if (!(error instanceof SessionConfigError)) throw error;
    return error.reason;
  }
}

/** What drafts are read as; nothing while something is wrong. */
function readDrafts(
  drafts: readonly Draft[],
  path: string,
): Pick<SoundDrafts, "sessions"> & Pick<SessionConfigError, "problems"> {
  const text = draftsText({ drafts, refused: new Map() }, []);
  try {
    const { ops } = parseDocument(text, { path, label: path });
    const { sessions } = toOpsConfig(ops, { home: () => "/" });
    return { sessions, problems: [] };
  } catch (error) {
    if (!(error instanceof SessionConfigError)) throw error;
    return { sessions: new Map(), problems: error.problems };
  }
}

/** What is wrong: a part of a key, a key, or all of a session. */
interface Place {
  readonly name: string;
  readonly key: string | undefined;
  readonly part: string | undefined;
}

const PLACE =
  /^ops\.sessions\.(?<name>[\w-]+)(?:\.(?<key>\w+)(?:[.[](?<part>[\w-]+))?)?/;

/** @throws {Error} If it is no session's: there is nothing to leave out then. */
function placeIn(path: string): Place {
  const { name, key, part } = PLACE.exec(path)?.groups ?? {};
  if (name === undefined) throw new Error(`nothing to leave out for ${path}`);
  return { name, key, part };
}

const VARIABLE = /(?<!\$)(?:\$\$)*\$\{/;

/** A text as it is, whatever it would mean with variables. */
export function withoutVariables(text: string): string {
  return text.replace(/\$+(?=\{)/g, (dollars) => dollars + dollars);
}

/** Whether variables are to be filled in there: nobody knows yet what it is. */
function isOpen(drafts: readonly Draft[], { name, key, part }: Place): boolean {
  const draft = drafts.find((it) => it.name === name);
  const value = draft?.keys.get(key ?? "");
  const inner = part === undefined || value === undefined
    ? value
    : partOf(value, part);
  return inner !== undefined && textsIn(inner).some((it) => VARIABLE.test(it));
}

function partOf(value: Writable, part: string): Writable | undefined {
  if (Array.isArray(value)) return value[Number(part)];
  return value instanceof Map ? value.get(part)?.value : undefined;
}

function textsIn(value: Writable): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!(value instanceof Map)) return [`${value}`];
  return [...value.values()].flatMap((it: Written) => textsIn(it.value));
}

/** A draft without a part of it; `null` if there is nothing left. */
function without(draft: Draft, place: Place, reason: string): Draft | null {
  const { key, part } = place;
  // Without its image it would be something else.
  if (key === undefined || key === "image") return null;
  const value = draft.keys.get(key);
  if (value === undefined) return draft;
  const keys = new Map(draft.keys);
  const rest = withoutPart(value, part);
  const isEmpty = Array.isArray(rest) && rest.length === 0 ||
    rest instanceof Map && rest.size === 0;
  if (rest === undefined || isEmpty) keys.delete(key);
  else keys.set(key, rest);
  return { ...draft, keys, leftOut: [...draft.leftOut, `${key}: ${reason}`] };
}

function withoutPart(
  value: Writable,
  part: string | undefined,
): Writable | undefined {
  if (part === undefined) return undefined;
  if (Array.isArray(value)) return value.filter((_, i) => String(i) !== part);
  if (!(value instanceof Map)) return undefined;
  return new Map([...value].filter(([name]) => name !== part));
}
