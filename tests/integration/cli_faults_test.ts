import {
  assertEquals,
  assertLess,
  assertMatch,
  assertNotMatch,
} from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  ops,
  opsJson,
  opsWith,
  pathWithout,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { testOn } from "../helpers/containers.ts";
import { processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

Deno.test("denow needs no HOME, and says what it needs instead", async () => {
  await using sandbox = new Sandbox();
  const denow = new URL("../../denow", import.meta.url).pathname;
  await sandbox.write(
    "bin/deno",
    '#!/bin/sh\nif [ "$1" = -V ]; then echo deno 2.9.6; else echo ran; fi\n',
    0o755,
  );
  const run = (path: string) =>
    sandbox.run(
      "env",
      ["-u", "HOME", "-u", "XDG_CACHE_HOME", `PATH=${path}`, denow, "-V"],
    );
  const there = await run(`${sandbox.path("bin")}:/usr/bin:/bin`);
  assertEquals([there.code, there.stderr], [0, ""]);
  await sandbox.write("bin/deno", "#!/bin/sh\necho deno 1.0.0\n", 0o755);
  const absent = await run(`${sandbox.path("bin")}:/usr/bin:/bin`);
  assertEquals([absent.code, absent.stdout], [1, ""]);
  assertMatch(
    absent.stderr,
    /^denow: no Deno .* set HOME or XDG_CACHE_HOME\n$/,
  );
});

Deno.test("a working directory that is gone is said by denow, not by Deno", async () => {
  await using sandbox = new Sandbox();
  const denow = new URL("../../denow", import.meta.url).pathname;
  const script =
    'mkdir gone && cd gone && rmdir ../gone && sh "$1" task ops list';
  const { code, stdout, stderr } = await sandbox.run("sh", [
    "-c",
    script,
    "sh",
    denow,
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /denow: the working directory does not exist any more: change to one that does\n$/,
  );
});

Deno.test("a clone without its dependencies says how to fetch them", async () => {
  await using sandbox = new Sandbox();
  const root = new URL("../..", import.meta.url).pathname;
  const clone = sandbox.path("clone");
  await Deno.mkdir(clone);
  for (const name of ["src", "cli.ts", "deno.json"]) {
    await Deno.symlink(`${root}/${name}`, `${clone}/${name}`);
  }
  await sandbox.write("kstlib.conf.yml", "ops: {}\n");
  const { code, stdout, stderr } = await sandbox.run("env", [
    `DENO_DIR=${sandbox.path("empty")}`,
    ...[Deno.execPath(), "run", "-A", "--quiet", "--cached-only"],
    ...[`${clone}/cli.ts`, "list"],
  ]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    /^error: a part of ops could not be loaded \(.*\): in a clone run it as /,
  );
});

tmuxTest("a tmux server that hangs holds up nobody else", async () => {
  await using sandbox = tmuxSandbox();
  const hung = ["-L", "hung"];
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {later: {command: x, socket_name: hung}}}",
  );
  const [, stuck] = await Promise.all([
    ops(sandbox, "start", "bot", "-c", "sleep 1000"),
    opsJson(sandbox, "start", "stuck", ...hung, "-c", "sleep 1000"),
  ]);
  Deno.kill(stuck.pid, "SIGSTOP");
  const before = pids(sandbox);
  const list = /^bot\trunning\t.*\nlater\tunknown\ttmux:hung\t.*\n$/;
  const commands: [
    args: string[],
    code: number,
    stdout: RegExp,
    complaints: number,
  ][] = [
    [["list"], 0, list, 1],
    [["status", "-q", "bot"], 0, /^bot: running\n$/, 0],
    [["status", "stuck", ...hung], 5, /^$/, 1],
    [["status", "nobody", "later"], 5, /^$/, 2],
    [["start", "new", ...hung, "-c", "sleep 1000"], 5, /^$/, 1],
  ];
  await Promise.all(commands.map(async ([args, code, stdout, complaints]) => {
    const started = performance.now();
    const answer = await ops(sandbox, ...args);
    assertLess(performance.now() - started, 6_000, args.join(" "));
    assertEquals(answer.code, code, args.join(" "));
    assertMatch(answer.stdout, stdout);
    const said = answer.stderr.split("\n").slice(0, -1);
    assertEquals(said.length, complaints);
    for (const complaint of said) {
      assertMatch(complaint, /: tmux \(socket hung\): no answer within 5 s/);
    }
  }));
  // A child that was killed may have to be looked at twice to be gone.
  await until(() => pids(sandbox).every((pid) => before.includes(pid)));
});

/** The processes in a sandbox, the tmux servers among them. */
function pids(sandbox: Sandbox): number[] {
  return processesWith("TMUX_TMPDIR", sandbox.dir).map(({ pid }) => pid);
}

testOn(["docker"], "a Docker that does not run is one warning", async () => {
  await using sandbox = new Sandbox();
  await sandbox.tmux("new-session", "-d", "-s", "bot");
  const env = { DOCKER_HOST: `unix://${sandbox.path("nowhere")}` };
  const list = await opsWith(sandbox, { env }, "list", "-q", "-b", "tmux");
  assertEquals(list, { code: 0, stdout: "bot\n", stderr: "" });
  const all = await opsWith(sandbox, { env }, "list", "-q");
  assertEquals(all.code, 0);
  assertMatch(all.stdout, /^bot$/m);
  const said =
    /^warning: docker: installed, but its engine does not run: .*\n$/;
  assertMatch(all.stderr, said);

  const found = await opsWith(sandbox, { env }, "status", "-q", "bot");
  assertEquals(found.stdout, "bot: running\n");
  const mistyped = await opsWith(sandbox, { env }, "status", "bto");
  assertMatch(
    mistyped.stderr,
    /; no other engine has "bto", did you mean "bot"\?\n$/,
  );
  for (const args of [["status", "web"], ["list", "--runtime", "docker"]]) {
    const { code, stderr } = await opsWith(sandbox, { env }, ...args);
    assertEquals(code, 5);
    assertMatch(
      stderr,
      /^error: docker: installed, but its engine does not run/,
    );
  }
});

/**
 * A Docker that is installed and does not run: one that runs here, where its
 * program looks for it by itself, cannot be stopped for a test.
 */
async function dockerOff(sandbox: Sandbox): Promise<Record<string, string>> {
  const script = "#!/bin/sh\necho 'Cannot connect to the Docker daemon at " +
    "unix:///var/run/docker.sock. Is the docker daemon running?' >&2\nexit 1\n";
  await sandbox.write("off/docker", script, 0o755);
  return { PATH: `${sandbox.path("off")}:${Deno.env.get("PATH")}` };
}

const DEFINED = [
  "ops: {sessions: {web: {backend: container, image: x, runtime: docker}}}",
  "ops: {container_runtime: docker}",
  // Nothing else could run it.
  "ops: {sessions: {web: {backend: container, image: x}}}",
];

tmuxTest(
  "a Docker that is off and that nobody needs is told by doctor alone",
  async () => {
    await using sandbox = tmuxSandbox();
    const env = await dockerOff(sandbox);
    await sandbox.tmux("new-session", "-d", "-s", "bot");
    const calls: [
      words: string,
      code: number,
      stdout: string,
      stderr: RegExp,
    ][] = [
      ["list -q", 0, "bot\n", /^$/],
      ["status -q bot", 0, "bot: running\n", /^$/],
      ["status web", 3, "", /^error: session "web" was not found \(tmux\)/],
      ["start zz", 3, "", /^error: session "zz" was not found .* say what to/],
      ["list -b container", 5, "", /^error: docker: installed, but its engine/],
    ];
    for (const [words, code, stdout, stderr] of calls) {
      const said = await opsWith(sandbox, { env }, ...words.split(" "));
      assertEquals([said.code, said.stdout], [code, stdout], words);
      assertMatch(said.stderr, stderr, words);
    }
    const { stdout } = await opsWith(sandbox, { env }, "doctor");
    assertMatch(
      stdout,
      /^note\tdocker\tinstalled, but its engine does not run/m,
    );

    const warns = async () =>
      (await opsWith(sandbox, { env }, "list", "-q")).stderr;
    const warning =
      /^warning: docker: installed, but its engine does not run: /;
    for (const text of DEFINED) {
      await sandbox.write("kstlib.conf.yml", text);
      assertMatch(await warns(), warning, text);
    }
    await sandbox.write("kstlib.conf.yml", "ops: {}");
    assertEquals(await warns(), "");
    // A container that was stopped has its logs here, and Docker may have more.
    await sandbox.write(
      "home/.local/state/kstlib/ops/docker/web/000001.json",
      "{}",
    );
    assertMatch(await warns(), warning);
  },
);

tmuxTest(
  "an engine elsewhere that does not answer is one to check",
  async () => {
    await using sandbox = tmuxSandbox();
    const script = "#!/bin/sh\necho 'Cannot connect to the Docker daemon at '" +
      `"$DOCKER_HOST. Is the docker daemon running?" >&2\nexit 1\n`;
    await sandbox.write("off/docker", script, 0o755);
    await sandbox.tmux("new-session", "-d", "-s", "bot");
    const env = {
      PATH: `${sandbox.path("off")}:${Deno.env.get("PATH")}`,
      DOCKER_HOST: "tcp://127.0.0.1:1",
    };
    const { code, stdout, stderr } = await opsWith(
      sandbox,
      { env },
      "list",
      "-q",
    );
    assertEquals([code, stdout], [0, "bot\n"]);
    assertMatch(
      stderr,
      /^warning: docker: no engine answers at tcp:\/\/127\.0\.0\.1:1: check DOCKER_HOST or the context, which says so \(/,
    );
    assertNotMatch(stderr, /systemctl/);
  },
);

Deno.test("without any engine, it is said how to get one", async () => {
  await using sandbox = new Sandbox();
  const bin = sandbox.path("bin");
  const env = { PATH: pathWithout(bin, "tmux", "podman", "docker") };
  const commands: [args: string[], says: RegExp][] = [
    [["list"], /tmux is not installed .*apt install tmux/],
    [["status", "bot"], /tmux is not installed/],
    [["start", "bot", "-c", "true"], /tmux is not installed/],
    [["list", "-b", "container"], /podman is not installed .*https:/],
    [["start", "web", "-i", "bb"], /neither podman nor docker is installed/],
    [
      ["start", "web", "-i", "bb", "--runtime", "docker"],
      /docker is not installed/,
    ],
  ];
  await Promise.all(commands.map(async ([args, says]) => {
    const { code, stdout, stderr } = await opsWith(sandbox, { env }, ...args);
    assertEquals([code, stdout], [5, ""], args.join(" "));
    assertMatch(stderr, /^error: .*\n$/);
    assertMatch(stderr, says);
  }));
});
