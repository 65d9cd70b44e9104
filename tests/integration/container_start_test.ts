import {
  assert,
  assertEquals,
  assertFalse,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  SessionConfigError,
  SessionExistsError,
  SessionStartError,
} from "../../src/core/errors.ts";
import type { SessionStatus } from "../../src/core/definition.ts";
import { localHost } from "../../src/host/local/local.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";

const ends: Array<[command: string, code: number]> = [
  ["true", 0],
  ["false", 1],
  ["sh -c 'exit 7'", 7],
  ["sh -c 'exit 126'", 126],
  ["sh -c 'exit 137'", 137],
];

forEachRuntime("what ends at once is exited, with its code", async (it) => {
  const runner = it.runner();
  await Promise.all(ends.map(async ([command, exitCode], i) => {
    const what = `end${i}`;
    const expected = { state: "exited", exitCode, pid: null, managed: true };
    assertObjectMatch(await it.start(what, command), expected, command);
    assertObjectMatch(await runner.status(it.name(what)), expected, command);
  }));
  const listed = (await runner.listSessions())
    .filter(({ name, state }) =>
      name.startsWith(it.name("end")) && state === "exited"
    );
  assertEquals(
    Object.fromEntries(listed.map((s) => [s.name, s.exitCode])),
    Object.fromEntries(ends.map(([, code], i) => [it.name(`end${i}`), code])),
  );
});

const notRun: Array<[what: string, program: string, code: number]> = [
  ["missing", "no-such-program", 127],
  ["folder", "/tmp", 126],
];

forEachRuntime("a program that cannot be run leaves nothing", async (it) => {
  await Promise.all(notRun.map(async ([what, program, exitCode]) => {
    const status = await it.start(what, [program]);
    assertObjectMatch(status, { state: "exited", exitCode });
    assertStringIncludes(status.detail ?? "", program);
    assertFalse(await it.runner().exists(it.name(what)));
  }));
});

forEachRuntime("nor if it is to be started again and again", async (it) => {
  const restart = "always";
  const { state, exitCode } = await it.start("bot", ["no-such"], { restart });
  assertEquals([state, exitCode], ["exited", 127]);
  assertFalse(await it.runner().exists(it.name("bot")));
});

forEachRuntime("last words are kept, of a killed one too", async (it) => {
  const runner = it.runner();
  await Promise.all([
    it.start("quick", ["sh", "-c", "echo last words; exit 7"]),
    it.start("killed", ["sh", "-c", "echo lived; sleep 1000"]),
  ]);
  assertEquals(await runner.logs(it.name("quick")), "last words");
  await it.engine("kill", it.name("killed"));
  const { exitCode, finishedAt } = await it.ended("killed");
  assertEquals(exitCode, 137);
  assert(Date.parse(finishedAt ?? "") <= Date.now());
  assertEquals(await runner.logs(it.name("killed")), "lived");
});

/** Programs that show what they were given. */
const argv = 'printf "<%s>" "$PWD" "$@"';
const shown: Array<[command: string | readonly string[], output: string]> = [
  [`sh -c '${argv}' sh 'a b' "" '$HOME' * c\\ d`, "<a b><><$HOME><*><c d>"],
  [["sh", "-c", argv, "sh", "a b", "", "$HOME", "'*'"], "<a b><><$HOME><'*'>"],
];

forEachRuntime("a command is words or an exact argv", async (it) => {
  await Promise.all(shown.map(async ([command, output], i) => {
    await it.start(`argv${i}`, command, { workingDir: "/tmp" });
    assertEquals(
      await it.runner().logs(it.name(`argv${i}`)),
      `</tmp>${output}`,
    );
  }));
});

forEachRuntime("without a command it is the image's own", async (it) => {
  const status = await it.start("shell", undefined);
  assertObjectMatch(status, {
    state: "running",
    command: "sh",
    exitCode: null,
  });
  assert(status.pid !== null);
  assertStringIncludes(status.image ?? "", IMAGE);
  assertEquals(await it.runner().status(it.name("shell")), status);
});

forEachRuntime(
  "start: running is refused, stopped starts again",
  async (it) => {
    await Promise.all([true, false].map(async (managed) => {
      const what = managed ? "ours" : "foreign";
      const command = ["sh", "-c", "date +%s; sleep 1000"];
      if (managed) await it.start(what, command);
      else await it.foreign(what, command);
      const again = () => it.start(what, "true", { image: "not.looked/at" });
      await assertRejects(again, SessionExistsError, "it is running; stop it");

      await it.engine("kill", it.name(what));
      const { createdAt } = await it.ended(what);
      const expected = { state: "running", createdAt, managed };
      assertObjectMatch(await again(), expected);
    }));
  },
);

forEachRuntime("start: a paused container goes on", async (it) => {
  await it.foreign("paused", ["sleep", "1000"]);
  const { pid, startedAt } = await it.runner().status(it.name("paused"));
  await it.engine("pause", it.name("paused"));
  assertObjectMatch(
    await it.runner().status(it.name("paused")),
    { state: "stopped", detail: "paused", pid },
  );
  const expected = { state: "running", pid, startedAt };
  assertObjectMatch(await it.start("paused", undefined), expected);
});

forEachRuntime("two starts of one name: one wins", async (it) => {
  const starts = await Promise.allSettled(
    [1, 2].map(() => it.start("one", "sleep 1000")),
  );
  const [won, ...lost] = starts.toSorted((a) =>
    a.status === "fulfilled" ? -1 : 1
  );
  assert(won?.status === "fulfilled" && lost[0]?.status === "rejected");
  assert(lost[0].reason instanceof SessionExistsError, lost[0].reason);
  const expected: Partial<SessionStatus> = { state: "running", managed: true };
  assertObjectMatch(await it.runner().status(it.name("one")), expected);
});

forEachRuntime("an image that cannot be had is named, and why", async (it) => {
  // A registry on this machine that does not answer: nothing leaves it.
  const image = "localhost:9/no/such:1";
  const said: string[] = [];
  const runner = it.runner({ notify: (text) => said.push(text) });
  await assertRejects(
    () => runner.start({ ...it.config("web", "true"), image }),
    SessionStartError,
    `image ${image} cannot be had`,
  );
  assertStringIncludes(said.join(""), "localhost:9");
  assertFalse(await runner.exists(it.name("web")));
});

forEachRuntime("what the runtime refuses leaves nothing", async (it) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await Promise.all([
    assertRejects(
      () =>
        it.start("port", "true", {
          ports: [`127.0.0.1:${taken.addr.port}:80`],
        }),
      SessionStartError,
      "address already in use",
    ),
    assertRejects(
      () => it.start("mount", "true", { volumes: ["/etc/passwd:/tmp"] }),
      SessionStartError,
      "not a directory",
    ),
    assertRejects(
      () => it.start("none", "true", { image: undefined }),
      SessionStartError,
      "no image to make it from",
    ),
    assertRejects(
      () => it.start("quote", "sh -c 'true"),
      SessionConfigError,
      "not closed",
    ),
    assertRejects(
      () => it.start("a.b", "true"),
      SessionConfigError,
      "cannot name a new session",
    ),
  ]);
  for (const what of ["port", "mount", "none", "quote", "a.b"]) {
    assertFalse(await it.runner().exists(it.name(what)), what);
  }
});

forEachRuntime("start: is told of a stop meanwhile", async (it, sandbox) => {
  const stateFolder = sandbox.path("state");
  const other = it.runner({ stateFolder });
  const name = it.name("bot");
  let isMade = false;
  const runner = it.runner({
    stateFolder,
    host: {
      ...localHost,
      run: async (invocation, options) => {
        // Just before it is looked at in its first moments.
        if (isMade) await other.stop(name, { graceful: false });
        isMade = false;
        const result = await localHost.run(invocation, options);
        isMade = invocation.args[0] === "run";
        return result;
      },
    },
  });
  await assertRejects(
    () => runner.start(it.config("bot", "sleep 1000")),
    SessionStartError,
    "somebody else stopped it meanwhile",
  );
  assertEquals((await other.history(name))[0]?.endedBy, "stop");
});
