/**
 * The configuration as a tree in which every value knows the file that sets it:
 * when files are merged, an error still names the right one.
 */
import { parse } from "@std/yaml/parse";
import { SessionConfigError } from "../core/errors.ts";
import type { Spelled } from "./strict.ts";

/** A file that takes part in the configuration. */
export interface Origin {
  /** Its absolute path. */
  readonly path: string;
  /** How messages name it. */
  readonly label: string;
}

/** A value, and the file that says it. */
export type Node = Scalar | List | Mapping;

/** A single value. */
export interface Scalar {
  /** Tells the kinds of node apart. */
  readonly kind: "scalar";
  /** Text, number, boolean or null. */
  readonly value: unknown;
  /** A number as it stands in the file: `0123`, `1.10`. */
  readonly text?: string | undefined;
  /** The file that says it. */
  readonly origin: Origin;
}

/** A list of values. */
export interface List {
  /** Tells the kinds of node apart. */
  readonly kind: "list";
  /** The values. */
  readonly items: readonly Node[];
  /** The file that says it. */
  readonly origin: Origin;
}

/** Values by key, in a `Map`: to it `__proto__` is a key like any other. */
export interface Mapping {
  /** Tells the kinds of node apart. */
  readonly kind: "mapping";
  /** The values, in the order of the file. */
  readonly entries: ReadonlyMap<string, Node>;
  /** The file that says it; the uppermost, if several were merged. */
  readonly origin: Origin;
}

/** The most values one file may hold, each alias counted with all it stands for. */
export const MAX_VALUES = 100_000;
/** How deep values may be nested; an alias of itself would have no end. */
export const MAX_DEPTH = 32;

/**
 * Gives every value of a parsed document its origin.
 *
 * A few lines of YAML can stand for billions of values, by aliases of aliases.
 * The parser shares aliased values at no cost, but the tree unfolds them, so it
 * counts them.
 *
 * @param value What the parser made of the document, or of a part of it.
 * @param spelled How that part is spelled.
 * @param origin The file.
 * @throws {SessionConfigError} If there are too many values, or too deep ones.
 */
export function toNode(
  value: unknown,
  spelled: Spelled | undefined,
  origin: Origin,
): Node {
  return new TreeBuilder(origin).build(value, spelled, 1);
}

class TreeBuilder {
  readonly #origin: Origin;
  #count = 0;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  build(value: unknown, spelled: Spelled | undefined, depth: number): Node {
    const origin = this.#origin;
    this.#count++;
    if (this.#count > MAX_VALUES) {
      this.#fail(`holds more than ${MAX_VALUES} values, aliases unfolded`);
    }
    if (depth > MAX_DEPTH) {
      this.#fail(`is nested more than ${MAX_DEPTH} levels deep`);
    }
    if (Array.isArray(value)) {
      const items = value.map((item, i) =>
        this.build(item, spelled?.items?.[i], depth + 1)
      );
      return { kind: "list", items, origin };
    }
    if (typeof value === "object" && value !== null) {
      const entries = this.#entries(value, spelled, depth);
      return { kind: "mapping", entries, origin };
    }
    return { kind: "scalar", ...scalarOf(value, spelled), origin };
  }

  #entries(
    value: object,
    spelled: Spelled | undefined,
    depth: number,
  ): Map<string, Node> {
    const entries = new Map<string, Node>();
    const written = namesOf(value, spelled);
    for (const [read, entry] of Object.entries(value)) {
      const key = written.get(read) ?? read;
      const node = this.build(entry, spelled?.entries?.get(key), depth + 1);
      if (key !== "<<") {
        entries.set(key, node);
        continue;
      }
      // A merge key: the mapping's own keys win, wherever they stand, then
      // those of the first merged mapping.
      for (const source of node.kind === "list" ? node.items : [node]) {
        if (source.kind !== "mapping") {
          this.#fail(`"<<" can only merge a mapping or a list of mappings`);
        }
        for (const [name, merged] of source.entries) {
          if (!Object.hasOwn(value, name) && !entries.has(name)) {
            entries.set(name, merged);
          }
        }
      }
    }
    return entries;
  }

  #fail(reason: string): never {
    throw new SessionConfigError("", reason, this.#origin.label);
  }
}

/** What names are in the text, where the parser took them for numbers. */
function namesOf(
  value: object,
  spelled: Spelled | undefined,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of spelled?.entries?.keys() ?? []) {
    if (Object.hasOwn(value, name)) continue;
    names.set(String(parse(name, { schema: "core" })), name);
  }
  return names;
}

/** Numbers as YAML 1.2 has them, of those that everybody reads alike. */
const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

/**
 * What a scalar says. The parser has numbers that YAML 1.2 has not (`010` as 8,
 * `0b11`, `1_0`) and keeps blanks before the line breaks of a quoted text.
 */
function scalarOf(
  value: unknown,
  { plain, folded }: Partial<Spelled> = {},
): Pick<Scalar, "value" | "text"> {
  if (folded !== undefined) return { value: folded };
  if (plain === undefined) return { value };
  if (DECIMAL.test(plain)) return { value: Number(plain), text: plain };
  return { value: typeof value === "number" ? plain : value };
}

/**
 * Lays one value over another. Mappings merge key by key; an empty value over a
 * mapping (`sessions:` with all below it commented out) changes nothing; any
 * other value replaces.
 *
 * @param under What the files below say.
 * @param over What the file above says.
 */
export function mergeNodes(under: Node, over: Node): Node {
  if (under.kind !== "mapping") return over;
  if (isNull(over)) return under;
  if (over.kind !== "mapping") return over;
  const entries = new Map(under.entries);
  for (const [key, node] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? node : mergeNodes(below, node));
  }
  return { kind: "mapping", entries, origin: over.origin };
}

/** Whether a value is null, as that of a key with nothing after its colon. */
export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}
