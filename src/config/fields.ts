/** A value of the tree with its key path, and a reader for each kind. */
import { SessionConfigError } from "../core/errors.ts";
import { askWhether } from "../core/suggest.ts";
import { below, type Position } from "./position.ts";
import { readEach } from "./problems.ts";
import type { Mapping, Node } from "./tree.ts";
import { DECIMAL, isNull } from "./tree.ts";
import { withoutValues } from "./written.ts";

/** A value, and the key path under which messages name it. */
export interface Field<T extends Node = Node> {
  /** The value. */
  readonly node: T;
  /** Its key path, such as `ops.sessions.astro.ports[0]`. */
  readonly key: string;
}

/** Throws an error that names the field, and where it stands. */
export function refuse({ key, node }: Field, reason: string): never {
  // Of a list or a mapping no reader quotes the parts.
  const told = node.kind === "scalar" ? withoutValues(reason, node) : reason;
  throw new SessionConfigError(key, told, node.origin.label, placeOf(node));
}

/** Where a field stands, as messages name it: `file:line:column: key`. */
export function whereIs({ key, node }: Field): string {
  const { line, column } = placeOf(node);
  return `${node.origin.label}:${line}:${column}: ${key}`;
}

/** A field as far as it is its key, which is then what an error shows. */
export function keyOf({ key, node }: Field): Field {
  const at = node.keyAt ?? node.at;
  if (node.kind !== "scalar") return { key, node: { ...node, at } };
  return { key, node: { ...node, at, written: undefined } };
}

/**
 * Where a value stands: where it begins, if that is on the line of its key; a
 * mapping, a list and nothing are found by their key.
 */
function placeOf(node: Node): Position {
  const isText = node.kind === "scalar" && node.value !== null;
  const at = isText ? node.at : node.keyAt ?? node.at;
  return node.origin.lines.positionOf(at);
}

/**
 * Runs a check of the library on a field, and makes its error name the whole
 * key path and the file.
 *
 * @param field The field.
 * @param check The check; its error names the key of a part of the field, or an
 * empty one for the field itself.
 * @returns What the check returns.
 */
export function inFile<T>(field: Field, check: () => T): T {
  try {
    return check();
  } catch (cause) {
    if (!(cause instanceof SessionConfigError)) throw cause;
    const dot = /^(?:$|[.[])/.test(cause.key) ? "" : ".";
    const key = `${field.key}${dot}${cause.key}`;
    const { node } = partOf(field, key);
    const reason = withoutValues(cause.reason, node);
    const where = {
      ...placeOf(node),
      // The cause tells what the reason is not to tell.
      ...(reason === cause.reason ? { cause } : undefined),
    };
    throw new SessionConfigError(key, reason, node.origin.label, where);
  }
}

/** The innermost part of a field that a key path leads to. */
function partOf(field: Field, key: string): Field {
  const part = partsOf(field).find((part) =>
    key.startsWith(part.key) && /^(?:$|[.[])/.test(key.slice(part.key.length))
  );
  return part === undefined ? field : partOf(part, key);
}

function partsOf({ node, key }: Field): Field[] {
  if (node.kind === "mapping") {
    return entriesOf({ node, key }).map(([, entry]) => entry);
  }
  return node.kind === "list" ? readList({ node, key }, (item) => item) : [];
}

/** Reads a mapping; a null value counts as an empty one. */
export function readMapping(field: Field): Field<Mapping> {
  const { node, key } = field;
  if (isNull(node)) {
    const { origin, at, keyAt } = node;
    const entries = new Map<string, Node>();
    return { node: { kind: "mapping", entries, origin, at, keyAt }, key };
  }
  if (node.kind !== "mapping") {
    refuse(field, `must be a mapping of keys to values, not ${describe(node)}`);
  }
  return { node, key };
}

/** The entries of a mapping: names and fields. */
export function entriesOf(field: Field<Mapping>): [string, Field][] {
  return [...field.node.entries].map(([name, node]) => [
    name,
    { node, key: below(field.key, name) },
  ]);
}

/** An entry of a mapping, be it empty; `undefined` if it is missing. */
export function presentEntryOf(
  field: Field<Mapping>,
  name: string,
): Field | undefined {
  const node = field.node.entries.get(name);
  return node && { node, key: below(field.key, name) };
}

/** An entry of a mapping; `undefined` if it is missing or empty. */
export function entryOf(
  field: Field<Mapping>,
  name: string,
): Field | undefined {
  const entry = presentEntryOf(field, name);
  return entry === undefined || isNull(entry.node) ? undefined : entry;
}

/** Refuses unknown keys, and says what was meant where that can be told. */
export function refuseUnknown(
  field: Field<Mapping>,
  known: readonly string[],
  advice: Readonly<Record<string, string>> = {},
): void {
  readEach([...field.node.entries.keys()], (name) => {
    if (known.includes(name)) return;
    const entry = presentEntryOf(field, name)!;
    const hint = Object.hasOwn(advice, name)
      ? advice[name]
      : askWhether(name, known) || `known are ${known.join(", ")}`;
    refuse(keyOf(entry), `is not known; ${hint}`);
  });
}

/** Reads a list, item by item. */
export function readList<T>(field: Field, read: (item: Field) => T): T[] {
  const { node, key } = field;
  if (node.kind !== "list") {
    refuse(field, `must be a list, not ${describe(node)}`);
  }
  return readEach(node.items, (node, i) => read({ node, key: below(key, i) }));
}

/** Reads a text. */
export function readText(field: Field): string {
  const { node } = field;
  if (node.kind === "scalar" && typeof node.value === "string") {
    return node.value;
  }
  return refuse(field, `must be text, not ${describe(node)}${hint(node)}`);
}

/** Reads a text, or a number as it is spelled in the file. */
export function readTextOrNumber(field: Field): string {
  const { node } = field;
  if (node.kind === "scalar") {
    if (typeof node.value === "string") return node.value;
    if (typeof node.value === "number") return node.text ?? `${node.value}`;
  }
  return refuse(
    field,
    `must be text or a number, not ${describe(node)}${hint(node)}`,
  );
}

/** Reads a yes or no, which YAML 1.2 spells true and false alone. */
export function readBoolean(field: Field): boolean {
  const { node } = typed(field);
  if (node.kind === "scalar" && typeof node.value === "boolean") {
    return node.value;
  }
  const given = node.kind === "scalar" && node.value !== null
    ? node.text ?? JSON.stringify(node.value)
    : describe(node);
  return refuse(field, `must be true or false, not ${given}`);
}

/** Reads a number. */
export function readNumber(field: Field): number {
  const { node } = typed(field);
  if (node.kind !== "scalar" || typeof node.value !== "number") {
    const text = node.kind === "scalar" && typeof node.value === "string"
      ? ` ${JSON.stringify(node.value)}`
      : "";
    return refuse(
      field,
      `must be a decimal number, not ${describe(node)}${text}`,
    );
  }
  if (/^[-+]?0\d/.test(node.text ?? "")) {
    refuse(
      field,
      `${node.text} begins with 0, which some read as octal: write ${node.value}`,
    );
  }
  return node.value;
}

/** A text that variables were filled into, as what it would be in a file. */
function typed(field: Field): Field {
  const { node } = field;
  if (node.kind !== "scalar" || node.written === undefined) return field;
  const text = String(node.value);
  if (DECIMAL.test(text)) {
    return { ...field, node: { ...node, value: Number(text), text } };
  }
  if (text !== "true" && text !== "false") return field;
  return { ...field, node: { ...node, value: text === "true" } };
}

function hint(node: Node): string {
  if (node.kind !== "scalar") return "";
  return node.value === null
    ? `; for an empty text, write ""`
    : `; if that text is meant, quote it: "${node.text ?? node.value}"`;
}

function describe(node: Node): string {
  if (node.kind !== "scalar") return `a ${node.kind}`;
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? "text" : `a ${typeof node.value}`;
}
