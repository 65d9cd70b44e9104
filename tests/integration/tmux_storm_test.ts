/** Many `ops` at once, some of which are killed: what is left is true. */
import { assert, assertEquals, assertFalse, assertLess } from "@std/assert";
import { opsArgv, tmuxSandbox } from "../helpers/cli.ts";
import { Durable } from "../helpers/durable.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { processesWith } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";

/** More of them prove more, and take longer. */
const ROUNDS = Number(Deno.env.get("OPS_TEST_ROUNDS") ?? 1);
const AT_ONCE = 20;
const KILLED = 6;

tmuxTest(
  `${AT_ONCE} at once on one name, ${KILLED} of them killed`,
  async () => {
    await using sandbox = tmuxSandbox();
    const storm = new Storm(sandbox);
    for (let round = 0; round < ROUNDS; round++) {
      await storm.blow(() => "bot");
      await storm.isTrueOf("bot");
    }
    await storm.isOver();
  },
);

tmuxTest(`${AT_ONCE} at once on as many names, ${KILLED} killed`, async () => {
  await using sandbox = tmuxSandbox();
  const storm = new Storm(sandbox);
  const names = Array.from({ length: AT_ONCE }, (_, i) => `bot${i}`);
  for (let round = 0; round < ROUNDS; round++) {
    await storm.blow((i) => names[i]!);
    await Promise.all(names.map((name) => storm.isTrueOf(name)));
  }
  await storm.isOver();
});

class Storm {
  readonly #sandbox: Sandbox;
  readonly #durable: Durable;
  readonly #mark: string;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#durable = new Durable(sandbox);
    this.#mark = sandbox.path("storm");
  }

  /** Lets all loose, and waits until each has ended. */
  async blow(name: (i: number) => string): Promise<void> {
    const children = Array.from({ length: AT_ONCE }, (_, i) => {
      const [program, ...args] = opsArgv(this.#words(i, name(i)));
      return new Deno.Command(program!, {
        args,
        cwd: this.#sandbox.dir,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
    });
    const outputs = children.map((child) => child.output());
    // Anywhere in what they do, but not before they have begun.
    for (let i = 0; i < KILLED; i++) {
      const victim = Math.floor(Math.random() * AT_ONCE);
      const pause = 300 + Math.random() * 300;
      await new Promise((resolve) => setTimeout(resolve, pause));
      try {
        children[victim]!.kill("SIGKILL");
      } catch { /* it has ended */ }
    }
    for (const output of outputs) {
      const { code, stderr } = await output;
      const said = new TextDecoder().decode(stderr);
      // Done, failed as somebody else was faster, or not there; or killed.
      assert([0, 1, 3, 137].includes(code), `${code}: ${said}`);
      assertFalse(/Uncaught|\bat .*\.ts:/.test(said), said);
    }
  }

  #words(i: number, name: string): string[] {
    // Whether it has said something makes a difference to its history.
    const voice = Math.random() < 0.5 ? "echo up; " : "";
    const command = `export STORM=${this.#mark}; ${voice}exec sleep 1000`;
    const start = ["start", name, "--", "sh", "-c", command];
    const stop = ["stop", name, "--timeout", "1"];
    const kinds = [start, stop, ["status", name], start, ["history", name]];
    return kinds[Math.floor(Math.random() * 2 + i) % kinds.length]!;
  }

  /** Compares what is said of a session with what there is. */
  async isTrueOf(name: string): Promise<void> {
    const { runner } = this.#durable;
    // What was killed may have left a client of tmux that is still at it.
    const pid = await settled(async () => {
      const all = await runner.listSessions();
      const mine = all.filter((it) => it.name === name);
      assertLess(mine.length, 2);
      const [one] = mine;
      return one?.state === "running" ? one.panePid : null;
    });
    const runs = await runner.history(name);
    const open = runs.filter(({ endedBy }) => endedBy === null);
    const what = Deno.inspect({ pid, runs: runs.slice(-3), open });
    assertEquals(new Set(runs.map(({ run }) => run)).size, runs.length);
    assertEquals(open.length, pid === null ? 0 : 1, what);
    if (pid !== null) assertEquals(open[0], runs.at(-1), what);
    this.#filesAreWhole(name);
  }

  #filesAreWhole(name: string): void {
    const { folder } = this.#durable.of(name);
    for (const file of namesIn(folder)) {
      const text = Deno.readTextFileSync(`${folder}/${file}`);
      // Whoever was killed while it made one has made nothing else.
      if (/^\d+\.json$/.test(file) && text !== "") JSON.parse(text);
      assert(
        /^\d{6}\.(json(\.[\w-]+\.new)?|end|\d{6}\.(log|times))$/.test(file),
        file,
      );
    }
  }

  /** Ends what is left, and looks for what should have ended before. */
  async isOver(): Promise<void> {
    const { runner, warnings } = this.#durable;
    const alive = () => processesWith("STORM", this.#mark);
    const sessions = await runner.listSessions();
    const running = sessions.filter(({ state }) => state === "running")
      .map(({ panePid }) => panePid).toSorted();
    assertEquals(alive().map(({ pid }) => pid).toSorted(), running);
    for (const { name } of sessions) await runner.stop(name);
    assertEquals(alive(), []);
    for (const { name } of sessions) {
      assert((await this.#durable.last(name)).endedBy !== null);
    }
    assertEquals(warnings, []);
  }
}

/** A value, once it has been the same for a while. */
async function settled<T>(look: () => Promise<T>): Promise<T> {
  let before: T | undefined;
  let same = 0;
  await until(async () => {
    const now = await look();
    same = now === before ? same + 1 : 0;
    before = now;
    return same > 5;
  });
  return before!;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return []; // it was never started
  }
}
