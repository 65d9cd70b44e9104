/** What a manager makes of engines that cannot be had at will. */
import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  EngineError,
  type OpsError,
  PermissionError,
  SessionConfigError,
  SessionNotFoundError,
  SessionStartError,
  SessionStopError,
} from "../../../src/core/errors.ts";
import { SessionManager } from "../../../src/fleet/session.ts";
import type { FindOptions } from "../../../src/fleet/session_options.ts";
import { listRuns } from "../../../src/fleet/history.ts";
import { History } from "../../../src/state/history.ts";
import { folderOf, type SessionKey } from "../../../src/state/paths.ts";
import { dockerInspected } from "../engines/container/answers.ts";
import { type Answer, FakeHost } from "../../helpers/fake_host.ts";

const ABSENT: Answer = { code: 1, stderr: "no server running on /tmp/x\n" };
const DEAD: Answer = {
  code: 1,
  stderr: "Cannot connect to the Docker daemon at unix:///x\n",
};

const NONE = "Error: no such container\n";

/** A host whose Docker does not run; tmux and Podman have no session. */
const host = new FakeHost(({ binary, args }) => {
  if (binary === "tmux") return ABSENT;
  if (binary === "docker") return DEAD;
  const isInspect = args.includes("inspect");
  return { code: isInspect ? 125 : 0, stdout: "[]", stderr: NONE };
});

/** A state folder that remembers these sessions, each with one run. */
function remembering(...keys: SessionKey[]): Disposable & { path: string } {
  const path = Deno.makeTempDirSync({ prefix: "ops-manager-" });
  for (const key of keys) {
    const history = new History(folderOf(path, key));
    const run = history.begin(key, "./bot", null);
    history.end(run, {
      endedAt: run.startedAt,
      endedBy: "itself",
      exitCode: 7,
      signal: null,
      oomKilled: null,
      restartCount: 0,
    });
  }
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

const bot: SessionKey = {
  name: "bot",
  backend: "tmux",
  socketName: "work",
  runtime: null,
};
const web: SessionKey = {
  name: "web",
  backend: "container",
  socketName: null,
  runtime: "docker",
};

Deno.test("find() is not kept from a past by an engine elsewhere", async () => {
  using folder = remembering(bot, web);
  const warnings: OpsError[] = [];
  const options: FindOptions = {
    host,
    stateFolder: folder.path,
    warn: (warning) => warnings.push(warning),
  };
  const found = await SessionManager.find("bot", options);
  assertEquals([found.backend, found.socketName], ["tmux", "work"]);
  assertInstanceOf(warnings[0], EngineError);
  assertEquals(warnings[0].message.includes("no other engine"), false);
  const { state, detail, exitCode } = await found.status();
  assertEquals([state, detail, exitCode], ["stopped", "removed", 7]);

  // Where it was is not elsewhere: it may be there still.
  await assertRejects(
    () => SessionManager.find("web", options),
    EngineError,
    "docker",
  );
  assertEquals(warnings.length, 1);
  // Nor may one that is to be acted on be somewhere else.
  for (const name of ["bot", "nobody"]) {
    await assertRejects(
      () =>
        SessionManager.find(name, { ...options, remembered: name !== "bot" }),
      EngineError,
      `; no other engine has "${name}"`,
    );
  }
});

Deno.test("find() asks for a permission rather than for the past", async () => {
  using folder = remembering(bot);
  const denied = new FakeHost(() =>
    new PermissionError("run tmux", "--allow-run=tmux")
  );
  await assertRejects(
    () =>
      SessionManager.find("bot", {
        host: denied,
        stateFolder: folder.path,
        socketName: "work",
      }),
    PermissionError,
  );
});

Deno.test("listRuns() asks no engine about what has ended", async () => {
  using folder = remembering(bot, web);
  const silent = new FakeHost(() => new Error("not expected"));
  const { runs, warnings } = await listRuns({
    host: silent,
    stateFolder: folder.path,
  });
  assertEquals(runs.map(({ name }) => name).sort(), ["bot", "web"]);
  assertEquals([warnings, silent.calls], [[], []]);
});

Deno.test("listRuns() asks only engines that may have something to say", async () => {
  using folder = remembering(bot, web);
  const db: SessionKey = { ...web, name: "db", runtime: "podman" };
  const history = new History(folderOf(folder.path, db));
  history.confirm(history.begin(db, "./db", null), "1");
  const before = host.calls.length;
  const { runs, warnings } = await listRuns({
    host,
    stateFolder: folder.path,
  });
  assertEquals(
    runs.map(({ name, endedBy }) => `${name} ${endedBy}`).sort(),
    ["bot itself", "db engine_gone", "web itself"],
  );
  // Docker, which is silent, has nothing that could have ended.
  assertEquals(warnings, []);
  const asked = host.calls.slice(before).map(({ binary }) => binary);
  assertEquals(asked.includes("tmux"), false);
});

Deno.test("listRuns() shows as open what a silent engine may still run", async () => {
  using folder = remembering();
  const history = new History(folderOf(folder.path, web));
  history.confirm(history.begin(web, "./web", null), "1");
  const { runs, warnings } = await listRuns({
    host,
    stateFolder: folder.path,
    runtime: "docker",
  });
  assertEquals(runs.map(({ name, endedBy }) => [name, endedBy]), [
    ["web", null],
  ]);
  assertEquals(warnings.length, 1);
  assertInstanceOf(warnings[0], EngineError);
});

Deno.test("a manager that only knows a name does not make one up", async () => {
  const options = { host, stateFolder: null };
  const ghost = new SessionManager("ghost", options);
  const acts = [
    () => ghost.restart(),
    () => ghost.status(),
    () => ghost.wait("stopped"),
  ];
  for (const act of acts) await assertRejects(act, SessionNotFoundError);
  assertEquals([await ghost.history(), await ghost.lastRun()], [[], null]);
});

Deno.test("restart() starts nothing beside what is still alive", async () => {
  const manager = new SessionManager("bot", {
    host,
    stateFolder: null,
    command: "./bot",
  });
  manager.stopAndReport = () =>
    Promise.resolve({
      stopped: false,
      signals: ["SIGKILL"],
      durationMs: 1,
      exitCode: null,
      signal: null,
      survivors: [{ pid: 7, command: "./bot" }],
      leftBehind: [],
    });
  manager.start = () => Promise.reject(new Error("not expected"));
  await assertRejects(
    () => manager.restart(),
    SessionStopError,
    "still alive: 7 (./bot); it was not started again",
  );
  await assertRejects(() => manager.stop(), SessionStopError, "7 (./bot)");
});

Deno.test("start() starts no shell that nobody has asked for", async () => {
  const silent = new FakeHost(() => new Error("not expected"));
  const options = { host: silent, stateFolder: null };
  const found = new SessionManager("bot", options);
  const refusal = 'session "bot" was not found (tmux): nothing says what to ' +
    "start: give it a command, or shell: true for an interactive shell";
  await assertRejects(() => found.start(), SessionNotFoundError, refusal);
  const asked = new SessionManager("bot", { ...options, shell: true });
  await assertRejects(
    () => asked.start(undefined, { shell: false }),
    SessionNotFoundError,
    refusal,
  );
  assertEquals(silent.calls, []);
  for (
    const other of [
      { command: "sleep 9" },
      { backend: "container", image: "nginx:1" },
    ] as const
  ) {
    assertThrows(
      () => new SessionManager("bot", { ...other, shell: true }),
      SessionConfigError,
      "shell: is for a session on tmux without a command",
    );
  }
});

Deno.test("restart() stops nothing that it could not start", async () => {
  const labels = { "io.kstlib.ops.managed": "true" };
  const Config = { Tty: true, Image: "nginx:1", Labels: labels };
  const docker = new FakeHost(({ args }) => ({
    stdout: args[0] === "container"
      ? JSON.stringify([dockerInspected({}, { Config })])
      : "",
  }));
  const stateFolder = null;
  const web = new SessionManager("web", {
    backend: "container",
    runtime: "docker",
    command: "sleep 9",
    host: docker,
    stateFolder,
  });
  await assertRejects(
    () => web.restart(),
    SessionStartError,
    "there is no such container yet, and no image to make it from: name one",
  );
  assertEquals(docker.calls.map(({ args }) => args[0]), ["container"]);

  const silent = new FakeHost(() => new Error("not expected"));
  const named = new SessionManager("1web", {
    command: "sleep 9",
    host: silent,
    stateFolder,
  });
  await assertRejects(
    () => named.restart(),
    SessionConfigError,
    'name: "1web" cannot name a new session',
  );
  assertEquals(silent.calls, []);

  // It is looked for where it is run, and that is not always this machine.
  const far = new FakeHost(() => new Error("not expected"), ["/srv/far"]);
  const lost = new SessionManager("bot", {
    command: "sleep 9",
    workingDir: "/srv/gone",
    host: far,
    stateFolder,
  });
  await assertRejects(
    () => lost.restart(),
    SessionStartError,
    'session "bot" could not be started (tmux): working_dir: "/srv/gone" does not exist; create it or name another',
  );
  assertEquals(far.calls, []);
});

Deno.test("restart() takes a folder that is on its host only", async () => {
  const host = new FakeHost(
    ({ stdin }) =>
      stdin?.includes("load-buffer")
        ? {
          stdout: "\nkstlib-whole\nkstlib-listed 0\nkstlib-socket /x/default\n",
        }
        : ABSENT,
    ["/srv/far"],
  );
  const bot = new SessionManager("bot", {
    command: "sleep 9",
    workingDir: "/srv/far",
    host,
    stateFolder: null,
  });
  await assertRejects(() => bot.restart(), SessionStartError);
  assertEquals(host.calls.some(({ cwd }) => cwd === "/srv/far"), true);
});

Deno.test("start() takes what it was called with, whatever becomes of it", async () => {
  const refusing = new FakeHost(({ stdin }) =>
    stdin?.includes("new-session") ? { code: 1, stderr: "no space for it" } : {
      stdout: "\nkstlib-whole\nkstlib-listed 0\nkstlib-socket /x/default\n",
    }
  );
  const bot = new SessionManager("bot", {
    command: "sleep 9",
    host: refusing,
    stateFolder: null,
  });
  const env: Record<string, string> = { WHICH: "first" };
  const started = bot.start(undefined, { env });
  env["WHICH"] = "second";
  await assertRejects(() => started, SessionStartError);
  const script = refusing.calls.findLast(({ stdin }) =>
    stdin?.includes("new-session")
  )?.stdin;
  assertStringIncludes(script!, "WHICH=first");
});
