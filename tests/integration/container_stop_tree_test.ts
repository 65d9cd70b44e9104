/** A stop of a container leaves nothing of what it has started. */
import { assert, assertEquals } from "@std/assert";
import { forEachRuntime } from "../helpers/containers.ts";
import { processesWith } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";

/** Each kind of process that has been seen to outlive a stop, by its mark. */
const KINDS = [
  "setsid sleep 2001 &",
  `sh -c "trap '' HUP; exec sleep 2002" &`,
  `sh -c "trap '' INT TERM; while :; do sleep 0.1; done" 2003 &`,
  "sh -c 'sh -c \"sleep 2004; true\" &' &",
  "sh -c 'kill -s STOP $$; sleep 1' 2005 &",
  "(while :; do sleep 0.1; echo; done) | sh -c 'cat >/dev/null; true' 2006 &",
  "sh -c 'setsid sh -c \"sleep 2007; true\" & exit' &",
  "sh -ic 'sleep 2008 & wait' 2008 </dev/tty >/dev/null 2>&1 &",
  'sh -c "$CLEANER" 2009 & cleaner=$!',
];
const MARKS = KINDS.map((_, i) => `${2001 + i}`);

const CLEANER = `trap 'sleep 1; echo clean >/shared/done; exit' TERM
exec 4>/shared/ready
while :; do sleep 0.05; done`;

// Only the first process of a container gets the signal: it is its duty to pass
// it on, here to the one that has something to clean up.
const COMMAND = `${KINDS.join("\n")}
trap 'kill -TERM $cleaner; wait $cleaner; exit 3' TERM
while :; do sleep 0.05; done`;

forEachRuntime("stop ends nine kinds of processes", async (it, sandbox) => {
  const shared = sandbox.path("shared");
  await Deno.mkdir(shared);
  const alive = () => processesWith("TREE", shared);
  for (const graceful of [true, false]) {
    await it.start("tree", ["sh", "-c", COMMAND], {
      env: { TREE: shared, CLEANER },
      volumes: [`${shared}:/shared`],
    });
    await until(() => {
      const there = alive();
      // Before its trap stands, a signal would simply end it.
      const isReady = [...Deno.readDirSync(shared)]
        .some(({ name }) => name === "ready");
      return isReady && there.some(({ state }) => state === "T") &&
        MARKS.every((mark) => there.some(({ argv }) => argv.includes(mark)));
    }).catch((cause) => {
      const all = alive().map(({ argv }) => argv.join(" "));
      throw new Error(`not all are there, only:\n${all.join("\n")}`, { cause });
    });
    const result = await it.runner().stop(it.name("tree"), {
      graceful,
      timeout: 8,
    });
    assert(result.stopped);
    assertEquals(alive(), []);
    const wasCleaned = await Deno.stat(`${shared}/done`).then(
      () => true,
      () => false,
    );
    assertEquals(wasCleaned, graceful);
    assertEquals(result.exitCode, graceful ? 3 : 137);
    if (wasCleaned) await Deno.remove(`${shared}/done`);
    await Deno.remove(`${shared}/ready`);
  }
});
