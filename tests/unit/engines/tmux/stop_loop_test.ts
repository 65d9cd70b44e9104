import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Stop,
  type Subject,
} from "../../../../src/engines/tmux/decide_stop.ts";
import {
  type Process,
  ProcessTable,
} from "../../../../src/engines/tmux/processes.ts";
import {
  type Answer,
  type Question,
  StopLoop,
} from "../../../../src/engines/tmux/stop_loop.ts";

/** A launcher and its command, with which a session begins. */
function processesOf(leader: number): readonly [Process, Process] {
  const launcher: Process = {
    pid: leader,
    command: "sh",
    parent: 1,
    group: leader,
    terminalSession: leader,
    foreground: leader,
    started: 1,
    caught: 0,
    tag: null,
    owner: null,
  };
  const command = { ...launcher, pid: leader + 1, parent: leader };
  return [launcher, { ...command, command: "sleep", tag: `t-${leader}` }];
}

/** A server whose commands end at an interrupt, and launchers when released. */
class Server {
  readonly questions: Question[] = [];
  readonly #alive = new Map<number, Process>();

  readonly look = (question: Question): Promise<Answer<string>> => {
    this.questions.push(question);
    for (const { signal, targets } of question.sendings) {
      for (const target of targets) {
        if (signal === "SIGINT" && "group" in target) {
          this.#alive.delete(target.group + 1);
        }
        if (signal === "SIGURG" && "pid" in target) {
          this.#alive.delete(target.pid);
        }
      }
    }
    const table = new ProcessTable([...this.#alive.values()]);
    const listed = question.removals && `look ${this.questions.length}`;
    return Promise.resolve({ table, listed });
  };

  /** A request to stop a new session. */
  request(leader: number) {
    for (const it of processesOf(leader)) this.#alive.set(it.pid, it);
    const subject: Subject = {
      leader,
      tag: `t-${leader}`,
      command: leader + 1,
      isLaunched: true,
      isShell: false,
    };
    return {
      stop: new Stop([subject], 10_000, "SIGINT"),
      panes: [{ paneId: `%${leader}`, run: `t-${leader} 1`, remains: true }],
      removal: `kill ${leader}`,
    };
  }
}

Deno.test("a stop marks, asks, releases the launcher and removes, in three looks", async () => {
  const server = new Server();
  const loop = new StopLoop(server.look);
  const ended = await loop.end(server.request(10));
  assertEquals(ended, {
    signals: ["SIGINT"],
    survivors: [],
    listings: ["look 3"],
  });
  assertEquals(
    server.questions.map(({ marks, sendings, removals }) => [
      marks.map(({ paneId }) => paneId),
      sendings.map(({ signal }) => signal),
      removals,
    ]),
    [
      [["%10"], [], null],
      [[], ["SIGINT"], null],
      [[], ["SIGURG"], ["kill 10"]],
    ],
  );
});

Deno.test("sessions that are stopped at once share each look", async () => {
  const server = new Server();
  const loop = new StopLoop(server.look);
  await Promise.all([10, 20, 30].map((it) => loop.end(server.request(it))));
  assertEquals(server.questions.map(({ marks }) => marks.length), [3, 0, 0]);
});

Deno.test("no more than a hundred are stopped at the same time, and all are", async () => {
  const server = new Server();
  const loop = new StopLoop(server.look);
  const leaders = Array.from({ length: 250 }, (_, i) => 10 * (i + 1));
  const endings = await Promise.all(
    leaders.map((it) => loop.end(server.request(it))),
  );
  assert(endings.every(({ survivors }) => survivors.length === 0));
  assertEquals(server.questions.map(({ marks }) => marks.length), [
    ...[100, 0, 0, 100, 0, 0, 50, 0, 0],
  ]);
});

Deno.test("a look that fails fails those that it was for, and no others", async () => {
  const server = new Server();
  let fails = true;
  const loop = new StopLoop((question: Question) => {
    if (fails) return Promise.reject(new Error("no answer"));
    return server.look(question);
  });
  await assertRejects(() => loop.end(server.request(10)), Error, "no answer");
  fails = false;
  assertEquals((await loop.end(server.request(20))).survivors, []);
});

Deno.test("a stop tells of each look that may have removed its pane", async () => {
  const server = new Server();
  const request = server.request(10);
  // The launcher ends between the look at the processes and the removal.
  const loop = new StopLoop<string>(async (question) => {
    const { table, listed } = await server.look(question);
    const isLate = server.questions.length === 3;
    const seen = isLate ? new ProcessTable([processesOf(10)[0]]) : table;
    return { table: seen, listed };
  });
  const { listings, survivors } = await loop.end(request);
  assertEquals(survivors, []);
  assertEquals(listings, ["look 3", "look 4"]);
});
