/** Parses the text of a file into trees of the values that concern ops. */
import { parse } from "@std/yaml/parse";
import { SessionConfigError } from "../core/errors.ts";
import type { Node, Origin, Spelling } from "./tree.ts";
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
  const root = origin.path.endsWith(".json")
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
  const spelling = spellingOf(text);
  const part = (key: string): Node | undefined =>
    Object.hasOwn(root, key)
      ? toNode((root as Record<string, unknown>)[key], [key], origin, spelling)
      : undefined;
  return { ops: part("ops"), include: part("include") };
}

/**
 * Parses YAML by its core schema. The parser's default schema has dates, which
 * nobody wants in an environment variable, and unfolds merge keys in quadratic
 * time (three minutes for 250 KB of them); the tree unfolds them within its
 * limits.
 */
function parseYaml(text: string, origin: Origin): unknown {
  try {
    return parse(text, { schema: "core" });
  } catch (error) {
    throw syntaxError(error, origin);
  }
}

function parseJson(text: string, origin: Origin): unknown {
  if (text.trim() === "") return null;
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw syntaxError(error, origin);
  }
  try {
    // JSON is YAML, whose parser sees what JSON.parse lets pass: a key twice.
    parse(text, { schema: "core" });
  } catch (error) {
    if (/duplicated key/.test(String(error))) throw syntaxError(error, origin);
  }
  return root;
}

/** Makes one line that says where and what of the error of either parser. */
function syntaxError(error: unknown, origin: Origin): unknown {
  if (error instanceof RangeError) { // the parser's stack is full
    return new SessionConfigError("", "is nested too deep", origin.label, {
      cause: error,
    });
  }
  if (!(error instanceof SyntaxError)) return error;
  const [first = ""] = error.message.split("\n");
  const found =
    /^(?<what>.*?)(?: in JSON)? (?:at position \d+ \()?(?:at )?line (?<line>\d+),? column (?<column>\d+)/
      .exec(first)?.groups;
  const what = (found?.["what"] ?? first)
    .replace(
      /^Cannot store mapping pair: duplicated key$/,
      "a key stands twice",
    )
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

/**
 * Finds how numbers are spelled. To a parser `0123` is 83 and `1.10` is 1.1;
 * whoever writes that as the value of a variable means the text. So the first
 * number that matters has the file parsed again, with every value as text.
 */
function spellingOf(text: string): Spelling {
  let root: unknown;
  return (path) => {
    try {
      root ??= parse(text, { schema: "failsafe" });
    } catch {
      // The file has tags (`!!int "5"`), which that schema lacks.
      return undefined;
    }
    const value = path.reduce<unknown>(
      (node, key) => (node as Record<string, unknown> | undefined)?.[key],
      root,
    );
    return typeof value === "string" ? value : undefined;
  };
}
