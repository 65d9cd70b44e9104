/** Stops a session: its processes, and then its place on the server. */
import {
  SessionState,
  type SessionStatus,
  type StopResult,
} from "../models.ts";
import type { StopOptions } from "../runner.ts";
import { line, removeScript } from "./args.ts";
import type { TmuxClient } from "./client.ts";
import type { Memory } from "./memory.ts";
import { outcomeOf, stopRuleOf, type TmuxSession } from "./parse.ts";
import { drainedPane, endProcesses } from "./end_processes.ts";

/** Ends the processes of a session, and remembers it. */
export async function endSession(
  client: TmuxClient,
  memory: Memory,
  session: TmuxSession,
  { graceful = true, timeout }: StopOptions,
): Promise<StopResult> {
  const rule = stopRuleOf(session.panes[0]);
  const seconds = timeout ?? rule.timeout;
  const { status } = session;
  const wasRunning = status.state === SessionState.RUNNING;
  if (!wasRunning && !status.managed) return notRunning(status);
  // How it ended is known only as long as tmux holds it.
  if (!wasRunning) await memory.look(status.name);
  const started = performance.now();
  // Of a command that has ended, something may live on.
  const { signals, survivors } = await endProcesses(
    client,
    session,
    graceful ? seconds * 1000 : null,
  );
  const result = {
    ...notRunning(status),
    signals,
    durationMs: Math.round(performance.now() - started),
    survivors,
  };
  if (!wasRunning || survivors.length > 0) return result;
  const pane = await drainedPane(client, session.panes[0]);
  const { exitCode, signal } = outcomeOf(pane);
  if (status.managed) memory.stopped(session, { exitCode, signal });
  return { ...result, stopped: true, exitCode, signal };
}

/** Removes a session, unless somebody has started it again meanwhile. */
export async function removeSession(
  client: TmuxClient,
  { id, panes: [pane] }: TmuxSession,
): Promise<void> {
  const run = pane?.["@kstlib_run"];
  await client.attempt(
    pane && run
      ? removeScript(id, pane.pane_id, run)
      : line("kill-session", "-t", id) + "\n",
  );
}

/** What a stop comes to of what has ended by itself. */
function notRunning({ exitCode, signal }: SessionStatus): StopResult {
  return {
    stopped: false,
    signals: [],
    durationMs: 0,
    exitCode,
    signal,
    survivors: [],
  };
}
