/** Finding a session by its name alone, wherever it is. */
import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { DEFAULTS } from "../../src/config/defaults.ts";
import type { LoadedConfig } from "../../src/config/model.ts";
import {
  SessionAmbiguousError,
  SessionExecError,
  SessionNotFoundError,
  SessionSendError,
} from "../../src/core/errors.ts";
import { listAll } from "../../src/fleet/survey.ts";
import { autoDetectBackend, locate } from "../../src/fleet/locate.ts";
import { SessionManager } from "../../src/fleet/session.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import {
  Containers,
  forEachRuntime,
  IMAGE,
  testOn,
} from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";

const SLEEP = ["sleep", "1000"];

testOn(
  ["podman", "docker"],
  "one name in three places is ambiguous",
  async () => {
    await using sandbox = new Sandbox();
    await using podman = new Containers("podman");
    const name = podman.name("web");
    await using docker = new Containers(
      "docker",
      name.slice(0, -"-web".length),
    );
    assertEquals(docker.name("web"), name);
    await Promise.all([
      podman.foreign("web", SLEEP),
      docker.foreign("web", SLEEP),
    ]);
    const flags = ["--runtime podman", "--runtime docker"];
    for (const find of [locate, autoDetectBackend, SessionManager.find]) {
      const error = await assertRejects(
        () => find(name),
        SessionAmbiguousError,
      );
      assertEquals(error.places, flags);
      assertEquals(error.backend, "podman, docker");
    }
    await sandbox.tmux("new-session", "-d", "-s", name);
    const error = await assertRejects(
      () => locate(name),
      SessionAmbiguousError,
    );
    assertEquals(error.places, ["--socket default", ...flags]);

    // Each flag decides.
    const places = await Promise.all([
      locate(name, { socketName: "default" }),
      locate(name, { runtime: "podman" }),
      locate(name, { runtime: "docker" }),
    ]);
    assertEquals(places.map(({ status }) => status.runtime ?? status.backend), [
      "tmux",
      "podman",
      "docker",
    ]);
    const listed = (await listAll()).sessions.filter((s) => s.name === name);
    assertEquals(listed.length, 3);

    // So does a definition, unless a flag says otherwise.
    const config = defined(name, { runtime: "docker" });
    const runtimeOf = async (scope = {}) => {
      const manager = await SessionManager.find(name, { config, ...scope });
      return (await manager.status()).runtime;
    };
    assertEquals(await runtimeOf(), "docker");
    assertEquals(await runtimeOf({ runtime: "podman" }), "podman");
  },
  tmuxTest,
);

forEachRuntime("a name is found without being told where", async (it) => {
  const name = it.name("web");
  assertEquals(await autoDetectBackend(name), null);
  const lost = await assertRejects(
    () => SessionManager.find(name),
    SessionNotFoundError,
  );
  assertEquals(lost.sessionName, name);

  await it.foreign("web", SLEEP);
  assertEquals(await autoDetectBackend(name), "container");
  assertEquals(await autoDetectBackend(name, { backend: "tmux" }), null);
  assertObjectMatch((await locate(name)).status, { runtime: it.runtime });
  await assertRejects(
    () => locate(`${name}x`),
    SessionNotFoundError,
    `did you mean "${name}"?`,
  );

  const web = await SessionManager.find(name);
  assertEquals([web.backend, web.socketName], ["container", null]);
  assertEquals(await web.isRunning(), true);
  assertEquals((await web.exec(["echo", "hi"])).stdout, "hi\n");
  await assertRejects(() => web.sendKeys("x"), SessionSendError);
  assertEquals(await web.stop({ graceful: false }), true);
  assertEquals(await web.isRunning(), false);
  assertEquals((await web.status()).state, "exited");
});

forEachRuntime("a definition's life", async (it) => {
  const name = it.name("web");
  const config = defined(name, {
    runtime: it.runtime,
    image: IMAGE,
    command: "sh -c 'echo $A $B; exec sleep 1000'",
    env: { A: "a", B: "b" },
  });
  const web = SessionManager.fromConfig(name, { config });
  const mine = async () =>
    (await listAll({ config })).sessions.filter((s) => s.name === name);

  assertEquals((await web.status()).state, "defined");
  assertEquals((await mine()).map(({ state }) => state), ["defined"]);
  assertEquals(await web.exists(), false);
  const hint =
    `it is defined but not started; start it with "ops start ${name}"`;
  for (const act of [() => web.stop(), () => web.exec(SLEEP)]) {
    await assertRejects(act, SessionNotFoundError, hint);
  }

  const { state, managed } = await web.start(undefined, { env: { B: "c" } });
  assertEquals([state, managed], ["running", true]);
  assertEquals((await mine()).map(({ state }) => state), ["running"]);
  assertEquals(await web.logs(), "a c");
  await it.engine("kill", name);
  await it.ended("web");
  assertEquals((await mine()).map(({ state }) => state), ["exited"]);
  assertEquals(await web.stop(), false);
  assertEquals((await web.status()).state, "defined");
});

tmuxTest("what is on tmux runs no further programs", async () => {
  await using sandbox = new Sandbox();
  await sandbox.tmux("new-session", "-d", "-s", "bot");
  await assertRejects(
    () => new SessionManager("bot").exec(["true"]),
    SessionExecError,
    "only containers can",
  );
});

/** A configuration that defines one container. */
function defined(
  name: string,
  options: Partial<SessionConfig>,
): LoadedConfig {
  const config = new SessionConfig({ ...options, name, backend: "container" });
  return {
    ...DEFAULTS,
    sessions: new Map([[name, { config, socketName: null }]]),
    files: [],
  };
}
