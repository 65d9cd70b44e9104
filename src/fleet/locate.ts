/** Which engine holds a session of a given name. */
import {
  EngineError,
  type OpsError,
  SessionAmbiguousError,
  SessionNotFoundError,
} from "../core/errors.ts";
import { type Place, placeText } from "../core/place.ts";
import { renamedContainer, type Scope } from "../engines/registry.ts";
import { type Survey, survey } from "./survey.ts";
import type { BackendType, SessionStatus } from "../core/definition.ts";
import { askWhether } from "../core/suggest.ts";
import { validateKnownName } from "../core/validate/fields.ts";

/** Asks the engines in a scope. */
export type Ask = (scope: Scope) => Promise<Survey>;

/** A session that an engine has. */
export interface Located {
  /** What the engine told of it, where it is too. */
  readonly status: SessionStatus;
  /** See `Seen.handle`; `null` where the engine has to be asked. */
  readonly handle: unknown;
}

/**
 * Finds the one session in the scope that has exactly that name.
 *
 * @param alsoKnown Further names that may have been meant.
 * @param ask Asks the engines.
 * @throws {SessionNotFoundError} If every engine answered and none has it.
 * @throws {SessionAmbiguousError} If more than one has it.
 * @throws {SessionRenamedError} If a container has it no more.
 * @throws {OpsError} If none has it, but not every engine answered.
 */
export async function locate(
  name: string,
  scope: Scope = {},
  alsoKnown: Iterable<string> = [],
  ask: Ask = survey,
): Promise<Located> {
  validateKnownName(name);
  const { answers, failures } = await ask(scope);
  const sessions = answers.flatMap((answer) => answer.sessions);
  const [status, ...others] = sessions.filter((it) => it.name === name);
  if (status !== undefined && others.length > 0) {
    const found = [status, ...others];
    throw new SessionAmbiguousError(
      name,
      found.map(placeText),
      found.map(flagsOf),
    );
  }
  if (status !== undefined) {
    const holder = answers.find((it) => it.sessions.includes(status));
    return { status, handle: holder?.handleOf(status) ?? null };
  }
  const renamed = sessions.find(({ startedAs, runtime }) =>
    startedAs === name && runtime !== null
  );
  if (renamed !== undefined) {
    throw await renamedContainer(name, renamed);
  }
  const hint = askWhether(name, [
    ...sessions.map((session) => session.name),
    ...alsoKnown,
  ]);
  if (failures[0] !== undefined) {
    const isAnswered = answers.some(({ failure }) => failure === null);
    throw isAnswered ? inDoubt(failures[0], name, hint) : failures[0];
  }
  throw new SessionNotFoundError(
    name,
    [...new Set(answers.map(({ place }) => engineOf(place)))].join(", "),
    hint,
  );
}

/** A silent engine may have the session; a name near it is told all the same. */
function inDoubt(failure: OpsError, name: string, hint: string): OpsError {
  // Other errors, such as a timeout, have fields that this would lose.
  if (failure.constructor !== EngineError) return failure;
  const { engine, reason } = failure as EngineError;
  return new EngineError(
    engine,
    `${reason}; no other engine has "${name}"${hint && `, ${hint}`}`,
    { cause: failure },
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
    return (await locate(name, options)).status.backend;
  } catch (error) {
    if (error instanceof SessionNotFoundError) return null;
    throw error;
  }
}

function engineOf({ backend, runtime }: Place): string {
  return runtime ?? backend;
}

/** The flags that choose a place. */
function flagsOf({ runtime, socketName }: Place): string {
  return runtime === null
    ? `--socket ${socketName ?? "default"}`
    : `--runtime ${runtime}`;
}
