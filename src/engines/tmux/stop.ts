/** Stops a session: its processes, and then its place on the server. */
import { pause } from "../../core/pause.ts";
import {
  EngineError,
  SessionNotFoundError,
  SessionStopError,
} from "../../core/errors.ts";
import {
  BackendType,
  notRunning,
  SessionState,
  type StopResult,
  survivorNames,
} from "../../core/definition.ts";
import type { StopOptions } from "../runner.ts";
import { line, removeScript } from "./args.ts";
import type { Sessions, TmuxClient } from "./client.ts";
import { type Ending, Stop, strayOf, subjectsOf } from "./decide_stop.ts";
import type { Memory } from "./memory.ts";
import { outcomeOf, type Pane, stopRuleOf, type TmuxSession } from "./parse.ts";
import type { Process } from "./processes.ts";
import type { Ended, StopRequest } from "./stop_loop.ts";
import { straysOf, unreachable } from "./strays.ts";

/** How long output that tmux still holds may take, in milliseconds. */
const DRAIN_MS = 3_000;
const PAUSE_MS = 20;
/** What a session gets to clean up that says nothing, in seconds. */
const DEFAULT_TIMEOUT = 10;

/**
 * Ends the processes of a session, and remembers it.
 *
 * @param removes Whether what is then over is removed, too.
 */
export async function endSession(
  client: TmuxClient,
  memory: Memory,
  session: TmuxSession,
  { graceful = true, timeout }: StopOptions,
  removes: boolean,
): Promise<StopResult> {
  const rule = stopRuleOf(session.panes[0]);
  const seconds = timeout ?? rule.timeout;
  const { status } = session;
  const wasRunning = status.state === SessionState.RUNNING;
  if (!wasRunning && !status.managed) return notRunning(status);
  // How it ended is known only as long as tmux holds it.
  if (!wasRunning) memory.settleAs(session);
  const started = performance.now();
  // Of a command that has ended, something may live on.
  const graceMs = graceful ? seconds * 1000 : null;
  const { signals, survivors, found, listings } = await endProcesses(
    client,
    session,
    graceMs,
    removes,
  );
  const result = {
    ...notRunning(status),
    signals,
    durationMs: Math.round(performance.now() - started),
    survivors,
    leftBehind: wasRunning ? [] : found,
  };
  if (survivors.length > 0) return result;
  const removed = deadPane(session, listings);
  const pane = removed ?? await settledPane(client, session);
  // Where the pane has gone meanwhile, the launcher may have noted it.
  const { exitCode, signal } = pane === undefined && status.managed
    ? memory.notedEnd(session)
    : outcomeOf(pane);
  // First: of a session that is gone, whoever asks remembers what is known then.
  if (wasRunning && status.managed) {
    memory.stopped(session, { exitCode, signal });
  }
  if (removes && removed === undefined) await remove(client, session, pane);
  return wasRunning ? { ...result, stopped: true, exitCode, signal } : result;
}

/**
 * Ends the processes of a session step by step, and returns once none is left
 * or killing has not helped.
 *
 * @param removes Whether a session whose pane is dead by then is removed.
 */
export async function endProcesses(
  client: TmuxClient,
  session: TmuxSession,
  graceMs: number | null,
  removes = false,
): Promise<Ended<Sessions> & Pick<Stop, "found">> {
  const { isLaunched, panes } = session;
  const { signal } = stopRuleOf(panes[0]);
  const stop = new Stop(subjectsOf(session), graceMs, signal);
  const ended = await finish(client, {
    stop,
    panes: panes.map((pane) => ({
      paneId: pane.pane_id,
      run: pane["@kstlib_run"],
      remains: isLaunched,
    })),
    removal: removes ? removalOf(session) : null,
  });
  return { ...ended, found: stop.found };
}

/** Removes a session whose pane is dead. */
function removalOf({ id, panes: [pane] }: TmuxSession): string | null {
  return pane === undefined
    ? null
    : removeScript(id, pane.pane_id, pane["@kstlib_run"]);
}

/** Its pane as it was removed, or as it is to be started again. */
function deadPane(
  { panes: [before] }: TmuxSession,
  listings: readonly Sessions[],
): Pane | undefined {
  if (before === undefined) return undefined;
  return listings.map(({ byPane }) => byPane.get(before.pane_id))
    .find((pane) =>
      pane?.["@kstlib_run"] === before["@kstlib_run"] && pane.pane_dead === "1"
    );
}

/**
 * Ends what lives of a session that its server has lost.
 *
 * @throws {SessionNotFoundError} If nothing does.
 * @throws {SessionStopError} If a server has it that cannot be reached.
 */
export async function endLost(
  client: TmuxClient,
  name: string,
  { graceful = true, timeout = DEFAULT_TIMEOUT }: StopOptions,
): Promise<StopResult> {
  const started = performance.now();
  const strays = straysOf(name, await client.scan());
  const { processes, server } = strays;
  if (server !== null) {
    throw new SessionStopError(name, BackendType.TMUX, unreachable(strays));
  }
  if (processes.length === 0) {
    throw new SessionNotFoundError(name, client.engine);
  }
  const graceMs = graceful ? timeout * 1000 : null;
  const { signals, survivors } = await endStrays(client, processes, graceMs);
  return {
    ...notRunning({ exitCode: null, signal: null }),
    stopped: survivors.length === 0,
    signals,
    durationMs: Math.round(performance.now() - started),
    survivors,
  };
}

/** Ends what has lost its pane. */
export async function endStrays(
  client: TmuxClient,
  strays: readonly Process[],
  graceMs: number | null,
): Promise<Ending> {
  const tags = new Set(strays.flatMap(({ tag }) => tag ?? []));
  const stop = new Stop([...tags].map(strayOf), graceMs, "SIGTERM");
  return await finish(client, { stop, panes: [], removal: null });
}

async function finish(
  client: TmuxClient,
  request: StopRequest,
): Promise<Ended<Sessions>> {
  try {
    return await client.stops.end(request);
  } catch (error) {
    const { alive } = request.stop;
    // Other errors, such as a timeout, have fields that this would lose.
    if (alive.length === 0 || !(error instanceof EngineError)) throw error;
    throw new EngineError(
      error.engine,
      `${error.reason}; may be still alive: ${survivorNames(alive)}`,
      { cause: error },
    );
  }
}

/**
 * Waits until tmux has handed on all that a pane has put out, and returns the
 * pane as it then is, if it is still the same run.
 */
async function settledPane(
  client: TmuxClient,
  { panes: [before] }: TmuxSession,
): Promise<Pane | undefined> {
  if (before === undefined) return undefined;
  const deadline = performance.now() + DRAIN_MS;
  while (true) {
    const pane = (await client.listAgain()).byPane.get(before.pane_id);
    // Another process has started it again meanwhile.
    if (pane?.["@kstlib_run"] !== before["@kstlib_run"]) return undefined;
    if (pane.pane_dead === "1" || performance.now() > deadline) return pane;
    await pause(PAUSE_MS);
  }
}

/** Removes a session that has ended; `pane` is what {@linkcode settledPane} is. */
async function remove(
  client: TmuxClient,
  session: TmuxSession,
  pane: Pane | undefined,
): Promise<void> {
  const isWithoutPane = session.panes.length === 0;
  if (pane === undefined && !isWithoutPane) return; // it is another run's
  const isDead = pane?.pane_dead === "1";
  const removal = isDead ? removalOf(session) : null;
  await client.attempt(removal ?? line("kill-session", "-t", session.id));
}
