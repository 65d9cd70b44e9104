/** What sessions that have ended have left running. */
import { survivorNames } from "../../core/definition.ts";
import { isDead, runOf, type TmuxSession } from "./parse.ts";
import type { ProcessTable } from "./processes.ts";

/** Whether its launcher has seen something that may live on. */
export function mayHaveLeft({ panes }: TmuxSession): boolean {
  return panes.some((pane) => isDead(pane) && pane["@kstlib_left"] !== "");
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
  const detail = `left running: ${survivorNames(left)}`;
  return { ...session, status: { ...session.status, detail } };
}
