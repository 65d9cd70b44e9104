/** What is remembered of a container while others stop and start it, too. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ContainerRunner } from "../../../../src/engines/container/runner.ts";
import { keyOf } from "../../../../src/engines/container/record.ts";
import { EngineError } from "../../../../src/core/errors.ts";
import { History } from "../../../../src/state/history.ts";
import { folderOf } from "../../../../src/state/paths.ts";
import {
  type Answer,
  type Call,
  FakeHost,
} from "../../../helpers/fake_host.ts";
import { dockerInspected } from "./answers.ts";

const key = keyOf("web", "docker");
const running = {
  stdout: JSON.stringify([
    dockerInspected({}, {
      Config: {
        Tty: true,
        Image: "nginx:1",
        Labels: { "io.kstlib.ops.managed": "true" },
      },
    }),
  ]),
};
const none = { code: 1, stdout: "[]", stderr: "Error: no such container" };

/** A container that runs, as run 1, on a Docker that answers so. */
function remembered(answer: (call: Call) => Answer) {
  const stateFolder = Deno.makeTempDirSync({ prefix: "ops-record-" });
  const history = new History(folderOf(stateFolder, key));
  const begin = () => {
    const run = history.begin(key, "./bot", null);
    history.confirm(run, "");
    return run;
  };
  begin();
  const host = new FakeHost(answer);
  return {
    history,
    begin,
    runner: new ContainerRunner({ runtime: "docker", host, stateFolder }),
    [Symbol.dispose]: () => Deno.removeSync(stateFolder, { recursive: true }),
  };
}

Deno.test("a late stop is not written onto the next run", async () => {
  let isStopped = false;
  using it = remembered(({ args }) => {
    if (args[0] === "container") return isStopped ? none : running;
    if (args[0] !== "stop") return {};
    // Somebody else was first, and has started it anew.
    const first = it.history.read(1)!;
    it.history.end(first, {
      endedAt: first.startedAt,
      endedBy: "stop",
      exitCode: 7,
      signal: null,
      oomKilled: null,
      restartCount: 0,
    });
    it.begin();
    isStopped = true;
    return {};
  });
  await it.runner.stop("web");
  assertEquals(
    it.history.all().map(({ run, endedBy, exitCode }) => [
      run,
      endedBy,
      exitCode,
    ]),
    [[1, "stop", 7], [2, null, null]],
  );
});

Deno.test("a stop that fails takes back its own note alone", async () => {
  const fails = ({ args }: Call): Answer => {
    if (args[0] === "container") return running;
    return args[0] === "stop" ? { code: 1, stderr: "Error: no" } : {};
  };
  using it = remembered(fails);
  const note = `${it.history.prefix(1)}.end`;
  await assertRejects(() => it.runner.stop("web"), EngineError);
  await assertRejects(() => Deno.stat(note), Deno.errors.NotFound);

  await Deno.writeTextFile(note, "0 - 1700000000 stopped\n");
  await assertRejects(() => it.runner.stop("web"), EngineError);
  assert((await Deno.stat(note)).isFile);
});
