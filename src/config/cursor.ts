/** Where the strict reader stands in its text: what it sees there, and moves. */
import { PATTERNS } from "./patterns.ts";
import { below, Lines } from "./position.ts";
import type { Spelled, SpelledEntry } from "./spelled.ts";

/** The text is not what YAML 1.2 allows. */
export class SpellingError extends Error {
  /** Where it is wrong. */
  readonly offset: number;
  /** The key path of the value that was being read there. */
  readonly key: string;

  constructor(reason: string, offset: number, key: string) {
    super(reason);
    this.offset = offset;
    this.key = key;
  }
}

/** How deep values may be nested; far deeper ones would fill the stack. */
const MAX_NESTING = 200;
/** How many of their keys an error shows. */
const SHOWN_NESTING = 8;

/** A place in a text that is read from its start to its end. */
export class Cursor {
  /** The text; its lines end with nothing but a line feed. */
  readonly text: string;
  /** The offset of what is read next. */
  at = 0;
  /** The values that have an anchor. */
  readonly anchors: Map<string, Spelled> = new Map<string, Spelled>();
  readonly #lines: Lines;
  /** Most texts have no tab, which is then not looked for. */
  readonly #hasTabs: boolean;
  /** The keys and indexes of what is being read; some keys have no name. */
  readonly #path: (string | number | undefined)[] = [];

  constructor(text: string) {
    this.text = text;
    this.#lines = new Lines(text);
    this.#hasTabs = text.includes("\t");
  }

  /** What stands here; empty at the end. */
  get char(): string {
    return this.text.charAt(this.at);
  }

  /** Whether nothing is left. */
  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Where the line begins. */
  get lineStart(): number {
    return this.at === 0 ? 0 : this.text.lastIndexOf("\n", this.at - 1) + 1;
  }

  /** Where the line ends: at its line feed, or at the end of the text. */
  get lineEnd(): number {
    const end = this.text.indexOf("\n", this.at);
    return end < 0 ? this.text.length : end;
  }

  /** The column, from 0 on. */
  get column(): number {
    return this.at - this.lineStart;
  }

  /** The column of what is the first of its line. */
  indentation(): number {
    const start = this.lineStart;
    const tab = this.#hasTabs
      ? this.text.slice(start, this.at).indexOf("\t")
      : -1;
    if (tab >= 0) {
      this.fail(
        "a tab stands in the indentation, where YAML only allows blanks",
        start + tab,
      );
    }
    const hasMark = start === 0 && this.text.startsWith("\ufeff");
    return this.at - start - (hasMark ? 1 : 0);
  }

  /** The number of the line of an offset, from 1 on. */
  lineOf(offset: number): number {
    return this.#lines.positionOf(offset).line;
  }

  /** What stands here with its groups, if it is of this pattern. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text);
  }

  /** Whether something of this pattern stands here. */
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  /** Passes what stands here, if it is of this pattern; whether it is. */
  pass(pattern: RegExp): boolean {
    const isHere = this.sees(pattern);
    if (isHere) this.at = pattern.lastIndex;
    return isHere;
  }

  /** Passes what stands here and returns it, if it is of this pattern. */
  take(pattern: RegExp): string | undefined {
    const from = this.at;
    return this.pass(pattern) ? this.text.slice(from, this.at) : undefined;
  }

  // Most characters are none of these: no pattern is asked.

  /** Whether the dash of a list stands here. */
  isDash(): boolean {
    return this.char === "-" && this.sees(PATTERNS.dash);
  }

  /** Whether the mark of an explicit key stands here. */
  isQuestion(): boolean {
    return this.char === "?" && this.sees(PATTERNS.question);
  }

  /** Whether the mark between documents stands here. */
  isMarker(): boolean {
    const { char } = this;
    return (char === "-" || char === ".") && this.column === 0 &&
      this.sees(PATTERNS.marker);
  }

  /** Passes blanks, comments and line breaks; whether there was a break. */
  gap(): boolean {
    if (this.char === "#") this.refuseGlued();
    for (let broke = false;; broke = true) {
      const { char } = this;
      if (char === " " || char === "\t" || char === "#") {
        this.pass(PATTERNS.lineGap);
      }
      if (this.char !== "\n") return broke;
      this.at++;
    }
  }

  /** Refuses a comment that follows something without a blank. */
  refuseGlued(): void {
    if (/^[ \t\n\ufeff]?$/.test(this.text.charAt(this.at - 1))) return;
    this.fail("a comment needs a blank before its #");
  }

  /**
   * A line that goes on with something must be indented deeper than its key.
   *
   * @param n The indentation of the key.
   * @param what What it goes on with, which began at `offset`.
   */
  refuseShallow(n: number, what: string, offset: number): void {
    const depth = blanksOf(this.text.slice(this.lineStart, this.at));
    if (depth > n && !this.isMarker()) return;
    this.fail(
      `belongs to the ${what} of line ${this.lineOf(offset)}, which is not ` +
        "closed, but is indented no deeper than its key",
    );
  }

  /** Adds an entry to a mapping, unless its key has no name. */
  enter(
    entries: Map<string, SpelledEntry>,
    name: string | undefined,
    entry: SpelledEntry,
  ): void {
    if (name === undefined) return;
    const first = entries.get(name);
    if (first !== undefined) {
      const { line, column } = this.#lines.positionOf(first.keyAt);
      this.fail(
        `the key ${JSON.stringify(name)} stands twice: first in line ` +
          `${line}, column ${column}`,
        entry.keyAt,
      );
    }
    entries.set(name, entry);
  }

  /** Remembers that a part of what is being read comes next. */
  goInto(part: string | number | undefined): void {
    this.#path.push(part);
    if (this.#path.length > MAX_NESTING) {
      this.#path.length = SHOWN_NESTING;
      this.fail(`is nested more than ${MAX_NESTING} levels deep`);
    }
  }

  /** Forgets the part again. */
  comeBack(): void {
    this.#path.pop();
  }

  /**
   * Refuses the text.
   *
   * @throws {SpellingError} Always.
   */
  fail(reason: string, offset: number = this.at): never {
    const path = this.#path.filter((part) => part !== undefined);
    throw new SpellingError(reason, offset, path.reduce(below, ""));
  }
}

/** How many blanks a line begins with. */
export function blanksOf(line: string): number {
  return line.length - line.replace(/^ +/, "").length;
}
