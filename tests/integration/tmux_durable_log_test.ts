/** Logs that keep within their limits, and go on after what has stopped them. */
import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertLess,
  assertMatch,
} from "@std/assert";
import { SessionConfig } from "../../src/core/definition.ts";
import type { TmuxRunner } from "../../src/engines/tmux/runner.ts";
import { opsArgv } from "../helpers/cli.ts";
import { type Disk, diskTest } from "../helpers/disk.ts";
import { Durable, numbered } from "../helpers/durable.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { asNobody, needsRoot } from "../helpers/nobody.ts";
import { processesWith } from "../helpers/processes.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { ended, logged } from "../helpers/sessions.ts";
import { until } from "../helpers/wait.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** More of it proves more, and takes longer. */
const MEBIBYTES = Number(Deno.env.get("OPS_TEST_MEBIBYTES") ?? 30);
/** Of nine digits each, and the terminal puts a return before each newline. */
const FIRST = 100_000_000;
const WIDTH = 11;
/** What the writer takes at once. */
const CHUNK = 64 * KIB;

/** The least that a session may have. */
const SMALL = { logMaxSize: 64 * KIB, logFiles: 4 };

const [size = 64 * KIB, files = 4] =
  Deno.env.get("OPS_TEST_LOG")?.split(",").map(Number) ?? [];

tmuxTest(
  `of ${MEBIBYTES} MiB, ${files} files of ${size} bytes are kept, as they were`,
  async () => {
    await using sandbox = new Sandbox();
    const durable = new Durable(sandbox);
    const last = FIRST + Math.floor(MEBIBYTES * MIB / WIDTH) - 1;
    const started = performance.now();
    const { pid } = await durable.runner.start(
      new SessionConfig({
        name: "bot",
        command: `seq ${FIRST} ${last}`,
        logMaxSize: size,
        logFiles: files,
      }),
    );
    let most = 0;
    let samples = 0;
    const memory: number[] = [];
    const over = ended(durable.runner, "bot", {
      timeoutMs: 600_000,
      intervalMs: 100,
    });
    let isOver = false;
    over.finally(() => isOver = true).catch(() => undefined);
    await until(() => {
      most = Math.max(most, bytesIn(durable.of("bot").folder));
      if (samples++ % 10 === 0) memory.push(residentOf(pid!));
      return isOver;
    }, { timeoutMs: 600_000, intervalMs: 10 });
    await over;
    const end = `${last}\r\n`;
    await until(() => durable.log("bot").endsWith(end), { timeoutMs: 60_000 });
    const seconds = (performance.now() - started) / 1_000;
    const peak = Math.max(...memory);
    if (Deno.env.has("OPS_TEST_MEBIBYTES")) {
      console.log({ samples, most, limit: size * files, seconds });
      console.log(
        "RSS KiB",
        memory.filter((_, i) => i % Math.ceil(memory.length / 20) === 0),
        { peak },
      );
    }

    assertGreater(samples, 100);
    assertLess(most, size * files + CHUNK);
    assertGreater(most, size * (files - 1));
    const log = durable.log("bot");
    const whole = log.slice(log.indexOf("\n") + 1);
    const expected = numbered(last + 1 - whole.length / WIDTH, last);
    assert(whole === expected, "a line is missing or changed");
    assertGreater(log.length, size * (files - 2));
    // It would be all of the output if nobody took it.
    assertLess(peak, memory[0]! + 16 * KIB, "the server's memory grows");
  },
);

tmuxTest("a file is filled, however little is written at once", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const lines = 300;
  const command =
    `i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; sleep 0.002; done`;
  await durable.runner.start(
    new SessionConfig({ name: "bot", command, ...SMALL }),
  );
  await ended(durable.runner, "bot");
  await until(() => durable.log("bot").endsWith(`\n${lines}\r\n`));
  assertEquals(durable.log("bot"), numbered(1, lines));
  assertEquals(durable.of("bot").logs(1).length, 1);
});

diskTest(
  "once a full disk has room, the log goes on and says so",
  async (disk) => {
    const durable = new Durable(disk.sandbox, { root: disk.path });
    const { runner } = durable;
    const command = "echo ready; while read -r it; do echo got $it; done";
    await runner.start(new SessionConfig({ name: "bot", command }));
    await until(() => durable.log("bot").includes("ready"));
    disk.fill();
    // What is left of a block takes a few lines.
    const long = "x".repeat(900);
    await until(async () => {
      await runner.sendKeys("bot", long);
      return isTold(disk.sandbox);
    }, { intervalMs: 300 });
    await runner.sendKeys("bot", "lost");
    await logged(runner, "bot", "got lost");
    assertFalse(durable.log("bot").includes("lost"));
    Deno.removeSync(`${disk.path}/rest`);
    await until(async () => {
      await runner.sendKeys("bot", "kept");
      return durable.log("bot").includes("got kept");
    }, { intervalMs: 300 });
    await until(async () => !await isTold(disk.sandbox));
    assertMatch(
      await runner.logs("bot"),
      /\n\[ops: nothing was logged from \S+Z to \S+Z: No space left on device\]\n/,
    );
    assertFalse((await rawLog(runner)).includes("[ops:"));
    assertEquals((await runner.status("bot")).logError, null);
  },
);

tmuxTest("a log whose writer is killed goes on, and says so", async () => {
  await using sandbox = new Sandbox();
  const durable = new Durable(sandbox);
  const { runner } = durable;
  const command = "echo ready; while read -r it; do echo got $it; done";
  await runner.start(new SessionConfig({ name: "bot", command }));
  await logged(runner, "bot", "ready");
  Deno.kill(writers(sandbox, "dd ")[0]!, "SIGKILL");
  await runner.sendKeys("bot", "one");
  await until(() => durable.log("bot").includes("got one"));
  assertEquals((await runner.status("bot")).logError, null);
  const options = await sandbox.tmux("show-options", "-p");
  assertFalse(options.includes("@kstlib_log_error"), options);
  assertMatch(
    await runner.logs("bot"),
    /^ready\n\[ops: something may be missing here, \S+: what wrote it was killed\]\none\ngot one$/,
  );

  // Both, or the one that reads would write once more.
  for (const pid of [...writers(sandbox, "sh "), ...writers(sandbox, "dd ")]) {
    Deno.kill(pid, "SIGKILL");
  }
  // tmux hears of it as it has something to write.
  await runner.sendKeys("bot", "lost");
  await until(async () => {
    return (await runner.listSessions())[0]?.logError === "its writer is gone";
  });
  await logged(runner, "bot", "got lost");
  await runner.status("bot");
  // Nothing more is written, and yet what the screen has is known to be missing.
  assertMatch(
    await logged(runner, "bot", "its writer was gone"),
    /\ngot one\n\[ops: (?:nothing was logged from \S+Z to \S+Z|something may be missing here, \S+Z): its writer was gone\]$/,
  );
  await runner.sendKeys("bot", "two");
  await until(() => durable.log("bot").includes("got two"));
});

diskTest("a full disk stops the log, and never the session", async (disk) => {
  const durable = new Durable(disk.sandbox, { root: disk.path });
  const { runner, warnings } = durable;
  const command =
    "read _; seq 1 3000000; while read -r it; do echo got $it; done";
  await runner.start(new SessionConfig({ name: "bot", command }));
  assertEquals((await runner.status("bot")).logError, null);
  // So much that it still goes on when the look at it has the log go on: that
  // fails again only once there is something to write.
  await runner.sendKeys("bot", "go");
  const full = await until(async () => {
    const status = await runner.status("bot");
    return status.logError !== null && status;
  });
  assertEquals(full.logError, "No space left on device");
  assertEquals(full.state, "running");
  await logged(runner, "bot", "3000000", { timeoutMs: 60_000 });
  assertFalse(durable.log("bot").includes("3000000"));

  for (const path of durable.of("bot").logs(1)) Deno.removeSync(path);
  // What was still on its way may have filled it again.
  await until(async () => (await runner.status("bot")).logError === null);
  await runner.sendKeys("bot", "again");
  await until(() => durable.log("bot").includes("got again\r\n"));
  assertMatch(
    await runner.logs("bot", 1_000),
    /\n?\[ops: [^\n]+: No space left on device\]\n/,
  );
  assertEquals((await runner.status("bot")).logError, null);
  assert((await runner.stop("bot")).stopped);
  const [run] = await runner.history("bot");
  assertEquals([run?.endedBy, run?.signal], ["stop", "SIGINT"]);
  assertEquals(warnings, []);
});

const faults: Array<
  [what: string, reason: RegExp, prepare: (disk: Disk) => string]
> = [
  ["a full disk", /No space left/, (disk) => {
    disk.fill();
    return disk.path;
  }],
  ["a read-only disk", /Read-only file system/, (disk) => {
    disk.remount("ro");
    return disk.path;
  }],
  ["a folder below a regular file", /Not a directory/, (disk) => {
    Deno.writeTextFileSync(`${disk.path}/file`, "");
    return `${disk.path}/file/state`;
  }],
];

for (const [what, reason, prepare] of faults) {
  diskTest(
    `${what} keeps no session from starting or stopping`,
    async (disk) => {
      const root = prepare(disk);
      const { runner, warnings } = new Durable(disk.sandbox, { root });
      for (let round = 0; round < 2; round++) {
        const command = "echo ready; exec sleep 1000";
        const { state } = await runner.start(
          new SessionConfig({ name: "bot", command }),
        );
        assertEquals(state, "running");
        await logged(runner, "bot", "ready");
        assertEquals((await runner.status("bot")).state, "running");
        const { stopped, signal } = await runner.stop("bot");
        assertEquals([stopped, signal], [true, "SIGINT"]);
        assertEquals(await runner.history("bot"), []);
      }
      assertEquals(warnings.length, 1, warnings.join("\n"));
      assertMatch(warnings[0]!, reason);
    },
  );
}

(needsRoot === null ? tmuxTest : Deno.test.ignore)(
  "the folder of somebody else, as the command line tells it",
  async () => {
    await using sandbox = new Sandbox();
    const nobody = await asNobody(sandbox);
    const state = sandbox.path("home/.local/state");
    await Deno.mkdir(state, { recursive: true, mode: 0o700 });
    await Deno.chown(sandbox.path("home/.local"), 0, 0);
    await Deno.chown(state, 0, 0);
    const ops = (...args: string[]) => nobody(opsArgv(args));
    const start = await ops("start", "bot", "--", "sleep", "1000");
    const list = await ops("list", "-q");
    const stop = await ops("stop", "bot");
    assertEquals([start.code, list.code, stop.code], [0, 0, 0], start.stderr);
    assertEquals(list.stdout, "bot\n");
    const warning = /^warning: .*Permission denied.*logs and history.*\n$/;
    assertMatch(start.stderr, warning);
    // Nothing was kept of it, so nothing more is lost.
    assertEquals(stop.stderr, "");
  },
);

/** Whether the log is told to have stopped. */
async function isTold(sandbox: Sandbox): Promise<boolean> {
  const options = await sandbox.tmux("show-options", "-p");
  return options.includes("@kstlib_log_error");
}

async function rawLog(runner: TmuxRunner): Promise<string> {
  return new TextDecoder().decode(await runner.rawLogs("bot", 10_000));
}

/** The processes that write logs. */
function writers(sandbox: Sandbox, program: string): number[] {
  return processesWith("OPS_TEST_SANDBOX", sandbox.dir)
    .filter(({ pid }) => {
      const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`)
        .replaceAll("\0", " ");
      return program === "sh "
        ? words.includes("(log)")
        : words.startsWith(program);
    })
    .map(({ pid }) => pid);
}

/** What all files of a folder take. */
function bytesIn(folder: string): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      if (/\.(log|times)$/.test(name)) {
        sum += Deno.statSync(`${folder}/${name}`).size;
      }
    } catch { /* it has just been removed */ }
  }
  return sum;
}

/** What a process has in memory, in KiB. */
function residentOf(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]);
}
