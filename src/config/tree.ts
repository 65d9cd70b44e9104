/**
 * The configuration as a tree in which every value knows where it stands: when
 * files are merged, an error still names the right file and line.
 */
import { parse } from "@std/yaml/parse";
import { SessionConfigError } from "../core/errors.ts";
import type { Lines } from "./position.ts";
import type { Spelled } from "./spelled.ts";

/** A file that takes part in the configuration. */
export interface Origin {
  /** Its absolute path. */
  readonly path: string;
  /** How messages name it. */
  readonly label: string;
}

/** A file that was read. */
export interface Source extends Origin {
  /** Its lines. */
  readonly lines: Lines;
}

/** A value, and where it stands. */
export type Node = Scalar | List | Mapping;

/** Where a value stands. */
interface Placed {
  /** The file that says it; the uppermost, if several were merged. */
  readonly origin: Source;
  /** Where it begins in the text of that file. */
  readonly at: number;
  /** Where its key begins, if it has one. */
  readonly keyAt?: number | undefined;
}

/** A single value. */
export interface Scalar extends Placed {
  /** Tells the kinds of node apart. */
  readonly kind: "scalar";
  /** Text, number, boolean or null. */
  readonly value: unknown;
  /** A number as it stands in the file: `0123`, `1.10`. */
  readonly text?: string | undefined;
  /**
   * The text as it stands in the file, if variables were filled into it. Their
   * values may be secrets: it is this that messages show.
   */
  readonly written?: string | undefined;
}

/** A list of values. */
export interface List extends Placed {
  /** Tells the kinds of node apart. */
  readonly kind: "list";
  /** The values. */
  readonly items: readonly Node[];
}

/** Values by key, in a `Map`: to it `__proto__` is a key like any other. */
export interface Mapping extends Placed {
  /** Tells the kinds of node apart. */
  readonly kind: "mapping";
  /** The values, in the order of the file. */
  readonly entries: ReadonlyMap<string, Node>;
}

/** The most values one file may hold, each alias counted with all it stands for. */
export const MAX_VALUES = 100_000;
/** How deep values may be nested; an alias of itself would have no end. */
export const MAX_DEPTH = 32;

/** A value as the parser has it, and where and how it is spelled. */
export interface Parsed {
  /** What the parser made of it. */
  readonly value: unknown;
  /** How it is spelled, if that is known. */
  readonly spelled: Spelled | undefined;
  /** Where the key begins that it has. */
  readonly keyAt?: number | undefined;
}

/**
 * Gives every value of a parsed document its place.
 *
 * A few lines of YAML can stand for billions of values, by aliases of aliases.
 * The parser shares aliased values at no cost, but the tree unfolds them, so it
 * counts them.
 *
 * @param parsed The document, or a part of it.
 * @param key The key path of that part.
 * @param origin The file.
 * @throws {SessionConfigError} If there are too many values, or too deep ones.
 */
export function toNode(parsed: Parsed, key: string, origin: Source): Node {
  return new TreeBuilder(key, origin).build(parsed, 0, 1);
}

class TreeBuilder {
  readonly #key: string;
  readonly #origin: Source;
  #count = 0;

  constructor(key: string, origin: Source) {
    this.#key = key;
    this.#origin = origin;
  }

  /** The node of a value that stands in one that begins at `within`. */
  build(parsed: Parsed, within: number, depth: number): Node {
    const { value, spelled, keyAt } = parsed;
    const at = spelled?.offset ?? keyAt ?? within;
    const place = { origin: this.#origin, at, keyAt };
    this.#count++;
    if (this.#count > MAX_VALUES) {
      this.#fail(`holds more than ${MAX_VALUES} values, aliases unfolded`, at);
    }
    if (depth > MAX_DEPTH) {
      this.#fail(`is nested more than ${MAX_DEPTH} levels deep`, at);
    }
    if (Array.isArray(value)) {
      const items = value.map((item, i) =>
        this.build({ value: item, spelled: spelled?.items?.[i] }, at, depth + 1)
      );
      return { kind: "list", items, ...place };
    }
    if (typeof value === "object" && value !== null) {
      const entries = this.#entries(value, spelled, at, depth);
      return { kind: "mapping", entries, ...place };
    }
    return { kind: "scalar", ...scalarOf(value, spelled), ...place };
  }

  #entries(
    value: object,
    spelled: Spelled | undefined,
    at: number,
    depth: number,
  ): Map<string, Node> {
    const entries = new Map<string, Node>();
    const written = namesOf(value, spelled);
    for (const [read, entry] of Object.entries(value)) {
      const key = written.get(read) ?? read;
      const node = this.build(partOf(entry, spelled, key), at, depth + 1);
      if (key !== "<<") {
        entries.set(key, node);
        continue;
      }
      // A merge key: the mapping's own keys win, wherever they stand, then
      // those of the first merged mapping.
      for (const source of node.kind === "list" ? node.items : [node]) {
        if (source.kind !== "mapping") {
          this.#fail(
            `"<<" can only merge a mapping or a list of mappings`,
            source.at,
          );
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

  #fail(reason: string, at: number): never {
    const { label, lines } = this.#origin;
    const place = lines.positionOf(at);
    throw new SessionConfigError(this.#key, reason, label, place);
  }
}

/** An entry of a mapping. */
export function partOf(
  value: unknown,
  whole: Spelled | undefined,
  key: string,
): Parsed {
  const entry = whole?.entries?.get(key);
  return { value, spelled: entry?.value, keyAt: entry?.keyAt };
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
export const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

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
  return { ...over, entries };
}

/** Whether a value is null, as that of a key with nothing after its colon. */
export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}
