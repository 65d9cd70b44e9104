/** What runs and what no tmux server tells of is in list, status and history. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { isAlive, processesWith } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";
import { SessionManager, type SessionStatus } from "../../mod.ts";

const COMMAND = "exec sleep 1000";

/** Starts two sessions, of which one is defined, and removes their socket. */
async function withoutSocket(sandbox: Sandbox): Promise<SessionStatus> {
  await sandbox.write(
    "home/.config/kstlib.conf.yml",
    `ops: {sessions: {bot: {command: ${COMMAND}}}}`,
  );
  assertEquals((await ops(sandbox, "start", "bot")).code, 0);
  assertEquals((await ops(sandbox, "start", "job", "-c", COMMAND)).code, 0);
  const status = await new SessionManager("bot").status();
  await Deno.remove(sandbox.path(`tmux-${Deno.uid()}/default`));
  return status;
}

/** The names and states of a list, and its warnings. */
async function list(sandbox: Sandbox) {
  const { code, stdout, stderr } = await ops(sandbox, "list", "--json");
  assertEquals(code, 0, stderr);
  const states = JSON.parse(stdout)
    .map((it: { name: string; state: string }) => [it.name, it.state]);
  return { states: Object.fromEntries(states), warnings: stderr };
}

tmuxTest("a server without its socket: its sessions are known", async () => {
  await using sandbox = tmuxSandbox();
  const { pid, panePid } = await withoutSocket(sandbox);

  const { states, warnings } = await list(sandbox);
  assertEquals(states, { bot: "unknown", job: "unknown" });
  assertMatch(warnings, new RegExp(`"warning".*\\bbot\\b.*kill -USR1 ${pid}`));
  for (const name of ["bot", "job"]) {
    const status = await opsJson(sandbox, "status", name);
    assertEquals([status.state, status.managed], ["unknown", true]);
    assertStringIncludes(status.detail, `process ${pid}) is gone`);
    const [run] = await opsJson(sandbox, "history", name);
    assertEquals([run.ended_by, run.ended_at], [null, null]);
  }
  const wait = ["wait", "job", "--for", "stopped", "--timeout", "0.5"];
  assertEquals((await ops(sandbox, ...wait)).code, 1);

  Deno.kill(pid!, "SIGUSR1");
  const bot = new SessionManager("bot");
  const status = await until(async () => {
    const now = await bot.status();
    return now.state === "running" && now;
  });
  assertEquals([status.panePid, status.lastRun?.endedBy], [panePid, undefined]);
  assertEquals((await list(sandbox)).warnings, "");
});

tmuxTest("a server whose place another one has", async () => {
  await using sandbox = tmuxSandbox();
  const { pid, panePid } = await withoutSocket(sandbox);
  await sandbox.tmux("new-session", "-d", "-s", "mine");

  const { states, warnings } = await list(sandbox);
  assertEquals(states, { bot: "unknown", job: "unknown", mine: "running" });
  assertMatch(warnings, new RegExp(`kill -TERM ${pid}`));
  assertEquals((await ops(sandbox, "start", "bot")).code, 1);

  Deno.kill(pid!, "SIGTERM");
  await until(() => !isAlive(panePid!));
  const bot = new SessionManager("bot", { command: COMMAND });
  await until(async () => (await bot.lastRun())?.endedBy === "engine_gone");
  assertEquals((await bot.start()).state, "running");
  const now = await list(sandbox);
  assertEquals(now.states, { bot: "running", mine: "running" });
  assertEquals(now.warnings, "");
});

tmuxTest("what its launcher and its server have left is known", async () => {
  await using sandbox = tmuxSandbox();
  const command = "trap '' HUP; while :; do sleep 0.1; done";
  await ops(sandbox, "start", "bot", "-c", command, "--log", "none");
  const { pid, panePid } = await opsJson(sandbox, "status", "bot")
    .then((it) => ({ pid: it.pid, panePid: it.pane_pid }));
  // The launcher and the writer of the log would end what is left.
  for (const { pid, argv } of processesWith("OPS_TEST_SANDBOX", sandbox.dir)) {
    if (argv.some((word) => word.startsWith("ops: bot"))) {
      Deno.kill(pid, "SIGKILL");
    }
  }
  Deno.kill(pid, "SIGKILL");
  await until(() => !isAlive(pid));

  const { states, warnings } = await list(sandbox);
  assertEquals(states, { bot: "unknown" });
  assertMatch(warnings, /ops stop bot --socket default/);
  const { detail } = await new SessionManager("bot").status();
  // The loop may have a child at that moment.
  assertMatch(detail!, new RegExp(`^lost by tmux, but .* ?\\b${panePid} \\(`));
  const stop = await ops(sandbox, "stop", "bot");
  assertEquals([stop.code, isAlive(panePid)], [0, false]);
  assertEquals(await list(sandbox), { states: {}, warnings: "" });
});
