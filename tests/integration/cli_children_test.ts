/** How many programs a command runs, counted by what stands in front of them. */
import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { opsWith, tmuxSandbox } from "../helpers/cli.ts";
import {
  Containers,
  forEachRuntime,
  missing,
  RUNTIMES,
  testOn,
} from "../helpers/containers.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { allOf } from "../helpers/wait.ts";

/** What a command says, line by line, and what it calls to know. */
async function noting(
  sandbox: Sandbox,
  ...words: string[]
): Promise<[lines: string[], calls: string[]]> {
  const calls = await sandbox.write("calls", "");
  for (const program of ["tmux", "podman", "docker"]) {
    const which = await sandbox.run("sh", ["-c", `command -v ${program}`]);
    if (which.code !== 0) continue;
    const script = `#!/bin/sh\necho ${program} >>'${calls}'\n` +
      `exec ${which.stdout.trimEnd()} "$@"\n`;
    await sandbox.write(`noting/${program}`, script, 0o755);
  }
  const PATH = `${sandbox.path("noting")}:${Deno.env.get("PATH")}`;
  const { stdout } = await opsWith(sandbox, { env: { PATH } }, ...words);
  const noted = await Deno.readTextFile(calls);
  return [stdout.trimEnd().split("\n"), noted.trimEnd().split("\n").toSorted()];
}

/**
 * Counts how often commands call tmux, and these other programs, which stand in
 * for engines that say so to every question.
 */
async function counter(
  sandbox: Sandbox,
  others: Readonly<Record<string, string>> = {},
) {
  const file = await sandbox.write("calls", "");
  const which = await sandbox.run("sh", ["-c", "command -v tmux"]);
  // Ours name the socket; what runs in panes goes by its environment.
  const programs = {
    tmux: `case $1,$2 in -u,-L) echo tmux >>'${file}' ;; esac\n` +
      `exec ${which.stdout.trimEnd()} "$@"`,
    ...Object.fromEntries(
      Object.entries(others).map(([name, says]) => [
        name,
        `echo ${name} >>'${file}'; echo '${says}'`,
      ]),
    ),
  };
  for (const [name, script] of Object.entries(programs)) {
    await sandbox.write(`noting/${name}`, `#!/bin/sh\n${script}\n`, 0o755);
  }
  const PATH = `${sandbox.path("noting")}:${Deno.env.get("PATH")}`;
  return async (...words: string[]) => {
    await Deno.writeTextFile(file, "");
    const output = await opsWith(sandbox, { env: { PATH } }, ...words);
    const calls = (await Deno.readTextFile(file)).split("\n").length - 1;
    return { ...output, calls };
  };
}

/** Starts sessions of these names, all in one go. */
async function start(sandbox: Sandbox, names: string[]): Promise<void> {
  const script = names.map((name) => `new-session -d -s ${name} sleep 1000\n`);
  const file = await sandbox.write("script", script.join(""));
  await sandbox.tmux("start-server", ";", "source-file", file);
}

/** This many names, none of them used before. */
function newNames(prefix: string, count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${prefix}-${count}-${i}`,
  );
}

tmuxTest("list asks tmux once, be there 1 session or 200", async () => {
  await using sandbox = tmuxSandbox();
  for (const [more, count] of [[1, 1], [199, 200]] as const) {
    await start(sandbox, newNames("s", more));
    const [names, calls] = await noting(sandbox, "list", "-q");
    assertEquals([names.length, calls], [count, ["tmux"]]);
  }
});

tmuxTest("an engine that is left out is not asked", async () => {
  await using sandbox = tmuxSandbox();
  await start(sandbox, ["bot"]);
  const dead = "Cannot connect to the Docker daemon at tcp://far:1.";
  const counting = await counter(sandbox, { podman: "[]" });
  const file = sandbox.path("docker-calls");
  await sandbox.write(
    "noting/docker",
    `#!/bin/sh\necho docker >>'${file}'; echo '${dead}' >&2; exit 1\n`,
    0o755,
  );
  const config = sandbox.path("kstlib.conf.yml");
  const counted = async (...words: string[]) => {
    await Deno.writeTextFile(file, "");
    const { calls, code, stdout, stderr } = await counting(...words);
    const docker = (await Deno.readTextFile(file)).split("\n").length - 1;
    return { code, stdout, stderr, calls, docker };
  };
  const listed = { code: 0, stdout: "bot\n", stderr: "", docker: 0 };
  const unknown = (where: string) => ({
    code: 3,
    stdout: "",
    stderr: `error: session "web" was not found (${where})\n`,
    docker: 0,
  });

  // As it is without: it is asked, and in doubt.
  const doubt = await counted("status", "web");
  assertEquals([doubt.code, doubt.docker], [5, 1]);
  assertEquals((await counted("list", "-q")).docker, 1);

  await Deno.writeTextFile(config, "ops: {engines: [tmux, podman]}\n");
  assertEquals(await counted("list", "-q"), { ...listed, calls: 2 });
  assertEquals(await counted("status", "web"), {
    ...unknown("tmux, podman"),
    calls: 2,
  });
  for (const words of ["stop web", "logs web", "exec web -- true", "doctor"]) {
    const { docker, stdout, stderr } = await counted(...words.split(" "));
    assertEquals(docker, 0, words);
    assertNotMatch(stdout + stderr, /docker/, words);
  }

  await Deno.writeTextFile(config, "ops: {engines: [podman, docker]}\n");
  assertEquals((await counted("list", "-q")).calls, 1);
  await Deno.writeTextFile(config, "ops: {engines: [tmux]}\n");
  assertEquals(await counted("list", "-q"), { ...listed, calls: 1 });
  assertEquals((await counted("doctor")).docker, 0);
  const container = await counted("start", "web", "-i", "busybox");
  assertEquals([container.code, container.calls, container.docker], [2, 0, 0]);
  assertEquals(
    container.stderr,
    'error: "web" would be on podman or docker, which ops.engines leaves ' +
      "out; add it there, or say --backend container\n",
  );

  await Deno.remove(config);
  // What is asked for outright needs no file.
  const tmux = ["-b", "tmux"];
  assertEquals(await counted("list", "-q", ...tmux), { ...listed, calls: 1 });
  assertEquals(await counted("status", "web", ...tmux), {
    ...unknown("tmux"),
    calls: 1,
  });
});

/** How many engine calls each may take, of a session found and one defined. */
const MOST_CALLS: Record<string, [found: number, defined: number]> = {
  "status NAME": [3, 1],
  "history NAME": [3, 1],
  "wait NAME --for running": [3, 1],
  "logs NAME": [3, 1],
  // What is typed goes to the pane that was found: one question, one act.
  "send NAME x": [3, 2],
  "stop NAME": [6, 4],
};

tmuxTest("nothing is asked twice", async () => {
  await using sandbox = tmuxSandbox();
  // Engines without containers, whatever those of this machine hold.
  const counting = await counter(sandbox, { podman: "[]", docker: "" });
  const count = async (...words: string[]) => {
    const { code, stderr, calls } = await counting(...words);
    assertEquals(
      [code, stderr.replace(/^No output.*\n/, "")],
      [0, ""],
      `${words}`,
    );
    return calls;
  };
  await sandbox.write(
    "kstlib.conf.yml",
    "ops: {sessions: {defined: {command: sleep 1000}}}\n",
  );
  const start = async () => {
    await count("start", "defined");
    await count("start", "found", "--command", "sleep 1000");
  };

  await start();
  assertEquals(await count("list"), 3);
  for (const [command, most] of Object.entries(MOST_CALLS)) {
    for (const [i, name] of ["found", "defined"].entries()) {
      const words = command.replace("NAME", name).split(" ");
      let least = await count(...words);
      // A busy machine ends its processes late; then they are looked at again.
      for (let more = 0; more < 3 && least > most[i]!; more++) {
        if (command.startsWith("stop")) {
          await count(
            "start",
            name,
            ...i === 0 ? ["--command", "sleep 9"] : [],
          );
        }
        least = Math.min(least, await count(...words));
      }
      assert(least <= most[i]!, `${words.join(" ")}: ${least} calls`);
    }
  }
});

tmuxTest(
  "names are looked for together, and asked for together",
  async () => {
    await using sandbox = tmuxSandbox();
    const names = newNames("s", 5);
    await start(sandbox, names);
    for (const count of [1, 5]) {
      const some = names.slice(0, count);
      const [lines, calls] = await noting(sandbox, "status", "-q", ...some);
      assertEquals(lines, some.map((name) => `${name}: running`));
      // At most one more, for those that come a turn later.
      assert(calls.length <= 3, calls.join(" "));
    }
  },
);

tmuxTest("a group asks no more often, be there 2 in it or 20", async () => {
  await using sandbox = tmuxSandbox();
  const names = newNames("s", 20);
  await start(sandbox, names);
  const sessions = names.map((name) => `${name}: {command: sleep 9}`).join();
  await sandbox.write(
    "kstlib.conf.yml",
    `ops: {sessions: {${sessions}}, groups: {few: [${
      names.slice(0, 2)
    }], all: "*"}}\n`,
  );
  for (const word of ["@few", "@all", "s-*"]) {
    const [lines, calls] = await noting(sandbox, "status", "-q", word);
    assertEquals(lines.length, word === "@few" ? 2 : 20);
    assert(calls.length <= 3, calls.join(" "));
  }
});

// Where one runtime is missing, the other one makes up the number.
const there = RUNTIMES.filter((runtime) => !missing[runtime]);
const all = there.length === 0 ? RUNTIMES : there;

testOn(
  all,
  `list asks ${all.join(" and ")} and tmux as often for 200 containers and ` +
    "200 sessions as for 1 of each",
  async () => {
    await using sandbox = new Sandbox();
    await using stack = new AsyncDisposableStack();
    const prefix = `t${crypto.randomUUID().slice(0, 8)}`;
    const containers = all.map((it) => stack.use(new Containers(it, prefix)));
    // Docker is asked for the ids, and then for all that is to be known.
    const calls = [
      ...all.flatMap((it) => it === "docker" ? [it, it] : [it]),
      "tmux",
    ].toSorted();
    for (const count of [1, 200]) {
      const each = count === 1 ? 1 : count / all.length;
      const more = (now: number) => count === 1 ? now : now - 1;
      await allOf([
        start(sandbox, newNames(prefix, more(count))),
        ...containers.map((it) => it.create(more(each))),
      ]);
      const [names, noted] = await noting(sandbox, "list", "-q");
      const ours = names.filter((name) => name.startsWith(prefix));
      assertEquals(ours.length, count + each * all.length);
      // What is not tested on here may be asked too.
      assertEquals(noted.filter((it) => calls.includes(it)), calls);
    }
  },
);

tmuxTest(
  "start, restart, status and stop ask tmux as often for 20 as for few",
  async () => {
    await using sandbox = tmuxSandbox();
    const counting = await counter(sandbox);
    const names = newNames("bot", 20);
    await sandbox.write(
      "kstlib.conf.yml",
      `ops:\n  sessions:\n${
        names.map((name) => `    ${name}: {command: sleep 1000}\n`).join("")
      }`,
    );
    for (const command of ["start", "status", "restart", "stop"]) {
      const { code, stderr, calls } = await counting(command, ...names);
      assertEquals([code, stderr], [0, ""], command);
      assert(calls <= 20, `${command}: ${calls} calls`);
    }
  },
);

forEachRuntime(
  "stop asks three times, and five of ours",
  async (it, sandbox) => {
    const counted = async (what: string) => {
      const name = it.name(what);
      await sandbox.write(
        "kstlib.conf.yml",
        `ops: {sessions: {${name}: {backend: container, runtime: ${it.runtime}}}}\n`,
      );
      const [names, calls] = await noting(sandbox, "stop", "--quiet", name);
      assertEquals(names, [name]);
      return calls;
    };
    const command = Containers.trap("TERM", 0);
    await it.foreign("foreign", command);
    await it.says("foreign", "ready");
    assertEquals(await counted("foreign"), Array(3).fill(it.runtime));
    // Its log is kept, and then it is removed.
    await it.start("ours", command);
    await it.says("ours", "ready");
    assertEquals(await counted("ours"), Array(5).fill(it.runtime));
  },
);
