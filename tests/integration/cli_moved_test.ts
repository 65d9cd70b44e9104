/** What is defined at another place by now never runs at both. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { Containers, IMAGE, testOn } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** A configuration with one session, whose processes can be counted. */
function define(
  sandbox: Sandbox,
  name: string,
  fields: string,
): Promise<string> {
  const env = `env: {MOVED: "${sandbox.dir}"}`;
  return sandbox.write(
    "kstlib.conf.yml",
    `ops: {sessions: {${name}: {command: sleep 1000, ${env}, ${fields}}}}\n`,
  );
}

/** How often its command runs. */
const count = (sandbox: Sandbox) =>
  processesWith("MOVED", sandbox.dir)
    .filter(({ argv }) => argv[0] === "sleep").length;

tmuxTest("start, status, stop and restart of what has moved", async () => {
  await using sandbox = tmuxSandbox();
  await define(sandbox, "bot", "socket_name: old");
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
  await define(sandbox, "bot", "socket_name: new");

  const start = await ops(sandbox, "start", "bot");
  assertEquals([start.code, count(sandbox)], [1, 1]);
  assertStringIncludes(start.stderr, "exists already (tmux (socket old)): it");
  assertStringIncludes(start.stderr, '"ops restart bot" moves it');
  const status = await opsJson(sandbox, "status", "bot");
  assertEquals([status.state, status.socket_name], ["running", "old"]);

  const restart = await ops(sandbox, "restart", "bot");
  assertEquals([restart.code, count(sandbox)], [0, 1]);
  const moved = await opsJson(sandbox, "status", "bot");
  assertEquals([moved.state, moved.socket_name], ["running", "new"]);

  await define(sandbox, "bot", "socket_name: other");
  const stop = await ops(sandbox, "stop", "bot");
  assertEquals([stop.code, count(sandbox)], [0, 0]);
  assertStringIncludes(stop.stdout, "Session 'bot' stopped");
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
});

tmuxTest("another one of that name elsewhere is no obstacle", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-L", "mine", "-c", "exec sleep 1000");
  await define(sandbox, "bot", "socket_name: new");
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
  assertEquals((await ops(sandbox, "stop", "bot", "-L", "mine")).code, 0);
  assertEquals((await ops(sandbox, "stop", "bot")).code, 0);
});

testOn(["podman"], "from tmux into a container, and back", async () => {
  await using sandbox = new Sandbox();
  await using it = new Containers("podman");
  const name = it.name("bot");
  const container = `image: "${IMAGE}", runtime: podman`;
  await define(sandbox, name, "stop_timeout: 5");
  await ops(sandbox, "start", name);
  await define(sandbox, name, container);
  assertEquals((await ops(sandbox, "start", name)).code, 1);
  assertEquals((await ops(sandbox, "restart", name)).code, 0);
  const there = await opsJson(sandbox, "status", name);
  assertEquals([there.state, there.runtime], ["running", "podman"]);
  await define(sandbox, name, "stop_timeout: 5");
  assertEquals((await ops(sandbox, "restart", name)).code, 0);
  const back = await opsJson(sandbox, "status", name);
  assertEquals([back.state, back.backend], ["running", "tmux"]);
  assertEquals(await it.runner().exists(name), false);
});
