/** Writes YAML that everybody reads alike. */

/** A value to write; mappings keep their order. */
export type Writable =
  | string
  | number
  | boolean
  | null
  | readonly Writable[]
  | ReadonlyMap<string, Written>;

/** A value, and what is said of it in comments. */
export interface Written {
  readonly value: Writable;
  /** A comment behind it. */
  readonly remark?: string | undefined;
  /** Comments above it, a line each. */
  readonly above?: readonly string[] | undefined;
}

/** The longest list that is written in one line, in characters. */
const LONGEST_LINE = 60;

/** Writes a mapping. */
export function yamlText(entries: ReadonlyMap<string, Written>): string {
  return linesOf(entries, "").map((line) => `${line}\n`).join("");
}

function linesOf(
  entries: ReadonlyMap<string, Written>,
  indent: string,
): string[] {
  return [...entries].flatMap(([key, { value, remark, above = [] }]) => {
    const behind = remark === undefined ? "" : ` # ${printable(remark)}`;
    const begin = `${indent}${scalarText(key)}:`;
    return [
      ...above.map((line) => `${indent}# ${printable(line)}`.trimEnd()),
      ...entryLines(begin, value, behind, indent),
    ];
  });
}

function entryLines(
  begin: string,
  value: Writable,
  behind: string,
  indent: string,
): string[] {
  if (value instanceof Map) {
    if (value.size === 0) return [`${begin} {}${behind}`];
    return [`${begin}${behind}`, ...linesOf(value, `${indent}  `)];
  }
  if (isList(value)) {
    const line = flowText(value);
    if (line !== undefined) return [`${begin} ${line}${behind}`];
    return [
      `${begin}${behind}`,
      ...value.flatMap((item) => {
        return itemLines(item, `${indent}  `);
      }),
    ];
  }
  if (typeof value !== "string" || !isBlock(value)) {
    return [`${begin} ${scalarText(value as string)}${behind}`];
  }
  const lines = value.split("\n");
  const isEnded = lines.at(-1) === "";
  if (isEnded) lines.pop();
  return [
    `${begin} |${isEnded ? "" : "-"}${behind}`,
    ...lines.map((line) => line === "" ? "" : `${indent}  ${line}`),
  ];
}

function itemLines(item: Writable, indent: string): string[] {
  if (!(item instanceof Map)) return [`${indent}- ${flowText(item)}`];
  const [first = "{}", ...others] = linesOf(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...others];
}

function isList(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}

/** A value in one line; `undefined` for what needs, or is better on, several. */
function flowText(value: Writable): string | undefined {
  if (value instanceof Map) return undefined;
  if (!isList(value)) return scalarText(value as string);
  const items = value.map(flowText);
  if (items.includes(undefined)) return undefined;
  const text = `[${items.join(", ")}]`;
  return text.length > LONGEST_LINE && items.length > 1 ? undefined : text;
}

/** Words that some reader takes for something else than a text. */
const WORDS = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf)$/i;
const PLAIN = /^[A-Za-z/_](?:[\w/.@%+=~-]|(?<=[^ ]) (?=[^ #]))*$/;

/** A single value, quoted where it would be something else without. */
function scalarText(value: string | number | boolean | null): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return PLAIN.test(value) && !WORDS.test(value)
    ? value
    : printable(JSON.stringify(value));
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A text in which what cannot be seen is an escape, as in double quotes. */
function printable(text: string): string {
  return text.replace(new RegExp(UNPRINTABLE, "gu"), (char) => {
    const code = char.codePointAt(0)!;
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Whether a text is readable as it is, on lines of its own. */
function isBlock(text: string): boolean {
  return text.trimEnd().includes("\n") && /^\S/.test(text) &&
    /\S\n?$/.test(text) &&
    text.split("\n").every((line) => !UNPRINTABLE.test(line));
}
