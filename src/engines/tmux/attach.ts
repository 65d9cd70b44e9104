/** Hands the terminal to a session. */
import { SessionAttachError } from "../../core/errors.ts";
import {
  type AttachResult,
  BackendType,
  SessionState,
  type SessionStatus,
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
  notify: (text: string) => void = () => {},
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
  notify(greeting(status, before?.prefix ?? ""));
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

/** Where the terminal is now, and how to get it back. */
function greeting(
  { name, socketName }: SessionStatus,
  prefix: string,
): string {
  const place = socketName === null ? "tmux" : `tmux:${socketName}`;
  const leave = /^(?:None)?$/.test(prefix)
    ? "tmux's detach-client"
    : `${prefix} d`;
  // A stranger's name can hold what would move the cursor.
  const shown = name.replace(/\p{Cc}/gu, "?");
  return `attached to ${shown} (${place}); leave with ${leave}\n`;
}
