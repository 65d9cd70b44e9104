import { assert, assertEquals, assertObjectMatch } from "@std/assert";
import {
  type Container,
  parseInspected,
  parsePodmanList,
} from "../../../../src/engines/container/parse.ts";
import {
  type SessionStatus,
  sessionStatus,
} from "../../../../src/core/definition.ts";
import { dockerInspected, podmanInspected, podmanListed } from "./answers.ts";

/** The only container of an answer. */
function only([container, ...more]: Container[]): Container {
  assertEquals(more, []);
  assert(container !== undefined);
  return container;
}

// deno-lint-ignore no-explicit-any -- as foreign as JSON is
type Json = any;
const docker = (one: Json) =>
  only(parseInspected(JSON.stringify([one]), "docker"));
const podman = (one: Json) =>
  only(parseInspected(JSON.stringify([one]), "podman"));
const listed = (one: Json) => only(parsePodmanList(JSON.stringify([one])));

Deno.test("everything there is to know of a container", () => {
  const common = {
    state: "running",
    backend: "container",
    command: "sleep 1000",
  } as const;
  assertEquals(docker(dockerInspected()), {
    id: "4c9809e17edb136b07d8af3272b2d26462e512736d05c86ecc4b52be344f64a4",
    word: "running",
    hasTerminal: false,
    input: "none",
    logDriver: "json-file",
    isRestarted: false,
    stopSignal: "SIGTERM",
    stopTimeout: 10,
    logLimits: { maxSize: 10_485_760, maxFiles: 5 },
    run: null,
    before: null,
    status: sessionStatus({
      ...common,
      name: "web",
      runtime: "docker",
      pid: 26805,
      createdAt: "2026-11-23T02:43:38.292Z",
      startedAt: "2026-11-23T02:43:39.146Z",
      image: "ops-test:latest",
      oomKilled: false,
    }),
  });
  const db = sessionStatus({
    ...common,
    name: "db",
    runtime: "podman",
    pid: 25136,
    createdAt: "2026-11-23T02:43:32.871Z",
    startedAt: "2026-11-23T02:43:33.277Z",
    image: "localhost/ops-test:latest",
    oomKilled: false,
  });
  assertEquals(podman(podmanInspected()).status, db);
  assertEquals(listed(podmanListed()).status, {
    ...db,
    createdAt: "2026-11-23T02:43:32.000Z",
    startedAt: "2026-11-23T02:43:33.000Z",
    oomKilled: null,
  });
});

Deno.test("no containers", () => {
  assertEquals(parseInspected("[]\n", "docker"), []);
  assertEquals(parsePodmanList("[]\n"), []);
  assertEquals(parsePodmanList("null\n"), []);
});

const NOT_FOUND = 'exec: "nosuch": executable file not found in $PATH: unknown';
const over = {
  Pid: 0,
  StartedAt: "2026-11-23T02:43:34.676777832Z",
  FinishedAt: "2026-11-23T02:43:34.682194779Z",
};
const unborn = { Pid: 0, StartedAt: "0001-01-01T00:00:00Z" };
const finishedAt = "2026-11-23T02:43:34.682Z";

/** Where Docker and Podman have the same words, and where not. */
const states: Array<
  [what: string, one: Container, expected: Partial<SessionStatus>]
> = [
  [
    "exited",
    docker(dockerInspected({ ...over, Status: "exited", ExitCode: 7 })),
    { state: "exited", exitCode: 7, detail: null, pid: null, finishedAt },
  ],
  [
    "exited, on podman",
    podman(podmanInspected({ ...over, Status: "exited", ExitCode: 7 })),
    { state: "exited", exitCode: 7, detail: null, pid: null, finishedAt },
  ],
  [
    "just ended, on podman",
    podman(podmanInspected({ ...over, Status: "stopped", ExitCode: 0 })),
    { state: "exited", exitCode: 0, detail: "stopped", finishedAt },
  ],
  [
    "dead",
    docker(dockerInspected({ ...over, Status: "dead", ExitCode: 137 })),
    { state: "exited", exitCode: 137, detail: "dead" },
  ],
  [
    "killed for want of memory",
    docker(
      dockerInspected({
        ...over,
        Status: "exited",
        ExitCode: 137,
        OOMKilled: true,
      }),
    ),
    { state: "exited", exitCode: 137, oomKilled: true },
  ],
  [
    "created",
    docker(dockerInspected({ ...unborn, Status: "created" })),
    { state: "stopped", exitCode: null, detail: "created", startedAt: null },
  ],
  [
    "created, on podman",
    podman(podmanInspected({ ...unborn, Status: "created" })),
    { state: "stopped", exitCode: null, detail: "created", startedAt: null },
  ],
  [
    "created, as its program does not exist",
    docker(dockerInspected({
      ...unborn,
      Status: "created",
      ExitCode: 127,
      Error: NOT_FOUND,
    })),
    { state: "exited", exitCode: 127, detail: NOT_FOUND },
  ],
  [
    "paused",
    docker(dockerInspected({ Status: "paused", Paused: true })),
    { state: "stopped", exitCode: null, detail: "paused", pid: 26805 },
  ],
  [
    "paused, on podman",
    podman(podmanInspected({ Status: "paused" })),
    { state: "stopped", exitCode: null, detail: "paused", pid: 25136 },
  ],
  [
    "restarting",
    docker(dockerInspected({ ...over, Status: "restarting", ExitCode: 1 })),
    {
      state: "running",
      exitCode: null,
      detail: "restarting; last ended with 1",
      finishedAt: null,
      pid: null,
    },
  ],
  [
    "restarting, on podman",
    podman(
      podmanInspected({ ...over, Status: "stopped", ExitCode: 1 }, {
        HostConfig: { RestartPolicy: { Name: "always" } },
      }),
    ),
    {
      state: "running",
      exitCode: null,
      detail: "restarting; last ended with 1",
      finishedAt: null,
    },
  ],
  [
    "being removed",
    docker(dockerInspected({ ...over, Status: "removing", ExitCode: 3 })),
    { state: "stopped", detail: "removing", exitCode: null },
  ],
  [
    "a word of the future",
    docker(dockerInspected({ Status: "hibernating" })),
    { state: "unknown", detail: "hibernating", exitCode: null },
  ],
  [
    "unhealthy",
    docker(dockerInspected({ Health: { Status: "unhealthy" } })),
    { state: "running", health: "unhealthy" },
  ],
  [
    "without a health check",
    docker(dockerInspected({ Health: { Status: "none" } })),
    { state: "running", health: null },
  ],
  [
    "exited, unhealthy while it ran",
    docker(dockerInspected({
      Status: "exited",
      Health: { Status: "unhealthy" },
    })),
    { state: "exited", health: null },
  ],
  [
    "starting to be healthy, in the list",
    listed(podmanListed({ Status: "Up 15 minutes ago (starting)" })),
    { state: "running", health: "starting" },
  ],
  [
    "exited, in the list",
    listed(podmanListed({
      ExitedAt: 1795401815,
      ExitCode: 7,
      Pid: 0,
      State: "exited",
      Status: "Exited (7) 25 seconds ago",
    })),
    {
      state: "exited",
      exitCode: 7,
      pid: null,
      health: null,
      finishedAt: "2026-11-23T02:43:35.000Z",
    },
  ],
  [
    "created, in the list",
    listed(podmanListed({ Pid: 0, StartedAt: -62135596800, State: "created" })),
    { state: "stopped", detail: "created", startedAt: null, exitCode: null },
  ],
];

for (const [what, { status }, expected] of states) {
  Deno.test(`state: ${what}`, () => assertObjectMatch(status, expected));
}

Deno.test("what is typed into a container goes in, or ends with the first client", () => {
  const input = (Tty: boolean, OpenStdin: boolean, StdinOnce: boolean) => {
    const config = { Config: { Tty, OpenStdin, StdinOnce, Image: "a" } };
    return [
      docker(dockerInspected({}, config)).input,
      podman(podmanInspected({}, config)).input,
    ];
  };
  assertEquals(input(true, false, false), ["none", "none"]);
  assertEquals(input(true, true, true), ["open", "open"]);
  assertEquals(input(false, true, false), ["open", "once"]);
  assertEquals(input(false, true, true), ["once", "once"]);
});

Deno.test("a restart policy without attempts left says so", () => {
  const told = (State: Json, RestartCount: number, MaximumRetryCount = 3) => {
    const one = dockerInspected({ Status: "exited", ExitCode: 1, ...State }, {
      RestartCount,
      HostConfig: {
        RestartPolicy: { Name: "on-failure", MaximumRetryCount },
      },
    });
    const { restartCount, detail } = docker(one).status;
    return [restartCount, detail];
  };
  assertEquals(told({}, 3), [3, "gave up after 3 restarts"]);
  assertEquals(told({}, 1, 1), [1, "gave up after 1 restart"]);
  assertEquals(told({}, 2), [2, null]);
  assertEquals(told({}, 2, 0), [2, null]);
  assertEquals(told({ ExitCode: 0 }, 3), [3, null]);
  assertEquals(told({ Status: "running", ExitCode: 0 }, 3), [3, null]);
  assertEquals(podman(podmanInspected()).status.restartCount, null);
});
