/** What sessions have left running, whose panes have ended or are others' now. */
import { survivorNames } from "../../core/definition.ts";
import { LAUNCHER } from "./listing.ts";
import { isDead, type Pane, runOf, type TmuxSession } from "./parse.ts";
import type { ProcessTable } from "./processes.ts";

/** Whether something may live on that no pane shows. */
export function mayHaveLeft(session: TmuxSession): boolean {
  return session.panes.some((pane) => hasLeft(pane) || isTaken(session, pane));
}

/**
 * Whether its launcher has seen something that may live on, or was killed before
 * it could look: then it has told nothing.
 */
function hasLeft(pane: Pane): boolean {
  if (!isDead(pane) || pane["@kstlib_run"] === "") return false;
  const told = pane["@kstlib_left"];
  return told === "" ? pane.pane_dead_signal !== "" : told !== "0";
}

/** Whether a user has respawned the pane with a command of another's. */
function isTaken({ isLaunched }: TmuxSession, pane: Pane): boolean {
  return isLaunched && pane.pane_start_command !== LAUNCHER;
}

/** The session, its status with what is left of it. */
export function withLeft(
  session: TmuxSession,
  table: ProcessTable,
): TmuxSession {
  if (!mayHaveLeft(session)) return session;
  const left = session.panes.flatMap((pane) =>
    table.treeOf(NaN, runOf(pane)?.tag ?? null)
  );
  if (left.length === 0) return session;
  const when = session.panes.some((pane) => isTaken(session, pane))
    ? " when its pane was respawned"
    : "";
  const detail = `left running${when}: ${survivorNames(left)}`;
  return { ...session, status: { ...session.status, detail } };
}
