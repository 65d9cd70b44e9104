/** The one place where words that stand for several sessions become names. */
import type { LoadedConfig, OpsConfig } from "../../config/model.ts";
import { OpsError } from "../../core/errors.ts";

/** Which sessions a command is for. */
export interface Names {
  /** Their names, each once. */
  readonly names: readonly string[];
  /** Whether a word was given that can stand for several, however many do. */
  readonly isMany: boolean;
  /** Those of the words that stand for nothing defined. */
  readonly unmatched: readonly string[];
}

/** How words are understood. */
export interface NamesOptions {
  /** Whether all that is defined is meant instead. @default {false} */
  readonly all?: boolean;
  /** Whether a word is the name of a session. @default none is known to be */
  readonly isThere?: (word: string) => boolean;
}

/** Whether a word is more than a name; most are not, and then it is soon done. */
export function mayBeSeveral(word: string): boolean {
  return /[@*?[]/.test(word);
}

/**
 * The names that are meant.
 *
 * @param words Names, groups and patterns; those without a match stand for
 * themselves.
 * @param config What is defined; `null`: nothing is known of it.
 * @throws {OpsError} If all is meant, and nothing is defined.
 */
export async function namesOf(
  words: readonly string[],
  config: OpsConfig | null,
  { all = false, isThere = () => false }: NamesOptions = {},
): Promise<Names> {
  if (all) {
    const names = [...definedIn(config).sessions.keys()];
    return { names, isMany: true, unmatched: [] };
  }
  const hasReplicas = [...config?.sessions.values() ?? []]
    .some(({ replicaOf }) => replicaOf !== undefined);
  if (!hasReplicas && !words.some(mayBeSeveral)) {
    return { names: [...new Set(words)], isMany: false, unmatched: [] };
  }
  const { isForSeveral, membersOf } = await import("../../config/names.ts");
  const names = new Set<string>();
  const unmatched: string[] = [];
  let isMany = false;
  for (const word of words) {
    const members = config && !isThere(word) ? membersOf(word, config) : null;
    for (const name of members ?? [word]) names.add(name);
    isMany ||= members !== null;
    if (members === null && isForSeveral(word) && !isThere(word)) {
      unmatched.push(word);
    }
  }
  return { names: [...names], isMany, unmatched };
}

/**
 * The names of definitions that are meant; `undefined`: none are given.
 *
 * @throws {SessionNotFoundError} If a group or a pattern stands for none.
 */
export async function definedNames(
  words: readonly string[],
  config: OpsConfig,
): Promise<readonly string[] | undefined> {
  if (words.length === 0) return undefined;
  const { names, unmatched } = await namesOf(words, config);
  if (unmatched[0] === undefined) return names;
  const { noSuch } = await import("../../config/names.ts");
  throw noSuch(unmatched[0], config);
}

/**
 * The configuration, if it defines any session.
 *
 * @throws {OpsError} If it does not.
 */
export function definedIn<Config extends OpsConfig | LoadedConfig>(
  config: Config | null,
): Config {
  if (config !== null && config.sessions.size > 0) return config;
  throw new OpsError(
    "no session is defined: write ops.sessions in kstlib.conf.yml; " +
      '"ops init" makes one',
  );
}
