/** The output of sessions: on their screen, and in their durable log. */
import { SessionLogError, SessionNotFoundError } from "../../core/errors.ts";
import { BackendType, type Run, SessionState } from "../../core/definition.ts";
import type { FollowOptions, LogOptions } from "../runner.ts";
import { withFiles } from "../../state/files.ts";
import { followFiles } from "../../state/follow.ts";
import { lastLines } from "../../state/log_reader.ts";
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
  options: LogOptions,
): Promise<string> {
  refuseTimes(name, options);
  const { session, last } = await memory.look(name);
  const isPresent = options.run === undefined ||
    options.run === presentRun(session);
  if (
    session !== undefined && isPresent && !options.raw &&
    !isBetterInLog(memory, session)
  ) return await readScreen(client, session, lines);
  const isThere = session !== undefined;
  const { history, run } = find(client, memory, name, last, isThere, options);
  const { raw } = options;
  return withFiles(
    history.folder,
    () => lastLines(history.logs(run.run), lines, { raw }),
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
  options: FollowOptions,
): AsyncGenerator<string> {
  refuseTimes(name, options);
  const { session, last } = await memory.look(name);
  const isThere = session !== undefined;
  const { history, run } = find(client, memory, name, last, isThere, options);
  const { lines, raw, signal } = options;
  yield* followFiles({
    history,
    run: run.run,
    lines,
    raw,
    signal,
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
  { run: number }: LogOptions,
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

/** A terminal has no times of its lines. */
function refuseTimes(name: string, { since, timestamps }: LogOptions): void {
  const asked = since !== undefined
    ? "--since"
    : timestamps
    ? "--timestamps"
    : null;
  if (asked === null) return;
  throw new SessionLogError(
    name,
    BackendType.TMUX,
    `tmux does not tell when a line was written, so ${asked} cannot be had; ` +
      "have the command print the time, or use --lines",
  );
}
