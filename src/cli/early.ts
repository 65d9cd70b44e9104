/**
 * Asks the engines before it is known that anybody wants to know: they take
 * most of the time of a listing, and the rest of the program can be loaded
 * meanwhile. Nothing but the time depends on it: a question that is then not
 * put has been asked in vain, and one that differs is asked as if this were not.
 */
import { DIALECTS } from "../container/dialect.ts";
import { OpsError } from "../errors.ts";
import type { Invocation, ProcessHost, RunResult } from "../process/host.ts";
import { QUESTION_MS } from "../process/limits.ts";
import { localHost } from "../process/local.ts";
import { BackendType } from "../status.ts";
import { engineName, listPanes, serverArgs } from "../tmux/listing.ts";
import { discoverSockets } from "../tmux/sockets.ts";

/** The command that begins with asking every engine for everything. */
const LISTING = /^(?:list|ls)$/;
/** Flags with which it asks only one kind of engine. */
const BACKEND = /^(?:-b=?|--backend=)?(tmux|container)$/;
/** Flags with which it asks for something else, or for nothing. */
const OTHER = /^(?:-[^-]*[Lh]|--(?:socket|runtime|help))/;

/**
 * Asks what this command line will probably want to know.
 *
 * @returns This machine, which answers those questions with what it has.
 */
export function askEarly(
  [command = "", ...flags]: readonly string[],
): ProcessHost {
  if (!LISTING.test(command) || flags.some((flag) => OTHER.test(flag))) {
    return localHost;
  }
  const answers = new Map<string, Promise<RunResult>>();
  for (const question of questions(flags)) {
    const answer = localHost.run(question, { timeoutMs: QUESTION_MS });
    // Whoever asks for it hears of a failure.
    answer.catch(() => {});
    answers.set(keyOf(question), answer);
  }
  return {
    ...localHost,
    run: (invocation, options) => {
      const key = keyOf(invocation);
      const answer = answers.get(key);
      answers.delete(key); // it is true only once
      return answer ?? localHost.run(invocation, options);
    },
  };
}

function questions(flags: readonly string[]): Invocation[] {
  const backend = flags.map((flag) => BACKEND.exec(flag)?.[1]).find(Boolean);
  const sockets = backend === BackendType.CONTAINER ? [] : socketsThereAre();
  const runtimes = backend === BackendType.TMUX ? [] : Object.values(DIALECTS);
  return [
    ...sockets.map((socket) => ({
      binary: "tmux",
      args: [...serverArgs(socket), "-N", ...listPanes()],
      engine: engineName(socket),
    })),
    ...runtimes.map(({ runtime, list }) => ({
      binary: runtime,
      args: list,
      engine: runtime,
    })),
  ];
}

function socketsThereAre(): (string | null)[] {
  try {
    return discoverSockets();
  } catch (error) {
    if (!(error instanceof OpsError)) throw error;
    return []; // it will be told by whoever needs them
  }
}

function keyOf({ binary, args }: Pick<Invocation, "binary" | "args">): string {
  return JSON.stringify([binary, args]);
}
