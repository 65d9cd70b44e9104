/** What a container shares with this host: ports and folders. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { SessionStartError } from "../../src/core/errors.ts";
import { forEachRuntime } from "../helpers/containers.ts";
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

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
