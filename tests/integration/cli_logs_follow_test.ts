import { assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  onEachRuntime,
  ops,
  opsArgv,
  opsInTerminal,
  tmuxSandbox,
} from "../helpers/cli.ts";
import { processes } from "../helpers/processes.ts";
import type { Sandbox } from "../helpers/sandbox.ts";
import { until } from "../helpers/wait.ts";
import { Durable } from "../helpers/durable.ts";
import { pause } from "../../src/core/pause.ts";
import { timesOf } from "../../src/state/log_times.ts";

/** `ops logs -f` while it runs, and what it has said. */
class Follower implements AsyncDisposable {
  text = "";
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;

  constructor(sandbox: Sandbox, ...args: readonly string[]) {
    const [binary, ...rest] = opsArgv(["logs", "-f", ...args]);
    this.#child = new Deno.Command(binary!, {
      args: rest,
      cwd: sandbox.dir,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#collect();
  }

  async #collect(): Promise<void> {
    const text = this.#child.stdout.pipeThrough(new TextDecoderStream());
    for await (const piece of text) this.text += piece;
  }

  /** The lines of one session, without its name. */
  of(name: string): string[] {
    return this.text.split("\n").filter((line) => line.startsWith(`${name} | `))
      .map((line) => line.slice(name.length + 3));
  }

  async ended(): Promise<number> {
    await this.#read;
    return (await this.#child.status).code;
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.ended();
  }
}

/** Prints lines that no other run prints, and records each before. */
function counting(sandbox: Sandbox, name: string): string {
  return `trap 'stop=1' INT; i=0
while [ -z "$stop" ]; do
  i=$((i + 1))
  echo "$$ $i" >>'${sandbox.path(`${name}.record`)}'; echo "$$ $i"
  sleep 0.01
done`;
}

function recorded(sandbox: Sandbox, name: string): string[] {
  const text = Deno.readTextFileSync(sandbox.path(`${name}.record`));
  return text.trimEnd().split("\n");
}

tmuxTest(
  "logs -f of two: over a restart no line twice, none missing",
  async () => {
    await using sandbox = tmuxSandbox();
    for (const name of ["a", "bot"]) {
      await ops(sandbox, "start", name, "-c", counting(sandbox, name));
    }
    await using follower = new Follower(sandbox, "a", "bot", "-n", "1000000");
    await until(() => follower.of("a  ").length > 50);
    assertEquals((await ops(sandbox, "restart", "a")).code, 0);
    const runs = () =>
      new Set(follower.of("a  ").map((it) => it.split(" ")[0]));
    await until(() => runs().size === 2);
    await until(() => follower.of("bot").length > 100);

    // With the last of them it ends by itself.
    assertEquals((await ops(sandbox, "stop", "a", "bot")).code, 0);
    assertEquals(await follower.ended(), 0);
    assertEquals(follower.of("a  "), recorded(sandbox, "a"));
    assertEquals(follower.of("bot"), recorded(sandbox, "bot"));
    assertEquals(
      follower.text.split("\n").length - 1,
      follower.of("a  ").length + follower.of("bot").length,
    );
  },
);

tmuxTest(
  "logs -f: Ctrl-C ends it with 130, the terminal as it was",
  async () => {
    await using sandbox = tmuxSandbox();
    const say = (text: string) => `printf '${text}'; sleep 1000`;
    await ops(sandbox, "start", "a", "-c", say("one\\n\\033[31mtwo\\n"));
    await ops(sandbox, "start", "bot", "-c", say("\\033[31mred> "));

    const two = await opsInTerminal(sandbox, "logs", "-f", "a", "bot");
    await two.shows(/a {3}\| one\s+a {3}\| two/);
    await two.shows("bot | red>"); // though its line is not finished
    await two.press("C-c");
    await two.shows("[exit 130, as it was]");

    const one = await opsInTerminal(sandbox, "logs", "-f", "bot");
    await one.shows("red>");
    await one.press("C-c");
    await one.shows("[exit 130, as it was]");
    const screen = await one.screen({ colours: true });
    assertMatch(
      screen.replaceAll("\x1b", "^"),
      /^\^\[31mred> \^C\s*\^\[(39|0)m\s*\[exit 130/,
    );
  },
);

tmuxTest(
  "logs -f: a signal ends it, and so does who reads no further",
  async () => {
    await using sandbox = tmuxSandbox();
    await ops(sandbox, "start", "bot", "-c", counting(sandbox, "bot"));
    await using follower = new Follower(sandbox, "bot", "--json");
    const lines = await until(() =>
      follower.text.endsWith("\n") && follower.text
    );
    assertMatch(lines, /^\{"name":"bot","line":"\d+ \d+"\}\n/);
    follower.interrupt();
    assertEquals(await follower.ended(), 130);

    const head = 'x=$1; shift; "$@" | head -n "$x"';
    const { code, stdout } = await sandbox.run("sh", [
      ...["-c", head, "sh", "3"],
      ...opsArgv(["logs", "-f", "bot"]),
    ], { cwd: sandbox.dir });
    assertEquals([code, stdout.split("\n").length], [0, 4]);
  },
);

onEachRuntime(
  "logs -f: times, and Ctrl-C leaves nothing behind",
  async (sandbox, it) => {
    await it.start("web", ["sh", "-c", "echo one; echo two >&2; sleep 1000"]);
    const web = it.name("web");
    await it.says("web", "two");
    const where = ["--runtime", it.runtime, web];
    const terminal = await opsInTerminal(
      sandbox,
      "logs",
      "-f",
      "--timestamps",
      ...where,
    );
    const screen = await terminal.shows(/Z one\s[^]*Z two/);
    assertMatch(screen, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z one\n/);
    const [found] = JSON.parse(await it.engine("inspect", web));
    const id: string = found.Id;
    const listeners = () =>
      processes().filter(({ argv }) =>
        argv.includes("logs") && argv.includes(id)
      );
    await until(() => listeners().length > 0);
    await terminal.press("C-c");
    await terminal.shows("[exit 130, as it was]");
    assertEquals(listeners(), []);

    const since = await ops(sandbox, "logs", "--since", "1d", ...where);
    assertEquals([since.code, since.stdout.split(/\r?\n/).sort()], [0, [
      "",
      "one",
      "two",
    ]]);
    const none = await ops(sandbox, "logs", "--since", "0s", ...where);
    assertEquals([none.code, none.stdout], [0, ""]);
    const before = await ops(sandbox, "logs", "--until", "1d", ...where);
    assertEquals([before.code, before.stdout], [0, ""]);
    const rest = await ops(sandbox, "logs", "--exclude=^o", ...where);
    assertEquals([rest.code, rest.stdout], [0, "two\n"]);
    const soon = new Date(Date.now() + 3_000).toISOString();
    for (const follow of [[], ["-f"]]) {
      const last = ["-n1", "--until", soon, ...follow, ...where];
      const { code, stdout } = await ops(sandbox, "logs", ...last);
      assertEquals([code, stdout], [0, "two\n"]);
    }
  },
);

tmuxTest("logs: an earlier run, its very bytes, what matches", async () => {
  await using sandbox = tmuxSandbox();
  const command = "printf '\\033[1mrun\\033[m\\n10%%\\r20%%\\n'; exit 3";
  for (const _ of [1, 2]) await ops(sandbox, "start", "bot", "-c", command);
  await ops(sandbox, "stop", "bot");
  const { stdout: last } = await ops(sandbox, "logs", "bot");
  const { stdout: first } = await ops(sandbox, "logs", "bot", "--run", "1");
  assertEquals([last, first], Array(2).fill("\x1b[1mrun\x1b[m\n20%\n"));
  const { stdout: raw } = await ops(sandbox, "logs", "bot", "--raw");
  assertMatch(raw, /10%\r20%\r\n$/);
  const { stdout: found } = await ops(
    sandbox,
    "logs",
    "bot",
    "--grep",
    "^r.n$",
  );
  assertEquals(found, "\x1b[1mrun\x1b[m\n");
  for (const follow of [[], ["-f"]]) {
    const words = ["logs", "bot", ...follow, "--exclude=^2", "--highlight=u"];
    const { stdout } = await ops(sandbox, ...words);
    assertEquals(stdout, "\x1b[1mrun\x1b[m\n");
    const terminal = await opsInTerminal(sandbox, ...words);
    await terminal.shows("run");
    const screen = await terminal.screen({ colours: true });
    assertMatch(screen.replaceAll("\x1b", "^"), /r\^\[7mu/);
  }

  // It is over: following shows it, and ends.
  assertEquals(await ops(sandbox, "logs", "-f", "-n1", "bot"), {
    code: 0,
    stdout: "20%\n",
    stderr: "",
  });
  const { code, stderr } = await ops(sandbox, "logs", "bot", "--run", "9");
  assertEquals(code, 1);
  assertMatch(stderr, /run 9 is not remembered/);
});

tmuxTest("logs --raw: what is no UTF-8 stays as it is", async () => {
  await using sandbox = tmuxSandbox();
  const durable = new Durable(sandbox);
  const command =
    "stty -opost; printf 'a\\377\\200\\n\\303(\\360\\237\\n\\357'; read x";
  await ops(sandbox, "start", "bot", "-c", command);
  const bytes = [0x61, 0xff, 0x80, 0x0a, 0xc3, 0x28, 0xf0, 0x9f, 0x0a, 0xef];
  await until(() =>
    durable.of("bot").logs(1).some((log) =>
      Deno.statSync(log).size === bytes.length
    )
  );
  const soon = new Date(Date.now() + 3_000).toISOString();
  for (const follow of [[], ["-f", "--until", soon]]) {
    const [program, ...args] = opsArgv(["logs", "bot", "--raw", ...follow]);
    const { stdout } = await new Deno.Command(program!, {
      args,
      cwd: sandbox.dir,
    }).output();
    assertEquals([...stdout], bytes);
  }
  assertEquals(
    (await ops(sandbox, "logs", "bot")).stdout,
    "a\ufffd\ufffd\n\ufffd(\ufffd\n",
  );
});

tmuxTest("logs: of a tmux session, by the time it was written", async () => {
  await using sandbox = tmuxSandbox();
  const durable = new Durable(sandbox);
  await ops(
    sandbox,
    "start",
    "bot",
    "-c",
    "echo old; read x; echo new; read x",
  );
  await until(() => durable.log("bot").includes("old"));
  // As if it had been written an hour ago.
  const [log] = durable.of("bot").logs(1);
  const times = timesOf(log!);
  const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
  await until(() => Deno.statSync(times).size > 0);
  Deno.writeTextFileSync(times, `\n0 ${hourAgo}`);
  // In another second than the first line.
  await pause(1_100);
  await ops(sandbox, "send", "bot", "go");
  await until(() => durable.log("bot").includes("new"));
  const lines = async (...args: string[]) => {
    const { stdout, stderr, code } = await ops(sandbox, "logs", "bot", ...args);
    assertEquals([code, stderr], [0, ""]);
    return stdout.replaceAll(/\d{4}-\S+Z/g, (time) => {
      const ago = Math.round((Date.now() - Date.parse(time)) / 3_600_000);
      return `${ago} h ago:`;
    });
  };
  assertEquals(await lines("--since", "10m"), "go\nnew\n");
  assertEquals(await lines("--until", "10m"), "old\n");
  assertEquals(await ops(sandbox, "logs", "bot", "--until", "2h"), {
    code: 0,
    stdout: "",
    stderr: "No output of bot so far.\n",
  });
  assertEquals(await lines("--since=2h", "--until=10m"), "old\n");
  const stamped = "1 h ago: old\n0 h ago: go\n0 h ago: new\n";
  assertEquals(await lines("-t"), stamped);
  assertEquals(await lines("-t", "-n1"), "0 h ago: new\n");
  assertEquals(await lines("-f", "--until", "10m"), "old\n");
  const soon = new Date(Date.now() + 2_000).toISOString();
  assertEquals(await lines("-f", "-t", "--until", soon), stamped);
  assertEquals(await lines("-f", "--since=10m", "--until", soon), "go\nnew\n");

  // An earlier ops kept none.
  Deno.removeSync(times);
  for (const flag of ["--since=1h", "--until=1h", "-t", "-tf"]) {
    const { code, stderr } = await ops(sandbox, "logs", "bot", flag);
    assertEquals(code, 1);
    assertMatch(stderr, /run 1 has no times: .*ask without --since/);
  }
});
