import { assertEquals, assertInstanceOf } from "@std/assert";
import {
  type OpsError,
  PermissionError,
  StateError,
} from "../../../src/core/errors.ts";
import { History } from "../../../src/state/history.ts";
import {
  allRemembered,
  lastRunsOf,
  newestFirst,
  removedStatus,
} from "../../../src/state/lookup.ts";
import { memoryOf } from "../../../src/state/memory.ts";
import { folderOf, type SessionKey } from "../../../src/state/paths.ts";
import type { Run } from "../../../src/core/status.ts";

const LIMITS = { maxSize: 65_536, maxFiles: 2 };
const tmux = (name: string, socketName: string | null = null): SessionKey => ({
  name,
  backend: "tmux",
  socketName,
  runtime: null,
});
const docker = (name: string): SessionKey => ({
  name,
  backend: "container",
  socketName: null,
  runtime: "docker",
});

/** A state folder that goes away with the test. */
class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "ops-lookup-" });

  /** Remembers a run that began at this minute. */
  run(key: SessionKey, minute: number): Run {
    const history = new History(folderOf(this.path, key));
    const begun = history.begin(key, "sleep 9", LIMITS);
    const startedAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
    return history.end({ ...begun, startedAt }, {
      endedAt: null,
      endedBy: "itself",
      exitCode: 0,
      signal: null,
      oomKilled: null,
      restartCount: 0,
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("lastRunsOf() begins with the most recent one, wherever", () => {
  using folder = new Folder();
  const memory = { stateFolder: folder.path };
  assertEquals(lastRunsOf("bot", memory), []);

  const first = folder.run(tmux("bot"), 1);
  folder.run(tmux("bot2"), 9);
  assertEquals(lastRunsOf("bot", memory)[0], first);

  const onDocker = folder.run(docker("bot"), 3);
  folder.run(tmux("bot", "work"), 2);
  assertEquals(lastRunsOf("bot", memory)[0], onDocker);

  const again = folder.run(tmux("bot", "work"), 4);
  assertEquals([again.run, again.socketName], [2, "work"]);
  assertEquals(lastRunsOf("bot", memory)[0], again);
  assertEquals(lastRunsOf("bot", memory), [again, onDocker, first]);
  assertEquals(lastRunsOf("bo", memory), []);
});

Deno.test("lastRunsOf() finds names of any kind", () => {
  using folder = new Folder();
  const memory = { stateFolder: folder.path };
  for (const name of ["..", "a/b", "50%", "ünï", "0"]) {
    const run = folder.run(tmux(name, name), 1);
    assertEquals(lastRunsOf(name, memory)[0], run, name);
  }
});

Deno.test("allRemembered() has every session, and its last runs", () => {
  using folder = new Folder();
  const memory = { stateFolder: folder.path };
  const old = folder.run(tmux("bot"), 1);
  const last = folder.run(tmux("bot"), 2);
  const other = folder.run(docker("web"), 3);
  // Neither is ours, and nothing is lost by that.
  Deno.mkdirSync(`${folder.path}/tmux/%zz`);
  Deno.mkdirSync(`${folder.path}/docker/empty`);

  const all = (limit: number) => allRemembered(memory, () => true, limit);
  assertEquals(all(9), [
    { key: tmux("bot"), runs: [old, last] },
    { key: docker("empty"), runs: [] },
    { key: docker("web"), runs: [other] },
  ]);
  assertEquals(all(1)[0]?.runs, [last]);
  assertEquals(
    allRemembered(memory, ({ backend }) => backend === "tmux", 9).length,
    1,
  );
  assertEquals([old, other, last].sort(newestFirst), [other, last, old]);
});

Deno.test("what cannot be read is forgotten, and warned of", () => {
  using folder = new Folder();
  const file = `${folder.path}/file`;
  Deno.writeTextFileSync(file, "");
  const warnings: OpsError[] = [];
  const memory = {
    stateFolder: file,
    warn: (warning: OpsError) => warnings.push(warning),
  };
  assertEquals(lastRunsOf("bot", memory), []);
  assertEquals(allRemembered(memory, () => true, 9), []);
  assertEquals(warnings.length, 2);
  assertInstanceOf(warnings[0], StateError);
  assertEquals(lastRunsOf("bot", { stateFolder: null }), []);
});

Deno.test("memoryOf() settles the folder", () => {
  assertEquals(memoryOf({ stateFolder: null }).stateFolder, null);
  assertEquals(memoryOf({ stateFolder: "/x" }).stateFolder, "/x");
  const before = Deno.env.get("XDG_STATE_HOME");
  try {
    Deno.env.set("XDG_STATE_HOME", "/state");
    assertEquals(memoryOf({}).stateFolder, "/state/kstlib/ops");
  } finally {
    if (before === undefined) Deno.env.delete("XDG_STATE_HOME");
    else Deno.env.set("XDG_STATE_HOME", before);
  }
});

Deno.test({
  name: "memoryOf() goes on where it may not find out",
  permissions: { env: ["HOME"] },
  fn: () => {
    const warnings: OpsError[] = [];
    const { stateFolder } = memoryOf({ warn: (it) => warnings.push(it) });
    assertEquals(stateFolder, null);
    assertEquals(warnings.length, 1);
    assertInstanceOf(warnings[0], PermissionError);
    assertEquals(memoryOf({}).stateFolder, null);
  },
});

Deno.test("removedStatus() is that of a run, and no process", () => {
  using folder = new Folder();
  const run = {
    ...folder.run(docker("web"), 1),
    endedAt: "2026-01-01T00:05:00.000Z",
    exitCode: 137,
    oomKilled: true,
  };
  const status = removedStatus(run);
  assertEquals(
    [status.state, status.detail, status.managed, status.exitCode],
    ["stopped", "removed", true, 137],
  );
  assertEquals([status.runtime, status.oomKilled], ["docker", true]);
  assertEquals(
    [status.pid, status.panePid, status.createdAt],
    Array(3).fill(null),
  );
  assertEquals(status.finishedAt, run.endedAt);
  assertEquals(status.lastRun, run);
});
