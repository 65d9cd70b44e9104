/** Many sessions that one call starts, and one call stops. */
import { assertEquals } from "@std/assert";
import { ops, opsJson, tmuxSandbox } from "../helpers/cli.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import { until } from "../helpers/wait.ts";

/** More of them prove more, and take longer. */
const COUNT = Number(Deno.env.get("OPS_TEST_SESSIONS") ?? 100);

const kinds: Array<
  [
    what: string,
    count: number,
    stopTimeout: number,
    command: string,
    end: Record<string, unknown>,
  ]
> = [
  ["that end at once", COUNT, 10, "sleep 1000", { signal: "SIGINT" }],
  [
    "that clean up for a second",
    COUNT,
    10,
    "trap 'sleep 1; exit 7' INT; while :; do sleep 1000 & wait; done",
    { exit_code: 7 },
  ],
  [
    "that ignore everything",
    20,
    1,
    "trap '' INT TERM HUP; while :; do sleep 1000; done",
    { signal: "SIGKILL" },
  ],
];

for (const [what, count, stopTimeout, command, end] of kinds) {
  tmuxTest(`${count} at once ${what}`, async () => {
    await using sandbox = tmuxSandbox();
    const names = Array.from({ length: count }, (_, i) => `bot-${i}`);
    const definition = JSON.stringify({ command, stop_timeout: stopTimeout });
    await sandbox.write(
      "kstlib.conf.yml",
      `ops:\n  sessions:\n${
        names.map((name) => `    ${name}: ${definition}\n`).join("")
      }`,
    );
    const start = await ops(sandbox, "start", ...names);
    assertEquals([start.code, start.stderr], [0, ""]);
    const stop = await ops(sandbox, "stop", "-q", ...names);
    assertEquals([stop.code, stop.stderr], [0, ""]);
    assertEquals(stop.stdout.split("\n").slice(0, -1), names);

    // The writers of their logs see for themselves that nothing is left.
    await until(() =>
      processesWith("OPS_TEST_SANDBOX", sandbox.dir).length === 0
    );
    const runs = await opsJson(sandbox, "history", "-n", `${2 * count}`);
    assertEquals(runs.length, count);
    const expected = {
      exit_code: null,
      signal: null,
      ended_by: "stop",
      ...end,
    };
    for (const { exit_code, signal, ended_by } of runs) {
      assertEquals({ exit_code, signal, ended_by }, expected);
    }
  });
}
