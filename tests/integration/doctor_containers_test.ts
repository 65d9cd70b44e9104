/** `ops doctor` on Podman and Docker, each fault made for real. */
import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { examine } from "../../src/doctor/examine.ts";
import { ops, opsArgv, pathWithout } from "../helpers/cli.ts";
import { Containers, IMAGE, testOn } from "../helpers/containers.ts";
import { assertFound, examined, ofRoot } from "../helpers/doctor.ts";
import { asNobody } from "../helpers/nobody.ts";
import { Sandbox } from "../helpers/sandbox.ts";

const NEEDS_DOCKER =
  "ops: {sessions: {web: {backend: container, image: x, runtime: docker}}}";

testOn(["podman", "docker"], "doctor sees that both answer", async () => {
  await using sandbox = new Sandbox();
  const examination = await examined(sandbox);
  assertFound(examination, "podman", "ok", /^podman \d.* answers$/);
  assertFound(examination, "docker", "ok", /^docker \d.* answers$/);
});

testOn(["docker"], "doctor finds that Docker does not run", async () => {
  await using sandbox = new Sandbox();
  const env = { DOCKER_HOST: `unix://${sandbox.path("nowhere")}` };
  const fact = /^installed, but its engine does not run/;
  const remedy = /^start it, or check DOCKER_HOST or the context, which says /;
  assertFound(await examined(sandbox, env), "docker", "warning", fact, remedy);

  await sandbox.write("kstlib.conf.yml", NEEDS_DOCKER);
  const needed = /does not run .*; needed by web$/;
  assertFound(await examined(sandbox, env), "docker", "broken", needed, remedy);
});

testOn(["docker"], "doctor finds that a session lost its Docker", async () => {
  await using sandbox = new Sandbox();
  await using it = new Containers("docker");
  const bot = ["start", it.name("bot"), "-i", IMAGE, "--runtime", "docker"];
  assertEquals((await ops(sandbox, ...bot, "--", "sleep", "1000")).code, 0);
  const env = { DOCKER_HOST: `unix://${sandbox.path("nowhere")}` };
  const needed = new RegExp(`does not run .*; needed by ${it.name("bot")}$`);
  assertFound(await examined(sandbox, env), "docker", "broken", needed);
});

testOn(["docker"], "doctor finds that Docker hangs, in time", async () => {
  await using sandbox = new Sandbox();
  const path = sandbox.path("mute");
  // Whoever connects is kept waiting, as by a daemon that is stopped.
  using _mute = Deno.listen({ transport: "unix", path });
  const started = performance.now();
  const examination = await examined(sandbox, {
    DOCKER_HOST: `unix://${path}`,
  });
  assertLess(performance.now() - started, 8_000);
  assertFound(examination, "docker", "warning", /not answered for 5 s/);
});

testOn(
  ["docker"],
  "doctor finds that there is no right to Docker",
  async () => {
    await using sandbox = new Sandbox();
    await sandbox.write("kstlib.conf.yml", NEEDS_DOCKER);
    const PATH = pathWithout(sandbox.path("with-docker"), "podman");
    const nobody = await asNobody(sandbox);
    const argv = opsArgv(["doctor", "--json"]).with(0, sandbox.path("program"));
    const { code, stdout } = await nobody(["env", `PATH=${PATH}`, ...argv]);
    const examination = { code, findings: JSON.parse(stdout) };
    const fact = /^no right to its socket .*; needed by web$/;
    assertFound(examination, "docker", "broken", fact, /group "docker"/);
  },
  ofRoot(Deno.test),
);

Deno.test("doctor finds that a definition has no engine", async () => {
  await using sandbox = new Sandbox();
  await sandbox.write(
    "kstlib.conf.yml",
    NEEDS_DOCKER.replace(", runtime: docker", ""),
  );
  const PATH = pathWithout(sandbox.path("bin"), "podman", "docker");
  const examination = await examined(sandbox, { PATH });
  const fact = /^neither podman nor docker is installed .*; needed by web$/;
  assertFound(examination, "containers", "broken", fact, /https:/);
});

testOn(["podman"], "doctor finds health checks that nobody runs", async () => {
  await using sandbox = new Sandbox();
  await using it = new Containers("podman");
  const flags = ["--health-cmd", "true"];
  await it.foreign("checked", ["sleep", "1000"], { flags });
  await it.foreign("plain", ["sleep", "1000"]);
  const found = async () => {
    const findings = await examine({ systemRoot: sandbox.path("root") });
    return findings.filter(({ check }) => check === "health-checks");
  };
  const [unchecked] = await found();
  assertEquals(unchecked?.level, "warning");
  assertMatch(unchecked!.fact, new RegExp(`\\b${it.name("checked")}\\b`));
  assertEquals(unchecked!.fact.includes(it.name("plain")), false);

  const running = sandbox.path("root/run/systemd/system");
  await Deno.mkdir(running, { recursive: true });
  assertEquals(await found(), []);
});
