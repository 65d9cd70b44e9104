/** Which engine holds a session of a given name. */
import { SessionAmbiguousError, SessionNotFoundError } from "./errors.ts";
import { type Place, type Scope, type Survey, survey } from "./inventory.ts";
import { BackendType } from "./models.ts";
import { nearest } from "./suggest.ts";
import { validateKnownName } from "./validation.ts";

/** Asks the engines in a scope. */
export type Ask = (scope: Scope) => Promise<Survey>;

/**
 * Finds the one place in the scope that has a session of exactly that name.
 *
 * @param alsoKnown Further names that may have been meant.
 * @param ask Asks the engines.
 * @throws {SessionNotFoundError} If every engine answered and none has it.
 * @throws {SessionAmbiguousError} If more than one has it.
 * @throws {OpsError} If none has it, but not every engine answered.
 */
export async function locate(
  name: string,
  scope: Scope = {},
  alsoKnown: Iterable<string> = [],
  ask: Ask = survey,
): Promise<Place> {
  validateKnownName(name);
  const { answers, failures } = await ask(scope);
  const sessions = answers.flatMap((answer) => answer.sessions);
  const found = sessions.filter((session) => session.name === name);
  if (found.length > 1) {
    throw new SessionAmbiguousError(
      name,
      found.map(engineOf),
      found.map(flagsOf),
    );
  }
  if (found[0] !== undefined) return found[0];
  if (failures[0] !== undefined) throw failures[0];
  const near = nearest(name, [
    ...sessions.map((session) => session.name),
    ...alsoKnown,
  ]);
  throw new SessionNotFoundError(
    name,
    [...new Set(answers.map(({ place }) => engineOf(place)))].join(", "),
    near === undefined ? "" : `did you mean "${near}"?`,
  );
}

/**
 * Which backend has a session of that name, or `null` where none has.
 *
 * @throws {SessionAmbiguousError} If more than one place has it.
 * @throws {OpsError} If none has it, but not every engine answered.
 *
 * @example
 * ```ts ignore
 * import { autoDetectBackend } from "@kstlib/ops";
 *
 * console.log(await autoDetectBackend("bot")); // "tmux"
 * ```
 */
export async function autoDetectBackend(
  name: string,
  options: Scope = {},
): Promise<BackendType | null> {
  try {
    return (await locate(name, options)).backend;
  } catch (error) {
    if (error instanceof SessionNotFoundError) return null;
    throw error;
  }
}

function engineOf({ backend, runtime }: Place): string {
  return runtime ?? backend;
}

/** The flags that choose a place. */
function flagsOf({ backend, runtime, socketName }: Place): string {
  return backend === BackendType.TMUX
    ? `--socket ${socketName ?? "default"}`
    : `--runtime ${runtime}`;
}
