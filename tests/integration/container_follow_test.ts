import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { SessionNotFoundError } from "../../src/core/errors.ts";
import type { ProcessHost } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local/local.ts";
import type { FollowOptions } from "../../src/engines/runner.ts";
import { type Containers, forEachRuntime } from "../helpers/containers.ts";
import { ourChildren } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** Follows in the background; what came so far is in `text`. */
function follow(
  it: Containers,
  sandbox: Sandbox,
  what: string,
  options: FollowOptions = {},
  host: ProcessHost = localHost,
) {
  const abort = new AbortController();
  const runner = it.runner({ stateFolder: sandbox.path("state"), host });
  const signal = abort.signal;
  let text = "";
  const read = async () => {
    for await (
      const piece of runner.follow(it.name(what), { signal, ...options })
    ) {
      text += piece;
    }
  };
  const done = read();
  // A test that has failed already is not interested.
  done.catch(() => {});
  return {
    done,
    end: () => abort.abort(),
    text: () => text,
    lines: () => text.replaceAll("\r", "").split("\n").slice(0, -1),
  };
}

/** Counts on over restarts, and says all it has when it is stopped. */
const COUNT = `n=$(cat /tmp/n 2>/dev/null || echo 0)
  trap 'for i in 1 2 3 4 5 6 7 8 9; do n=$((n + 1)); echo $n; done
    echo $n >/tmp/n; exit 0' TERM
  while :; do n=$((n + 1)); echo $n; usleep 20000; done`;

const numbers = (count: number) =>
  Array.from({ length: count }, (_, i) => `${i + 1}`);

for (const terminal of [true, false]) {
  forEachRuntime(
    `follow: over restarts, terminal: ${terminal}`,
    async (it, sandbox) => {
      const stateFolder = sandbox.path("state");
      const runner = it.runner({ stateFolder });
      const name = it.name("count");
      const command = ["sh", "-c", COUNT];
      if (terminal) await runner.start(it.config("count", command));
      else await it.foreign("count", command);
      const following = follow(it, sandbox, "count", { lines: 100_000 });
      const grows = async (by: number) => {
        const least = following.lines().length + by;
        await until(() => following.lines().length >= least, {
          timeoutMs: 20_000,
        });
      };
      await grows(20);
      for (let i = 0; i < 3; i++) {
        await runner.restart(name);
        await grows(20);
      }
      await runner.stop(name);
      await following.done;
      const lines = following.lines();
      assertEquals(lines, numbers(lines.length));
      assert(lines.length > 80);
      if (!terminal) {
        const logs = await runner.logs(name, 100_000);
        assertEquals(logs.split("\n").length, lines.length);
      }
      assertEquals(ourChildren(), []);
    },
  );
}

forEachRuntime("follow: over restarts by a policy", async (it, sandbox) => {
  const runner = it.runner({ stateFolder: sandbox.path("state") });
  const script = `n=$(cat /tmp/n 2>/dev/null || echo 0)
    for i in $(seq 200); do n=$((n + 1)); echo $n; done; echo $n >/tmp/n; usleep 100000; exit 3`;
  await runner.start(
    it.config("fails", ["sh", "-c", script], { restart: "on-failure:3" }),
  );
  const following = follow(it, sandbox, "fails", { lines: 1_000 });
  await following.done;
  assertEquals(following.lines(), numbers(800));
});

forEachRuntime("follow: one that is replaced", async (it, sandbox) => {
  const runner = it.runner({ stateFolder: sandbox.path("state") });
  const config = (said: string) =>
    it.config("ours", [
      "sh",
      "-c",
      `trap 'echo bye ${said}; exit' TERM; echo ${said}; while :; do sleep 0.05; done`,
    ]);
  await runner.start(config("one"));
  const following = follow(it, sandbox, "ours");
  await until(() => following.text().includes("one"));
  await runner.stop(it.name("ours"));
  await runner.start(config("two"));
  await until(() => following.text().includes("two"));
  await runner.stop(it.name("ours"));
  await following.done;
  assertEquals(following.lines(), ["one", "bye one", "two", "bye two"]);
});

forEachRuntime(
  "follow: what is removed before it was read",
  async (it, sandbox) => {
    const stateFolder = sandbox.path("state");
    const runner = it.runner({ stateFolder });
    const config = (said: string) =>
      it.config("ours", [
        "sh",
        "-c",
        `trap 'echo bye ${said}; exit' TERM; echo ${said}; while :; do sleep 0.05; done`,
      ]);
    const removed = Promise.withResolvers<void>();
    let isLate = true;
    // On a busy machine the client is late: then it has nothing more to read.
    const host: ProcessHost = {
      ...localHost,
      stream: async function* (invocation, options) {
        const said = localHost.stream(invocation, options);
        if (!isLate || !invocation.args.includes("--follow")) {
          return yield* said;
        }
        isLate = false;
        await removed.promise;
        await said.return(0);
        return 0;
      },
    };
    await runner.start(config("one"));
    const following = follow(it, sandbox, "ours", {}, host);
    await until(() => following.text().includes("one"));
    // And the second one has come and gone before anybody looked.
    await runner.stop(it.name("ours"));
    await runner.start(config("two"));
    await until(async () =>
      (await runner.logs(it.name("ours"))).includes("two")
    );
    await runner.stop(it.name("ours"));
    await runner.start(config("three"));
    removed.resolve();
    await until(() => following.text().includes("three"));
    await runner.stop(it.name("ours"));
    await following.done;
    assertEquals(
      following.lines(),
      ["one", "bye one", "two", "bye two", "three", "bye three"],
    );
  },
);

forEachRuntime(
  "follow: the last lines first, then each as it comes",
  async (it, sandbox) => {
    await it.start("ours", [
      "sh",
      "-c",
      "seq 1 500; echo ready; while read line; do echo got; done",
    ]);
    await it.says("ours", "ready");
    const expected = [...numbers(500), "ready"];
    for (const lines of [0, 1, 10, 400, 1_000]) {
      const following = follow(it, sandbox, "ours", { lines });
      await until(() => following.lines().length >= Math.min(lines, 501));
      await new Promise((resolve) => setTimeout(resolve, 300));
      following.end();
      await following.done;
      assertEquals(
        following.lines(),
        lines === 0 ? [] : expected.slice(-lines),
        `${lines}`,
      );
    }
    assertEquals(ourChildren(), []);
    const none = follow(it, sandbox, "none");
    await assertRejects(() => none.done, SessionNotFoundError);
  },
);

forEachRuntime(
  "follow: ended by its signal, at once and with nothing left",
  async (it, sandbox) => {
    await it.start("ours", ["sh", "-c", "echo ready; sleep 1000"]);
    const following = follow(it, sandbox, "ours");
    await until(() => following.text().includes("ready"));
    await until(() => ourChildren().length > 0);
    const before = performance.now();
    following.end();
    await following.done;
    assertLess(performance.now() - before, 500);
    assertEquals(ourChildren(), []);

    // Whoever breaks out of the loop ends it as well.
    for await (const text of it.runner().follow(it.name("ours"))) {
      assertEquals(text, "ready\n");
      break;
    }
    assertEquals(ourChildren(), []);
    const aborted = AbortSignal.abort();
    for await (
      const _ of it.runner().follow(it.name("ours"), { signal: aborted })
    ) continue;
  },
);

forEachRuntime(
  "follow: of one that is gone, its saved log",
  async (it, sandbox) => {
    const runner = it.runner({ stateFolder: sandbox.path("state") });
    await runner.start(it.config("ours", ["sh", "-c", "seq 1 20"]));
    await it.ended("ours");
    await runner.stop(it.name("ours"));
    const following = follow(it, sandbox, "ours", { lines: 5 });
    await following.done;
    assertEquals(following.lines(), numbers(20).slice(-5));
  },
);

forEachRuntime(
  "follow: a restart when the engine has dropped old lines",
  async (it, sandbox) => {
    const script =
      "echo again; seq 1 5000; echo ready; while :; do sleep 0.05; done";
    const flags = ["--log-opt", "max-size=20k"];
    await it.foreign("ours", ["sh", "-c", script], { flags });
    await it.says("ours", "ready");
    const following = follow(it, sandbox, "ours", { lines: 1_000 });
    await until(() => following.lines().includes("ready"));
    await it.runner().stop(it.name("ours"), { graceful: false });
    // Podman looks for the end only now and then, and may miss a quick restart.
    const isFollowed = () =>
      ourChildren().some(({ argv }) => argv.includes("--follow"));
    await until(() => !isFollowed());
    await it.start("ours", ["true"]);
    const readies = () => following.lines().filter((line) => line === "ready");
    await until(() => readies().length === 2, { timeoutMs: 30_000 });
    following.end();
    await following.done;
    const lines = following.lines();
    assertEquals(lines.slice(lines.indexOf("ready") + 1).at(-1), "ready");
  },
);
