/**
 * The command line: the engines are asked, then it is read what for.
 *
 * They take most of the time of a listing, and the rest of the program can be
 * loaded meanwhile. Nothing but the time depends on it: a question that is then
 * not put has been asked in vain, and one that differs is asked as if this were
 * not. What stands here, and what it imports, is paid for before an engine hears
 * of anything, so it is kept small.
 */
import {
  type EarlyAnswers,
  runEarly,
  type Waiting,
} from "../host/local/local.ts";
import { searchedFiles } from "../config/search.ts";
import { readVariable } from "../host/environment.ts";
import { listQuestions } from "../engines/registry.ts";
import type { Invocation } from "../host/host.ts";
import type { BackendType } from "../core/status.ts";

/**
 * Runs a command line.
 *
 * @param words The command line, without the program's name.
 * @returns The exit code.
 */
export async function main(words: readonly string[]): Promise<number> {
  const answers = askEarly(words);
  const { contextFor, runCommandLine } = await import("./dispatch.ts");
  return await runCommandLine(words, contextFor(words, answers));
}

/** Flags that change nothing about what a listing asks. */
const IRRELEVANT_FLAGS = [
  "--json",
  "--managed",
  "--no-color",
  "--quiet",
  "-q",
];

/** Asks what this command line will probably want to know. */
export function askEarly(words: readonly string[]): EarlyAnswers {
  const answers = new Map<string, Waiting>();
  const backends = enginesToAsk(words);
  const isPlain = backends.length > 0 && !mayLeaveOut();
  for (const question of listQuestions(isPlain ? backends : [])) {
    answers.set(keyOf(question), runEarly(question));
  }
  return (question) => {
    const key = keyOf(question);
    const answer = answers.get(key);
    answers.delete(key);
    return answer;
  };
}

/** The engines that the command asks for everything, as far as is plain. */
function enginesToAsk(
  [command, ...flags]: readonly string[],
): readonly BackendType[] {
  if (command !== "list" && command !== "ls") return [];
  switch (flags.filter((it) => !IRRELEVANT_FLAGS.includes(it)).join(" ")) {
    case "":
      return ["tmux", "container"];
    case "-b tmux":
    case "--backend tmux":
      return ["tmux"];
    case "-b container":
    case "--backend container":
      return ["container"];
    default:
      return [];
  }
}

/** Whether some engine may have to be left alone: the files have to be read. */
function mayLeaveOut(): boolean {
  try {
    const cwd = Deno.cwd();
    const files = searchedFiles({ cwd, env: readVariable });
    return files === null || files.some(mayNameEngines);
  } catch {
    return true; // the reading itself tells why
  }
}

function mayNameEngines(path: string): boolean {
  try {
    if (!Deno.statSync(path).isFile) return true;
    return /\b(engines|include)\b/.test(Deno.readTextFileSync(path));
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

function keyOf({ binary, args }: Pick<Invocation, "binary" | "args">): string {
  return JSON.stringify([binary, args]);
}
