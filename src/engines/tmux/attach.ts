/** Hands the terminal to a session. */
import { SessionAttachError } from "../../core/errors.ts";
import {
  type AttachResult,
  BackendType,
  SessionState,
} from "../../core/definition.ts";
import { line } from "./args.ts";
import type { TmuxClient } from "./client.ts";
import type { TmuxSession } from "./parse.ts";
import { isInside } from "./sockets.ts";

/**
 * Attaches to a session; inside its own server, switches to it.
 *
 * @throws {SessionAttachError} If it is not running, or without a terminal.
 */
export async function attachTo(
  client: TmuxClient,
  { id, panes: [before], status }: TmuxSession,
): Promise<AttachResult> {
  if (status.state !== SessionState.RUNNING) {
    throw new SessionAttachError(
      status.name,
      BackendType.TMUX,
      `it has ${status.state}; see its output with "ops logs ${status.name}"`,
    );
  }
  if (isInside(status.pid)) {
    await client.perform(line("switch-client", "-t", id) + "\n");
    return {
      switched: true,
      ended: false,
      restarted: false,
      exitCode: null,
      signal: null,
    };
  }
  if (!client.isTerminal()) {
    throw new SessionAttachError(
      status.name,
      BackendType.TMUX,
      "standard input and output are not a terminal; run it in one",
    );
  }
  await client.attach(["attach-session", "-t", id]);
  const after = (await client.sessions()).find((s) => s.id === id);
  const isRunning = after?.status.state === SessionState.RUNNING;
  // Another run in its place; a foreign session has none.
  const run = before?.["@kstlib_run"];
  const restarted = isRunning && after.panes[0]?.["@kstlib_run"] !== run;
  return {
    switched: false,
    ended: !isRunning || restarted,
    restarted,
    exitCode: after?.status.exitCode ?? null,
    signal: after?.status.signal ?? null,
  };
}
