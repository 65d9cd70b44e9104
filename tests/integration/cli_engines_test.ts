/** Sessions on three engines, none of them made by ops, and no flag to tell. */
import { assertEquals, assertMatch, assertObjectMatch } from "@std/assert";
import { ops, opsInTerminal, opsJson } from "../helpers/cli.ts";
import { Containers, IMAGE, testOn } from "../helpers/containers.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

interface Trio {
  readonly sandbox: Sandbox;
  readonly web: string;
  readonly db: string;
  readonly bot: string;
}

const PARROT = "trap 'exit 3' INT TERM; echo up; " +
  "while :; do read x && echo got $x; done";

testOn(
  ["docker", "podman"],
  "web in Docker, db in Podman, bot on tmux",
  async () => {
    await using sandbox = new Sandbox();
    await using docker = new Containers("docker");
    await using podman = new Containers("podman");
    const [web, db, bot] = [docker.name("web"), podman.name("db"), "bot"];
    const command = ["sh", "-c", PARROT];
    await Promise.all([
      docker.foreign("web", command, { flags: ["-it"] }),
      podman.foreign("db", command, { flags: ["-it"] }),
      sandbox.tmux("new-session", "-d", "-s", bot, "--", ...command),
    ]);
    const trio = { sandbox, web, db, bot };
    await giveTheirLogs(trio);
    await areInOneList(trio);
    await runPrograms(trio);
    await areAttachedTo(trio);
    await areStopped(trio);
  },
);

async function giveTheirLogs({ sandbox, web, db, bot }: Trio): Promise<void> {
  for (const name of [web, db, bot]) {
    const logs = await until(async () => {
      const { code, stdout } = await ops(sandbox, "logs", name);
      assertEquals(code, 0);
      return stdout !== "" && stdout;
    });
    assertEquals(logs.trimEnd(), "up");
  }
}

async function areInOneList({ sandbox, web, db, bot }: Trio): Promise<void> {
  const list: { name: string }[] = await opsJson(sandbox, "list");
  const all = { state: "running", managed: false, exit_code: null };
  const expected = {
    [web]: { ...all, runtime: "docker", image: IMAGE, window_count: 0 },
    [db]: { ...all, runtime: "podman", image: `localhost/${IMAGE}` },
    [bot]: { ...all, backend: "tmux", image: null, window_count: 1 },
  };
  for (const [name, known] of Object.entries(expected)) {
    const status = await opsJson(sandbox, "status", name);
    assertObjectMatch(status, known);
    const found = list.filter((session) => session.name === name);
    assertEquals(found.length, 1);
    assertObjectMatch(found[0]!, { ...known, pid: status.pid });
    const comm = await Deno.readTextFile(`/proc/${status.pid}/comm`);
    assertMatch(comm, name === bot ? /^tmux/ : /^(sh|busybox)$/m);
  }
}

async function runPrograms({ sandbox, web, db, bot }: Trio): Promise<void> {
  for (const name of [web, db]) {
    const ran = await ops(sandbox, "exec", name, "--", "echo", "hello");
    assertEquals(ran, { code: 0, stdout: "hello\n", stderr: "" });
    const typed = await ops(sandbox, "send", name, "typed");
    assertEquals(typed, { code: 0, stdout: "", stderr: "" });
    await until(async () =>
      (await ops(sandbox, "logs", name)).stdout.includes("got typed")
    );
  }
  assertEquals((await ops(sandbox, "exec", bot, "--", "true")).code, 1);
}

async function areAttachedTo({ sandbox, web, db, bot }: Trio): Promise<void> {
  const [ofContainers, ofTmux] = [["C-p", "C-q"], ["C-b", "d"]];
  const leave = { [web]: ofContainers, [db]: ofContainers, [bot]: ofTmux };
  for (const [name, keys] of Object.entries(leave)) {
    const terminal = await opsInTerminal(sandbox, "attach", name);
    await terminal.press("hello", "Enter");
    await terminal.shows("got hello");
    await terminal.leave(...keys);
    const screen = await terminal.shows("[exit 0, as it was]");
    assertMatch(screen, new RegExp(`^detached from ${name}$`, "m"));
    assertEquals((await opsJson(sandbox, "status", name)).state, "running");
  }
}

async function areStopped({ sandbox, web, db, bot }: Trio): Promise<void> {
  const stopped = await ops(sandbox, "stop", "-q", web, db, bot);
  assertEquals(stopped.stdout, `${web}\n${db}\n${bot}\n`);
  assertEquals((await ops(sandbox, "status", bot)).code, 3);
  for (const container of await opsJson(sandbox, "status", web, db)) {
    assertObjectMatch(container, { state: "exited", exit_code: 3 });
  }
  // Again: it was not running, and still it is nobody's to remove.
  const again = await ops(sandbox, "stop", web, db);
  assertMatch(again.stdout, /^(Session '.*' was not running\.\n){2}$/);
  assertEquals((await ops(sandbox, "start", web, db)).code, 0);
  for (const container of await opsJson(sandbox, "status", web, db)) {
    assertObjectMatch(container, { state: "running", managed: false });
  }
}
