/** Faults that cannot be had from a real tmux at will. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  EngineError,
  SessionConfigError,
  SessionExistsError,
  SessionStartError,
} from "../../../../src/core/errors.ts";
import { SessionConfig } from "../../../../src/core/definition.ts";
import { TmuxRunner } from "../../../../src/engines/tmux/runner.ts";
import type { SessionKey } from "../../../../src/state/paths.ts";
import { Recorder } from "../../../../src/state/recorder.ts";
import {
  type Answer,
  type Call,
  FakeHost,
} from "../../../helpers/fake_host.ts";
import { lineOf, ownPane, pane } from "./panes.ts";

const bot = new SessionConfig({ name: "bot", command: "python bot.py" });
const running = { stdout: lineOf(ownPane({ "@kstlib_run": "TAG -" })) };
const ended = {
  stdout: lineOf(ownPane({ pane_dead: "1", pane_dead_status: "0" })),
};
const foreignEnded = {
  stdout: lineOf(pane({ pane_dead: "1", pane_dead_status: "0" })),
};

/** A runner whose tmux answers starts and questions one after the other. */
function fake({ starts = [], questions = [] }: {
  starts?: Answer[];
  questions?: Answer[];
}) {
  const isStart = ({ stdin }: Call) =>
    stdin?.includes("'new-session'") ?? false;
  const host = new FakeHost((call) =>
    isStart(call)
      ? withTag(starts.shift() ?? {}, call)
      : whole(questions.shift() ?? {})
  );
  const count = () => host.calls.filter(isStart).length;
  return { host, count, runner: new TmuxRunner({ host }) };
}

/** An answer as that to a question about processes is. */
function whole(answer: Answer): Answer {
  if (answer instanceof Error) return answer;
  return {
    ...answer,
    stdout: `${answer.stdout ?? ""}\nkstlib-whole\nkstlib-listed 0\n` +
      "kstlib-socket /tmp/tmux-0/default\n",
  };
}

/** An answer to a start, which tells its tag. */
function withTag(answer: Answer, { stdin }: Call): Answer {
  if (answer instanceof Error) return answer;
  const [, tag = ""] = /LAUNCH_RUN=([\w-]+)/.exec(stdin ?? "") ?? [];
  const printed = answer.stdout?.replaceAll("TAG", tag) ?? "";
  const done = answer.code ? "" : "kstlib-done 0\n";
  return { ...answer, stdout: `${done}${printed}` };
}

const fails = (stderr: string): Answer => ({ code: 1, stderr });
const duplicate = fails("duplicate session: bot\n");
const vanished = fails("server exited unexpectedly\n");

Deno.test("the default socket has no label, however it is named", () => {
  assertEquals(new TmuxRunner().socketName, null);
  assertEquals(new TmuxRunner({ socketName: "default" }).socketName, null);
  assertEquals(new TmuxRunner({ socketName: "work" }).socketName, "work");
  assertThrows(() => new TmuxRunner({ socketName: "a/b" }), SessionConfigError);
});

Deno.test("start is tried again when the server ends beneath it", async () => {
  const { runner, count } = fake({ starts: [vanished, vanished, running] });
  assertEquals((await runner.start(bot)).state, "running");
  assertEquals(count(), 3);
});

Deno.test("start gives up on a server that keeps ending", async () => {
  const { runner, count } = fake({ starts: Array(99).fill(vanished) });
  await assertRejects(() => runner.start(bot), SessionStartError, "exited");
  assertEquals(count(), 5);
});

Deno.test("start of a running session is refused", async () => {
  const { runner, count } = fake({ questions: [running] });
  await assertRejects(() => runner.start(bot), SessionExistsError, "running");
  assertEquals(count(), 0);
});

Deno.test("start tells who came first, when another was quicker", async () => {
  const { runner } = fake({ starts: [duplicate], questions: [{}, running] });
  await assertRejects(() => runner.start(bot), SessionExistsError, "running");
});

Deno.test("start replaces an ended session of ours, by its id", async () => {
  const { runner, host } = fake({
    starts: [running],
    questions: [ended],
  });
  await runner.start(bot);
  assertStringIncludes(host.calls.at(-1)?.stdin ?? "", "'-t' '%0'");
});

Deno.test("start leaves an ended session of others alone", async () => {
  const { runner, count } = fake({ questions: [foreignEnded] });
  await assertRejects(
    () => runner.start(bot),
    SessionExistsError,
    "ops did not start it",
  );
  assertEquals(count(), 0);
});

Deno.test("start that loses the place it has cleared tells who has it", async () => {
  const { runner } = fake({
    starts: [fails("can't find pane: %0\n")],
    // In between, what it has left behind is looked for.
    questions: [ended, {}, running],
  });
  await assertRejects(() => runner.start(bot), SessionExistsError, "running");
});

Deno.test("a session that was made but not marked is taken away again", async () => {
  const { runner, host, count } = fake({
    starts: [{
      code: 1,
      stdout: "kstlib-made TAG $4\n",
      stderr: "invalid option: x\n",
    }],
  });
  await assertRejects(() => runner.start(bot), SessionStartError, "tmux 3.3");
  const scripts = host.calls.map(({ stdin }) => stdin);
  assert(scripts.includes("'kill-session' '-t' '$4'\n"));
  assertEquals(count(), 1);
});

Deno.test("a start that succeeds and shows no session has failed", async () => {
  const { runner } = fake({ starts: [{ stdout: "kstlib-made TAG $4\n" }] });
  await assertRejects(
    () => runner.start(bot),
    SessionStartError,
    "gone at once",
  );
});

Deno.test("variables that Deno withholds are told at the start", async () => {
  const { runner } = fake({
    starts: [{ ...running, withheld: ["LD_PRELOAD"] }],
  });
  const { detail } = await runner.start(bot);
  assertStringIncludes(detail ?? "", "LD_PRELOAD not passed on");
});

Deno.test("a tmux that is too old says so, whatever is asked of it", async () => {
  const old = fails(
    "tmux: unknown option -- N\nusage: tmux [-2CluvV] [-c shell-command]\n",
  );
  const runner = new TmuxRunner({ host: new FakeHost(() => old) });
  const needed = "tmux 3.3 or later is needed";
  await assertRejects(() => runner.listSessions(), EngineError, needed);
  await assertRejects(() => runner.start(bot), EngineError, needed);
});

Deno.test("a killed session is remembered before it is removed", async () => {
  const stateFolder = await Deno.makeTempDir();
  const tag = "0b0b0b0b-0000-4000-8000-000000000000";
  const run = `${tag} 1`;
  const [alive, dead] = [
    { "@kstlib_run": run },
    { "@kstlib_run": run, pane_dead: "1", pane_dead_signal: "9" },
  ].map((it) => lineOf(ownPane(it)));
  const tables = [
    "200 (sh) S 1 200 200 0 200 0\n201 (python) S 200 200 200 0 200 0\n",
    "",
  ];
  const key: SessionKey = {
    name: "bot",
    backend: "tmux",
    socketName: null,
    runtime: null,
  };
  const recorder = new Recorder({ stateFolder });
  recorder.confirm(recorder.begin(key, "python bot.py", null), "100");
  let remembered: unknown;
  const host = new FakeHost(({ stdin = "", args }) => {
    if (stdin.includes("save-buffer")) {
      return { stdout: `${tables.shift() ?? ""}\nkstlib-whole\n` };
    }
    if (stdin.includes("kill-session")) {
      remembered = recorder.last(key)?.endedBy;
      return {};
    }
    return { stdout: args.includes("run-shell") ? dead! : alive! };
  });
  const runner = new TmuxRunner({ host, stateFolder });
  const { stopped, signal } = await runner.stop("bot", { graceful: false });
  assertEquals([stopped, signal, remembered], [true, "SIGKILL", "stop"]);
  await Deno.remove(stateFolder, { recursive: true });
});
