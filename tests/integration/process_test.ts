import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  BackendNotFoundError,
  EngineError,
  EngineTimeoutError,
  SessionConfigError,
} from "../../src/core/errors.ts";
import { runEarly } from "../../src/host/local/local.ts";
import { run } from "../../src/host/local/run.ts";
import { ourChildren } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** What a shell script says. */
function sh(
  script: string,
  { timeoutMs = 10_000, stdin }: { timeoutMs?: number; stdin?: string } = {},
) {
  return run(
    { binary: "sh", args: ["-c", script], engine: "sh" },
    { timeoutMs, ...(stdin === undefined ? {} : { stdin }) },
  );
}

const codes: Array<[script: string, code: number]> = [
  ["true", 0],
  ["exit 7", 7],
  ["kill -s TERM $$", 128 + 15],
  ["kill -s KILL $$", 128 + 9],
];

for (const [script, code] of codes) {
  Deno.test(`run: "${script}" gives ${code}`, async () => {
    assertEquals((await sh(script)).code, code);
  });
}

Deno.test("run keeps both streams apart, and no stdin is an empty one", async () => {
  assertEquals(await sh("cat; printf 'ü\\n\\n'; printf %s err >&2"), {
    code: 0,
    stdout: "ü\n\n",
    stderr: "err",
    withheld: [],
  });
});

Deno.test("run puts characters together that came in pieces", async () => {
  const { stdout } = await sh("printf '\\303'; sleep 0.1; printf '\\274'");
  assertEquals(stdout, "ü");
});

Deno.test("run: 1 MB goes in and comes out", async () => {
  const text = "0123456789abcdeü".repeat(65_536);
  assertEquals((await sh("cat", { stdin: text })).stdout, text);
});

Deno.test("run: a program need not read what it is given", async () => {
  const { code } = await sh("exit 3", { stdin: "x".repeat(1_000_000) });
  assertEquals(code, 3);
});

Deno.test("run hands on what comes on stderr as it comes", async () => {
  const parts: string[] = [];
  const shell = { binary: "sh", engine: "sh" };
  const args = ["-c", "printf a >&2; sleep 0.2; printf b >&2"];
  const { stderr } = await run({ ...shell, args }, {
    timeoutMs: null,
    onStderr: (text) => parts.push(text),
  });
  assertEquals([stderr, ...parts], ["ab", "a", "b"]);
});

Deno.test("run: environment and working directory are the caller's", async () => {
  await using sandbox = new Sandbox();
  const { stdout } = await run({
    binary: "sh",
    args: ["-c", 'printf "%s %s" "$A" "$PWD"'],
    engine: "sh",
    env: { A: "$(b) 'c'" },
    cwd: sandbox.dir,
  }, { timeoutMs: 10_000 });
  assertEquals(stdout, `$(b) 'c' ${sandbox.dir}`);
});

const stubborn: Array<[what: string, script: string, stdin?: string]> = [
  ["ignores TERM", "trap '' TERM INT HUP; while :; do sleep 0.05; done"],
  ["has stopped", "kill -s STOP $$"],
  ["has left its streams to another process", "sleep 60 & exit 0"],
  ["does not read a long input", "exec sleep 60", "x".repeat(1_000_000)],
  [
    "has left a long input to another process",
    "exec 3<&0; sleep 60 <&3 & exit 0",
    "x".repeat(1_000_000),
  ],
];

for (const [what, script, stdin] of stubborn) {
  Deno.test(`the time limit holds for a program that ${what}`, async () => {
    await using _sandbox = new Sandbox();
    const started = performance.now();
    const error = await assertRejects(
      () => sh(script, { timeoutMs: 300, ...(stdin ? { stdin } : {}) }),
      EngineTimeoutError,
      "sh: no answer within 0.3 s",
    );
    assertEquals(error.timeoutMs, 300);
    assertLess(performance.now() - started, 2_000);
    assertEquals(ourChildren(), []);
  });
}

Deno.test("a program may end in the very moment of its time limit", async () => {
  const ends = { binary: "sleep", args: ["0.1"], engine: "sleep" };
  for (let round = 0; round < 15; round++) {
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      const outcome = await run(ends, { timeoutMs: 92 + i }).catch((e) => e);
      assert(outcome instanceof EngineTimeoutError || outcome.code === 0);
    }));
  }
});

Deno.test("a time limit that is not needed does not keep us alive", async () => {
  await using sandbox = new Sandbox();
  const started = performance.now();
  const { code } = await sandbox.deno(["--allow-run=sh"], RUN_SH);
  assertEquals(code, 0);
  assertLess(performance.now() - started, LIMIT_OF_RUN_SH_MS / 2);
});

Deno.test("runEarly: what is asked early is answered late, however late", async () => {
  const args = ["-c", "printf ü; printf err >&2; exit 7"];
  const answer = runEarly({ binary: "sh", args, engine: "sh" });
  const whole = { code: 7, stdout: "ü", stderr: "err", withheld: [] };
  assertEquals(await answer(10_000), whole);
  assertEquals(await answer(0), whole); // it is there: no limit can pass
});

Deno.test("runEarly: the time limit holds, and ends the program", async () => {
  await using _sandbox = new Sandbox();
  const args = ["-c", "trap '' TERM; while :; do sleep 0.05; done"];
  const answer = runEarly({ binary: "sh", args, engine: "sh" });
  await assertRejects(
    () => answer(300),
    EngineTimeoutError,
    "sh: no answer within 0.3 s",
  );
  await answer(null); // it has ended
  assertEquals(ourChildren(), []);
});

Deno.test({
  name: "runEarly: the time limit holds for streams that others hold open",
  sanitizeOps: false, // they are read on
  sanitizeResources: false,
  fn: async () => {
    await using _sandbox = new Sandbox();
    const args = ["-c", "sleep 60 & exit 0"];
    const answer = runEarly({ binary: "sh", args, engine: "sh" });
    await assertRejects(() => answer(300), EngineTimeoutError);
  },
});

Deno.test("runEarly: what cannot be run is told to who waits for it", async () => {
  const missing = { binary: "no-such-program", args: [], engine: "none" };
  const answer = runEarly(missing);
  await assertRejects(() => answer(10_000), BackendNotFoundError);
});

Deno.test("what the operating system refuses gets its name", async () => {
  await using sandbox = new Sandbox();
  const notExecutable = await sandbox.write("tool", "#!/bin/sh\n");
  const file = await sandbox.write("file", "");
  const missing = sandbox.path("nowhere");
  const ask = (binary: string, cwd?: string) => () =>
    run({ binary, args: [], engine: "it", cwd }, { timeoutMs: 10_000 });

  const notFound = await assertRejects(
    ask("no-such-program"),
    BackendNotFoundError,
    "no-such-program is not installed",
  );
  assertInstanceOf(notFound.cause, Deno.errors.NotFound);
  await assertRejects(
    ask(notExecutable),
    EngineError,
    "may not be executed",
  );
  const noCwd = await assertRejects(
    ask("true", missing),
    SessionConfigError,
    `working_dir: "${missing}" does not exist`,
  );
  assertEquals(noCwd.key, "working_dir");
  await assertRejects(ask("true", file), SessionConfigError, "not a directory");
  // A program that is missing is that, whatever the directory is.
  for (const cwd of [sandbox.dir, missing]) {
    await assertRejects(ask("no-such-program", cwd), BackendNotFoundError);
  }
  await assertRejects(ask(`${file}/tool`, sandbox.dir), BackendNotFoundError);
});

const LIMIT_OF_RUN_SH_MS = 8_000;
/** A program that runs sh, and shows what comes of it as JSON. */
const RUN_SH = `
  import { run } from "./src/host/local/run.ts";
  const it = { binary: "sh", args: ["-c", "echo [$LD_LIBRARY_PATH]"], engine: "sh" };
  console.log(JSON.stringify(await run(it, { timeoutMs: ${LIMIT_OF_RUN_SH_MS} }).catch(
    ({ name, message, flag }) => ({ name, message, flag }),
  )));`;

Deno.test("a permission that is missing is named, with the flag to add", async () => {
  await using sandbox = new Sandbox();
  for (const flags of [[], ["--allow-run=tmux"]]) {
    const { stdout, stderr } = await sandbox.deno(flags, RUN_SH);
    assertEquals(stderr, "");
    assertEquals(JSON.parse(stdout), {
      name: "PermissionError",
      message: 'not permitted to run sh: add --allow-run=sh to "deno run"',
      flag: "--allow-run=sh",
    });
  }
});

Deno.test("variables that Deno withholds come empty, and are told", async () => {
  await using sandbox = new Sandbox();
  const env = { LD_LIBRARY_PATH: "/nowhere", LD_BIND_NOW: "1" };
  const narrow = await sandbox.deno(["--allow-run=sh"], RUN_SH, env);
  const { withheld, ...rest } = JSON.parse(narrow.stdout);
  assertEquals(rest, { code: 0, stdout: "[]\n", stderr: "" });
  assertEquals(withheld.toSorted(), ["LD_BIND_NOW", "LD_LIBRARY_PATH"]);

  const wide = await sandbox.deno(["--allow-run"], RUN_SH, env);
  assertStringIncludes(wide.stdout, '"stdout":"[/nowhere]\\n"');
  assertStringIncludes(wide.stdout, '"withheld":[]');
});
