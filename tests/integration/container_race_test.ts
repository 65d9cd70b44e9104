/** Starts, stops and restarts of the same container at once. */
import { assertEquals, assertRejects } from "@std/assert";
import { SessionExistsError } from "../../src/core/errors.ts";
import type { ProcessHost } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local/local.ts";
import type { Containers } from "../helpers/containers.ts";
import { forEachRuntime } from "../helpers/containers.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

const SLEEP = "sleep 1000";

/** A host on which somebody else acts once, just before the engine is told so. */
function before(verb: string, act: () => Promise<unknown>): ProcessHost {
  let isDone = false;
  return {
    ...localHost,
    run: async (invocation, options) => {
      if (invocation.args[0] === verb && !isDone) {
        isDone = true;
        await act();
      }
      return await localHost.run(invocation, options);
    },
  };
}

/** An ended container, a runner for it, and another one with the same memory. */
async function ended(it: Containers, sandbox: Sandbox) {
  const stateFolder = sandbox.path("state");
  const config = it.config("bot", SLEEP);
  const other = it.runner({ stateFolder });
  await other.start(config);
  await it.engine("kill", config.name);
  await it.ended("bot");
  const runner = (host: ProcessHost) => it.runner({ stateFolder, host });
  return { config, name: config.name, other, runner };
}

forEachRuntime(
  "race: a stop ends what was started again",
  async (it, sandbox) => {
    const { name, other, runner } = await ended(it, sandbox);
    const host = before("rm", () => it.engine("start", name));
    await runner(host).stop(name, { graceful: false });
    assertEquals(await other.exists(name), false);
  },
);

forEachRuntime(
  "race: a stop beside another is none the worse",
  async (it, sandbox) => {
    const { config, name, other } = await ended(it, sandbox);
    await other.start(config);
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    const stateFolder = sandbox.path("state");
    const host: ProcessHost = {
      ...localHost,
      // The log is read with this, before the container is removed.
      stream: (invocation, options) => {
        return (async function* () {
          await other.stop(name);
          return yield* localHost.stream(invocation, options);
        })();
      },
    };
    await it.runner({ stateFolder, host, warn }).stop(name, {
      graceful: false,
    });
    assertEquals(warnings, []);
    assertEquals((await other.history(name)).length, 2);
  },
);

forEachRuntime(
  "race: of two starts one has started it",
  async (it, sandbox) => {
    const { config, name, other, runner } = await ended(it, sandbox);
    const host = before("start", () => other.start(config));
    await assertRejects(
      () => runner(host).start(config),
      SessionExistsError,
      "somebody else started it meanwhile",
    );
    const runs = await other.history(name);
    assertEquals(runs.map(({ endedBy }) => endedBy), ["itself", null]);
  },
);

forEachRuntime("race: so it is of two that make it", async (it, sandbox) => {
  const stateFolder = sandbox.path("state");
  const config = it.config("bot", SLEEP);
  const other = it.runner({ stateFolder });
  const host = before("run", () => other.start(config));
  await assertRejects(
    () => it.runner({ stateFolder, host }).start(config),
    SessionExistsError,
    "somebody else started it meanwhile",
  );
  assertEquals((await other.history(config.name)).length, 1);
});

forEachRuntime("race: a start makes what was removed", async (it, sandbox) => {
  const { config, name, other, runner } = await ended(it, sandbox);
  const host = before("start", () => other.stop(name));
  assertEquals((await runner(host).start(config)).state, "running");
  assertEquals((await other.history(name)).at(-1)?.endedBy, null);
});

forEachRuntime("race: restarts leave no phantoms", async (it, sandbox) => {
  const { config, name, other, runner } = await ended(it, sandbox);
  await other.start(config);
  const host = before("start", () => other.restart(name));
  await assertRejects(
    () => runner(host).restart(name, { graceful: false }),
    SessionExistsError,
    "somebody else started it meanwhile",
  );
  const endings = (await other.history(name)).map(({ endedBy }) => endedBy);
  assertEquals(endings.filter((it) => it === "engine_gone"), []);
  assertEquals(endings.at(-1), null);
});
