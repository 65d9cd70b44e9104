import { assertEquals } from "@std/assert";
import { renderStatus } from "../../../../src/cli/render/status.ts";
import {
  type Run,
  type SessionStatus,
  sessionStatus,
} from "../../../../src/core/definition.ts";
import { removedStatus } from "../../../../src/state/lookup.ts";
import { run, running } from "../fakes.ts";
import { recorder, type RecorderOptions } from "../recorder.ts";

Deno.test("renderStatus() shows only what there is", async () => {
  const status = sessionStatus({
    name: "bot",
    state: "defined",
    backend: "tmux",
  });
  assertEquals(
    await renderStatus(status, recorder()),
    "Name\tbot\nState\tdefined\nPlace\ttmux\n",
  );
});

Deno.test("renderStatus() gives people the age, and programs the time", async () => {
  const status = running("bot", { createdAt: "2026-11-23T12:00:00Z" });
  const now = Date.parse("2026-11-23T14:00:00Z");
  const line = async (isTerminal: boolean) =>
    (await renderStatus(status, recorder({ isTerminal, now }))).split("\n")
      .find((it) => it.startsWith("Created"));
  assertEquals(await line(true), "Created     2026-11-23T12:00:00Z (2 h ago)");
  assertEquals(await line(false), "Created\t2026-11-23T12:00:00Z");
});

/** The lines of a status, by label. */
async function lines(
  status: SessionStatus,
  options: RecorderOptions = {},
): Promise<Record<string, string>> {
  const text = await renderStatus(status, recorder(options));
  return Object.fromEntries(
    text.trimEnd().split("\n").map((line) => line.split(/\t|  +/)),
  );
}

Deno.test("renderStatus() tells of restarts only where there were any", async () => {
  const none = await lines(running("bot", { restartCount: 0 }));
  assertEquals(["Restarts" in none, "Next Restart" in none], [false, false]);
  const nextRestartAt = "2026-11-23T12:00:09.500Z";
  const status = running("bot", { restartCount: 2, nextRestartAt });
  const piped = await lines(status);
  assertEquals(
    [piped.Restarts, piped["Next Restart"]],
    ["2", nextRestartAt],
  );
  const now = Date.parse("2026-11-23T12:00:00Z");
  assertEquals(
    (await lines(status, { isTerminal: true, now }))["Next Restart"],
    `${nextRestartAt} (in 10 s)`,
  );
});

Deno.test("renderStatus() tells why a log has stopped", async () => {
  const logError = "No space left on device";
  assertEquals(
    (await lines(running("bot", { logError }))).Log,
    `stopped: ${logError}`,
  );
});

Deno.test("renderStatus() tells of the last run that has ended", async () => {
  const of = async (lastRun: Run) =>
    (await lines(running("bot", { lastRun })))["Last Run"];
  const endedAt = "2026-11-23T12:00:05.000Z";
  assertEquals(await of(run("bot", { exitCode: 9 })), `9, ${endedAt}, itself`);
  assertEquals(
    await of(run("bot", { signal: "SIGKILL", oomKilled: true })),
    `SIGKILL, out of memory, ${endedAt}, itself`,
  );
  const unseen = { endedAt: null, exitCode: null } as const;
  assertEquals(
    await of(run("bot", { ...unseen, endedBy: "engine_gone" })),
    "engine gone",
  );
  assertEquals(await of(run("bot", { ...unseen, endedBy: null })), undefined);
});

Deno.test("renderStatus() of what is gone is that of its last run", async () => {
  const lastRun = run("bot", { exitCode: 9, endedBy: "stop" });
  const shown = await lines(removedStatus(lastRun));
  assertEquals(shown, {
    "Name": "bot",
    "State": "stopped (removed)",
    "Place": "tmux",
    "Started": lastRun.startedAt,
    "Finished": lastRun.endedAt!,
    "Exit Code": "9",
    "Managed": "yes",
    "Command": "./bot",
    "Last Run": `9, ${lastRun.endedAt}, ops stop`,
  });
});
