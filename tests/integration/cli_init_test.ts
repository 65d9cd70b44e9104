import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { ops, tmuxSandbox } from "../helpers/cli.ts";
import { Containers, forEachRuntime } from "../helpers/containers.ts";

tmuxTest(
  "ops init writes a configuration that works, and only once",
  async () => {
    await using sandbox = tmuxSandbox();
    assertEquals(await ops(sandbox, "init"), {
      code: 0,
      stdout: "Wrote kstlib.conf.yml: 1 session (ticker).\n",
      stderr: "",
    });
    assertEquals((await ops(sandbox, "config", "check")).code, 0);
    const up = await ops(sandbox, "up");
    assertEquals([up.code, (await ops(sandbox, "list", "-q")).stdout], [
      0,
      "ticker\n",
    ]);

    const path = sandbox.path("kstlib.conf.yml");
    const before = await Deno.readTextFile(path);
    const again = await ops(sandbox, "init");
    assertEquals([again.code, again.stdout], [1, ""]);
    assertMatch(
      again.stderr,
      /^error: kstlib\.conf\.yml is there already, .*\n$/,
    );
    assertEquals(await Deno.readTextFile(path), before);

    await Deno.symlink("nowhere.yml", sandbox.path("link.yml"));
    assertEquals((await ops(sandbox, "init", "--config", "link.yml")).code, 1);
    const lost = await ops(sandbox, "init", "--config", "no/such.yml");
    assertEquals(lost.code, 1);
    assertMatch(lost.stderr, /^error: cannot write no\/such\.yml: .*\n$/);
    const other = await ops(sandbox, "init", "--json", "--config", "other.yml");
    assertEquals(JSON.parse(other.stdout), {
      file: "other.yml",
      sessions: ["ticker"],
      left_out: [],
      notes: [],
    });
  },
);

tmuxTest("ops init --from-compose says what it leaves out", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "shop/compose.yml",
    "services:\n  web:\n    image: nginx\n    networks: [front]\n" +
      "    volumes: [./site:/site]\n  own: {build: .}\n",
  );
  const file = "shop/compose.yml";
  const made = await ops(sandbox, "init", "--from-compose", file);
  assertEquals(made, {
    code: 0,
    stdout: "Wrote kstlib.conf.yml: 1 session (web).\n",
    stderr: "web: left out: networks: ops has no such thing\n" +
      "own: left out: it is built from a folder and has no image: build one " +
      "and name it\n",
  });
  const text = await Deno.readTextFile(sandbox.path("kstlib.conf.yml"));
  assertStringIncludes(text, `"${sandbox.path("shop/site")}:/site"`);
  const checked = await ops(sandbox, "config", "check");
  assertEquals([checked.code, checked.stderr], [0, ""]);

  await sandbox.write("bad.yml", "services: [");
  await sandbox.write("none.yml", "services: {own: {build: .}}");
  const both = await ops(
    sandbox,
    ...["init", "--from-running", "--from-compose", file],
  );
  assertEquals(both.code, 2);
  const wrong: [file: string, code: number, says: RegExp][] = [
    ["lost.yml", 4, /^error: lost\.yml: there is no such file\n$/],
    ["bad.yml", 4, /^error: bad\.yml:1:11: .*\n$/],
    ["none.yml", 1, /^error: nothing to define in none\.yml; own: .*\n$/],
  ];
  for (const [file, code, says] of wrong) {
    const args = ["--from-compose", file, "--config", "new.yml"];
    const refused = await ops(sandbox, "init", ...args);
    assertEquals([refused.code, refused.stdout], [code, ""], file);
    assertMatch(refused.stderr, says);
  }
});

tmuxTest(
  "ops init --from-running defines what runs; up starts nothing",
  async () => {
    await using sandbox = tmuxSandbox();
    const none = await ops(sandbox, "init", "--from-running");
    assertEquals([none.code, none.stdout], [1, ""]);
    assertMatch(none.stderr, /^error: nothing to define in what runs\n$/);

    const folder = sandbox.path("some dir");
    await Deno.mkdir(folder);
    const make = ["new-session", "-d", "-c", folder, "-s"];
    await sandbox.tmux(...make, "shell");
    await sandbox.tmux(
      ...make,
      "argv",
      "sh",
      "-c",
      'sleep 1001; echo "a b" $0',
    );
    await sandbox.tmux(...make, "text", "sleep 1002 | cat \t'x y'");
    await sandbox.tmux(...make, "bad name", "sleep 1003");
    await sandbox.tmux("-L", "other", ...make, "elsewhere", "sleep 1004");
    await ops(sandbox, "start", "own", "-c", "exec sleep 1005");
    await sandbox.write(
      "all.yml",
      "ops: {sessions: {" +
        "secret: {command: exec sleep 1006, env: {TOKEN: planted}}, " +
        "plain: {command: exec sleep 1007}}}\n",
    );
    await ops(sandbox, "start", "secret", "plain", "--config", "all.yml");
    await sandbox.write("home/kstlib.conf.yml", "ops: {sessions: {shell: {}}}");

    const made = await ops(sandbox, "init", "--from-running", "--json");
    assertEquals([made.code, made.stderr], [0, ""]);
    const { sessions, left_out: leftOut } = JSON.parse(made.stdout);
    const expected = ["argv", "elsewhere", "own", "plain", "text"];
    assertEquals(sessions.toSorted(), expected);
    const without = leftOut.map(({ name }: { name: string }) => name);
    assertEquals(without.toSorted(), [
      "bad name",
      "own",
      "plain",
      "secret",
      "shell",
    ]);

    const text = await Deno.readTextFile(sandbox.path("kstlib.conf.yml"));
    assertEquals(text.includes("planted"), false);
    const checked = await ops(sandbox, "config", "check");
    assertEquals([checked.code, checked.stderr], [0, ""]);
    const shown = await ops(sandbox, "config", "--json");
    const defined = JSON.parse(shown.stdout).ops.sessions;
    assertEquals(defined.argv.command, [
      "sh",
      "-c",
      'sleep 1001; echo "a b" $0',
    ]);
    assertEquals(defined.text.command, "sleep 1002 | cat \t'x y'");
    assertEquals(defined.text.working_dir, folder);
    assertEquals(defined.elsewhere.socket_name, "other");
    assertEquals(defined.own.command, "exec sleep 1005");

    const before = (await ops(sandbox, "list", "--json")).stdout;
    const up = await ops(sandbox, "up");
    assertEquals([up.code, up.stdout], [0, ""]);
    // Each that is left is said.
    assertMatch(
      up.stderr,
      /^(.* is left: .*\.\n)+Nothing to do\.\n$/,
    );
    const pids = (json: string) =>
      JSON.parse(json).map((
        it: { name: string; pane_pid: number },
      ) => [it.name, it.pane_pid]);
    const after = (await ops(sandbox, "list", "--json")).stdout;
    assertEquals(pids(after), pids(before));
  },
);

forEachRuntime(
  "init --from-running defines containers",
  async (it, sandbox) => {
    const [web, plain, own, dotted] = ["web", "plain", "own", "a.b"]
      .map((what) => it.name(what)) as [string, string, string, string];
    const folder = sandbox.path("site");
    await Deno.mkdir(folder);
    const trap = Containers.trap("TERM", 0);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    await it.foreign("web", trap, {
      flags: [
        ...["--publish", `127.0.0.1:${port}:81`, "--env", "TOKEN=planted"],
        ...[
          "--volume",
          `${folder}:/srv:ro`,
          "--volume",
          `${it.name("data")}:/d`,
        ],
        ...["--volume", "/nameless", "--restart", "on-failure:3"],
        ...["--stop-signal", "SIGQUIT", "--stop-timeout", "3"],
        ...["--workdir", "/tmp", "--user", "1000"],
      ],
    });
    await it.foreign("plain", trap);
    await it.foreign("a.b", trap);
    const image = ["--image", "ops-test:latest", "--runtime", it.runtime];
    await ops(sandbox, "start", own, ...image, "--", ...trap);

    const made = await ops(sandbox, "init", "--from-running", "--json");
    assertEquals(made.code, 0, made.stderr);
    const { sessions, left_out: leftOut } = JSON.parse(made.stdout);
    // Other tests may have containers there.
    const isHere = (name: string) => name.startsWith(it.prefix);
    assertEquals(
      sessions.filter(isHere).toSorted(),
      [own, plain, web].toSorted(),
    );
    const said = leftOut
      .filter(({ name }: { name: string }) => isHere(name))
      .map(({ name, what }: { name: string; what: string }) => [name, what]);
    assertEquals(
      said.filter(([name]: string[]) => name !== dotted),
      [
        [web, "the volume without a name at /nameless"],
        [web, "env: the values of TOKEN"],
        [web, "user: ops has no such thing"],
      ],
    );
    assertEquals(said.some(([name]: string[]) => name === dotted), true);

    const text = await Deno.readTextFile(sandbox.path("kstlib.conf.yml"));
    assertEquals(text.includes("planted"), false);
    const shown = await ops(sandbox, "config", "--json");
    assertEquals(shown.code, 0, shown.stderr);
    const defined = JSON.parse(shown.stdout).ops.sessions;
    const { image: _image, volumes, ...rest } = defined[web];
    assertEquals(
      volumes.toSorted(),
      [
        `${folder}:/srv:ro`,
        `${it.name("data")}:/d`,
      ].toSorted(),
    );
    assertEquals(rest, {
      backend: "container",
      runtime: it.runtime,
      command: trap,
      ports: [`127.0.0.1:${port}:81`],
      restart: "on-failure:3",
      stop_signal: "SIGQUIT",
      stop_timeout: 3,
      working_dir: "/tmp",
    });
    assertEquals(Object.keys(defined[plain]).toSorted(), [
      "backend",
      "command",
      "image",
      "runtime",
    ]);
    const up = await ops(sandbox, "up", web, plain, own);
    assertEquals([up.code, up.stdout], [0, ""]);
    // Each that is left is said.
    assertMatch(
      up.stderr,
      /^(.* is left: .*\.\n)+Nothing to do\.\n$/,
    );
  },
);

forEachRuntime(
  "what init makes of a compose file comes up",
  async (it, sandbox) => {
    const [db, job, web] = ["db", "job", "web"].map((what) =>
      it.name(what)
    ) as [
      string,
      string,
      string,
    ];
    await sandbox.write(".env", "IMAGE_NAME=ops-test:latest\n");
    await sandbox.write("web.env", "FROM_FILE=planted\n");
    await sandbox.write(
      "compose.yml",
      `
name: shop
services:
  db:
    image: \${IMAGE_NAME}
    container_name: ${db}
    command: sh -c 'touch /tmp/up; trap "exit 0" TERM; while :; do sleep 0.05; done'
    volumes: ["${it.name("data")}:/data", "./site:/site:ro"]
    healthcheck: { test: [CMD, test, -e, /tmp/up] }
    stop_grace_period: 5s
  job:
    image: ops-test:latest
    container_name: ${job}
    command: ["true"]
    restart: "no"
    depends_on: { db: { condition: service_healthy } }
  web:
    image: ops-test:latest
    container_name: ${web}
    command: ["sh", "-c", "echo $$GREETING $$FROM_FILE; exec sleep 1000"]
    environment: { GREETING: hello }
    env_file: web.env
    networks: [front]
    depends_on: { job: { condition: service_completed_successfully } }
networks: { front: }
`,
    );
    await Deno.mkdir(sandbox.path("site"));
    const made = await ops(sandbox, "init", "--from-compose", "compose.yml");
    assertEquals(made.code, 0, made.stderr);
    const file = sandbox.path("kstlib.conf.yml");
    const text = await Deno.readTextFile(file);
    const engine = `ops:\n  container_runtime: ${it.runtime}\n`;
    await Deno.writeTextFile(file, text.replace(/^ops:\n/m, engine));
    assertEquals((await ops(sandbox, "config", "check")).code, 0);

    const up = await ops(sandbox, "up");
    assertEquals([up.code, up.stderr.includes("error")], [0, false], up.stderr);
    await it.says("web", "hello planted");
    const again = await ops(sandbox, "up");
    assertEquals([again.code, again.stderr], [0, "Nothing to do.\n"]);
    assertEquals((await ops(sandbox, "down")).code, 0);
  },
);
