/** Finds what is remembered of sessions, also of those that are gone. */
import {
  BackendType,
  ContainerRuntime,
  type Run,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../core/status.ts";
import { namesIn } from "./files.ts";
import { History } from "./history.ts";
import { type Memory, readOrWarn } from "./memory.ts";
import { folderOf, nameOf, type SessionKey } from "./paths.ts";

/** What {@linkcode SessionStatus.detail} says of a session that is gone. */
export const REMOVED = "removed";

/**
 * The last run of each session of exactly that name: at most one per place, the
 * last one to begin first.
 */
export function lastRunsOf(name: string, memory: Memory): Run[] {
  return readOrWarn(memory, placesBelow)
    .map((place) => ({ ...place, name }))
    .flatMap((key) => readOf(key, memory, (it) => [it.last() ?? []].flat()))
    .sort(newestFirst);
}

/** A session that is remembered, and its runs, the oldest first. */
export interface Remembered {
  /** Its place and name. */
  readonly key: SessionKey;
  /** Its runs. */
  readonly runs: readonly Run[];
}

/**
 * All sessions that are remembered.
 *
 * @param isMeant Whether a session is of interest.
 * @param limit The most runs of each: its last ones.
 */
export function allRemembered(
  memory: Memory,
  isMeant: (key: SessionKey) => boolean,
  limit: number,
): Remembered[] {
  const keys = readOrWarn(
    memory,
    (root) => placesBelow(root).flatMap((place) => keysAt(root, place)),
  );
  return keys.filter(isMeant).flatMap((key) =>
    readOf(key, memory, (it) => [{ key, runs: it.all(limit) }])
  );
}

/** One session's history: where it cannot be read, those of others can. */
function readOf<T>(
  key: SessionKey,
  memory: Memory,
  read: (history: History) => T[],
): T[] {
  const { stateFolder, warn } = memory;
  if (stateFolder === null) return [];
  const history = new History(folderOf(stateFolder, key), warn);
  return readOrWarn(memory, () => read(history), history.folder);
}

/** Orders runs so that the last one to begin is the first. */
export function newestFirst(a: Run, b: Run): number {
  return Date.parse(b.startedAt) - Date.parse(a.startedAt) || b.run - a.run;
}

/** The status of a session that no engine has any more. */
export function removedStatus(run: Run): SessionStatus {
  return sessionStatus({
    name: run.name,
    state: SessionState.STOPPED,
    backend: run.backend,
    socketName: run.socketName,
    runtime: run.runtime,
    exitCode: run.exitCode,
    signal: run.signal,
    oomKilled: run.oomKilled,
    startedAt: run.startedAt,
    finishedAt: run.endedAt,
    detail: REMOVED,
    managed: true,
    command: run.command,
    lastRun: run,
  });
}

type PlaceKey = Omit<SessionKey, "name">;

function placesBelow(root: string): PlaceKey[] {
  const sockets = namesIn(`${root}/tmux`).flatMap(toName).map((label) => ({
    backend: BackendType.TMUX,
    // As a status has it.
    socketName: label === "default" ? null : label,
    runtime: null,
  }));
  const runtimes = Object.values(ContainerRuntime).map((runtime) => ({
    backend: BackendType.CONTAINER,
    socketName: null,
    runtime,
  }));
  return [...sockets, ...runtimes];
}

function keysAt(root: string, place: PlaceKey): SessionKey[] {
  const folder = folderOf(root, { ...place, name: "" });
  return namesIn(folder).flatMap(toName).map((name) => ({ ...place, name }));
}

/** None for a folder that is not ours. */
function toName(fileName: string): string[] {
  try {
    return [nameOf(fileName)];
  } catch (error) {
    if (error instanceof URIError) return [];
    throw error;
  }
}
