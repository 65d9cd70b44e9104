/** Processes of sessions whose server no longer has them. */
import { OpsError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell_word.ts";
import {
  BackendType,
  SessionState,
  type SessionStatus,
  sessionStatus,
  survivorNames,
} from "../../core/status.ts";
import type { Scan, TmuxClient } from "./client.ts";
import { runOf } from "./parse.ts";
import type { Process, ProcessTable } from "./processes.ts";

/** What lives of a session and belongs to no pane that its socket leads to. */
export interface Strays {
  /** What belongs to no server any more. */
  readonly processes: readonly Process[];
  /** A server that has the session, but cannot be reached: its socket is gone. */
  readonly server: Process | null;
  /** Whether another server has the path of that socket now. */
  readonly isTaken: boolean;
}

/** Nothing lives on unseen. */
export const NO_STRAYS: Strays = {
  processes: [],
  server: null,
  isTaken: false,
};

/** Whether anything lives on. */
export function isAny({ processes, server }: Strays): boolean {
  return processes.length > 0 || server !== null;
}

/** What lives of a session and belongs to no pane of its server. */
export function straysOf(
  name: string,
  { sessions, table, socketPath, isAnswered }: Scan,
): Strays {
  const session = `${socketPath}:${name}`;
  const owned = table.ownedBy((owner) => owner === session);
  const panes = owned.length === 0 ? [] : [...sessions.byPane.values()];
  const held = new Set(panes.map((pane) => runOf(pane)?.tag));
  return toStrays(
    owned.filter(({ tag }) => !held.has(tag ?? undefined)),
    table,
    isAnswered,
  );
}

/** What to do about a server whose socket is gone. */
function reviving({ pid }: Process, isTaken: boolean): string {
  return isTaken
    // It would take the path from the other server, and what is on that one asks
    // for its server by this path.
    ? `another server has its place now: end it with "kill -TERM ${pid}" and ` +
      "start its sessions again, or stop those of the other one and then " +
      `"kill -USR1 ${pid}"`
    : `"kill -USR1 ${pid}" makes it anew`;
}

/** Where what a server has lost is, and what to do about it, for people. */
export function unreachable({ server, isTaken }: Strays): string {
  return `it runs on a tmux server (process ${server!.pid}) whose socket is ` +
    `gone; ${reviving(server!, isTaken)}`;
}

/** The status of a session of which its server, if any, does not tell. */
export function lostStatus(
  { name, socketName, command = null, startedAt = null }:
    & Pick<SessionStatus, "name" | "socketName">
    & Partial<Pick<SessionStatus, "command" | "startedAt">>,
  { processes, server }: Strays,
): SessionStatus {
  return sessionStatus({
    name,
    state: SessionState.UNKNOWN,
    backend: BackendType.TMUX,
    socketName,
    managed: true,
    command,
    startedAt,
    detail: server === null
      ? `lost by tmux, but running: ${survivorNames(processes)}`
      : `the socket of its tmux server (process ${server.pid}) is gone`,
  });
}

function toStrays(
  strays: readonly Process[],
  table: ProcessTable,
  isTaken: boolean,
): Strays {
  const servers = strays.map((process) => table.serverOf(process));
  return {
    processes: strays.filter((_, i) => servers[i] === undefined),
    server: servers.find((server) => server !== undefined) ?? null,
    isTaken,
  };
}

/** What lives of one session that its server has lost. */
export interface Lost extends Strays {
  /** The session's name. */
  readonly name: string;
  /** Label of its socket. */
  readonly label: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * What lives of any session and belongs to no pane of its server. Of a server
 * that does not answer, nobody knows what it has.
 *
 * @param clients Those of all servers of this user.
 */
export async function findLost(
  clients: readonly TmuxClient[],
): Promise<Lost[]> {
  const [first] = clients;
  if (first === undefined) return [];
  const { table, socketPath } = await first.scan();
  const folder = socketPath.slice(0, socketPath.lastIndexOf("/") + 1);
  const ours = table.ownedBy((owner) => owner.startsWith(folder));
  if (ours.length === 0) return [];

  const held = new Set<string | null>();
  const silent = new Set<string>();
  const answering = new Set<string>();
  await Promise.all(clients.map(async (client) => {
    try {
      for (const pane of (await client.list()).byPane.values()) {
        held.add(runOf(pane)?.tag ?? null);
        answering.add(client.label);
      }
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      silent.add(client.label);
    }
  }));
  const byOwner = Map.groupBy(
    ours.filter(({ tag }) => !held.has(tag)),
    ({ owner }) => owner!.slice(folder.length),
  );
  return Array.from(byOwner, ([owner, processes]) => {
    const label = owner.slice(0, owner.lastIndexOf(":"));
    const name = owner.slice(owner.lastIndexOf(":") + 1);
    const strays = toStrays(processes, table, answering.has(label));
    const remedy = strays.server === null
      ? `ops stop ${shellWord(name)} --socket ${shellWord(label)}`
      : reviving(strays.server, strays.isTaken);
    return { ...strays, label, name, remedy };
  }).filter(({ label }) => !silent.has(label));
}
