import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  runStart,
  start,
  type StartLibrary,
} from "../../../../src/cli/commands/start.ts";
import { UsageError } from "../../../../src/cli/errors.ts";
import {
  EngineError,
  OpsError,
  SessionConfigError,
  SessionNotFoundError,
} from "../../../../src/core/errors.ts";
import type {
  SessionManagerOptions,
  StartOverrides,
} from "../../../../src/fleet/session_options.ts";
import type { SessionStatus } from "../../../../src/core/definition.ts";
import { SessionConfig } from "../../../../src/core/definition.ts";
import { config, running } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

const settings = { log: "file", logMaxSize: 65_536, logFiles: 2 } as const;
const { sessions } = config(
  {
    name: "bot",
    command: "python bot.py",
    env: { A: "1" },
    workingDir: "/srv",
  },
  { name: "web", backend: "container", image: "nginx", ports: ["80"] },
);
const definitions = { ...config(), ...settings, sessions };

interface Call {
  readonly name: string;
  readonly options: SessionManagerOptions;
  readonly command: string | readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  /** What else is different for this start. */
  readonly lifecycle: StartOverrides;
}

async function run(
  words: string[],
  status: Partial<SessionStatus> = {},
  options: RecorderOptions = {},
) {
  const calls: Call[] = [];
  const library: StartLibrary = {
    create: (name, options = {}) => ({
      config: new SessionConfig({ name }),
      start: (command, overrides) => {
        const { env, spec, ...lifecycle } = overrides ?? {};
        assertEquals(spec !== undefined, sessions.has(name));
        calls.push({ name, options, command, env, lifecycle });
        return Promise.resolve(running(name, status));
      },
      successExitCodes: options.successExitCodes ?? [0],
      logs: () => Promise.resolve("sh: foo: not found"),
    }),
    finder: () => (name) => {
      if (name === "dead") {
        return Promise.reject(new EngineError("docker", "does not run"));
      }
      if (name !== "parked") {
        return Promise.reject(new SessionNotFoundError(name, "docker"));
      }
      return Promise.resolve({
        config: new SessionConfig({
          name,
          backend: "container",
          runtime: "podman",
        }),
        start: () => {
          const place = { backend: "container", runtime: "podman" } as const;
          return Promise.resolve(running(name, place));
        },
        successExitCodes: [0],
        logs: () => Promise.resolve(""),
      });
    },
    loadConfig: () => Promise.resolve(definitions),
    readVariable: (name) => {
      if (name === "DENIED") throw new Deno.errors.NotCapable(name);
      return name === "TOKEN" ? "secret" : undefined;
    },
  };
  const context = recorder(options);
  const code = await runStart(context, input(start, ...words), library);
  return { code, calls, out: context.out(), err: context.err() };
}

Deno.test("start starts what is defined, as defined", async () => {
  const { code, calls, out } = await run(["bot"]);
  assertEquals(code, 0);
  assertEquals(calls[0]?.options.command, "python bot.py");
  assertEquals(calls[0]?.options.workingDir, "/srv");
  assertEquals(calls[0]?.command, undefined);
  assertEquals(out, "Session 'bot' started (tmux). PID 42.\n");
});

Deno.test("start puts flags before the definition", async () => {
  const words = ["bot", "-c", "ls", "-w", "/tmp", "-e", "B=2=3", "-L", "work"];
  const { calls } = await run(words);
  assertEquals(calls[0]?.command, "ls");
  assertEquals(calls[0]?.env, { B: "2=3" });
  assertEquals(calls[0]?.options.workingDir, "/tmp");
  assertEquals(calls[0]?.options.socketName, "work");
  assertEquals(calls[0]?.options.env, { A: "1" });
});

Deno.test("start says how to log, stop and restart, on both backends", async () => {
  const flags = ["--restart", "on-failure:3", "--stop-signal", "term"];
  const more = ["--stop-timeout", "0.5", "--log", "none"];
  const { calls } = await run(["-q", "bot", "web", ...flags, ...more]);
  assertEquals(
    calls.map(({ lifecycle }) => lifecycle),
    Array(2).fill({
      restart: "on-failure:3",
      stopSignal: "term",
      stopTimeout: 0.5,
      log: "none",
    }),
  );
  // The manager is checked before it is told the command and the rest.
  for (const { options } of calls) {
    assertEquals([options.restart, options.log], ["on-failure:3", "none"]);
  }
  const moved = await run(["web", "-b", "tmux", "-c", "ls"]);
  assertEquals(moved.calls[0]?.options.command, "ls");
  // What no flag says must not stand in the way of what is defined.
  assertEquals((await run(["bot"])).calls[0]?.lifecycle, {});
});

Deno.test("start refuses a wrong policy, signal or time", async () => {
  const cases = [
    ["--restart", "never"],
    ["--stop-signal", "CHLD"],
    ["--stop-timeout", "1e9"],
    ["--log", "stdout"],
  ] as const;
  for (const [flag, value] of cases) {
    await assertRejects(() => run(["bot", flag, value]), OpsError, `${flag}: `);
  }
});

Deno.test("start takes the settings of logs for what is not defined", async () => {
  const { calls } = await run(["new", "--shell"]);
  const { log, logMaxSize, logFiles } = calls[0]!.options;
  assertEquals([log, logMaxSize, logFiles], ["file", 65_536, 2]);
});

Deno.test("start takes what follows -- as it is", async () => {
  const { calls } = await run(["new", "--", "echo", "-n", "--", "a b", ""]);
  assertEquals(calls[0]?.command, ["echo", "-n", "--", "a b", ""]);
  assertEquals(calls[0]?.options.backend, "tmux");
});

Deno.test("start finds the backend that the flags mean", async () => {
  const cases: [words: string[], backend: string][] = [
    [["new", "--shell"], "tmux"],
    [["new", "-i", "nginx"], "container"],
    [["new", "--runtime", "docker", "-i", "nginx"], "container"],
    [["bot", "-i", "nginx"], "container"],
    [["web"], "container"],
    [["web", "-p", "81"], "container"],
    [["web", "-b", "tmux"], "tmux"],
    [["web", "-L", "work"], "tmux"],
  ];
  for (const [words, backend] of cases) {
    const { calls } = await run(words);
    assertEquals(calls[0]?.options.backend, backend, words.join(" "));
  }
});

Deno.test("start refuses flags of the other backend", async () => {
  const cases = [
    ["new", "-i", "nginx", "-b", "tmux"],
    ["new", "-p", "80"],
    ["bot", "-v", "/a:/b"],
    ["bot", "--runtime", "docker", "-b", "tmux"],
    ["web", "-b", "container", "-L", "work"],
    ["new", "-i", "nginx", "-L", "work"],
    ["web", "bot", "-p", "80"],
  ];
  for (const words of cases) {
    await assertRejects(() => run(words), UsageError, undefined, words.join());
  }
});

Deno.test("start refuses a command that is not clear", async () => {
  const cases = [
    ["bot", "-c", "ls", "--", "ls"],
    ["bot", "--"],
    ["bot", "web", "-c", "ls"],
    ["bot", "web", "--", "ls"],
  ];
  for (const words of cases) {
    await assertRejects(() => run(words), UsageError, undefined, words.join());
  }
});

Deno.test("start passes variables on, and says which it cannot", async () => {
  const { calls, err } = await run(["bot", "-e", "TOKEN", "-e", "NONE"]);
  assertEquals(calls[0]?.env, { TOKEN: "secret" });
  assertEquals(
    err,
    "warning: --env NONE: is not set here, so it is not passed on\n",
  );
  await assertRejects(
    () => run(["bot", "-e", "DENIED"]),
    Error,
    "--allow-env=DENIED",
  );
});

Deno.test("start starts several side by side", async () => {
  const { calls, out } = await run(["-q", "bot", "web"]);
  assertEquals(calls.map(({ name }) => name), ["bot", "web"]);
  assertEquals(out, "bot\nweb\n");
});

Deno.test("start of what is done at once is a success", async () => {
  const done = { state: "exited", exitCode: 0 } as const;
  const said = await run(["new", "-c", "true"], done);
  assertEquals([said.code, said.err], [0, ""]);
  assertEquals(said.out, "Session 'new' started, and done (0).\n");
  assertEquals((await run(["new", "-q", "-c", "true"], done)).out, "new\n");
  const json = await run(["new", "-c", "true"], done, { json: true });
  assertEquals([json.code, json.err], [0, ""]);
  const { state, exit_code } = JSON.parse(json.out);
  assertEquals([state, exit_code], ["exited", 0]);
});

Deno.test("start says that it has started what was defined before", async () => {
  const { code, out, err } = await run(["bot"], { changed: true });
  assertEquals([code, out], [0, "Session 'bot' started (tmux). PID 42.\n"]);
  assertEquals(
    err,
    "warning: bot: its definition has changed since it was made: " +
      '"ops restart bot" applies it\n',
  );
});

Deno.test("start fails if the session fails at once", async () => {
  const died = { state: "exited", exitCode: 127 } as const;
  const { code, out, err } = await run(["new", "-c", "foo"], died);
  assertEquals(code, 1);
  assertEquals(out, "");
  const [lastLine, error] = err.split("\n");
  assertEquals(lastLine, "new | sh: foo: not found");
  assertStringIncludes(error!, "it exited (127) at once");
});

Deno.test("start --json has the status, also of what ended at once", async () => {
  const died = { state: "exited", exitCode: 127 } as const;
  const { code, out, err } = await run(["new", "-c", "x"], died, {
    json: true,
  });
  assertEquals(code, 1);
  assertEquals(JSON.parse(out).exit_code, 127);
  assertEquals(JSON.parse(err).error.reason, "it exited (127) at once");
});

Deno.test("start of a mere name starts a container of that name", async () => {
  const { calls, out } = await run(["parked"]);
  assertEquals(calls, []);
  assertEquals(out, "Session 'parked' started (podman). PID 1.\n");
});

Deno.test("start asks for no container where it is told what to start", async () => {
  for (const flags of [["-c", "x"], ["--shell"], ["--shell", "-L", "w"]]) {
    assertEquals((await run(["parked", ...flags])).calls.length, 1);
  }
});

Deno.test("start of a shell needs no container engine", async () => {
  const { code, calls, err } = await run(["dead", "--shell"]);
  assertEquals([code, calls.length, err], [0, 1, ""]);
  // Without a word on what to start, it might be a container of that engine.
  await assertRejects(() => run(["dead"]), EngineError, "does not run");
});

Deno.test("start starts none if nothing says what one of them is", async () => {
  for (const words of [["zz"], ["bot", "zz"], ["zz", "-b", "tmux"]]) {
    await assertRejects(
      () => run(words),
      SessionNotFoundError,
      'session "zz" was not found (configuration, containers): say what to ' +
        "start: -c COMMAND, -- ARGV, -i IMAGE or --shell",
    );
  }
  await assertRejects(
    () => run(["bto"]),
    SessionNotFoundError,
    'did you mean "bot"? else say what to start',
  );
});

Deno.test("start --shell is for what is said in no other way", async () => {
  const cases = [
    ["new", "-c", "ls"],
    ["new", "-i", "nginx"],
    ["new", "-b", "container"],
    ["bot"],
    ["web", "-b", "container"],
  ];
  for (const [name, ...flags] of cases) {
    await assertRejects(() => run([name!, "--shell", ...flags]), UsageError);
  }
});

Deno.test("start does nothing with a broken configuration", async () => {
  const error = new SessionConfigError("ops", "is wrong", "k.yml");
  const library: StartLibrary = {
    create: () => {
      throw new Error("not expected");
    },
    finder: () => () => {
      throw new Error("not expected");
    },
    loadConfig: () => {
      throw error;
    },
    readVariable: () => undefined,
  };
  await assertRejects(
    () => runStart(recorder(), input(start, "bot"), library),
    SessionConfigError,
  );
});
