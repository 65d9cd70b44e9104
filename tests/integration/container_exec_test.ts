import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SessionConfigError, SessionExecError } from "../../src/core/errors.ts";
import { forEachRuntime } from "../helpers/containers.ts";

const LARGE = "x".repeat(1_000_000);

const runs: Array<
  [
    argv: string[],
    expected: { code?: number; stdout?: string; stderr?: string },
  ]
> = [
  [["true"], {}],
  [["false"], { code: 1 }],
  [["sh", "-c", "exit 7"], { code: 7 }],
  [["sh", "-c", "kill -s KILL $$"], { code: 137 }],
  [["sh", "-c", "echo out; echo err >&2"], {
    stdout: "out\n",
    stderr: "err\n",
  }],
  [["printf", "<%s>", "a b", "", "$HOME", "*"], {
    stdout: "<a b><><$HOME><*>",
  }],
  [["echo", "--tty", "-i"], { stdout: "--tty -i\n" }],
  [["sh", "-c", "echo $KEY; pwd"], { stdout: "a=b c\n/tmp\n" }],
  [["sh", "-c", "yes x | head -n 1000000 | tr -d '\\n'"], { stdout: LARGE }],
  [["cat"], {}], // it has no input
];

forEachRuntime("exec: a further program, and all that it says", async (it) => {
  await it.start("host", "sleep 1000", {
    env: { KEY: "a=b c" },
    workingDir: "/tmp",
  });
  await Promise.all(runs.map(async ([argv, expected]) => {
    assertEquals(
      await it.runner().exec(it.name("host"), argv),
      { code: 0, stdout: "", stderr: "", ...expected },
      argv.join(" "),
    );
  }));
});

forEachRuntime("exec: a program that is not there", async (it) => {
  await it.foreign("host", ["sleep", "1000"]);
  const { code, stdout, stderr } = await it.runner()
    .exec(it.name("host"), ["no-such-program"]);
  assertEquals(code === 126 || code === 127, true, String(code));
  assertStringIncludes(stdout + stderr, "no-such-program");
});

forEachRuntime("exec: only in what runs", async (it) => {
  const runner = it.runner();
  await Promise.all([
    it.foreign("exited", ["true"]),
    it.foreign("created", ["true"], { verb: "create" }),
    it.foreign("paused", ["sleep", "1000"]),
  ]);
  await it.engine("pause", it.name("paused"));
  for (const what of ["exited", "created", "paused"]) {
    await assertRejects(
      () => runner.exec(it.name(what), ["true"]),
      SessionExecError,
      "start it first",
    );
  }
  for (const argv of [[], [""], ["a\0b"]]) {
    await assertRejects(
      () => runner.exec(it.name("paused"), argv),
      SessionConfigError,
    );
  }
});
