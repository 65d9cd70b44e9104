/** Fills variables into the values of a tree. */
import { PermissionError } from "../core/errors.ts";
import { expand, type Lookup, VariableError } from "./expand.ts";
import { entriesOf, type Field, readList, refuse, whereIs } from "./fields.ts";
import { type Problems, readEach } from "./problems.ts";
import type { Mapping, Node } from "./tree.ts";
import type { Variables } from "./variables.ts";

/**
 * The keys of a session whose texts are a program's own: a shell has variables
 * in braces, too, and what is filled in here stands in the list of processes.
 */
const COMMANDS = /^\.(?:ready\.)?command$/;

/**
 * Fills variables into all texts of a session but its commands.
 *
 * @param session The session.
 * @param variables The variables.
 * @param problems Takes what is wrong; such keys are then left out.
 * @throws {PermissionError} If Deno may not read a variable.
 */
export function fillSession(
  session: Field<Mapping>,
  variables: Variables,
  problems: Problems,
): Field<Mapping> {
  const isLeft = (key: string) => COMMANDS.test(key.slice(session.key.length));
  const entries = new Map<string, Node>();
  for (const [name, entry] of entriesOf(session)) {
    const node = problems.attempt(() => fillNode(entry, variables, isLeft));
    if (node !== undefined) entries.set(name, node);
  }
  return { ...session, node: { ...session.node, entries } };
}

/**
 * Fills variables into all texts of a value.
 *
 * @throws {SessionConfigError} If any are not set; it has all of them.
 * @throws {PermissionError} If Deno may not read one.
 */
export function fill(field: Field, variables: Variables): Field {
  return { ...field, node: fillNode(field, variables, () => false) };
}

function fillNode(
  field: Field,
  variables: Variables,
  isLeft: (key: string) => boolean,
): Node {
  const { node, key } = field;
  if (isLeft(key)) return node;
  if (node.kind === "mapping") {
    const entries = readEach(
      entriesOf({ node, key }),
      ([name, it]) => [name, fillNode(it, variables, isLeft)] as const,
    );
    return { ...node, entries: new Map(entries) };
  }
  if (node.kind === "list") {
    const items = readList(field, (item) => fillNode(item, variables, isLeft));
    return { ...node, items };
  }
  const { value: text } = node;
  if (typeof text !== "string" || !text.includes("${")) return node;
  return { ...node, value: fillText(field, text, variables), written: text };
}

function fillText(field: Field, text: string, variables: Variables): string {
  try {
    return expand(text, lookupFor(field, variables));
  } catch (error) {
    if (!(error instanceof VariableError)) throw error;
    return refuse(field, error.message);
  }
}

/** The variables that a field may name; one that is withheld says for what. */
export function lookupFor(field: Field, variables: Variables): Lookup {
  const lookup = variables.of(field.node.origin);
  return (name) => {
    try {
      return lookup(name);
    } catch (cause) {
      if (!(cause instanceof PermissionError)) throw cause;
      throw new PermissionError(
        `read the variable ${name}, which ${whereIs(field)} names and no ` +
          ".env sets",
        cause.flag,
        { cause },
      );
    }
  };
}
