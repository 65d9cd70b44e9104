/** Parses the text of a file into trees of the values that concern ops. */
import { parse } from "@std/yaml/parse";
import { SessionConfigError } from "../core/errors.ts";
import { readStrictly, type Spelled, SpellingError } from "./strict.ts";
import type { Node, Origin } from "./tree.ts";
import { toNode } from "./tree.ts";

/** What one file says to ops; the keys of other kstlib modules are left out. */
export interface Document {
  /** The value of `ops`. */
  readonly ops: Node | undefined;
  /** The value of `include`. */
  readonly include: Node | undefined;
}

/**
 * Parses a file: as JSON if its name ends in `.json`, else as YAML.
 *
 * @param text Its text.
 * @param origin The file.
 * @throws {SessionConfigError} If it is not well-formed, or not a mapping.
 */
export function parseDocument(text: string, origin: Origin): Document {
  const [root, spelled] = origin.path.endsWith(".json")
    ? parseJson(text, origin)
    : parseYaml(text, origin);
  if (root === null) return { ops: undefined, include: undefined };
  if (typeof root !== "object" || Array.isArray(root)) {
    throw new SessionConfigError(
      "",
      "is not a mapping: it must hold keys and values, such as ops:",
      origin.label,
    );
  }
  const part = (key: string): Node | undefined =>
    Object.hasOwn(root, key)
      ? toNode(
        (root as Record<string, unknown>)[key],
        spelled?.entries?.get(key),
        origin,
      )
      : undefined;
  return { ops: part("ops"), include: part("include") };
}

/** What the parser made of a text, and how that is spelled. */
type Parsed = readonly [root: unknown, spelled: Spelled | undefined];

/**
 * Parses YAML by its core schema. The parser's default schema has dates, which
 * nobody wants in an environment variable, and unfolds merge keys in quadratic
 * time (three minutes for 250 KB of them); the tree unfolds them within its
 * limits.
 */
function parseYaml(text: string, origin: Origin): Parsed {
  try {
    const spelled = readStrictly(text);
    return [parse(text, { schema: "core" }), spelled];
  } catch (error) {
    throw syntaxError(error, origin);
  }
}

function parseJson(text: string, origin: Origin): Parsed {
  if (text.trim() === "") return [null, undefined];
  try {
    // JSON is YAML, whose reader sees what JSON.parse lets pass: a key twice.
    return [JSON.parse(text), readStrictly(text)];
  } catch (error) {
    throw syntaxError(error, origin);
  }
}

/** Makes one line that says where and what of the error of either parser. */
function syntaxError(error: unknown, origin: Origin): unknown {
  if (error instanceof RangeError) { // the parser's stack is full
    return new SessionConfigError("", "is nested too deep", origin.label, {
      cause: error,
    });
  }
  if (error instanceof SpellingError) {
    const { line, column, message } = error;
    return new SessionConfigError(
      "",
      `line ${line}, column ${column}: ${message}`,
      origin.label,
      { cause: error },
    );
  }
  if (!(error instanceof SyntaxError)) return error;
  const [first = ""] = error.message.split("\n");
  const found =
    /^(?<what>.*?)(?: in JSON)? (?:at position \d+ \()?(?:at )?line (?<line>\d+),? column (?<column>\d+)/
      .exec(first)?.groups;
  const what = (found?.["what"] ?? first)
    .replace(/^Cannot (?:store|read|handle|merge) [^:]*?(?:: | as )/, "")
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return new SessionConfigError(
    "",
    found === undefined
      ? what
      : `line ${found["line"]}, column ${found["column"]}: ${what}`,
    origin.label,
    { cause: error },
  );
}
