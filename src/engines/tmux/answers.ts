/** What tmux says to scripts and questions, as pure text. */
import type { RunResult } from "../../host/host.ts";
import { group, line } from "./args.ts";

/** Begins the line that tells that a script came to its end. */
const DONE_MARK = "kstlib-done ";

/** Whether the words mean that no server listens on the socket. */
export function serverIsAbsent(stderr: string): boolean {
  return /^(?:no server running|error connecting to .*\((?:No such file or directory|Connection refused)\)|lost server|server exited)/
    .test(stderr);
}

/** Whether the words mean that what was meant is not there, or no longer. */
export function targetIsAbsent(stderr: string): boolean {
  // Without any session, tmux has "no current target".
  return serverIsAbsent(stderr) ||
    /^(?:no current target|no such pane|can't find (?:pane|session))/
      .test(stderr);
}

/** The first line of what a program said. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

/** What failed, in the words of tmux, and what to do where those do not say. */
export function reasonOf(said: string): string {
  if (/unknown option|^usage:|invalid option|unknown command/.test(said)) {
    return `tmux 3.3 or later is needed (it says: ${said})`;
  }
  if (/\(File name too long\)$/.test(said)) {
    return "the path of its socket is too long, as the system takes about 100 " +
      "bytes: give the socket a shorter name, or set TMUX_TMPDIR to a shorter " +
      `path (it says: ${said})`;
  }
  return said || "it failed without a word";
}

/** Scripts as one, which tells of each of them whether it came to its end. */
export function marked(scripts: readonly string[]): string {
  return scripts.map((script, i) =>
    group(script, line("display-message", "-p", `${DONE_MARK}${i}`)) + "\n"
  ).join("");
}

/**
 * What tmux said against each script. A script that fails spoils no other, and
 * the failures come in the order of the scripts.
 */
export function failuresOf(
  scripts: readonly string[],
  { stdout, stderr }: RunResult,
): (string | null)[] {
  const done = new Set(stdout.split("\n"));
  const failed = scripts.flatMap((_, i) =>
    done.has(`${DONE_MARK}${i}`) ? [] : i
  );
  const said = stderr.trimEnd().split("\n");
  const isEach = said.length === failed.length;
  return scripts.map((_, i) => {
    const place = failed.indexOf(i);
    if (place < 0) return null;
    return (isEach ? said[place] : stderr) ?? "";
  });
}
