import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  ContainerClient,
  lastWords,
} from "../../../../src/engines/container/client.ts";
import { DIALECTS } from "../../../../src/engines/container/dialect.ts";
import {
  BackendNotFoundError,
  ContainerRuntimeNotFoundError,
  EngineError,
} from "../../../../src/core/errors.ts";
import type { ContainerRuntime } from "../../../../src/core/definition.ts";
import { type Answer, FakeHost } from "../../../helpers/fake_host.ts";
import { dockerInspected, podmanInspected, podmanListed } from "./answers.ts";

/** What was said, and what of it says what went wrong. */
const errors: Array<[said: string, words: string]> = [
  ["", ""],
  ["Error: nosuch:1: image not known\n", "nosuch:1: image not known"],
  [
    `docker: Error response from daemon: No such image: nosuch:1

Run 'docker run --help' for more information
`,
    "No such image: nosuch:1",
  ],
  [
    `Unable to find image 'a/b:1' locally
docker: Error response from daemon: Get "https://a/v2/": dial tcp: no such host

Run 'docker run --help' for more information
`,
    'Get "https://a/v2/": dial tcp: no such host',
  ],
  [
    `Trying to pull localhost:5999/nosuch:1...
time="2026-11-23T02:55:32Z" level=warning msg="Failed, retrying in 1s"
Error: initializing source docker://localhost:5999/nosuch:1: refused
`,
    "initializing source docker://localhost:5999/nosuch:1: refused",
  ],
  [
    `time="2026-11-23T02:46:25Z" level=error msg="container not running"
Error: container state improper: stopped
`,
    "container state improper: stopped",
  ],
  ['time="2026-11-23T02:46:25Z" level=error msg="x"\n', ""],
  [
    `Error response from daemon: cannot start a paused container, try unpause
Error: failed to start containers: web
`,
    "cannot start a paused container, try unpause",
  ],
  [
    "Error: unknown flag: --nosuch\nSee 'podman ps --help'\n",
    "unknown flag: --nosuch",
  ],
  [
    `WARNING: Error loading config file: open config.json: permission denied
permission denied while trying to connect to the Docker daemon socket
`,
    "permission denied while trying to connect to the Docker daemon socket",
  ],
];

for (const [said, words] of errors) {
  Deno.test(`last words: ${words}`, () => assertEquals(lastWords(said), words));
}

/** A client of a runtime that answers one after the other. */
function client(runtime: ContainerRuntime, ...answers: Answer[]) {
  const host = new FakeHost(() => answers.shift() ?? {});
  return Object.assign(new ContainerClient(DIALECTS[runtime], host), { host });
}

const json = (...values: unknown[]) => ({ stdout: JSON.stringify(values) });

const denied = `permission denied while trying to connect to the Docker daemon \
socket at unix:///d/sock: Get "http://%2Fd": dial unix /d/sock: connect: \
permission denied`;
const podmanAway = `Cannot connect to Podman. Please verify your connection
Error: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": \
dial unix /no/such: connect: connection refused`;

/** The three kinds, as the messages start. */
const kinds: Array<[ContainerRuntime, said: string, message: string]> = [
  ["docker", denied, "docker: no right to its socket: run it as a user of the"],
  [
    "docker",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    'docker: installed, but its engine does not run: start it, for instance with "systemctl start docker"',
  ],
  [
    "docker",
    "failed to connect to the docker API at unix:///no/such; check if the path is correct",
    "docker: installed, but its engine does not run",
  ],
  [
    "docker",
    'error during connect: Get "http://h:1/v1.50": dial tcp: no such host',
    "docker: no engine answers at tcp://h:1",
  ],
  ["podman", podmanAway, "podman: installed, but its engine does not run"],
  [
    "podman",
    "Error: creating runtime static files directory: mkdir /root/.local: permission denied",
    "podman: creating runtime static files directory",
  ],
  ["docker", "Error response from daemon: no space left", "docker: no space"],
  ["docker", "", "docker: it failed without a word"],
];

for (const [runtime, stderr, message] of kinds) {
  Deno.test(`failure: ${message}`, () => {
    const failure = client(runtime).failure(stderr);
    assertInstanceOf(failure, EngineError);
    assertEquals(failure.engine, runtime);
    assertStringIncludes(failure.message, message);
    assertStringIncludes(failure.message, lastWords(stderr));
  });
}

Deno.test("a question that fails is a failure of the engine", async () => {
  for (
    const ask of [
      (c: ContainerClient) => c.list(),
      (c: ContainerClient) => c.find("web"),
    ]
  ) {
    const failing = client("docker", { code: 1, stderr: denied });
    await assertRejects(() => ask(failing), EngineError, "no right");
  }
});

Deno.test("an answer that makes no sense is told as it is", async () => {
  for (const stdout of ["<html>", "{}", "[{}]", '[{"Id": 1']) {
    const error = await assertRejects(
      () => client("docker", { stdout }).find("web"),
      EngineError,
      `docker: answered what cannot be understood: ${stdout}`,
    );
    assertInstanceOf(error.cause, Error);
  }
});

Deno.test("a client that is not installed has both pages to go to", async () => {
  const host = new FakeHost(() => new BackendNotFoundError("not installed"));
  const { runtime } = await assertRejects(
    () => new ContainerClient(DIALECTS.docker, host).list(),
    ContainerRuntimeNotFoundError,
    "docker is not installed",
  );
  assertEquals(runtime, "docker");
});

Deno.test("docker's list takes two calls however many there are, or one", async () => {
  const many = Array.from({ length: 200 }, (_, i) => `id${i}`);
  const inspected = many.map((Id) => dockerInspected({}, { Id }));
  const docker = client(
    "docker",
    { stdout: many.join("\n") + "\n" },
    json(...inspected),
  );
  assertEquals((await docker.list()).map(({ id }) => id), many);
  assertEquals(docker.host.calls.length, 2);

  const empty = client("docker");
  assertEquals(await empty.list(), []);
  assertEquals(empty.host.calls.length, 1);
});

Deno.test("podman's list takes one call, and one more for what is undecided", async () => {
  const listed = [podmanListed(), podmanListed({ Id: "b", State: "stopped" })];
  const podman = client(
    "podman",
    json(...listed),
    json(
      podmanInspected({ Status: "stopped" }, {
        Id: "b",
        HostConfig: { RestartPolicy: { Name: "always" } },
      }),
    ),
  );
  assertEquals(
    (await podman.list()).map(({ status }) => [status.state, status.detail]),
    [["running", null], ["running", "restarting"]],
  );
  assertEquals(podman.host.calls.map(({ args }) => args.slice(0, 3)), [
    ["ps", "--all", "--no-trunc"],
    ["container", "inspect", "b"],
  ]);

  const vanished = client("podman", json(...listed), {
    code: 125,
    stdout: "[]",
    stderr: "Error: inspecting object: no such container b",
  });
  assertEquals((await vanished.list()).map(({ word }) => word), [
    "running",
    "stopped",
  ]);
});

Deno.test("a container that vanishes between two questions is left out", async () => {
  const docker = client("docker", { stdout: "a\nb\n" }, {
    ...json(dockerInspected()),
    code: 1,
    stderr: "Error response from daemon: No such container: b\n",
  });
  assertEquals((await docker.list()).map(({ status }) => status.name), ["web"]);
});

Deno.test("what cannot name a container is not asked for", async () => {
  for (const name of ["--all", "a b", "a/b", "", "ü", "_a", "a\n"]) {
    const docker = client("docker");
    assertEquals(await docker.find(name), undefined);
    assertEquals(docker.host.calls, []);
  }
});

const unreachable: [said: string, reason: string, isOff: boolean][] = [
  [
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    'its engine does not run: start it, for instance with "systemctl start docker" (',
    true,
  ],
  [
    "failed to connect to the docker API at unix:///Users/kim/.docker/run/docker.sock; check if the path is correct",
    "its engine does not run: start it, for instance with ",
    true,
  ],
  [
    "Cannot connect to the Docker daemon at unix:///no/such. Is the docker daemon running?",
    "does not run: start it, or check DOCKER_HOST or the context, which says unix:///no/such (",
    false,
  ],
  [
    "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?",
    "no engine answers at tcp://127.0.0.1:1: check DOCKER_HOST or the context, which says so (",
    false,
  ],
  [
    'error during connect: Get "http://far:2375/v1.50/containers/json": dial tcp: lookup far on 10.0.0.1:53: no such host',
    "no engine answers at tcp://far:2375: check DOCKER_HOST",
    false,
  ],
  [
    'error during connect: Get "http://docker.example.com/v1.50/info": command [ssh -T -- far docker system dial-stdio] has exited with exit status 255',
    "no engine answers at ssh://far: check DOCKER_HOST",
    false,
  ],
];

const WINDOWS = [
  'error during connect: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/containers/json": open //./pipe/docker_engine: The system cannot find the file specified.',
  "failed to connect to the docker API at npipe:////./pipe/dockerDesktopLinuxEngine; check if the path is correct and if the daemon is running",
];
for (const said of WINDOWS) {
  unreachable.push([said, "its engine does not run: start it, for in", true]);
}

for (const [said, reason, isOff] of unreachable) {
  Deno.test(`failure: where it was looked for: ${said}`, () => {
    const failure = client("docker").failure(said);
    assertStringIncludes(failure.reason, reason);
    assertEquals(failure.isOff, isOff);
  });
}

Deno.test("failure: a Podman elsewhere", () => {
  const failure = client("podman").failure(
    "Error: unable to connect to Podman socket: " +
      'Get "http://d/v4.3.1/libpod/_ping": dial tcp 127.0.0.1:1: connect: connection refused',
  );
  assertStringIncludes(
    failure.reason,
    "no engine answers at tcp://127.0.0.1:1: check CONTAINER_HOST or the connection",
  );
});
