/** Which sessions are meant, and in which order they can be started. */
import { SessionNotFoundError } from "../core/errors.ts";
import { askWhether } from "../core/suggest.ts";
import type { SessionDefinition } from "../config/model.ts";

type Definitions = ReadonlyMap<string, SessionDefinition>;

/**
 * The names that are meant, and, if so, of all that they depend on.
 *
 * @param names Those that were named; `undefined`: all.
 * @throws {SessionNotFoundError} If one is not defined.
 */
export function wantedOf(
  definitions: Definitions,
  names: readonly string[] | undefined,
  withNeeds: boolean,
): Set<string> {
  if (names === undefined) return new Set(definitions.keys());
  const unknown = names.find((name) => !definitions.has(name));
  if (unknown !== undefined) {
    throw new SessionNotFoundError(
      unknown,
      "the configuration",
      askWhether(unknown, definitions.keys()),
    );
  }
  const wanted = new Set(names);
  if (!withNeeds) return wanted;
  // A set goes on to what is added to it meanwhile.
  for (const name of wanted) {
    for (const need of definitions.get(name)?.needs ?? []) {
      wanted.add(need.name);
    }
  }
  return wanted;
}

/**
 * Those names, each after what it depends on, else in the order in which they
 * are defined. That nothing depends on itself was seen to when it was read.
 */
export function orderOf(
  definitions: Definitions,
  wanted: ReadonlySet<string>,
): string[] {
  const order = new Set<string>();
  const visit = (name: string) => {
    if (order.has(name)) return;
    for (const need of definitions.get(name)?.needs ?? []) visit(need.name);
    order.add(name);
  };
  for (const name of definitions.keys()) visit(name);
  return [...order].filter((name) => wanted.has(name));
}
