/** `ready:` and what waits for it, on real engines. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { PERMISSIONS, PROBING } from "../../src/cli/permissions.ts";
import { ops, opsInTerminal, opsUnder, tmuxSandbox } from "../helpers/cli.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";
import { tmuxTest } from "../helpers/engines.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** A configuration of the sandbox. */
function define(sandbox: Sandbox, sessions: string): Promise<string> {
  return sandbox.write("kstlib.conf.yml", `ops:\n  sessions:\n${sessions}`);
}

/** Waits with the permission to look at addresses of this machine. */
function wait(sandbox: Sandbox, name: string, ...more: string[]) {
  const permissions = [...PERMISSIONS.wait, PROBING];
  const args = ["wait", name, "--for", "ready", ...more];
  return opsUnder(sandbox, permissions, ...args);
}

/** A port that nobody listens at. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

tmuxTest("ready: log, also a line from before the wait began", async () => {
  await using sandbox = tmuxSandbox();
  const go = sandbox.path("go");
  await define(
    sandbox,
    `    bot:
      command: |
        echo first
        until test -e ${go}; do sleep 0.05; done
        printf '\\033[32mlistening on 80\\033[0m\\n'
        exec sleep 1000
      ready: {log: ^listening on \\d+$}
`,
  );
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
  const early = await wait(sandbox, "bot", "--timeout", "0.5");
  assertEquals(early.code, 1);
  assertStringIncludes(
    early.stderr,
    "after 0.5 s it is not ready: log: no line matches /^listening on \\d+$/",
  );
  const waiting = wait(sandbox, "bot");
  await Deno.writeTextFile(go, "");
  assertEquals((await waiting).code, 0);
  const again = await wait(sandbox, "bot");
  assertEquals([again.code, again.stdout], [0, "bot: running\n"]);

  // What an earlier run said does not count.
  await Deno.remove(go);
  assertEquals((await ops(sandbox, "restart", "bot")).code, 0);
  assertEquals((await wait(sandbox, "bot", "--timeout", "0.5")).code, 1);
});

tmuxTest("ready: port and http have to answer, both", async () => {
  // A proxy has no part in what is on this machine.
  await using sandbox = tmuxSandbox({ http_proxy: "http://127.0.0.1:9" });
  const port = freePort();
  let status = 503;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("", { status }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/health`;
  await define(
    sandbox,
    `    bot:
      command: exec sleep 1000
      ready: {port: ${port}, http: ${url}, timeout: 1}
    moved:
      command: exec sleep 1000
      ready: {http: {url: ${url}, status: 503}}
`,
  );
  assertEquals((await ops(sandbox, "start", "bot", "moved")).code, 0);
  assertEquals((await wait(sandbox, "moved")).stderr, "");
  const missing = await wait(sandbox, "bot");
  assertEquals(missing.code, 1);
  assertStringIncludes(
    missing.stderr,
    `after 1 s it is not ready: port ${port}: connection refused; ${url}: ` +
      "the answer is 503",
  );
  status = 200;
  using _listener = Deno.listen({ hostname: "127.0.0.1", port });
  assertEquals((await wait(sandbox, "bot")).code, 0);
});

tmuxTest("ready: a port that is not permitted names the flag", async () => {
  if (Deno.env.has("OPS_BINARY")) return; // it has the permission
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    bot: {command: exec sleep 1000, ready: {port: 8080}}
    web: {command: exec sleep 1000, ready: {http: 'http://localhost/x'}}
`,
  );
  assertEquals((await ops(sandbox, "start", "bot", "web")).code, 0);
  const bot = await ops(sandbox, "wait", "bot", "--for", "ready");
  assertEquals([bot.code, bot.stderr], [
    5,
    "error: not permitted to connect to 127.0.0.1:8080: add " +
    '--allow-net=127.0.0.1:8080 to "deno run"\n',
  ]);
  const web = await ops(sandbox, "wait", "web", "--for", "ready");
  assertEquals(web.code, 5);
  assertStringIncludes(web.stderr, "--allow-net=localhost:80 ");
});

tmuxTest(
  "ready: command, with the session's variables and folder",
  async () => {
    await using sandbox = tmuxSandbox();
    const probe = await sandbox.write(
      "probe.sh",
      '#!/bin/sh\ntest -e "$MARK" && exit\necho "no $MARK" >&2\nexit 3\n',
      0o755,
    );
    await Deno.mkdir(sandbox.path("work"));
    await define(
      sandbox,
      `    bot:
      command: exec sleep 1000
      working_dir: ./work
      env: {MARK: here}
      ready: {command: [${probe}], timeout: 1}
`,
    );
    assertEquals((await ops(sandbox, "start", "bot")).code, 0);
    const allowed = [...PERMISSIONS.wait, {
      kind: "run",
      values: [probe],
      purpose: "x",
      without: null,
    }] as const;
    const args = ["wait", "bot", "--for", "ready"];
    if (!Deno.env.has("OPS_BINARY")) {
      const missing = await opsUnder(sandbox, allowed, ...args);
      assertEquals(missing.code, 1);
      assertStringIncludes(
        missing.stderr,
        `after 1 s it is not ready: ${probe}: exits with 3: no here`,
      );
      await sandbox.write("work/here", "");
      assertEquals((await opsUnder(sandbox, allowed, ...args)).code, 0);
    }
    const refused = await ops(sandbox, ...args);
    assertEquals(refused.code, 5);
    assertStringIncludes(refused.stderr, `--allow-run=${probe}`);
  },
);

tmuxTest("ready: what dies before is a failure at once", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    bot:
      command: sleep 1; echo opening db; echo no such table; exit 3
      ready: {log: never}
    app: {command: exec sleep 1000, depends_on: {bot: {condition: ready}}}
`,
  );
  const up = await ops(sandbox, "up");
  assertEquals(up.code, 1);
  assertStringIncludes(
    up.stdout,
    'app not started: it depends on bot: session "bot" was waited for in vain ' +
      "(tmux): it exited (3) before it was ready; its last words: opening db | " +
      "no such table",
  );
});

tmuxTest("depends_on: ready holds the next one back until then", async () => {
  await using sandbox = tmuxSandbox();
  const log = sandbox.path("order");
  await define(
    sandbox,
    `    db:
      command: sleep 1; echo ready >>${log}; echo up; exec sleep 1000
      ready: {log: ^up$}
    app:
      command: echo app >>${log}; exec sleep 1000
      depends_on: {db: {condition: ready}}
`,
  );
  assertEquals((await ops(sandbox, "up")).code, 0);
  await until(() => Deno.readTextFileSync(log).includes("app"));
  assertEquals(await Deno.readTextFile(log), "ready\napp\n");
});

tmuxTest("up --wait returns when all is ready", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    db:
      command: sleep 1; echo up; exec sleep 1000
      ready: {log: ^up$}
    job: {command: exit 0}
    app: {command: exec sleep 1000}
`,
  );
  const up = await ops(sandbox, "up", "--wait");
  assertEquals([up.code, up.stderr], [0, "3 started.\n"]);
  const lines = up.stdout.trimEnd().split("\n");
  assertMatch(lines.at(-1)!, /^db ready \(tmux, \d\.\d s\)\.$/);
  assertEquals(lines.length, 6);

  const again = await ops(sandbox, "up", "--wait", "db", "app");
  assertEquals(again, { code: 0, stdout: "", stderr: "Nothing to do.\n" });
});

tmuxTest(
  "up --wait says what is not ready, of what was kept, too",
  async () => {
    await using sandbox = tmuxSandbox();
    await define(
      sandbox,
      `    db: {command: exec sleep 1000, ready: {log: ^up$}}
    app: {command: exec sleep 1000}
`,
    );
    for (
      const summary of ["1 started, 1 not ready.", "2 unchanged, 1 not ready."]
    ) {
      const up = await ops(sandbox, "up", "--wait", "--wait-timeout", "1");
      assertEquals(up.code, 1);
      assertEquals(
        up.stderr,
        `${summary}\nerror: session "db" was waited for in vain (tmux): after 1 s ` +
          "it is not ready: log: no line matches /^up$/\n",
      );
    }
    const json = await ops(sandbox, "up", "--wait", "--json", "app");
    const { changed, steps } = JSON.parse(json.stdout);
    assertEquals([json.code, changed, steps.length], [0, false, 1]);
    assertEquals([steps[0].act, steps[0].phase], ["keep", "done"]);
    assertEquals(typeof steps[0].ready_ms, "number");
    const usage = await ops(sandbox, "up", "--wait-timeout", "1");
    assertEquals(usage.code, 2);
  },
);

tmuxTest("up: on a terminal a line for each tells how it stands", async () => {
  await using sandbox = tmuxSandbox();
  const go = sandbox.path("go");
  await define(
    sandbox,
    `    db:
      command: "until test -e ${go}; do sleep 0.05; done; echo up; exec sleep 1000"
      ready: {log: ^up$}
    app:
      command: exec sleep 1000
      depends_on: {db: {condition: ready}}
`,
  );
  const terminal = await opsInTerminal(sandbox, "up", "--wait");
  await terminal.shows(
    /^db started .*\n+db: started, waiting until it is ready \(\d s\)\napp: waiting for db$/m,
  );
  await Deno.writeTextFile(go, "");
  const screen = await terminal.shows("[exit 0, as it was]");
  assertMatch(
    screen,
    /^db started .*\ndb ready .*\napp started .*\napp ready .*\n2 started\.\n/,
  );
  assertEquals(screen.includes("waiting"), false);
});

forEachRuntime("ready: in a container", async (it, sandbox) => {
  const { runtime } = it;
  const [web, other] = [it.name("web"), it.name("other")];
  const port = freePort();
  const container = `image: ${IMAGE}
      runtime: ${runtime}`;
  await define(
    sandbox,
    `    ${web}:
      ${container}
      command: [sh, -c, "echo began; sleep 5; touch /up; exec httpd -f -p 80"]
      ports: ["127.0.0.1:${port}:80"]
      ready:
        log: began
        port: ${port}
        http: {url: "http://127.0.0.1:${port}/", status: 404}
        command: [test, -e, /up]
    ${other}:
      ${container}
      command: [sh, -c, "sleep 1; echo oh; exit 4"]
      ready: {command: [test, -e, /up]}
`,
  );
  assertEquals((await ops(sandbox, "start", web, other)).code, 0);
  const died = await wait(sandbox, other);
  assertEquals(died.code, 1);
  assertStringIncludes(died.stderr, "it exited (4) before it was ready");
  assertStringIncludes(died.stderr, "its last words: oh");
  await until(async () =>
    (await ops(sandbox, "logs", web)).stdout.includes("began")
  );
  const early = await wait(sandbox, web, "--timeout", "0");
  assertEquals(early.code, 1);
  assert(!early.stderr.includes("log:"), early.stderr);
  const ready = await wait(sandbox, web);
  assertEquals([ready.code, ready.stderr], [0, ""]);
});

tmuxTest("success_exit_codes: what ends so is done", async () => {
  await using sandbox = tmuxSandbox();
  await define(
    sandbox,
    `    job: {command: exit 130, success_exit_codes: [0, 130]}
    app: {command: exec sleep 1000, depends_on: {job: {condition: exited_ok}}}
`,
  );
  const start = await ops(sandbox, "start", "job");
  assertEquals(
    [start.code, start.stdout],
    [0, "Session 'job' started, and done (SIGINT).\n"],
  );
  assertEquals((await ops(sandbox, "restart", "job")).code, 0);
  const up = await ops(sandbox, "up");
  assertEquals([up.code, up.stderr], [0, "1 started, 1 unchanged.\n"]);
  assertEquals((await ops(sandbox, "up")).stderr, "Nothing to do.\n");
});
