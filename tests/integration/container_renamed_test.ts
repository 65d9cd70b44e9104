/** A container that somebody renames runs on and is no other. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SessionManager } from "../../mod.ts";
import { SessionRenamedError } from "../../src/core/errors.ts";
import { ops } from "../helpers/cli.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";

const SLEEP = ["sleep", "1000"];

for (const isLeftOpen of [false, true]) {
  const which = isLeftOpen ? "a runtime that is left open" : "its runtime";
  forEachRuntime(
    `renamed: it is not started twice, with ${which}`,
    async (it, sandbox) => {
      const [bot, old] = [it.name("bot"), it.name("old")];
      const runtime = isLeftOpen ? "" : `, runtime: ${it.runtime}`;
      await sandbox.write(
        "home/.config/kstlib.conf.yml",
        `ops: {engines: [${it.runtime}], sessions: {${bot}: ` +
          `{backend: container, image: "${IMAGE}", command: sleep 1000${runtime}}}}`,
      );
      assertEquals((await ops(sandbox, "start", bot)).code, 0);
      await it.engine("rename", bot, old);
      for (
        const args of [["start"], ["stop"], ["restart"], ["status"], ["logs"]]
      ) {
        const [command = "", ...rest] = args;
        const { code, stderr } = await ops(sandbox, command, bot, ...rest);
        assertEquals(code, 3, command + stderr);
        assertStringIncludes(stderr, `it runs as "${old}"`);
        assertStringIncludes(stderr, `"${it.runtime} rename ${old} ${bot}"`);
      }
      const up = await ops(sandbox, "up");
      assertEquals(up.code, 0, up.stderr);
      const { stdout } = await ops(sandbox, "list", "--json");
      const listed = JSON.parse(stdout).map((
        it: { name: string; state: string; started_as: string },
      ) => [it.name, it.state, it.started_as]);
      const ours = listed.filter(([name]: string[]) =>
        name === old || name === bot
      );
      assertEquals(ours, [[old, "running", bot]]);
      const history = await ops(sandbox, "history", "--json");
      assertEquals(JSON.parse(history.stdout)[0].ended_at, null);

      // Its run goes on, and with its name it is itself again.
      await it.engine("rename", old, bot);
      const manager = new SessionManager(bot, {
        backend: "container",
        runtime: it.runtime,
      });
      const { startedAs, lastRun } = await manager.status();
      assertEquals([startedAs, lastRun?.endedBy], [null, null]);
      assertEquals(await manager.stop(), true);
    },
  );
}

forEachRuntime("renamed: once it has ended its name is free", async (it) => {
  await it.start("bot", SLEEP);
  await it.engine("rename", it.name("bot"), it.name("old"));
  await it.engine("stop", "--time", "0", it.name("old"));
  await it.start("bot", SLEEP);
  assertEquals(await it.runner().exists(it.name("old")), true);
});

forEachRuntime("renamed: a runner tells", async (it, sandbox) => {
  const runner = it.runner({ stateFolder: sandbox.path("state") });
  const config = it.config("bot", SLEEP);
  await runner.start(config);
  await it.engine("rename", it.name("bot"), it.name("old"));
  for (
    const act of [
      () => runner.start(config),
      () => runner.stop(config.name),
      () => runner.status(config.name),
    ]
  ) {
    const { newName } = await assertRejects(act, SessionRenamedError);
    assertEquals(newName, it.name("old"));
  }
  const { detail } = await runner.status(it.name("old"));
  assertEquals(detail, `started as "${config.name}"`);
  assertEquals((await runner.history(config.name)).at(-1)?.endedBy, null);
});
