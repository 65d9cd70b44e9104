import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunEnd } from "../../../src/core/definition.ts";
import { History, MAX_RUNS } from "../../../src/state/history.ts";
import { Recorder } from "../../../src/state/recorder.ts";
import { folderOf, nameOf } from "../../../src/state/paths.ts";

const key = {
  name: "bot",
  backend: "tmux",
  socketName: null,
  runtime: null,
} as const;
const limits = { maxSize: 65_536, maxFiles: 2 };
const outcome = {
  endedAt: "2026-11-23T12:00:00.000Z",
  endedBy: RunEnd.STOP,
  exitCode: 0,
  signal: null,
  oomKilled: null,
  restartCount: 0,
};

/** Calls with a history in a folder of its own that is not there yet. */
function withHistory(work: (history: History, root: string) => void): void {
  const root = Deno.makeTempDirSync({ prefix: "ops-test-" });
  try {
    work(new History(folderOf(root, key)), root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("a run counts once its engine has it, and is forgotten if it never has", () => {
  withHistory((history) => {
    assertEquals(history.all(), []);
    const run = history.begin(key, "./bot", limits);
    assertEquals([run.run, history.last()], [1, null]);
    history.confirm(run, "42");
    assertEquals(history.last(), run);
    assertEquals(history.engineOf(run), "42");

    const next = history.begin(key, "./bot", limits);
    assertEquals(next.run, 2);
    history.discard(next);
    assertEquals(history.all(), [run]);
  });
});

Deno.test("a run that left traces counts, whoever was killed at its start", () => {
  withHistory((history) => {
    const run = history.begin(key, "./bot", limits);
    Deno.writeTextFileSync(`${history.prefix(1)}.end`, "0 - 1 final\n");
    assertEquals(history.last(), run);
  });
});

Deno.test("an end is remembered, and not undone by a late confirmation", () => {
  withHistory((history) => {
    const run = history.begin(key, "./bot", limits);
    history.confirm(run, "42");
    const ended = history.end(run, outcome);
    history.confirm(run, "42");
    assertEquals(history.last(), ended);
    assertEquals(ended.endedBy, "stop");
  });
});

Deno.test("what is cut off is no run, and keeps no number from being given", () => {
  withHistory((history) => {
    const run = history.begin(key, "./bot", limits);
    history.confirm(run, "42");
    Deno.writeTextFileSync(`${history.prefix(2)}.json`, '{"name": "b');
    Deno.writeTextFileSync(`${history.prefix(3)}.json`, "");
    assertEquals(history.all(), [run]);
    assertEquals(history.begin(key, "./bot", limits).run, 4);
  });
});

Deno.test("all is for the user's eyes only", () => {
  withHistory((history, root) => {
    history.confirm(history.begin(key, "./bot", limits), "42");
    const modes = [`${root}/tmux`, history.folder, `${history.prefix(1)}.json`]
      .map((path) => Deno.statSync(path).mode! & 0o777);
    assertEquals(modes, [0o700, 0o700, 0o600]);
  });
});

Deno.test("the oldest logs make room for a whole new file", () => {
  withHistory((history) => {
    for (const run of [1, 2, 3]) {
      history.confirm(history.begin(key, "./bot", limits), "42");
      const text = "x".repeat(40_000);
      Deno.writeTextFileSync(`${history.prefix(run)}.000001.log`, text);
    }
    history.begin(key, "./bot", limits);
    const kept = [1, 2, 3].map((run) => history.logs(run).length);
    assertEquals(kept, [0, 0, 1]);
  });
});

Deno.test("no more runs are remembered than that", () => {
  withHistory((history) => {
    history.confirm(history.begin(key, "./bot", limits), "42");
    const text = Deno.readTextFileSync(`${history.prefix(1)}.json`);
    for (let run = 2; run <= MAX_RUNS; run++) {
      Deno.writeTextFileSync(`${history.prefix(run)}.json`, text);
    }
    history.confirm(history.begin(key, "./bot", limits), "42");
    const files = [...Deno.readDirSync(history.folder)];
    assertEquals(files.length, MAX_RUNS);
    assertEquals(history.read(1), null);
  });
});

Deno.test("a recorder that cannot write warns once, and keeps nobody from work", () => {
  withHistory((_, root) => {
    const file = `${root}/file`;
    Deno.writeTextFileSync(file, "");
    const warnings: string[] = [];
    const recorder = new Recorder({
      stateFolder: file,
      warn: (warning) => warnings.push(warning.message),
    });
    assertEquals(recorder.begin(key, "./bot", limits), null);
    assertEquals(recorder.begin(key, "./bot", limits), null);
    assertEquals(recorder.remembered(key), []);
    assertEquals(warnings.length, 1);
    assert(warnings[0]?.includes("logs and history"), warnings[0]);
  });
});

Deno.test("a launcher that has lost its engine notes it after all", () => {
  withHistory((history, root) => {
    const recorder = new Recorder({ stateFolder: root });
    const run = recorder.begin(key, "./bot", limits)!;
    recorder.confirm(run, "42");
    const lost = recorder.settle(run, null);
    assertEquals([lost.endedBy, lost.endedAt], ["engine_gone", null]);
    // It may still be cleaning up: what is not known yet is asked for again.
    assertEquals(recorder.settle(lost, null), lost);
    const epoch = Math.floor(Date.now() / 1000) + 60;
    const notes = `3 - ${epoch} gone\n`;
    Deno.writeTextFileSync(`${history.prefix(run.run)}.end`, notes);
    const ended = recorder.settle(lost, null);
    const endedAt = new Date(epoch * 1000).toISOString();
    assertEquals([ended.endedBy, ended.exitCode, ended.endedAt], [
      ...["engine_gone", 3, endedAt],
    ]);
    assertEquals(recorder.last(key), ended);
  });
});

Deno.test("any name and socket has a folder of its own below the root", () => {
  const names = ["bot", "a b", "..", ".", "a/b", "ünï", "%2E", "a\nb"];
  const folders = names.map((name) => folderOf("/s", { ...key, name }));
  assertEquals(new Set(folders).size, names.length);
  for (const [i, folder] of folders.entries()) {
    assert(/^\/s\/tmux\/default\/[^/]+$/.test(folder), folder);
    const file = folder.split("/").at(-1)!;
    assert(file !== "." && file !== "..", folder);
    assertEquals(nameOf(file), names[i]);
  }
});

Deno.test("what a killed writer left goes with a later start", () => {
  withHistory((history) => {
    const { run } = history.begin(key, "./bot", limits);
    const old = `${history.prefix(run)}.json.0.new`;
    const young = `${history.prefix(run)}.json.1.new`;
    for (const path of [old, young]) Deno.writeTextFileSync(path, "{");
    const aDayAgo = Date.now() / 1000 - 86_400;
    Deno.utimeSync(old, aDayAgo, aDayAgo);
    history.begin(key, "./bot", limits);
    const names = [...Deno.readDirSync(history.folder)].map(({ name }) => name);
    assertEquals(names.filter((name) => name.endsWith(".new")), [
      young.slice(history.folder.length + 1),
    ]);
  });
});

Deno.test("a record that is damaged is named, and hides no other", () => {
  withHistory((_, root) => {
    const folder = folderOf(root, key);
    const warnings: string[] = [];
    const history = new History(
      folder,
      ({ message }) => warnings.push(message.replace(`${folder}/`, "")),
    );
    const good = history.begin(key, "./bot", limits);
    history.confirm(good, "42");
    const remedy = "what it told of that run is lost; remove it";
    const whole = Deno.readTextFileSync(`${history.prefix(1)}.json`);
    const cases: [text: string, reason: RegExp][] = [
      ["{", /^Expected property name/],
      ["null", /^it is no record of a run$/],
      ['{"run":1}', /^"name" in it is missing$/],
      [whole.replace('"bot"', "3"), /^"name" in it makes no sense$/],
      [whole.replace(/"20[^"]*"/, '"soon"'), /^"startedAt" in it makes no/],
      [whole.replace('"tmux"', '"vm"'), /^"backend" in it makes no sense$/],
      [whole.replace(/"engine": .*/, '"engine": 1'), /^"engine" in it makes/],
    ];
    for (const [text, reason] of cases) {
      Deno.writeTextFileSync(`${history.prefix(2)}.json`, text);
      warnings.length = 0;
      assertEquals(history.all(), [good], text);
      const [, said] = /^000002\.json cannot be used \((.*)\): (.*)$/s
        .exec(warnings[0]!)!.slice(0, 2);
      assertMatch(said!, reason);
      assertEquals(warnings[0]!.endsWith(`: ${remedy}`), true);
      assertEquals([warnings.length, history.last()], [1, good]);
      // Nothing that is done with it fails either.
      assertEquals(history.adopt(2, "42"), null);
      assertEquals(history.engineOf({ ...good, run: 2 }), null);
    }
  });
});

Deno.test("a recorder names a damaged record once", () => {
  withHistory((history, root) => {
    history.confirm(history.begin(key, "./bot", limits), "42");
    Deno.writeTextFileSync(`${history.prefix(1)}.json`, "{");
    const warnings: string[] = [];
    const recorder = new Recorder({
      stateFolder: root,
      warn: ({ message }) => warnings.push(message),
    });
    assertEquals([recorder.last(key), recorder.remembered(key)], [null, []]);
    assertEquals(warnings.length, 1);
  });
});
