/** Which definitions are meant by a word that stands for several. */
import { SessionNotFoundError } from "../core/errors.ts";
import { nearest } from "../core/suggest.ts";
import type { OpsConfig } from "./model.ts";

type Known = Pick<OpsConfig, "sessions" | "groups">;

/** What a word begins with that means a group. */
export const GROUP_SIGN = "@";

/** Whether a word can stand for several: `@bots`, `bot-*`. */
export function isForSeveral(word: string): boolean {
  return word.startsWith(GROUP_SIGN) || isPattern(word);
}

/** Whether a word is a pattern, which no name that ops gives is. */
export function isPattern(word: string): boolean {
  return /[*?[]/.test(word);
}

/** Which of the names a pattern matches: `*`, `?`, `[a-z]`. */
export function matching(pattern: string, names: Iterable<string>): string[] {
  const source = pattern.replace(
    /\[(!?)([^\]]+)\]|[^]/g,
    (part, not: string, among: string | undefined) => {
      if (among !== undefined) {
        return `[${not && "^"}${among.replace(/[\\^[]/g, "\\$&")}]`;
      }
      if (part === "*") return "[^]*";
      return part === "?" ? "[^]" : part.replace(/[\\^$.|+()[\]{}/]/, "\\$&");
    },
  );
  const form = formOf(source);
  return [...names].filter((name) => form?.test(name));
}

/** `undefined` for what is no form, such as the range of `[z-a]`. */
function formOf(source: string): RegExp | undefined {
  try {
    return new RegExp(`^${source}$`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The names that a word stands for, in the order of the definitions; `null` if
 * it stands for none but its own.
 */
export function membersOf(
  word: string,
  { sessions, groups }: Known,
): readonly string[] | null {
  if (sessions.has(word)) return null;
  const replicas = replicasOf(word, sessions);
  if (replicas.length > 0) return replicas;
  if (word.startsWith(GROUP_SIGN)) {
    return groups.get(word.slice(GROUP_SIGN.length)) ?? null;
  }
  if (!isPattern(word)) return null;
  const found = matching(word, sessions.keys());
  return found.length === 0 ? null : found;
}

/** The replicas that share a name. */
export function replicasOf(
  name: string,
  sessions: OpsConfig["sessions"],
): string[] {
  return [...sessions].filter(([, it]) => it.replicaOf === name)
    .map(([replica]) => replica);
}

/** What to say of a group that there is not, or of a pattern without a match. */
export function noSuch(
  word: string,
  { sessions, groups }: Known,
): SessionNotFoundError {
  const isGroup = word.startsWith(GROUP_SIGN);
  const names = isGroup
    ? [...groups.keys()].map((it) => GROUP_SIGN + it)
    : [...sessions.keys()];
  const near = isGroup ? nearest(word, names) : undefined;
  const what = isGroup ? "groups" : "definitions";
  return new SessionNotFoundError(
    word,
    `${what} of the configuration`,
    near !== undefined
      ? `did you mean "${near}"?`
      : names.length === 0
      ? `there are no ${what}`
      : `there are ${names.join(", ")}`,
  );
}
