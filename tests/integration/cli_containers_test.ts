import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import { listed, onEachRuntime, ops, opsJson } from "../helpers/cli.ts";
import { Containers, IMAGE, testOn } from "../helpers/containers.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

onEachRuntime("a container from flags alone", async (sandbox, it) => {
  const web = it.name("web");
  const script = 'echo "$PWD $KEY" >/data/out; exec sleep 1000';
  const where = ["-i", IMAGE, "--runtime", it.runtime, "-v", "./data:/data"];
  await Deno.mkdir(sandbox.path("data"));
  const status = await opsJson(
    sandbox,
    ...["start", web, ...where, "-w", "/tmp", "-e", "KEY=a b"],
    ...["-p", "127.0.0.1::80", "--", "sh", "-c", script],
  );
  assertObjectMatch(status, {
    state: "running",
    backend: "container",
    runtime: it.runtime,
    managed: true,
    command: `sh -c ${script}`,
  });
  assertMatch(status.ports[0], /^127\.0\.0\.1:\d+:80\/tcp$/);
  const out = await until(async () =>
    await Deno.readTextFile(sandbox.path("data/out")) || null
  );
  assertEquals(out, "/tmp a b\n");

  const again = await ops(sandbox, "start", web, ...where);
  assertEquals(again.code, 1);
  assertMatch(again.stderr, /exists already .*it is running; stop it first/);
  assertEquals(
    (await ops(sandbox, "stop", web, "-f", "-q")).stdout,
    `${web}\n`,
  );
  const { state, detail, exit_code } = await opsJson(sandbox, "status", web);
  assertEquals([state, detail, exit_code], ["stopped", "removed", 137]);
  assertEquals((await ops(sandbox, "stop", web)).code, 3);
});

onEachRuntime(
  "a container that fails at once has failed, one that is done has not",
  async (sandbox, it) => {
    const start = (name: string, ...argv: string[]) =>
      ops(
        sandbox,
        ...["start", it.name(name), "-i", IMAGE, "--runtime", it.runtime],
        ...["--", ...argv],
      );
    const [quick, missing, done] = await Promise.all([
      start("quick", "sh", "-c", "echo the reason; exit 7"),
      start("missing", "no-such-program"),
      start("done", "true"),
    ]);
    assertEquals(done, {
      code: 0,
      stdout: `Session '${it.name("done")}' started, and done (0).\n`,
      stderr: "",
    });
    assertEquals([quick.code, quick.stdout], [1, ""]);
    assertMatch(
      quick.stderr,
      /^\S+ \| the reason\nerror: .* it exited \(7\) at once\n$/,
    );
    assertEquals([missing.code, missing.stdout], [1, ""]);
    const reason =
      `started (${it.runtime}): there is no program "no-such-program" in ` +
      "its image: ";
    assertStringIncludes(missing.stderr, reason);
  },
);

onEachRuntime(
  "an init is the first process, unless that is not wanted",
  async (sandbox, it) => {
    const [web, own] = [it.name("web"), it.name("own")];
    const definition = `image: ${IMAGE}, runtime: ${it.runtime}, init: false`;
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${own}: {${definition}, command: sleep 1000}}}`,
    );
    const first = async (name: string, ...flags: string[]) => {
      assertEquals((await ops(sandbox, "start", name, ...flags)).stderr, "");
      const line = await it.engine("exec", name, "cat", "/proc/1/cmdline");
      await ops(sandbox, "stop", "-f", name);
      return line.split("\0", 1)[0]!.replace(/^.*[-/]/, "");
    };
    const made = ["-i", IMAGE, "--runtime", it.runtime, "-c", "sleep 1000"];
    assertEquals(await first(web, ...made), "init");
    assertEquals(await first(web, ...made, "--no-init"), "sleep");
    assertEquals(await first(own), "sleep");
    assertEquals(await first(own, "--init"), "init");
    const both = await ops(sandbox, "start", own, "--init", "--no-init");
    assertEquals(both.code, 2);
    assertMatch(both.stderr, /--init and --no-init contradict each other/);
  },
);

onEachRuntime(
  "command_pid is what to signal, as on tmux",
  async (sandbox, it) => {
    const bot = it.name("bot");
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${bot}: {image: ${IMAGE}, runtime: ${it.runtime}, ` +
        `command: [sh, -c, "trap 'exit 7' USR1; while :; do sleep 0.1; done"]}}}`,
    );
    const { command_pid } = await opsJson(sandbox, "start", bot);
    const pid = await it.engine("inspect", "--format", "{{.State.Pid}}", bot);
    assertEquals(`${command_pid}`, pid.trim());
    const listed = (await opsJson(sandbox, "list"))
      .find(({ name }: { name: string }) => name === bot);
    assertEquals(listed.command_pid, command_pid);
    Deno.kill(command_pid, "SIGUSR1");
    const waited = await ops(sandbox, "wait", bot, "--for", "exited");
    assertEquals(waited.code, 7);
    const after = await opsJson(sandbox, "status", bot);
    assertEquals([after.exit_code, after.command_pid], [7, null]);
  },
);

onEachRuntime(
  "a stranger's container is started again, or goes on",
  async (sandbox, it) => {
    const web = it.name("web");
    await it.foreign("web", ["sleep", "1000"], { verb: "create" });
    assertEquals((await opsJson(sandbox, "status", web)).state, "stopped");
    const started = await ops(sandbox, "start", web);
    assertMatch(
      started.stdout,
      new RegExp(
        `^Session '${web}' started \\(${it.runtime}\\)\\. PID \\d+\\.\n$`,
      ),
    );
    await it.engine("pause", web);
    const paused = await ops(sandbox, "list", "--runtime", it.runtime);
    assertMatch(
      paused.stdout,
      new RegExp(`^${web}\tstopped \\(paused\\)\t`, "m"),
    );
    assertEquals((await ops(sandbox, "start", web)).code, 0);
    assertEquals((await opsJson(sandbox, "status", web)).state, "running");
  },
);

onEachRuntime(
  "health stands in the list as in the status, while it runs",
  async (sandbox, it) => {
    const web = it.name("web");
    const flags = ["--health-cmd", "false", "--health-retries", "1"];
    await it.foreign("web", ["sleep", "1000"], {
      flags: [...flags, "--health-interval", "1s", "--stop-signal", "KILL"],
    });
    const found = async () => {
      const list = await opsJson(sandbox, "list", "--runtime", it.runtime);
      const one = list.find(({ name }: { name: string }) => name === web);
      return [one.health, (await opsJson(sandbox, "status", web)).health];
    };
    await until(async () => {
      // Where no systemd runs them, Podman's checks are run by hand.
      if (it.runtime === "podman") {
        await it.tryEngine("healthcheck", "run", web);
      }
      return (await found()).every((health) => health === "unhealthy");
    });
    await it.engine("stop", web);
    assertEquals(await found(), [null, null]);
  },
);

onEachRuntime(
  "logs of a driver that cannot be read say which",
  async (sandbox, it) => {
    const web = it.name("web");
    const flags = ["--log-driver", "none", "--stop-signal", "KILL"];
    await it.foreign("web", ["sleep", "1000"], { flags });
    for (const words of [[], ["-f"], ["--timestamps"]]) {
      const { code, stdout, stderr } = await ops(
        sandbox,
        "logs",
        web,
        ...words,
      );
      assertEquals([code, stdout], [1, ""]);
      assertEquals(
        stderr,
        `error: session "${web}" has no such log (${it.runtime}): its log ` +
          "driver none cannot be read: look where that writes to, or make the " +
          "container anew with --log-driver json-file\n",
      );
    }
  },
);

onEachRuntime(
  "images and beginnings of ids are no sessions",
  async (sandbox, it) => {
    const id = await it.foreign("web", ["sleep", "1000"]);
    const names = [IMAGE, "ops-test", id.slice(0, 4), id.slice(0, 12), id];
    const where = ["--runtime", it.runtime];
    for (const command of ["status", "stop"]) {
      const { code, stderr } = await ops(sandbox, command, ...where, ...names);
      const lines = names.map((name) =>
        `error: session "${name}" was not found (${it.runtime})\n`
      );
      assertEquals([code, stderr], [3, lines.join("")]);
    }
    const { state } = await opsJson(sandbox, "status", it.name("web"));
    assertEquals(state, "running");
  },
);

onEachRuntime("an image that cannot be had is named", async (sandbox, it) => {
  const image = "127.0.0.1:1/no/such:1";
  const { code, stderr } = await ops(
    sandbox,
    ...["start", it.name("web"), "-i", image, "--runtime", it.runtime],
  );
  assertEquals(code, 1);
  assert(stderr.includes(`image ${image} cannot be had`), stderr);
});

testOn(
  ["docker", "podman"],
  "a name in three places is not guessed at",
  async () => {
    await using sandbox = new Sandbox();
    await using docker = new Containers("docker");
    const bot = docker.name("bot");
    await using podman = new Containers("podman", bot.slice(0, -"-bot".length));
    await Promise.all([
      docker.foreign("bot", ["sleep", "1000"]),
      podman.foreign("bot", ["sleep", "1000"]),
      sandbox.tmux("new-session", "-d", "-s", bot),
    ]);
    const flags = ["--socket default", "--runtime podman", "--runtime docker"];
    await Promise.all(
      ["status", "stop", "logs", "attach"].map(async (command) => {
        const { code, stderr } = await ops(sandbox, command, bot);
        assertEquals([code, stderr], [
          2,
          `error: session "${bot}" is in more than one place ` +
          `(tmux, podman, docker): choose one with ${flags.join(" or ")}\n`,
        ]);
      }),
    );
    await Promise.all(flags.map(async (flag) => {
      const [name, value] = flag.split(" ") as [string, string];
      const status = await opsJson(sandbox, "status", bot, name, value);
      const { runtime, backend } = status;
      assertEquals(runtime ?? backend, value === "default" ? "tmux" : value);
      const names = await listed(sandbox, name, value);
      assertEquals(names.filter((it) => it === bot), [bot]);
    }));
    const containers = await listed(sandbox, "-b", "container");
    assertEquals(containers.filter((it) => it === bot), [bot, bot]);
    // Whoever else has that name is left alone.
    await ops(sandbox, "stop", "-f", bot, "--runtime", "docker");
    const { stdout } = await ops(sandbox, "list", "-b", "container");
    const states = stdout.split("\n").filter((line) => line.startsWith(bot))
      .map((line) => line.split("\t").slice(1, 3).join(" "));
    assertEquals(states.toSorted(), ["exited (137) docker", "running podman"]);
  },
);

testOn(
  ["docker", "podman"],
  "a definition without a runtime is where its container is",
  async () => {
    await using sandbox = new Sandbox();
    await using docker = new Containers("docker");
    const web = docker.name("web");
    await sandbox.write(
      "kstlib.conf.yml",
      `ops: {sessions: {${web}: {backend: container, image: ${IMAGE}, ` +
        "command: sleep 1000}}}",
    );
    const started = await ops(sandbox, "start", web, "--runtime", "docker");
    assertEquals(started.code, 0);
    // Podman is asked first, but it is not there.
    assertEquals((await opsJson(sandbox, "status", web)).state, "running");
    assertMatch((await ops(sandbox, "start", web)).stderr, /exists already/);
    const names = await listed(sandbox);
    assertEquals(names.filter((name) => name === web), [web]);
    assertEquals((await ops(sandbox, "stop", "-f", web)).code, 0);
    assertEquals((await opsJson(sandbox, "status", web)).state, "defined");
  },
);

const contradictions: string[][] = [
  ["list", "--runtime", "docker", "-L", "work"],
  ["list", "-b", "tmux", "--runtime", "docker"],
  ["list", "-L", "../elsewhere"],
  ["status", "web", "-L", "a/b"],
  ["stop", "web", "-b", "container", "-L", "work"],
  ["status", "web", "--runtime", "containerd"],
  ["start", "web", "-i", "bb", "-b", "tmux"],
  ["start", "web", "-i", "bb", "-L", "work"],
  ["start", "web", "-b", "container", "-L", "work"],
  ["start", "web", "-b", "tmux", "-v", "/a:/a"],
];

Deno.test("flags of different backends contradict each other", async () => {
  await using sandbox = new Sandbox();
  await Promise.all(contradictions.map(async (args) => {
    const { code, stdout, stderr } = await ops(sandbox, ...args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr, /^error: .*(runtime|socket|image|volume).*\n$/);
  }));
});
