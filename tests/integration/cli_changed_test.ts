/** A definition that changes while its session runs. */
import { assertEquals } from "@std/assert";
import { onEachRuntime, ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { IMAGE } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

/** What `list` and `status` say of it, and whether these agree. */
async function marks(sandbox: Sandbox, name: string): Promise<string> {
  const status = await opsJson(sandbox, "status", name);
  const all: { name: string; changed: boolean }[] = await opsJson(
    sandbox,
    "list",
  );
  assertEquals(all.find((it) => it.name === name)?.changed, status.changed);
  const { stdout } = await ops(sandbox, "list");
  const [, state] = stdout.split("\n").map((line) => line.split("\t"))
    .find(([first]) => first === name) ?? [];
  assertEquals(state, status.changed ? "running (changed)" : "running");
  return status.changed ? "changed" : "as defined";
}

async function followsItsDefinition(
  sandbox: Sandbox,
  name: string,
  place: string,
  fields: string,
): Promise<void> {
  const define = (more: string) =>
    sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${name}: {command: sleep 1000, ${fields}${more}}}}`,
    );
  await define("env: {A: x, B: y}");
  await ops(sandbox, "start", name, "-e", "ONLY=now");
  const mark = () => marks(sandbox, name);
  assertEquals(await mark(), "as defined");
  await define("env: {B: y, A: x}");
  assertEquals(await mark(), "as defined");
  const { stderr } = await ops(sandbox, "start", name);
  const exists = `error: session "${name}" exists already (${place}): it is`;
  assertEquals(stderr, `${exists} running; stop it first, or attach to it\n`);

  const before = await opsJson(sandbox, "status", name);
  await define("env: {A: x, B: z}");
  assertEquals(await mark(), "changed");
  assertEquals(await ops(sandbox, "start", name), {
    code: 1,
    stdout: "",
    stderr: `${exists} running, and its definition has changed since: ` +
      `"ops restart ${name}" applies it\n`,
  });
  // Nothing is restarted unasked.
  const after = await opsJson(sandbox, "status", name);
  assertEquals(after.command_pid, before.command_pid);
  assertEquals((await ops(sandbox, "restart", "-f", name)).code, 0);
  assertEquals(await mark(), "as defined");
}

tmuxTest("a session whose definition has changed is marked", async () => {
  await using sandbox = tmuxSandbox();
  await followsItsDefinition(sandbox, "bot", "tmux", "");
  // One from before has no hash, and no mark.
  await sandbox.tmux("set-option", "-u", "-t", "=bot:", "@kstlib_spec");
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {bot: {command: sleep 7}}}",
  );
  assertEquals(await marks(sandbox, "bot"), "as defined");
  // Nor has one that was not started from a definition.
  await ops(sandbox, "start", "other", "-c", "sleep 1000");
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {other: {command: sleep 7}}}",
  );
  assertEquals(await marks(sandbox, "other"), "as defined");
});

onEachRuntime(
  "a container whose definition has changed is marked",
  async (sandbox, it) => {
    const name = it.name("web");
    const fields = `image: "${IMAGE}", runtime: ${it.runtime}, `;
    await followsItsDefinition(sandbox, name, it.runtime, fields);
    await it.engine("stop", name);
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${name}: {image: "${IMAGE}", runtime: ${it.runtime}}}}`,
    );
    // It is the container that was made before.
    assertEquals(
      (await ops(sandbox, "start", name)).stderr,
      `warning: ${name}: its definition has changed since it was made: ` +
        `"ops restart ${name}" applies it\n`,
    );
    assertEquals(await marks(sandbox, name), "changed");
  },
);
