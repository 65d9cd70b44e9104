/** A start that is killed when its engine has the container. */
import { assertEquals } from "@std/assert";
import { ops, opsWith } from "../helpers/cli.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

/** A PATH with a client that does what it is told and kills who calls it. */
async function killing(sandbox: Sandbox, runtime: string): Promise<string> {
  const { stdout } = await sandbox.run("sh", ["-c", `command -v ${runtime}`]);
  const script = `#!/bin/sh\n${stdout.trimEnd()} "$@"\n` +
    `[ "$1" != run ] || kill -9 $PPID\n`;
  await sandbox.write(`killing/${runtime}`, script, 0o755);
  return `${sandbox.path("killing")}:${Deno.env.get("PATH")}`;
}

interface Ran {
  readonly run: number;
  readonly ended_by: string | null;
}

/** The number of each run, and who ended it. */
function endings(history: string): unknown {
  return JSON.parse(history).map(({ run, ended_by }: Ran) => [run, ended_by]);
}

forEachRuntime("a killed start is a run all the same", async (it, sandbox) => {
  const bot = it.name("bot");
  const config = (command: string) =>
    sandbox.write(
      "home/.config/kstlib.conf.yml",
      `ops: {engines: [${it.runtime}], sessions: {${bot}: {backend: ` +
        `container, image: "${IMAGE}", command: ${command}}}}`,
    );
  await config("sleep 1000");
  assertEquals((await ops(sandbox, "start", bot)).code, 0);
  assertEquals((await ops(sandbox, "stop", bot)).code, 0);

  const PATH = await killing(sandbox, it.runtime);
  await opsWith(sandbox, { env: { PATH } }, "start", bot);

  const status = await ops(sandbox, "status", bot, "--json");
  const { last_run } = JSON.parse(status.stdout);
  assertEquals([last_run.run, last_run.ended_at], [2, null]);
  assertEquals((await ops(sandbox, "stop", bot)).code, 0);
  const history = await ops(sandbox, "history", bot, "--json");
  assertEquals(endings(history.stdout), [[2, "stop"], [1, "stop"]]);
});

forEachRuntime("so it is for its history alone", async (it, sandbox) => {
  const bot = it.name("bot");
  const PATH = await killing(sandbox, it.runtime);
  const how = ["-i", IMAGE, "--runtime", it.runtime, "-c", "sleep 1000"];
  await opsWith(sandbox, { env: { PATH } }, "start", bot, ...how);
  const history = await ops(sandbox, "history", bot, "--json");
  assertEquals(endings(history.stdout), [[1, null]], history.stderr);
});
