/** Parses the text of a file into trees of the values that concern ops. */
import { parse } from "@std/yaml/parse";
import { SessionConfigError } from "../core/errors.ts";
import { SpellingError } from "./cursor.ts";
import { Lines, type Position } from "./position.ts";
import { readStrictly } from "./strict.ts";
import type { Node, Origin, Parsed, Source } from "./tree.ts";
import { partOf, toNode } from "./tree.ts";

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
  const lines = new Lines(text.replaceAll(/\r\n?/g, "\n"));
  const source = { ...origin, lines };
  const { value: root, spelled } = parseText(source);
  if (root === null) return { ops: undefined, include: undefined };
  if (typeof root !== "object" || Array.isArray(root)) {
    throw fileError(
      source,
      "is not a mapping: it must hold keys and values, such as ops:",
      lines.positionOf(spelled?.offset ?? 0),
    );
  }
  const part = (key: string): Node | undefined => {
    if (!Object.hasOwn(root, key)) return undefined;
    const value = (root as Record<string, unknown>)[key];
    return toNode(partOf(value, spelled, key), key, source);
  };
  return { ops: part("ops"), include: part("include") };
}

/**
 * Parses a file of another kind, read as strictly as one of ours.
 *
 * @throws {SessionConfigError} If it is not well-formed.
 */
export function parseTree(text: string, origin: Origin): Node {
  const lines = new Lines(text.replaceAll(/\r\n?/g, "\n"));
  const source = { ...origin, lines };
  return toNode(parseText(source), "", source);
}

/**
 * Parses YAML by its core schema. The parser's default schema has dates, which
 * nobody wants in an environment variable, and unfolds merge keys in quadratic
 * time (three minutes for 250 KB of them); the tree unfolds them within its
 * limits.
 *
 * JSON is YAML, whose reader sees what `JSON.parse` lets pass: a key twice.
 */
function parseText(source: Source): Parsed {
  const { path, lines: { text } } = source;
  const isJson = path.endsWith(".json");
  if (isJson && text.trim() === "") return { value: null, spelled: undefined };
  try {
    const spelled = readStrictly(text);
    const value = isJson ? JSON.parse(text) : parse(text, { schema: "core" });
    return { value, spelled };
  } catch (error) {
    throw syntaxError(error, source);
  }
}

/** Makes one line that says where and what of the error of any parser. */
function syntaxError(error: unknown, source: Source): unknown {
  if (error instanceof SpellingError) {
    const { message, key, offset } = error;
    const position = source.lines.positionOf(offset);
    return fileError(source, message, position, key, error);
  }
  if (!(error instanceof SyntaxError)) return error;
  const [first = ""] = error.message.split("\n");
  const found =
    /^(?<what>.*?)(?: in JSON)? (?:at position \d+ \()?(?:at )?line (?<line>\d+),? column (?<column>\d+)/
      .exec(first)?.groups;
  if (found === undefined) return unexpectedInJson(error, source);
  const what = (found["what"] ?? "")
    .replace(/^Cannot (?:store|read|handle|merge) [^:]*?(?:: | as )/, "")
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  const position = {
    line: Number(found["line"]),
    column: Number(found["column"]),
  };
  return fileError(source, what, position, "", error);
}

/**
 * Says where something unexpected stands: `JSON.parse` shows what is around it
 * instead. What comes after it changes nothing, so it is found by halving.
 */
function unexpectedInJson(error: SyntaxError, source: Source): unknown {
  const { text } = source.lines;
  let [from, to] = [0, text.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (isUnexpectedIn(text.slice(0, middle + 1))) to = middle;
    else from = middle + 1;
  }
  const char = text.slice(from, from + 1);
  const what = char === "" ? "the end" : JSON.stringify(char);
  const position = source.lines.positionOf(from);
  const reason = `${what} is unexpected here: this is not JSON`;
  return fileError(source, reason, position, "", error);
}

function isUnexpectedIn(json: string): boolean {
  try {
    JSON.parse(json);
  } catch (error) {
    return /^Unexpected token/.test((error as Error).message);
  }
  return false;
}

function fileError(
  { label }: Source,
  reason: string,
  position: Position,
  key = "",
  cause?: unknown,
): SessionConfigError {
  return new SessionConfigError(key, reason, label, { ...position, cause });
}
