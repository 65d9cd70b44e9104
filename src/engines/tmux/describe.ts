/** How sessions of a tmux server were made, as far as it tells. */
import { BackendType, type SessionStatus } from "../../core/status.ts";
import type { Described } from "../described.ts";
import type { TmuxClient } from "./client.ts";

/** The last field may hold anything but a line break. */
const FORMAT = [
  "#{session_name}",
  "#{s/[\t\n]/?/:session_path}",
  "#{pane_start_command}",
].join("\t");

/** A pane, and what was started in it. */
interface StartedPane {
  readonly session: string;
  readonly folder: string;
  readonly command: string;
}

/** Describes sessions of a server. */
export async function describeSessions(
  client: TmuxClient,
  sessions: readonly SessionStatus[],
): Promise<Described[]> {
  const { stdout } = await client.ask(["list-panes", "-a", "-F", FORMAT]);
  const panes = parseStarted(stdout);
  return sessions.flatMap((status) => {
    const own = panes.filter(({ session }) => session === status.name);
    return own.length === 0 ? [] : [describe(status, own)];
  });
}

function parseStarted(stdout: string): StartedPane[] {
  return stdout.split("\n").flatMap((line) => {
    const [session, folder, ...command] = line.split("\t");
    if (session === undefined || folder === undefined) return [];
    return [{ session, folder, command: command.join("\t") }];
  });
}

/** Describes a session by what was started in its panes. */
export function describe(
  { name, socketName, managed, command: told }: SessionStatus,
  panes: readonly StartedPane[],
): Described {
  const [first] = panes;
  const isLaunched = managed && told !== null && first?.command !== "";
  const command = isLaunched ? told : commandOf(first?.command ?? "");
  const leftOut = [
    ...(panes.length > 1 ? ["its other windows and panes"] : []),
    ...(isLaunched
      ? ["restart, stop_signal and stop_timeout, if it was given any"]
      : []),
  ];
  return {
    name,
    keys: new Map<string, string | readonly string[]>([
      ["backend", BackendType.TMUX],
      ...(command === null ? [] : [["command", command] as const]),
      ...(first?.folder ? [["working_dir", first.folder] as const] : []),
      ...(socketName === null ? [] : [["socket_name", socketName] as const]),
    ]),
    leftOut,
  };
}

/** A command as tmux shows it: a text for a shell, or words; `null`: a shell. */
export function commandOf(shown: string): string | readonly string[] | null {
  const words = wordsOf(shown);
  if (words.length === 0) return null;
  return words.length === 1 ? words[0]! : words;
}

const PART = /"((?:\\[^]|[^"\\])*)"|'([^']*)'|\\([^])|([ \t]+)|([^"'\\ \t]+)/g;
const LETTERS: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  e: "\x1b",
};

/** Splits what tmux has put into quotes of its own. */
function wordsOf(shown: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const match of shown.matchAll(PART)) {
    const [, double, single, escaped, blank, plain] = match;
    if (blank === undefined) {
      word = (word ?? "") +
        (single ?? escaped ?? plain ?? withoutEscapes(double ?? ""));
      continue;
    }
    if (word !== undefined) words.push(word);
    word = undefined;
  }
  return word === undefined ? words : [...words, word];
}

function withoutEscapes(text: string): string {
  return text.replace(
    /\\(?:([0-7]{3})|([^]))/g,
    (_, octal: string | undefined, char: string) =>
      octal === undefined
        ? LETTERS[char] ?? char
        : String.fromCharCode(parseInt(octal, 8)),
  );
}
