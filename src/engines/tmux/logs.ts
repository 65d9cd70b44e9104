/** The output of sessions: on their screen, and in their durable log. */
import { SessionLogError, SessionNotFoundError } from "../../core/errors.ts";
import { BackendType, type Run, SessionState } from "../../core/definition.ts";
import type { FollowOptions, OutputOptions } from "../runner.ts";
import { pause } from "../../core/pause.ts";
import { sizeOf, withFiles, writtenAt } from "../../state/files.ts";
import { followFiles } from "../../state/follow.ts";
import { asPiece, isPast } from "../../state/until.ts";
import { lastLines } from "../../state/log_reader.ts";
import { LogTimes, LogView, timesOf } from "../../state/log_times.ts";
import type { History } from "../../state/history.ts";
import { capturePane } from "./args.ts";
import type { TmuxClient } from "./client.ts";
import type { Memory } from "./memory.ts";
import { type Pane, runOf, type TmuxSession } from "./parse.ts";

/** See `TmuxRunner.logs`. */
export async function readLog(
  client: TmuxClient,
  memory: Memory,
  name: string,
  lines: number,
  options: OutputOptions,
): Promise<string> {
  const { session, last } = await memory.look(name);
  const isPresent = options.run === undefined ||
    options.run === presentRun(session);
  if (
    session !== undefined && isPresent && !options.raw &&
    !LogView.needsTimes(options) && !isBetterInLog(memory, session)
  ) return await readScreen(client, session, lines);
  const isThere = session !== undefined;
  const { history, run } = find(client, memory, name, last, isThere, options);
  if (LogView.needsTimes(options)) await mustHaveTimes(name, history, run.run);
  return withFiles(
    history.folder,
    () => lastLines(history.logs(run.run), lines, options),
  );
}

async function readScreen(
  client: TmuxClient,
  { panes: [pane] }: TmuxSession,
  lines: number,
): Promise<string> {
  if (pane === undefined || lines === 0) return "";
  const { stdout } = await client.ask(capturePane(pane.pane_id));
  return stdout.trimEnd().split("\n").slice(-lines).join("\n");
}

/**
 * Whether the log tells more than the screen, which forgets: it keeps so many
 * lines, is cleared, and holds earlier runs too. Of a program that draws, as an
 * editor does, the screen is all that can be read.
 */
function isBetterInLog(
  memory: Memory,
  { panes: [pane], status }: TmuxSession,
): boolean {
  const { run = null, log = null } = (pane && runOf(pane)) ?? {};
  const history = memory.filesOf(status.name);
  if (pane === undefined || run === null || log === null) return false;
  if (history === null || status.logError !== null) return false;
  return pane.alternate_on === "0" && memory.hasLog(status.name, run);
}

function presentRun(session: TmuxSession | undefined): number | null {
  const pane = session?.panes[0];
  return (pane && runOf(pane)?.run) ?? null;
}

/** See `TmuxRunner.follow`. */
export async function* followLog(
  client: TmuxClient,
  memory: Memory,
  name: string,
  options: FollowOptions & OutputOptions,
): AsyncGenerator<string> {
  const { session, last } = await memory.look(name);
  const isThere = session !== undefined;
  const { history, run } = find(client, memory, name, last, isThere, options);
  if (LogView.needsTimes(options)) await mustHaveTimes(name, history, run.run);
  if (isPast(options.until)) {
    const { lines = 10 } = options;
    const text = await readLog(client, memory, name, lines, options);
    return yield* asPiece(text, options.raw);
  }
  yield* followFiles({
    ...options,
    history,
    run: run.run,
    isGone: async (number) => {
      const { session, sessions } = await memory.look(name);
      const isHeld = (pane: Pane | undefined) =>
        pane !== undefined && runOf(pane)?.run === number;
      return session === undefined
        ? !isHeld(sessions.renamed.get(name))
        : session.status.state !== SessionState.RUNNING ||
          !session.panes.some(isHeld);
    },
  });
}

/** The run whose durable log is meant. */
function find(
  client: TmuxClient,
  memory: Memory,
  name: string,
  last: Run | null,
  isThere: boolean,
  { run: number }: OutputOptions,
): { history: History; run: Run } {
  const history = memory.filesOf(name);
  const run = number === undefined ? last : history?.read(number) ?? null;
  if (history === null || last === null) {
    if (!isThere) throw new SessionNotFoundError(name, client.engine);
    throw new SessionLogError(
      name,
      BackendType.TMUX,
      "only sessions that ops started, and not without a state folder, have " +
        "a log besides what is on their screen; attach to it instead",
    );
  }
  if (run === null) {
    throw new SessionLogError(
      name,
      BackendType.TMUX,
      `run ${number} is not remembered; see "ops history ${name}"`,
    );
  }
  if (withFiles(history.folder, () => history.logs(run.run)).length === 0) {
    throw new SessionLogError(
      name,
      BackendType.TMUX,
      `run ${run.run} has left no log: it may have written nothing, its log ` +
        "may be turned off (log: none), or have made room for later ones",
    );
  }
  return { history, run };
}

/**
 * Refuses a log without an index. The writer adds an entry just after what it is
 * about, so that it may be waited for.
 */
async function mustHaveTimes(
  name: string,
  history: History,
  run: number,
): Promise<void> {
  const look = () =>
    withFiles(history.folder, () => {
      const logs = history.logs(run).filter((path) => sizeOf(path) > 0);
      const last = logs.at(-1);
      const entry = last === undefined
        ? undefined
        : new LogTimes(last).refresh().entries.at(-1);
      return {
        hasTimes: logs.every((path) => sizeOf(timesOf(path)) > 0),
        isWhole: last === undefined ||
          writtenAt(last) / 1_000 < (entry?.time ?? 0) + 2,
      };
    });
  let seen = look();
  for (let i = 0; !seen.isWhole && i < INDEX_TRIES; i++) {
    await pause(INDEX_MS);
    seen = look();
  }
  if (seen.hasTimes) return;
  throw new SessionLogError(
    name,
    BackendType.TMUX,
    `the log of run ${run} has no times: an earlier ops began it, or its disk ` +
      "was full; ask without --since, --until and --timestamps",
  );
}

/** How often an index is looked at, and how long between that, in ms. */
const INDEX_TRIES = 10;
const INDEX_MS = 50;
