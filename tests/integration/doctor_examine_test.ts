/** Faults of programs that no test can make for real. */
import { assertEquals, assertMatch } from "@std/assert";
import { examine } from "../../src/doctor/examine.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { checkedIn } from "../../src/doctor/health_checks.ts";
import { BackendNotFoundError, EngineError } from "../../src/core/errors.ts";
import { type Answer, type Call, FakeHost } from "../helpers/fake_host.ts";
import { Sandbox } from "../helpers/sandbox.ts";

/** What is found where programs answer like this. */
async function found(
  sandbox: Sandbox,
  answer: (call: Call) => Answer | undefined,
): Promise<Finding[]> {
  const host = new FakeHost((call) =>
    answer(call) ?? new BackendNotFoundError(`${call.binary} is not installed`)
  );
  return await examine({ host, systemRoot: sandbox.path("root") });
}

/** A machine that systemd runs, and where these users linger. */
async function systemd(sandbox: Sandbox, ...users: string[]): Promise<void> {
  await Deno.mkdir(sandbox.path("root/run/systemd/system"), {
    recursive: true,
  });
  for (const user of users) {
    await sandbox.write(`root/var/lib/systemd/linger/${user}`, "");
  }
}

/** A tmux whose server says this of itself. */
function tmuxThatTells(told: string): (call: Call) => Answer | undefined {
  return ({ binary, args }) => {
    if (binary !== "tmux") return undefined;
    if (args.includes("-V")) return { stdout: "tmux 3.5a\n" };
    return { stdout: args.includes("run-shell") ? told : "3.5a\n" };
  };
}

function about(check: string, findings: readonly Finding[]): string[] {
  return findings.filter((it) => it.check === check)
    .map(({ level, fact }) => `${level}: ${fact}`);
}

const LOGIN = "0::/user.slice/user-1000.slice/session-3.scope\n";
const MANAGER = "0::/user.slice/user-1000.slice/user@1000.service/a.scope\n";

Deno.test("what a server would die with is judged by what it tells", async () => {
  await using sandbox = new Sandbox();
  const told = async (text: string) =>
    about("tmux-server", await found(sandbox, tmuxThatTells(text)));
  // No systemd: nothing to die with.
  assertEquals(await told("kim\n\n0::/system.slice/x.service\n"), []);

  await systemd(sandbox, "lee");
  assertEquals(await told("kim\n\n0::/system.slice/x.service\n"), [
    "warning: tmux: its server lives inside the systemd unit x.service, and " +
    "dies when that stops",
  ]);
  assertEquals(await told(`kim\n\n${MANAGER}`), [
    "warning: tmux: its server dies when the last login of kim ends: no linger",
  ]);
  assertEquals(await told(`lee\n\n${MANAGER}`), []);
  assertEquals(await told(`kim\nb false\n${LOGIN}`), []);
  const [killed] = await told(`lee\nb true\n${LOGIN}`);
  assertMatch(killed!, /^warning: .* KillUserProcesses is on$/);
  const [unsure] = await told(`lee\n\n${LOGIN}`);
  assertMatch(unsure!, /^note: .* where KillUserProcesses is on$/);
});

Deno.test("a server that is older than its program is told of", async () => {
  await using sandbox = new Sandbox();
  const findings = await found(sandbox, ({ binary, args }) => {
    if (binary !== "tmux") return undefined;
    return { stdout: args.includes("-V") ? "tmux 3.4\n" : "3.2a\n" };
  });
  assertEquals(about("tmux", findings), ["ok: tmux 3.4"]);
  assertEquals(about("tmux-socket", findings), [
    "warning: tmux: its server is still tmux 3.2a",
  ]);
});

Deno.test("a docker that is Podman is told of", async () => {
  await using sandbox = new Sandbox();
  const findings = await found(sandbox, ({ args }) => ({
    stdout: args.includes("--version") ? "podman version 4.3.1\n" : "",
  }));
  assertMatch(about("docker", findings)[0]!, /^warning: .* is podman/);
});

Deno.test("a check that fails breaks no other, and is told of", async () => {
  await using sandbox = new Sandbox();
  const answers = tmuxThatTells("");
  const findings = await found(sandbox, (call) => {
    if (call.args.includes("-V")) return new Error("what is this");
    if (call.binary === "docker") return new EngineError("docker", "odd words");
    return answers(call);
  });
  assertEquals(about("tmux", findings), [
    "warning: could not be examined: what is this",
  ]);
  assertEquals(about("tmux-socket", findings), ["ok: tmux: answers"]);
  assertEquals(about("docker", findings), ["warning: odd words"]);
  assertMatch(about("config", findings).join(), /^ok: /);
});

Deno.test("a check that hangs holds up no other, and is told of", async () => {
  await using sandbox = new Sandbox();
  const hung = Promise.withResolvers<never>();
  class HungHost extends FakeHost {
    override run(): Promise<never> {
      return hung.promise;
    }
  }
  const findings = await examine({
    host: new HungHost(() => ({})),
    systemRoot: sandbox.path("root"),
    timeoutMs: 20,
  });
  const late = "broken: not examined within 0.06 s";
  assertEquals(about("tmux", findings), [late]);
  assertEquals(about("containers", findings), [late]);
  assertMatch(about("config", findings).join(), /^ok: /);
});

Deno.test("a working directory that is gone is told of", async () => {
  await using sandbox = new Sandbox();
  const before = Deno.cwd();
  await Deno.mkdir(sandbox.path("gone"));
  Deno.chdir(sandbox.path("gone"));
  try {
    await Deno.remove(sandbox.path("gone"));
    const findings = await found(sandbox, tmuxThatTells(""));
    assertEquals(findings.find(({ check }) => check === "config"), {
      check: "config",
      level: "broken",
      fact: "the working directory does not exist any more",
      remedy: "change to one that does",
    });
    assertEquals(about("tmux", findings), ["ok: tmux 3.5a"]);
  } finally {
    Deno.chdir(before);
  }
});

Deno.test("checkedIn finds those that have a health check", () => {
  const lines = ["a\t[CMD-SHELL true]", "b\t", "c\t[NONE]", "d\t[]", ""];
  assertEquals(checkedIn(lines.join("\n")), ["a"]);
});
