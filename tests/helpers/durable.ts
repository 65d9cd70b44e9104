/** What is kept of the sessions of one tmux server: logs and history. */
import type { Run } from "../../src/core/definition.ts";
import { History } from "../../src/state/history.ts";
import { folderOf } from "../../src/state/paths.ts";
import { TmuxRunner } from "../../src/engines/tmux/runner.ts";
import type { Sandbox } from "./sandbox.ts";

/** A runner that remembers, and what it keeps. */
export class Durable {
  /** The state folder: where the CLI has it too. */
  readonly root: string;
  /** The runner. */
  readonly runner: TmuxRunner;
  /** What it warned of. */
  readonly warnings: string[] = [];
  readonly #socketName: string | null;

  /** @param options Where it remembers, and on which server. */
  constructor(
    sandbox: Sandbox,
    { root = sandbox.path("home/.local/state/kstlib/ops"), socketName = null }:
      { readonly root?: string; readonly socketName?: string | null } = {},
  ) {
    this.root = root;
    this.#socketName = socketName;
    this.runner = new TmuxRunner({
      socketName,
      stateFolder: root,
      warn: ({ message }) => this.warnings.push(message),
    });
  }

  /** The files of a session. */
  of(name: string): History {
    const socketName = this.#socketName;
    const key = { name, backend: "tmux", socketName, runtime: null } as const;
    return new History(folderOf(this.root, key));
  }

  /** The bytes that are kept of a run, as one text. */
  log(name: string, run = 1): string {
    return this.of(name).logs(run).map(readWhole).join("");
  }

  /** The last run, after the engine has been asked. */
  async last(name: string): Promise<Run> {
    const last = (await this.runner.history(name)).at(-1);
    if (last === undefined) throw new Error(`no run of ${name} is remembered`);
    return last;
  }
}

/** The numbers from one to another, as a terminal gets them from `seq`. */
export function numbered(first: number, last: number): string {
  const lines = Array.from(
    { length: last - first + 1 },
    (_, i) => `${first + i}\r\n`,
  );
  return lines.join("");
}

function readWhole(path: string): string {
  return Deno.readTextFileSync(path);
}
