/** What a container shares with this host: ports and folders. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SessionStartError } from "../../src/core/errors.ts";
import { SessionConfig } from "../../src/core/definition.ts";
import { ContainerClient } from "../../src/engines/container/client.ts";
import { DIALECTS } from "../../src/engines/container/dialect.ts";
import { withSources } from "../../src/engines/container/mounts.ts";
import { SessionManager } from "../../src/fleet/session.ts";
import { localHost } from "../../src/host/local/local.ts";
import { forEachRuntime, testOn } from "../helpers/containers.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

forEachRuntime("a published port answers on this host", async (it, sandbox) => {
  await sandbox.write("www/index.html", "hello from inside");
  const port = freePort();
  const status = await it.start("web", "httpd -f -p 80 -h /www", {
    ports: [`127.0.0.1:${port}:80`],
    volumes: [`${sandbox.path("www")}:/www:ro`],
  });
  assertEquals(status.ports, [`127.0.0.1:${port}:80/tcp`]);
  const body = await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    return await response.text();
  });
  assertEquals(body, "hello from inside");
  const listed = (await it.runner().listSessions())
    .find(({ name }) => name === it.name("web"));
  assertEquals(listed?.ports, status.ports);
});

forEachRuntime("the engine chooses a port if none is named", async (it) => {
  const { ports } = await it.start("web", "sleep 1000", { ports: ["80/udp"] });
  assert(ports.length > 0);
  for (const port of ports) assert(/^(.+:)?\d{4,5}:80\/udp$/.test(port), port);
});

forEachRuntime(
  "what is written inside is on this host",
  async (it, sandbox) => {
    await Deno.mkdir(sandbox.path("home/data"));
    const logVolume = `${sandbox.path("deep/er/logs")}:/logs`;
    await it.start("write", ["sh", "-c", "echo a >/data/f; echo b >/logs/g"], {
      volumes: ["~/data:/data"],
      logVolume,
    });
    await it.ended("write");
    assertEquals(await Deno.readTextFile(sandbox.path("home/data/f")), "a\n");
    assertEquals(
      await Deno.readTextFile(sandbox.path("deep/er/logs/g")),
      "b\n",
    );
  },
);

forEachRuntime(
  "a relative folder is that of the working directory",
  async (it, sandbox) => {
    await sandbox.write("here/file", "relative");
    const before = Deno.cwd();
    Deno.chdir(sandbox.dir);
    try {
      await it.start("read", "cat /there/file", {
        volumes: ["./here:/there:ro"],
        logVolume: "./logs:/logs",
      });
    } finally {
      Deno.chdir(before);
    }
    assertEquals(await it.runner().logs(it.name("read")), "relative");
    assert((await Deno.stat(sandbox.path("logs"))).isDirectory);
  },
);

forEachRuntime("a named volume stays one", async (it) => {
  const volume = it.name("data");
  try {
    const volumes = [`${volume}:/data`];
    await it.start("write", ["sh", "-c", "echo kept >/data/file"], { volumes });
    await it.runner().stop(it.name("write"));
    await it.start("read", "cat /data/file", { volumes });
    assertEquals(await it.runner().logs(it.name("read")), "kept");
  } finally {
    await it.runner().stop(it.name("read"));
    await it.engine("volume", "rm", volume);
  }
});

forEachRuntime(
  "a log folder that cannot be made is named",
  async (it, sandbox) => {
    const file = await sandbox.write("file", "");
    const error = await assertRejects(
      () => it.start("web", "true", { logVolume: `${file}/logs:/logs` }),
      SessionStartError,
      "log folder",
    );
    assertStringIncludes(error.message, `${file}/logs`);
    assertFalse(await it.runner().exists(it.name("web")));
  },
);

forEachRuntime(
  "what is to be mounted and is missing is refused, and not made",
  async (it, sandbox) => {
    const file = await sandbox.write("there/file", "");
    const missing = sandbox.path("my data/x");
    const config = it.config("web", "sleep 1000", {
      volumes: [`${file}:/file:ro`, `${it.name("v")}:/v`, `${missing}:/data`],
      logVolume: `${sandbox.path("logs")}:/logs`,
    });
    const reason = `session "${it.name("web")}" could not be started ` +
      `(${it.runtime}): volumes[2]: ${missing} does not exist on this host; ` +
      `correct the path, or make it first: mkdir -p '${missing}'`;
    const runner = it.runner();
    const attempts = [
      () => runner.start(config),
      () => runner.mustBeStartable(config),
    ];
    for (const attempt of attempts) {
      await assertRejects<Error>(attempt, SessionStartError, reason);
    }
    assertFalse(await runner.exists(it.name("web")));
    for (const path of [missing, sandbox.path("logs")]) {
      await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    }
  },
);

forEachRuntime(
  "restart: what cannot be mounted any more stops nothing",
  async (it, sandbox) => {
    const data = sandbox.path("data");
    await Deno.mkdir(data);
    const web = new SessionManager(it.name("web"), {
      ...it.config("web", "sleep 1000", { volumes: [`${data}:/data`] }),
      runtime: it.runtime,
      stateFolder: null,
    });
    const { pid } = await web.start();
    await Deno.remove(data);
    await assertRejects(() => web.restart(), SessionStartError, "mkdir -p");
    const status = await web.status();
    assertEquals([status.state, status.pid], ["running", pid]);
  },
);

testOn(["docker"], "an engine elsewhere has other folders", async () => {
  await using sandbox = new Sandbox();
  const asked: string[] = [];
  const client = new ContainerClient(DIALECTS.docker, {
    ...localHost,
    run: (invocation, options) => {
      asked.push(invocation.args.join(" "));
      const env = { DOCKER_HOST: "tcp://127.0.0.1:9" };
      return localHost.run({ ...invocation, env }, options);
    },
  });
  const volumes = ["a", "b"].map((name) => `${sandbox.path(name)}:/${name}`);
  const config = new SessionConfig({
    name: "web",
    backend: "container",
    volumes,
  });
  assertEquals((await withSources(client, config)).volumes, volumes);
  assertEquals(asked.length, 1);
});

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
