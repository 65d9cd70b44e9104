/** `ops doctor` on tmux and its sockets, each fault made for real. */
import { assertEquals, assertLess } from "@std/assert";
import { examine } from "../../src/doctor/examine.ts";
import { cgroupTest } from "../helpers/cgroup.ts";
import {
  ops,
  opsArgv,
  opsJson,
  pathWithout,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { assertFound, examined, ofRoot } from "../helpers/doctor.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { asNobody, NOBODY } from "../helpers/nobody.ts";
import { Sandbox } from "../helpers/sandbox.ts";

tmuxTest("doctor finds nothing on a sound host", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "kstlib.conf.yml",
    `ops: {sessions: {bot: {command: sleep 1000, working_dir: .}}}`,
  );
  await ops(sandbox, "start", "bot");
  await ops(sandbox, "start", "other", "-L", "work", "-c", "sleep 1000");
  const { code, findings } = await examined(sandbox);
  assertEquals(code, 0);
  assertEquals(findings.map(({ check, level }) => `${level} ${check}`), [
    "ok tmux",
    "ok tmux-socket",
    "ok tmux-socket",
    "note podman", // which this sandbox has hidden, and nobody needs
    "note docker",
    "ok state-folder",
    "ok config",
  ]);
});

Deno.test("doctor finds that tmux is missing, unless nobody wants it", async () => {
  await using sandbox = tmuxSandbox();
  const PATH = pathWithout(sandbox.path("bin"), "tmux", "podman", "docker");
  const examination = await examined(sandbox, { PATH });
  assertFound(examination, "tmux", "broken", /not installed/, /apt install/);

  await sandbox.write("kstlib.conf.yml", "ops: {default_backend: container}");
  const containers = await examined(sandbox, { PATH });
  assertFound(containers, "tmux", "note", /not installed/);
});

/** It knows no -N yet. */
const TOO_OLD = `#!/bin/sh
[ "$1" = -V ] && echo tmux 3.0a && exit
echo 'usage: tmux [-2CluvV] [-c shell-command]' >&2; exit 1
`;

Deno.test("doctor finds that tmux is too old", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write("bin/tmux", TOO_OLD, 0o755);
  const PATH = `${sandbox.path("bin")}:${Deno.env.get("PATH")}`;
  const examination = await examined(sandbox, { PATH });
  assertFound(examination, "tmux", "broken", /^tmux 3\.0a is too old/, /3\.3/);
  const { findings } = examination;
  assertEquals(findings.filter((it) => it.check === "tmux-socket"), []);
});

tmuxTest("doctor finds sockets without a server", async () => {
  await using sandbox = tmuxSandbox();
  for (const label of ["default", "old"]) {
    const socket = ["-L", label];
    await sandbox.tmux(...socket, "new-session", "-d", "sleep 1000");
    await sandbox.tmux(...socket, "kill-server");
  }
  const path = sandbox.path(`tmux-${Deno.uid()}`);
  const before = await examined(sandbox);
  for (const label of ["default", "old"]) {
    const remedy = new RegExp(`^rm ${path}/${label}$`);
    const fact = new RegExp(`${label} is left over`);
    assertFound(before, "tmux-socket", "note", fact, remedy);
    const found = before.findings.find((it) => remedy.test(it.remedy ?? ""));
    const { code } = await sandbox.run("sh", ["-c", found!.remedy!]);
    assertEquals(code, 0);
  }
  const after = await examined(sandbox);
  assertEquals(after.findings.filter((it) => it.check === "tmux-socket"), []);
});

tmuxTest("doctor finds a server that hangs, in time", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "sleep 1000");
  const hung = ["-L", "hung", "-c", "sleep 1000"];
  const { pid } = await opsJson(sandbox, "start", "stuck", ...hung);
  Deno.kill(pid, "SIGSTOP");
  const started = performance.now();
  const examination = await examined(sandbox);
  assertLess(performance.now() - started, 7_000);
  const fact = /^tmux \(socket hung\): .* not answered for 5 s/;
  assertFound(examination, "tmux-socket", "broken", fact, /kill -CONT/);
  assertFound(examination, "tmux-socket", "ok", /^tmux: answers/);
});

tmuxTest("doctor finds a folder of sockets that tmux refuses", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.tmux("new-session", "-d", "sleep 1000");
  const folder = sandbox.path(`tmux-${Deno.uid()}`);
  await Deno.chmod(folder, 0o755);
  const examination = await examined(sandbox);
  const remedy = new RegExp(`^chmod 700 ${folder}$`);
  assertFound(examination, "tmux-socket", "broken", /unsafe/, remedy);
});

ofRoot(tmuxTest)("doctor finds a socket that may not be used", async () => {
  await using sandbox = new Sandbox();
  const nobody = await asNobody(sandbox);
  assertEquals((await nobody(["tmux", "new", "-d", "sleep 1000"])).code, 0);
  const socket = sandbox.path(`tmux-${NOBODY}/default`);
  const argv = opsArgv(["doctor", "--json"]);

  await Deno.chmod(socket, 0o000);
  const { code, stdout } = await nobody(argv);
  const examination = { code, findings: JSON.parse(stdout) };
  const remedy = new RegExp(`^chmod u\\+rwx ${socket}`);
  assertFound(examination, "tmux-socket", "broken", /may not be used/, remedy);

  await Deno.chmod(sandbox.path(`tmux-${NOBODY}`), 0o000);
  const hidden = await nobody(argv);
  const found = { code: hidden.code, findings: JSON.parse(hidden.stdout) };
  assertFound(found, "tmux-socket", "broken", /looked into/, /^chmod 700/);
});

cgroupTest(
  "doctor finds a server inside a systemd unit",
  `/system.slice/ops-test-${Deno.pid}.service`,
  async (procs) => {
    await using sandbox = tmuxSandbox();
    await Deno.mkdir(sandbox.path("root/run/systemd/system"), {
      recursive: true,
    });
    const systemRoot = sandbox.path("root");
    const trapped = async () => {
      const findings = await examine({ systemRoot });
      return findings.filter(({ check }) => check === "tmux-server");
    };
    await sandbox.tmux("-L", "free", "new-session", "-d", "sleep 1000");
    assertEquals(await trapped(), []);

    const start = ["tmux", "-L", "unit", "new-session", "-d", "sleep 1000"];
    const inside = 'echo $$ > "$0"; exec "$@"';
    const { code } = await sandbox.run("sh", ["-c", inside, procs, ...start]);
    assertEquals(code, 0);
    const [trap, ...others] = await trapped();
    assertEquals(others, []);
    assertEquals(trap?.level, "warning");
    assertEquals(
      trap?.fact,
      "tmux (socket unit): its server lives inside the systemd unit " +
        `ops-test-${Deno.pid}.service, and dies when that stops`,
    );
  },
);
