/** The pages that explain ops, and what stands in them. */
import { ROOT } from "./sandbox.ts";

/** A page. */
export interface Page {
  /** Its path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A command as a page shows it. */
export interface ShownCommand {
  /** What a shell is to run. */
  readonly line: string;
  /** The lines it prints; `null` if they are not shown. */
  readonly output: readonly string[] | null;
}

/** A fenced block of a page. */
interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

/** The pages that people wrote: the reference is made from the help. */
export function pages(): Page[] {
  const names = [...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== "reference.md");
  return ["README.md", ...names.sort().map((name) => `docs/${name}`)].map(
    (path) => ({ path, text: Deno.readTextFileSync(`${ROOT}${path}`) }),
  );
}

/** The fenced blocks of a text in this language. */
export function blocksOf(text: string, language: string): string[] {
  return blocks(text).filter((it) => it.language === language)
    .map(({ lines }) => lines.map((line) => `${line}\n`).join(""));
}

/** A text without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(FENCED, "");
}

/** Every command of a text, in its order. */
export function commandsOf(text: string): ShownCommand[] {
  return blocks(text).flatMap(({ language, lines }) => {
    if (language === "console") return ofConsole(lines);
    if (language === "sh") return ofScript(lines);
    return language === "crontab" ? ofCrontab(lines) : [];
  });
}

const FENCED = /^```(\w*)[^\n]*\n([^]*?)^```$/gm;

function blocks(text: string): Block[] {
  return [...text.matchAll(FENCED)].map(([, language = "", body = ""]) => ({
    language,
    lines: body.split("\n").slice(0, -1),
  }));
}

/** What follows a `$`, and what it prints. */
function ofConsole(lines: readonly string[]): ShownCommand[] {
  const found: { line: string; output: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith("$ ")) found.push({ line: line.slice(2), output: [] });
    else found.at(-1)?.output.push(line);
  }
  return found;
}

/** Every line; one that ends with a backslash or `&&` goes on in the next. */
function ofScript(lines: readonly string[]): ShownCommand[] {
  const joined = lines.join("\n").replace(/\\\n\s*/g, "")
    .replace(/&&\n\s*/g, "&& ");
  return joined.split("\n").filter((line) => /^[^#\s]/.test(line))
    .map((line) => ({ line, output: null }));
}

/** What is run at boot. */
function ofCrontab(lines: readonly string[]): ShownCommand[] {
  return lines.filter((line) => line.startsWith("@reboot "))
    .map((line) => ({ line: line.slice("@reboot ".length), output: null }));
}
