/** The file that `ops init` writes. */
import { OpsError, PermissionError } from "../../../core/errors.ts";
import { resolveHostPath } from "../../../core/paths.ts";
import { readVariable, workingDirectory } from "../../../host/environment.ts";
import { type Drafts, draftsText, soundDrafts } from "../../../config/draft.ts";
import { STARTER } from "../../../config/starter.ts";

/** A configuration to begin with. */
export interface InitialConfig {
  /** The file. */
  readonly text: string;
  /** The sessions that it defines. */
  readonly sessions: readonly string[];
  /** What has no place in it. */
  readonly leftOut: readonly LeftOut[];
  /** What is to be known of all of it. */
  readonly notes: readonly string[];
}

/** What is left out of a session, or the whole of it. */
export interface LeftOut {
  readonly name: string;
  readonly what: string;
}

/** The beginning for those who have nothing yet. */
export function starter(): InitialConfig {
  return { text: STARTER, sessions: ["ticker"], leftOut: [], notes: [] };
}

/**
 * The configuration of drafts, without what would be wrong in it.
 *
 * @param from What they are made from, for the first comment.
 * @param path The file that it is to be.
 * @throws {OpsError} If there is nothing to define.
 */
export function initialConfig(
  from: string,
  path: string,
  made: Drafts,
  notes: readonly string[],
): InitialConfig {
  const sound = soundDrafts(made, path);
  return initialConfigOf(from, sound, notes);
}

/** The same of drafts that are right. */
export function initialConfigOf(
  from: string,
  sound: Drafts,
  notes: readonly string[],
): InitialConfig {
  const leftOut = [
    ...sound.drafts.flatMap(({ name, leftOut }) =>
      leftOut.map((what) => ({ name, what }))
    ),
    ...Array.from(sound.refused, ([name, what]) => ({ name, what })),
  ];
  if (sound.drafts.length === 0) {
    const why = leftOut.map(({ name, what }) => `; ${name}: ${what}`).join("");
    throw new OpsError(`nothing to define in ${from}${why}`);
  }
  return {
    text: draftsText(sound, [`Made from ${from} by ops init.`, ...notes]),
    sessions: sound.drafts.map(({ name }) => name),
    leftOut,
    notes,
  };
}

/**
 * Writes a file that is not there yet.
 *
 * @param file Its name, as the user has it.
 * @param make Makes what it holds; it is not asked if the file is there.
 * @throws {OpsError} If it is there, or cannot be written.
 */
export async function writeNew(
  file: string,
  make: (path: string) => Promise<InitialConfig>,
): Promise<InitialConfig> {
  const home = file.startsWith("~") ? readVariable("HOME") : undefined;
  const path = resolveHostPath(file, workingDirectory(), home, "config");
  if (onFile(file, "read", () => isThere(path))) throw exists(file);
  const made = await make(path);
  onFile(file, "write", () => {
    Deno.writeTextFileSync(path, made.text, { createNew: true });
  });
  return made;
}

/** Also a link that leads nowhere: writing would follow it. */
function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function onFile<T>(
  file: string,
  kind: "read" | "write",
  work: () => T,
): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) throw exists(file);
    if (cause instanceof Deno.errors.NotCapable) {
      const flag = `--allow-${kind}=${file}`;
      throw new PermissionError(`${kind} ${file}`, flag, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError(`cannot write ${file}: ${reason}`, { cause });
  }
}

function exists(file: string): OpsError {
  return new OpsError(
    `${file} is there already, and left as it is: name another file with ` +
      "--config, or move it away",
  );
}
