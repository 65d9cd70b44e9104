/**
 * Reads the text of YAML as strictly as YAML 1.2 is, and tells how it is
 * spelled. The parser that makes values of it lets things pass that then mean
 * something else than what was written: a tab in an indentation, a quote that is
 * never closed and swallows what follows.
 */
import { below } from "./key_path.ts";
import { KEY, PATTERNS } from "./patterns.ts";
import { positionOf } from "./position.ts";
import { folded, nameOf } from "./quoted.ts";

/** A value as it is spelled. */
export interface Spelled {
  /** Where it begins. */
  readonly offset: number;
  /** The text of a plain scalar on one line that has no tag. */
  readonly plain?: string;
  /** What a quoted text of several lines says. */
  readonly folded?: string | undefined;
  /** The values of a mapping by key. */
  readonly entries?: ReadonlyMap<string, Spelled>;
  /** Where its keys begin. */
  readonly keys?: ReadonlyMap<string, number>;
  /** The values of a list. */
  readonly items?: readonly Spelled[];
}

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

/**
 * Reads the first document of a text.
 *
 * @param text The text; its lines end with nothing but a line feed.
 * @returns Its root; `undefined` if there is none.
 * @throws {SpellingError} If it is no YAML, or nested too deep.
 */
export function readStrictly(text: string): Spelled | undefined {
  return new Reader(text).document();
}

/** What may begin behind an indicator. */
interface Allowed {
  /** A mapping or list on the same line, as behind a dash. */
  readonly nested: boolean;
  /** A list at the indentation of the key. */
  readonly flush: boolean;
}

interface Properties {
  readonly tagged: boolean;
  readonly anchor: string | undefined;
}

/** A key with its colon: where it is, and what it says. */
interface KeyMatch {
  readonly at: number;
  readonly end: number;
  readonly name: string;
}

const NONE: Properties = { tagged: false, anchor: undefined };

class Reader {
  readonly #text: string;
  readonly #anchors = new Map<string, Spelled>();
  /** The keys and indexes of what is being read; some keys have no name. */
  readonly #path: (string | number | undefined)[] = [];
  #at = 0;
  #lastKey: KeyMatch | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Spelled | undefined {
    if (this.#text.startsWith("\ufeff")) this.#at = 1;
    this.#gap();
    while (this.#char === "%" && this.#column === 0) {
      this.#at = endOf(this.#text, this.#at);
      this.#gap();
    }
    const isMarked = this.#is("marker") && this.#char === "-";
    if (isMarked) this.#at += 3;
    else if (this.#is("marker")) return undefined;
    const root = isMarked
      ? this.#node(-1, { nested: false, flush: false })
      : this.#isAtEnd
      ? undefined
      : this.#begin(-1, this.#rootColumn(), true);
    this.#gap();
    if (!this.#isAtEnd && !this.#is("marker")) {
      this.#fail("belongs to nothing: look at the indentation of this line");
    }
    return root;
  }

  get #char(): string {
    return this.#text.charAt(this.#at);
  }

  get #isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  get #lineStart(): number {
    return this.#at === 0 ? 0 : this.#text.lastIndexOf("\n", this.#at - 1) + 1;
  }

  get #column(): number {
    return this.#at - this.#lineStart;
  }

  #fail(reason: string, offset = this.#at): never {
    const path = this.#path.filter((part) => part !== undefined);
    throw new SpellingError(reason, offset, path.reduce(below, ""));
  }

  #lineOf(offset: number): number {
    return positionOf(this.#text, offset).line;
  }

  /** Remembers that a part of what is being read comes next. */
  #goInto(part: string | number | undefined): void {
    this.#path.push(part);
    if (this.#path.length > MAX_NESTING) {
      this.#path.length = SHOWN_NESTING;
      this.#fail(`is nested more than ${MAX_NESTING} levels deep`);
    }
  }

  #comeBack(): void {
    this.#path.pop();
  }

  #match(name: keyof typeof PATTERNS): RegExpExecArray | null {
    const pattern = PATTERNS[name];
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  /** Whether it stands here; a marker only at the start of a line. */
  #is(name: "marker" | "dash" | "question"): boolean {
    // Most characters are none of these: no pattern is asked.
    const char = this.#char;
    const mayBe = name === "question"
      ? char === "?"
      : char === "-" || (name === "marker" && char === ".");
    return mayBe && (name !== "marker" || this.#column === 0) &&
      this.#match(name) !== null;
  }

  #take(name: keyof typeof PATTERNS): string | undefined {
    const found = this.#match(name)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Passes blanks, comments and line breaks; whether there was a break. */
  #gap(): boolean {
    let broke = false;
    for (;; this.#at++) {
      const char = this.#char;
      if (char === "#") {
        this.#refuseGlued();
        this.#at = endOf(this.#text, this.#at) - 1;
      } else if (char === "\n") broke = true;
      else if (char !== " " && char !== "\t") return broke;
    }
  }

  /** Refuses a comment that follows something without a blank. */
  #refuseGlued(): void {
    if (/^[ \t\n\ufeff]?$/.test(this.#text.charAt(this.#at - 1))) return;
    this.#fail("a comment needs a blank before its #");
  }

  /** The column of what is the first of its line. */
  #indentation(): number {
    const start = this.#lineStart;
    const tab = this.#text.slice(start, this.#at).indexOf("\t");
    if (tab >= 0) {
      this.#fail(
        "a tab stands in the indentation, where YAML only allows blanks",
        start + tab,
      );
    }
    return this.#at - start - (this.#text.startsWith("\ufeff", start) ? 1 : 0);
  }

  /** Before brackets at the root, as those of JSON, a tab does no harm. */
  #rootColumn(): number {
    return /[[{]/.test(this.#char) ? this.#column : this.#indentation();
  }

  /** What follows an indicator or a key of the indentation `n`. */
  #node(n: number, allowed: Allowed): Spelled {
    const offset = this.#at;
    const nothing = { offset, plain: "" };
    const broke = this.#gap();
    if (this.#isAtEnd) return nothing;
    if (broke) {
      const column = this.#indentation();
      const isFlush = allowed.flush && column === n && this.#is("dash");
      if (this.#is("marker") || (column <= n && !isFlush)) return nothing;
      return this.#begin(n, column, true);
    }
    const hasTab = this.#text.slice(offset, this.#at).includes("\t");
    const nested = allowed.nested && !hasTab;
    return this.#begin(n, this.#column, nested, allowed.flush);
  }

  /** A node that begins here. */
  #begin(n: number, column: number, nested: boolean, flush = false): Spelled {
    if (this.#is("dash")) {
      return nested ? this.#list(column) : this.#fail(
        "a list begins on a line of its own, or the text is to be quoted",
      );
    }
    if (this.#is("question") || (nested && this.#isKey())) {
      if (!nested) this.#fail("a mapping begins on a line of its own");
      return this.#mapping(column);
    }
    if (this.#char !== "&" && this.#char !== "!") return this.#scalar(n);
    const properties = this.#properties();
    // What they belong to may stand on the next line.
    const node = /^[\n#]?$/.test(this.#char)
      ? this.#node(n, { nested: false, flush })
      : this.#begin(n, this.#column, false);
    return this.#withProperties(node, properties);
  }

  /** A tag decides what a plain text means; an anchor stands for the node. */
  #withProperties(node: Spelled, { tagged, anchor }: Properties): Spelled {
    if (!tagged && anchor === undefined) return node;
    const { plain: _, ...unspelled } = node;
    const said = tagged ? unspelled : node;
    if (anchor !== undefined) this.#anchors.set(anchor, said);
    return said;
  }

  #properties(): Properties {
    if (this.#char !== "&" && this.#char !== "!") return NONE;
    let tagged = false;
    let anchor: string | undefined;
    while (this.#char === "&" || this.#char === "!") {
      tagged ||= this.#char === "!";
      if (this.#char === "!" && this.#text.charAt(this.#at + 1) === "<") {
        this.#at = this.#text.indexOf(">", this.#at) + 1 || this.#text.length;
      } else {
        const property = this.#take("property")!;
        if (property.startsWith("&")) anchor = property.slice(1);
      }
      this.#take("blanks");
    }
    return { tagged, anchor };
  }

  /** A key that begins here, kept as it is asked for twice. */
  #keyMatch(): KeyMatch | undefined {
    if (this.#lastKey?.at === this.#at) return this.#lastKey;
    KEY.lastIndex = this.#at;
    const found = KEY.exec(this.#text);
    if (found === null) return undefined;
    const name = found.groups?.["name"] ?? "";
    return this.#lastKey = { at: this.#at, end: KEY.lastIndex, name };
  }

  #isKey(): boolean {
    if (this.#keyMatch() !== undefined) return true;
    if (this.#char !== "[" && this.#char !== "{") return false;
    return this.#flowKeyEnd() !== undefined;
  }

  /** Where a key in brackets ends, behind its colon. */
  #flowKeyEnd(): number | undefined {
    const from = this.#at;
    const line = this.#text.slice(from, endOf(this.#text, from));
    if (!/[\]}][ \t]*:(?:[ \t]|$)/.test(line)) return undefined;
    try {
      const reader = new Reader(line);
      reader.#flow(-1);
      const colon = /[ \t]*:(?=[ \t]|$)/y;
      colon.lastIndex = reader.#at;
      return colon.test(line) ? from + colon.lastIndex : undefined;
    } catch (error) {
      if (error instanceof SpellingError) return undefined;
      throw error;
    }
  }

  /** Passes a key and its colon; its name, unless that is no scalar. */
  #key(): string | undefined {
    const key = this.#keyMatch();
    if (key === undefined) {
      this.#at = this.#flowKeyEnd() ?? this.#fail(
        "is no key with a colon behind it and a blank or line break after that",
      );
      return undefined;
    }
    this.#at = key.end;
    const { name } = key;
    return name.startsWith("*") ? undefined : nameOf(name);
  }

  #mapping(column: number): Spelled {
    const offset = this.#at;
    const entries = new Map<string, Spelled>();
    const keys = new Map<string, number>();
    for (;;) {
      const place = this.#at;
      let name: string | undefined;
      let value: Spelled;
      if (this.#is("question")) {
        this.#at++;
        this.#goInto(undefined);
        name = this.#node(column, { nested: true, flush: false }).plain;
        this.#gap();
        const hasValue = this.#char === ":" && this.#column === column;
        if (hasValue) this.#at++;
        value = hasValue
          ? this.#node(column, { nested: true, flush: false })
          : { offset: this.#at, plain: "" };
      } else {
        name = this.#key();
        this.#goInto(name);
        value = this.#node(column, { nested: false, flush: true });
      }
      this.#comeBack();
      this.#enter(name, value, place, entries, keys);
      if (!this.#goesOn(column)) return { offset, entries, keys };
    }
  }

  #enter(
    name: string | undefined,
    value: Spelled,
    place: number,
    entries: Map<string, Spelled>,
    keys: Map<string, number>,
  ): void {
    if (name === undefined) return;
    const first = keys.get(name);
    if (first !== undefined) {
      const { line, column } = positionOf(this.#text, first);
      this.#fail(
        `the key ${
          JSON.stringify(name)
        } stands twice: first in line ${line}, ` +
          `column ${column}`,
        place,
      );
    }
    entries.set(name, value);
    keys.set(name, place);
  }

  /** Whether another entry stands at this indentation. */
  #goesOn(column: number): boolean {
    this.#gap();
    if (this.#isAtEnd || this.#is("marker")) return false;
    const next = this.#indentation();
    if (next > column) {
      this.#fail(
        "is indented deeper than what is before it, and belongs to nothing",
      );
    }
    return next === column;
  }

  #list(column: number): Spelled {
    const offset = this.#at;
    const items: Spelled[] = [];
    do {
      this.#at++;
      this.#goInto(items.length);
      items.push(this.#node(column, { nested: true, flush: false }));
      this.#comeBack();
    } while (this.#goesOn(column) && this.#is("dash"));
    return { offset, items };
  }

  /** Anything that is no block collection. */
  #scalar(n: number): Spelled {
    const value = this.#char === "|" || this.#char === ">"
      ? this.#blockScalar(n)
      : this.#value(n) ?? this.#plain(n, "plain");
    this.#end(value);
    return value;
  }

  /** Nothing but a comment may follow on the line. */
  #end(value: Spelled): void {
    if (this.#text.charAt(this.#at - 1) === "\n" || this.#isAtEnd) return;
    const from = this.#at;
    this.#take("blanks");
    if (this.#isAtEnd || this.#char === "\n") return;
    if (this.#char === "#") return this.#refuseGlued();
    const first = this.#text.charAt(value.offset);
    this.#fail(
      /["'[{|>*]/.test(first)
        ? `stands behind the value that ended with ${
          this.#text.charAt(from - 1)
        }: only a comment may`
        : "a colon with a blank after it stands in a text: quote the text, " +
          "or put the key on a line of its own",
    );
  }

  /** A quoted text, brackets or an alias, if one stands here. */
  #value(n: number): Spelled | undefined {
    const offset = this.#at;
    const char = this.#char;
    if (char === '"' || char === "'") return this.#quoted(n);
    if (char === "[" || char === "{") return this.#flow(n);
    const alias = this.#take("alias")?.slice(1);
    return alias === undefined
      ? undefined
      : this.#anchors.get(alias) ?? { offset };
  }

  #plain(n: number, kind: "plain" | "flowPlain"): Spelled {
    const offset = this.#at;
    const plain = this.#take(kind) ?? this.#fail(
      `a text cannot begin with ${this.#char}: quote it`,
    );
    for (let isOne = true;; isOne = false) {
      const next = this.#match("nextLine");
      const at = this.#at + (next?.[0].length ?? 0);
      if (next === null) return isOne ? { offset, plain } : { offset };
      const column = at - this.#text.lastIndexOf("\n", at - 1) - 1;
      const from = this.#at;
      this.#at = at;
      this.#take("blanks");
      const start = this.#at;
      // In brackets the gap after it sees to the indentation.
      const goesOn = column > n && !this.#is("marker") &&
        this.#take(`${kind}On`) !== undefined;
      if (!goesOn) {
        this.#at = from;
        return isOne ? { offset, plain } : { offset };
      }
      if (kind === "plain" && /^[ \t]*:(?=[ \t\n]|$)/.test(this.#ahead(80))) {
        this.#fail(
          `a key stands in the text that began in line ${
            this.#lineOf(offset)
          }: look at its indentation`,
          start,
        );
      }
    }
  }

  #ahead(length: number): string {
    return this.#text.slice(this.#at, this.#at + length);
  }

  #quoted(n: number): Spelled {
    const offset = this.#at++;
    const quote = this.#text.charAt(offset);
    const kind = quote === '"' ? "double" : "single";
    for (;;) {
      this.#take(kind);
      if (this.#char === quote) break;
      while (/[ \t\n]/.test(this.#char)) this.#at++;
      if (this.#isAtEnd) this.#fail("this quote is never closed", offset);
      this.#refuseShallow(n, offset, "quote");
    }
    this.#at++;
    const written = this.#text.slice(offset, this.#at);
    return written.includes("\n")
      ? { offset, folded: folded(written) }
      : { offset };
  }

  /** A line that goes on with something must be indented deeper than its key. */
  #refuseShallow(n: number, offset: number, what: string): void {
    const depth = blanksOf(this.#text.slice(this.#lineStart, this.#at));
    if (depth > n && !this.#is("marker")) return;
    this.#fail(
      `belongs to the ${what} of line ${
        this.#lineOf(offset)
      }, which is not closed, but is indented no deeper than its key`,
    );
  }

  #flow(n: number): Spelled {
    const offset = this.#at++;
    const isList = this.#text.charAt(offset) === "[";
    const close = isList ? "]" : "}";
    const items: Spelled[] = [];
    const entries = new Map<string, Spelled>();
    const keys = new Map<string, number>();
    for (;;) {
      this.#flowGap(n, offset);
      if (this.#char === close) break;
      if (this.#char === ",") {
        this.#fail("an entry is missing before the comma");
      }
      const place = this.#at;
      const index = isList ? items.length : undefined;
      const { name, key, value } = this.#flowEntry(n, offset, index);
      if (isList) {
        items.push(value === undefined ? key : { offset: place });
      } else {
        const said = value ?? { offset: place, plain: "" };
        this.#enter(name, said, place, entries, keys);
      }
      this.#flowGap(n, offset);
      if (this.#char === ",") this.#at++;
      else if (this.#char !== close) {
        this.#fail(`a comma or the closing ${close} is missing before this`);
      }
    }
    this.#at++;
    return isList ? { offset, items } : { offset, entries, keys };
  }

  #flowEntry(n: number, open: number, index: number | undefined): {
    name: string | undefined;
    key: Spelled;
    value: Spelled | undefined;
  } {
    const explicit = this.#is("question");
    if (explicit) {
      this.#at++;
      this.#flowGap(n, open);
    }
    const from = this.#at;
    this.#goInto(index);
    const key = this.#flowNode(n, open);
    this.#comeBack();
    const written = this.#text.slice(from, this.#at);
    const name = /^["']/.test(written) ? nameOf(written) : key.plain;
    const isJson = /["'\]}]$/.test(written) && key.plain === undefined;
    const end = this.#at;
    this.#flowGap(n, open);
    const colon = isJson ? /^:/ : /^:(?=[ \t\n,[\]{}]|$)/;
    if (!colon.test(this.#ahead(2))) {
      this.#at = end;
      return { name, key, value: undefined };
    }
    this.#at++;
    this.#flowGap(n, open);
    this.#goInto(index ?? name);
    const value = this.#flowNode(n, open);
    this.#comeBack();
    return { name, key, value };
  }

  #flowNode(n: number, open: number): Spelled {
    const offset = this.#at;
    const properties = this.#properties();
    if (properties !== NONE) this.#flowGap(n, open);
    const isEmpty = /[,\]}]|:(?=[ \t\n,[\]{}])/y.test(this.#ahead(2));
    const node = isEmpty
      ? { offset, plain: "" }
      : this.#value(n) ?? this.#plain(n, "flowPlain");
    return this.#withProperties(node, properties);
  }

  /** Passes a gap in brackets; a closing one may stand at its key's column. */
  #flowGap(n: number, open: number): void {
    const broke = this.#gap();
    if (this.#isAtEnd) {
      this.#fail(`this ${this.#text.charAt(open)} is never closed`, open);
    }
    if (!broke) return;
    const isClosing = this.#char === "]" || this.#char === "}";
    this.#refuseShallow(
      isClosing ? n - 1 : n,
      open,
      this.#text.charAt(open),
    );
  }

  #blockScalar(n: number): Spelled {
    const offset = this.#at;
    const header = this.#take("blockHeader")!;
    this.#end({ offset });
    this.#at = endOf(this.#text, this.#at) + 1;
    const given = Number(header.replace(/[^1-9]/g, ""));
    let depth = given > 0 ? Math.max(n, 0) + given : 0;
    while (!this.#isAtEnd) {
      const end = endOf(this.#text, this.#at);
      const line = this.#text.slice(this.#at, end);
      const lead = blanksOf(line);
      const isBlank = lead === line.length;
      if (!isBlank && depth === 0 && lead > n) depth = lead;
      if (!isBlank && (lead <= n || lead < depth || this.#is("marker"))) break;
      this.#at = end + 1;
    }
    this.#at = Math.min(this.#at, this.#text.length);
    return { offset };
  }
}

/** How many blanks a line begins with. */
function blanksOf(line: string): number {
  return line.length - line.replace(/^ +/, "").length;
}

function endOf(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
