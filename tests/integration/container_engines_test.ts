/** A Docker that is there but does not answer holds up nobody else. */
import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { DEFAULTS } from "../../src/config/defaults.ts";
import type { OpsConfig } from "../../src/config/model.ts";
import { ContainerRunner } from "../../src/engines/container/runner.ts";
import { EngineError, EngineTimeoutError } from "../../src/core/errors.ts";
import { listAll } from "../../src/fleet/survey.ts";
import { autoDetectBackend, locate } from "../../src/fleet/locate.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import type { ProcessHost } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local/local.ts";
import { Containers, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { ourChildren, processes } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** A fault, until it is disposed of. */
interface Fault extends Disposable {
  /** Where programs are run meanwhile, if not as ever. */
  readonly host?: ProcessHost;
}

/** How Docker fails, and what is said of it. */
const faults: Array<
  [what: string, make: (sandbox: Sandbox) => Fault, says: RegExp]
> = [
  ["is stopped", stopped, /^docker: no answer within 5 s: it is stopped, hung/],
  ["does not run", absent, /^docker: installed, but its engine does not run:/],
  ["is not ours to ask", denied, /^docker: no right to its socket: run it as /],
];

for (const [what, make, says] of faults) {
  testOn(["podman", "docker"], `a Docker that ${what}`, async () => {
    await using sandbox = new Sandbox();
    await using podman = new Containers("podman");
    const [db, bot] = [podman.name("db"), podman.name("bot")];
    await Promise.all([
      podman.foreign("db", ["sleep", "1000"]),
      sandbox.tmux("new-session", "-d", "-s", bot),
    ]);

    using fault = make(sandbox);
    const scope = { host: fault.host };
    const docker = new ContainerRunner({ runtime: "docker", ...scope });
    const fails = async (ask: () => Promise<unknown>) => {
      const error = await assertRejects(ask, EngineError);
      assertMatch(error.message, says);
      assertEquals(error.engine, "docker");
      assertEquals(
        error instanceof EngineTimeoutError,
        /5 s/.test(says.source),
      );
    };
    const started = performance.now();
    const [{ sessions, warnings }, , ...found] = await Promise.all([
      listAll({ ...scope, config: config("web", db) }),
      Promise.all([
        fails(() => docker.status("web")),
        fails(() => docker.exists("web")),
        fails(() => docker.listSessions()),
        fails(() => docker.stop("web")),
        fails(() => docker.start(new SessionConfig({ name: "web" }))),
        // It may be there, for all we know.
        fails(() => locate("web", scope)),
        fails(() => listAll({ ...scope, runtime: "docker" })),
      ]),
      autoDetectBackend(db, scope),
      autoDetectBackend(bot, scope),
    ]);
    assertLess(performance.now() - started, 6_000);

    assertEquals(found, ["container", "tmux"]);
    const states = new Map(sessions.map((s) => [s.name, s.state]));
    assertEquals([db, bot, "web"].map((name) => states.get(name)), [
      "running",
      "running",
      "unknown",
    ]);
    assertEquals(warnings.length, 1);
    assert(warnings[0] instanceof EngineError);
    assertMatch(warnings[0].message, says);
    assertEquals(ourChildren(), []);
  }, tmuxTest);
}

/** A configuration that defines a container on each runtime. */
function config(docker: string, podman: string): OpsConfig {
  const definition = (name: string, runtime: "docker" | "podman") => {
    const backend = "container" as const;
    const config = new SessionConfig({ name, backend, runtime });
    return [name, { config, socketName: null }] as const;
  };
  return {
    ...DEFAULTS,
    sessions: new Map([
      definition(docker, "docker"),
      definition(podman, "podman"),
    ]),
  };
}

/** The daemon of the tests itself, for as long as nobody else needs it. */
function stopped(): Fault {
  const address = Deno.env.get("DOCKER_HOST") ?? "";
  const daemon = processes().find(({ argv }) =>
    argv[0]?.endsWith("dockerd") && argv.includes(address)
  );
  assert(daemon, `no dockerd listens on ${address}`);
  Deno.kill(daemon.pid, "SIGSTOP");
  return { [Symbol.dispose]: () => Deno.kill(daemon.pid, "SIGCONT") };
}

function absent(sandbox: Sandbox): Fault {
  return dockerAt(`unix://${sandbox.path("nowhere")}`);
}

/** Docker's client run by a user who may not use its socket. */
function denied(): Fault {
  const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const host: ProcessHost = {
    ...localHost,
    run: ({ binary, args, ...invocation }, options) =>
      localHost.run(
        binary === "docker"
          ? {
            ...invocation,
            binary: "setpriv",
            args: [...user, binary, ...args],
          }
          : { ...invocation, binary, args },
        options,
      ),
  };
  return { host, [Symbol.dispose]: () => {} };
}

function dockerAt(address: string): Disposable {
  const before = Deno.env.get("DOCKER_HOST");
  Deno.env.set("DOCKER_HOST", address);
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) Deno.env.delete("DOCKER_HOST");
      else Deno.env.set("DOCKER_HOST", before);
    },
  };
}
