/** Processes of sessions whose server no longer has them. */
import { OpsError } from "../../core/errors.ts";
import type { Scan, TmuxClient } from "./client.ts";
import { runOf } from "./parse.ts";
import type { Process, ProcessTable } from "./processes.ts";

/** What lives of a session and belongs to no pane that its socket leads to. */
export interface Strays {
  /** What belongs to no server any more. */
  readonly processes: readonly Process[];
  /** A server that has the session, but cannot be reached: its socket is gone. */
  readonly server: Process | null;
}

/** What lives of a session and belongs to no pane of its server. */
export function straysOf(
  name: string,
  { sessions, table, socketPath }: Scan,
): Strays {
  const session = `${socketPath}:${name}`;
  const owned = table.ownedBy((owner) => owner === session);
  const panes = owned.length === 0 ? [] : [...sessions.byPane.values()];
  const held = new Set(panes.map((pane) => runOf(pane)?.tag));
  return toStrays(
    owned.filter(({ tag }) => !held.has(tag ?? undefined)),
    table,
  );
}

/** What to do about a server that cannot be reached, for people. */
export function unreachable({ pid }: Process): string {
  return `it runs on a tmux server (process ${pid}) whose socket is gone: ` +
    `"kill -USR1 ${pid}" makes it anew`;
}

function toStrays(
  strays: readonly Process[],
  table: ProcessTable,
): Strays {
  const servers = strays.map((process) => table.serverOf(process));
  return {
    processes: strays.filter((_, i) => servers[i] === undefined),
    server: servers.find((server) => server !== undefined) ?? null,
  };
}

/** What lives of one session that its server has lost. */
export interface Lost extends Strays {
  /** The session's name. */
  readonly name: string;
  /** Label of its socket. */
  readonly label: string;
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
  await Promise.all(clients.map(async (client) => {
    try {
      for (const pane of (await client.list()).byPane.values()) {
        held.add(runOf(pane)?.tag ?? null);
      }
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      silent.add(client.socketName ?? "default");
    }
  }));
  const byOwner = Map.groupBy(
    ours.filter(({ tag }) => !held.has(tag)),
    ({ owner }) => owner!.slice(folder.length),
  );
  return Array.from(byOwner, ([owner, processes]) => ({
    label: owner.slice(0, owner.lastIndexOf(":")),
    name: owner.slice(owner.lastIndexOf(":") + 1),
    ...toStrays(processes, table),
  })).filter(({ label }) => !silent.has(label));
}
