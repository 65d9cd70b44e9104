/**
 * Marks of runs that are not known to have ended, as empty files: a list that
 * misses one of them looks for it. Containers are in every list of their engine,
 * so they need none.
 *
 *     open/tmux/default/bot.7    run 7 of "bot"
 */
import { BackendType } from "../core/status.ts";
import { createFile, makeFolder, namesIn, removeFile } from "./files.ts";
import { type Memory, readOrWarn } from "./memory.ts";
import { folderOf, nameOf, type SessionKey } from "./paths.ts";

const FOLDER = "open";

/** A run that is not known to have ended. */
export interface OpenRun {
  /** Its session. */
  readonly key: SessionKey;
  /** Its number. */
  readonly run: number;
}

/** Marks a run as begun. */
export function markOpen(root: string, { key, run }: OpenRun): void {
  if (key.backend !== BackendType.TMUX) return;
  const path = pathOf(root, { key, run });
  makeFolder(path.slice(0, path.lastIndexOf("/")));
  createFile(path, "");
  // Its writer may have been killed before it could remove it.
  removeFile(pathOf(root, { key, run: run - 1 }));
}

/** Marks a run as ended. */
export function markEnded(root: string, { key, run }: OpenRun): void {
  if (key.backend === BackendType.TMUX) removeFile(pathOf(root, { key, run }));
}

/** All that are marked. */
export function openRuns(memory: Memory): OpenRun[] {
  return readOrWarn(memory, openRunsIn);
}

function openRunsIn(root: string): OpenRun[] {
  const folder = `${root}/${FOLDER}/tmux`;
  return namesIn(folder).flatMap((label) => {
    const socketName = nameOf(label) === "default" ? null : nameOf(label);
    return namesIn(`${folder}/${label}`).flatMap((file) => {
      const [, name, run] = /^(.+)\.(\d+)$/.exec(file) ?? [];
      if (name === undefined) return [];
      const place = { backend: BackendType.TMUX, socketName, runtime: null };
      return [{ key: { ...place, name: nameOf(name) }, run: Number(run) }];
    });
  });
}

function pathOf(root: string, { key, run }: OpenRun): string {
  return `${folderOf(`${root}/${FOLDER}`, key)}.${run}`;
}
