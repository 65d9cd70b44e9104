/** Faults that cannot be had from a real Podman or Docker at will. */
import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ContainerRunner } from "../../../../src/engines/container/runner.ts";
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  EngineError,
  OpsError,
  SessionConfigError,
  SessionExistsError,
  SessionStartError,
  SessionStopError,
} from "../../../../src/core/errors.ts";
import {
  type ContainerRuntime,
  SessionConfig,
  type SessionConfigOptions,
} from "../../../../src/core/definition.ts";
import {
  type Answer,
  type Call,
  FakeHost,
} from "../../../helpers/fake_host.ts";
import { dockerInspected, podmanInspected } from "./answers.ts";

const web = (options: Partial<SessionConfigOptions> = {}) =>
  new SessionConfig({ name: "web", image: "nginx:1", ...options });
const managed = {
  Config: {
    Tty: true,
    Image: "nginx:1",
    Labels: { "io.kstlib.ops.managed": "true" },
  },
};
const found = (one: unknown) => ({ stdout: JSON.stringify([one]) });
const running = found(dockerInspected({}, managed));
const exited = found(dockerInspected({ Status: "exited", Pid: 0 }, managed));
const none = {
  code: 1,
  stdout: "[]",
  stderr: "Error: no such container: web",
};
const fails = (stderr: string, code = 125) => ({ code, stderr });

/** A runtime that answers each verb by its own answers, one after the other. */
function fake(
  answers: Record<string, Answer[]>,
  runtime = "docker",
  warn?: (warning: OpsError) => void,
) {
  const verb = ({ args }: Call) => args[0] === "container" ? "ask" : args[0]!;
  const host = new FakeHost((call) => answers[verb(call)]?.shift() ?? {});
  const runner = new ContainerRunner({
    host,
    runtime: runtime as ContainerRuntime,
    warn,
  });
  return { runner, host, verbs: () => host.calls.map(verb) };
}

/** A host on which these programs are installed. */
function installed(...binaries: string[]) {
  const host = new FakeHost(({ binary }) =>
    binaries.includes(binary)
      ? { stdout: "[]" }
      : new BackendNotFoundError(`${binary} is not installed`)
  );
  return { host, asked: () => host.calls.map(({ binary }) => binary) };
}

Deno.test("without a runtime it is Podman, and Docker where that is missing", async () => {
  const both = new ContainerRunner({
    host: installed("podman", "docker").host,
  });
  assertEquals([both.runtime, both.binary], ["podman", "podman"]);
  await both.exists("web");
  assertEquals(both.runtime, "podman");

  const { host, asked } = installed("docker");
  const one = new ContainerRunner({ host });
  await one.exists("web");
  assertEquals([one.runtime, one.binary], ["docker", "docker"]);
  await one.exists("web");
  assertEquals(asked(), ["podman", "docker", "docker"]);
});

Deno.test("what is not installed has the pages that tell how", async () => {
  const none = new ContainerRunner({ host: installed().host });
  const { runtime, message } = await assertRejects(
    () => none.listSessions(),
    ContainerRuntimeNotFoundError,
    "neither podman nor docker is installed",
  );
  assertEquals(runtime, null);
  assertStringIncludes(message, "https://podman.io/docs/installation");
  assertStringIncludes(message, "https://docs.docker.com/engine/install/");

  const { host, asked } = installed("docker");
  await assertRejects(
    () => new ContainerRunner({ runtime: "podman", host }).listSessions(),
    ContainerRuntimeNotFoundError,
    "podman is not installed",
  );
  assertEquals(asked(), ["podman"]);
});

Deno.test("a Podman that fails is no Podman that is missing", async () => {
  const host = new FakeHost(() => fails("Error: out of space"));
  await assertRejects(
    () => new ContainerRunner({ host }).status("web"),
    EngineError,
    "podman: out of space",
  );
  assertEquals(host.calls.length, 1);
});

/** What runc and crun say of a program that cannot be run. */
const notRun: Array<[said: string, code: number, ours: string]> = [
  [
    'runc: runc create failed: unable to start container process: exec: "x": executable file not found in $PATH',
    127,
    'there is no program "x" in its image: ',
  ],
  [
    'runc create failed: exec: "/tmp": permission denied: unknown',
    126,
    '"/tmp" may not be executed in its image: ',
  ],
  [
    "crun: executable file `x` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
    127,
    'there is no program "x" in its image: ',
  ],
  ["crun: open executable: Permission denied: OCI permission denied", 126, ""],
];
const created = podmanInspected({
  Status: "created",
  StartedAt: "0001-01-01T00:00:00Z",
}, { ...managed, Name: "web" });

for (const [said, code, ours] of notRun) {
  Deno.test(`exited ${code}, and removed: ${said}`, async () => {
    const { runner, verbs } = fake({
      ask: [none, found(created)],
      run: [fails(`Error: ${said}`, code)],
    }, "podman");
    assertObjectMatch(await runner.start(web()), {
      state: "exited",
      exitCode: code,
      detail: ours + said,
    });
    assertEquals(verbs(), ["ask", "run", "ask", "rm"]);
  });
}

/** What engines say that lack an init, and how often they are tried. */
const noInit: Array<[ContainerRuntime, said: string, tries: number]> = [
  [
    "podman",
    "Error: container-init binary not found on the host: stat " +
    "/usr/libexec/podman/catatonit: no such file or directory",
    4,
  ],
  [
    "docker",
    'docker: Error response from daemon: exec: "docker-init": executable ' +
    "file not found in $PATH.",
    2,
  ],
];

for (const [runtime, said, tries] of noInit) {
  Deno.test(`a ${runtime} that lacks an init goes without, and says so`, async () => {
    const warnings: string[] = [];
    const failures = Array.from({ length: tries - 1 }, () => fails(said));
    const { runner, host } = fake(
      {
        ask: [none, none, running],
        run: [...failures, { stdout: "abc" }],
      },
      runtime,
      (warning) => warnings.push(warning.message),
    );
    await runner.start(web({ backend: "container" }));
    const inits = host.calls.filter(({ args }) => args[0] === "run")
      .map(({ args }) => args.includes("--init"));
    assertEquals(inits, Array.from({ length: tries }, (_, i) => i < tries - 1));
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, "or set init: false");
  });
}

/** What inits say of a program that they cannot run, and the code they end with. */
const initSays: Array<[said: string, code: number, told: number]> = [
  ["[FATAL tini (7)] exec /x failed: No such file or directory\r\n", 127, 127],
  ["[FATAL tini (6)] exec /x failed: Permission denied\n", 126, 126],
  [
    "ERROR (catatonit:6): failed to exec pid1: No such file or directory\n",
    1,
    127,
  ],
  ["ERROR (catatonit:6): failed to exec pid1: Permission denied\n", 1, 126],
];

for (const [said, ExitCode, exitCode] of initSays) {
  Deno.test(`exited ${exitCode}, and removed: ${said.trim()}`, async () => {
    const ended = { ...managed, Path: "/x", Args: [] };
    const { runner, verbs } = fake({
      ask: [
        none,
        found(dockerInspected({ Status: "exited", ExitCode }, ended)),
      ],
      logs: [{ stdout: said }],
    });
    const { state, detail, ...status } = await runner.start(web());
    assertEquals([state, status.exitCode], ["exited", exitCode]);
    assertStringIncludes(detail ?? "", 'exec: "/x": ');
    assertEquals(verbs(), ["ask", "run", "ask", "logs", "rm"]);
  });
}

Deno.test("what a program says like an init, after other words, is its own", async () => {
  const said = "hello\n[FATAL tini (7)] exec x failed: No such file\n";
  const ended = dockerInspected({ Status: "exited", ExitCode: 127 }, managed);
  const { runner, verbs } = fake({
    ask: [none, found(ended)],
    logs: [{ stdout: said }],
  });
  assertEquals((await runner.start(web())).exitCode, 127);
  assertEquals(verbs(), ["ask", "run", "ask", "logs"]);
});

/** What Docker's engine says when it is asked for a container's input. */
const refusals: Array<[answer: string, code: string, says: string]> = [
  [
    "HTTP/1.1 404 Not Found\r\n\r\nNo such container: abc",
    "session_not_found",
    'session "web" was not found (docker)',
  ],
  [
    "HTTP/1.1 500 Internal Server Error\r\n\r\nthe disk is full",
    "engine",
    "docker: the disk is full",
  ],
  ["", "engine", "docker: it failed without a word"],
];

for (const [answer, code, says] of refusals) {
  Deno.test(`a send that the engine refuses: ${says}`, async () => {
    const open = { Config: { Tty: true, OpenStdin: true, Image: "nginx:1" } };
    const { runner } = fake({
      ask: [found(dockerInspected({}, open))],
      system: [{ stdout: answer }],
    });
    const error = await assertRejects(
      () => runner.sendKeys("web", "x"),
      OpsError,
      says,
    );
    assertEquals(error.code, code);
  });
}

Deno.test("126 for another reason is no end of the program", async () => {
  const { runner, verbs } = fake({
    ask: [none, found(created)],
    run: [fails("Error: cannot listen on the TCP port: in use", 126)],
  }, "podman");
  await assertRejects(() => runner.start(web()), SessionStartError, "TCP port");
  assertEquals(verbs(), ["ask", "run", "ask", "rm"]);
});

Deno.test("a start that fails removes nothing that others made", async () => {
  for (const one of [dockerInspected({ Status: "created" }), running]) {
    const { runner, verbs } = fake({
      ask: [none, "stdout" in one ? one : found(one)],
      run: [fails("docker: Error response from daemon: no space left")],
    });
    await assertRejects(() => runner.start(web()), SessionStartError, "space");
    assertEquals(verbs(), ["ask", "run", "ask"]);
  }
});

Deno.test("a container that is gone at once was not started", async () => {
  const { runner } = fake({ ask: [none, none], run: [{ stdout: "id\n" }] });
  await assertRejects(() => runner.start(web()), SessionStartError, "removed");
});

Deno.test("an image is pulled only if it is not there, for as long as it takes", async () => {
  const said: string[] = [];
  const { host } = fake({
    ask: [none, running],
    run: [fails("No such image: nginx:1"), { stdout: "id\n" }],
  });
  const runner = new ContainerRunner({
    runtime: "docker",
    host,
    notify: (text) => said.push(text),
  });
  await runner.start(web());
  const [first, second] = host.calls.filter(({ args }) => args[0] === "run");
  assert(first && second);
  assert(first.args.includes("--pull=never"));
  assertEquals([first.timeoutMs, first.onStderr], [30_000, undefined]);
  assert(second.args.includes("--pull=missing"));
  assertEquals(second.timeoutMs, null);
  second.onStderr?.("Pulling");
  assertEquals(said, ["Pulling"]);
});

Deno.test("a line break is refused where no way can carry it", async () => {
  const { runner, verbs } = fake({ ask: [none] });
  const error = await assertRejects(
    () => runner.start(web({ env: { DOCKER_HOST: "a\nb" } })),
    SessionConfigError,
  );
  assertEquals(error.key, "env.DOCKER_HOST");
  assertEquals(verbs(), ["ask"]);
});

Deno.test("a stop may take its own time and 10 s, a question 5 s", async () => {
  const { runner, host } = fake({ ask: [running, exited] });
  await runner.stop("web", { timeout: 90 });
  assertEquals(
    host.calls.map(({ args, timeoutMs }) => [args[0], timeoutMs]),
    [["container", 5_000], ["stop", 100_000], ["container", 5_000], [
      "rm",
      30_000,
    ]],
  );
});

Deno.test("a stop that fails is told, unless it has ended anyway", async () => {
  const stop = [fails("Error response from daemon: tried 3 times", 1)];
  const failing = fake({ ask: [running, running], stop: [...stop] });
  await assertRejects(() => failing.runner.stop("web"), EngineError, "3 times");
  assertEquals(failing.verbs(), ["ask", "stop", "ask"]);

  const ended = fake({ ask: [running, exited], stop: [...stop] });
  assertEquals((await ended.runner.stop("web")).stopped, true);
});

Deno.test("what runs again after its stop has not been stopped", async () => {
  const { runner, verbs } = fake({ ask: [running, running] });
  await assertRejects(() => runner.stop("web"), SessionStopError, "again");
  assertEquals(verbs(), ["ask", "stop", "ask"]);
});

Deno.test("someone else may remove it first", async () => {
  const gone = fails("Error response from daemon: No such container: id", 1);
  const { runner } = fake({ ask: [running, none], rm: [gone] });
  assertEquals((await runner.stop("web")).stopped, true);

  const busy = [fails("Error: busy")];
  const kept = fake({ ask: [running, exited, exited], rm: busy });
  await assertRejects(() => kept.runner.stop("web"), EngineError, "busy");
});

Deno.test("what somebody is stopping is waited for, and not started", async () => {
  const stopping = found(dockerInspected({ Status: "stopping" }, managed));
  const over = found(dockerInspected({ Status: "exited", ExitCode: 4 }));
  const second = fake({ ask: [stopping, stopping, over] }, "podman");
  const { stopped, exitCode } = await second.runner.stop("web");
  assertEquals([stopped, exitCode], [true, 4]);

  const early = fake({ ask: [stopping] }, "podman");
  await assertRejects(
    () => early.runner.start(web()),
    SessionExistsError,
    "it is being stopped; start it when it has ended",
  );
});
