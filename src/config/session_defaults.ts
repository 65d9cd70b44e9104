/** What sessions have in common: `ops.defaults`. */
import { ENV_FILE_KEY, readEnvFiles } from "./env_file.ts";
import { entryOf, type Field, readMapping, refuseUnknown } from "./fields.ts";
import { fillSession } from "./fill.ts";
import { GROUP_KEY, readOwnGroups } from "./groups.ts";
import { SESSION_KEY_ROWS, type SessionDefaults } from "./keys.ts";
import { NEEDS_KEY, readNeeds } from "./needs.ts";
import { Problems } from "./problems.ts";
import { numbered, readReplicas, REPLICAS_KEY } from "./replicas.ts";
import {
  readReady,
  readSuccessCodes,
  READY_KEY,
  SUCCESS_KEY,
} from "./ready.ts";
import {
  BACKEND_KEY,
  MEANT,
  readSocketName,
  refuseEmptyCommand,
  SESSION_KEYS,
  SOCKET_KEY,
} from "./session.ts";
import type { Mapping } from "./tree.ts";
import { readBackend } from "./values.ts";

/**
 * Reads what is merged under every session. What is wrong with it is told here,
 * once, and not by every session.
 *
 * @param field The value of `ops.defaults`.
 * @param surroundings Where variables and the home folder come from.
 * @throws {SessionConfigError} If a value is wrong; it names key and place.
 * @throws {PermissionError} If Deno may not read a variable or a file.
 */
export function readDefaults(
  field: Field,
  surroundings: Pick<SessionDefaults, "home" | "variables">,
): Mapping {
  const { home, variables } = surroundings;
  const problems = new Problems();
  const given = readMapping(field);
  problems.attempt(() => refuseUnknown(given, SESSION_KEYS, MEANT));
  problems.attempt(() => refuseEmptyCommand(given));
  // Which sessions are replicas, each of them knows.
  const one = numbered(given, { number: 1, count: 1 });
  const filled = fillSession(one, variables, problems);
  const check = (key: string, read: (entry: Field) => unknown) => {
    const entry = entryOf(filled, key);
    if (entry !== undefined) problems.attempt(() => read(entry));
  };
  for (const [key, { read }] of Object.entries(SESSION_KEY_ROWS)) {
    check(key, (entry) => read(entry, { home, backend: null }));
  }
  check(BACKEND_KEY, readBackend);
  check(SOCKET_KEY, readSocketName);
  check(NEEDS_KEY, () => readNeeds(filled));
  check(READY_KEY, () => readReady(filled));
  check(SUCCESS_KEY, () => readSuccessCodes(filled));
  check(REPLICAS_KEY, readReplicas);
  check(GROUP_KEY, () => readOwnGroups(filled));
  check(ENV_FILE_KEY, (entry) => readEnvFiles(entry, surroundings));
  return problems.finish(() => given.node);
}
