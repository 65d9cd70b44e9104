import { assert, assertEquals, assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import {
  inTerminal,
  onEachRuntime,
  ops,
  opsArgv,
  opsInTerminal,
  opsWith,
  tmuxSandbox,
} from "../helpers/cli.ts";

const WORDS = ["a b", "", ";", "$HOME", "it's", "--json", "-x", "a\nb", "ü"];

/** What a program does, and what `ops exec` makes of it. */
const programs: [argv: string[], code: number, stdout: string][] = [
  [["true"], 0, ""],
  [["sh", "-c", "echo out; echo err >&2; exit 7"], 7, "out\n"],
  [["sh", "-c", "kill -s KILL $$"], 137, ""],
  [["printf", "<%s>", ...WORDS], 0, `<${WORDS.join("><")}>`],
];

onEachRuntime(
  "exec: argv goes in, the exit code comes out",
  async (sandbox, it) => {
    await it.foreign("web", ["sleep", "1000"]);
    const web = it.name("web");
    await Promise.all(programs.map(async ([argv, code, stdout]) => {
      const ran = await ops(sandbox, "exec", web, "--", ...argv);
      assertEquals([ran.code, ran.stdout], [code, stdout], argv.join(" "));
      if (code === 7) assertEquals(ran.stderr, "err\n");
      if (code === 0) assertEquals(ran.stderr, "");
    }));
    const script = ["sh", "-c", "cat; echo out; echo err >&2; exit 7"];
    const json = await ops(sandbox, "exec", web, "--json", "--", ...script);
    assertEquals([json.code, json.stderr], [7, ""]);
    assertEquals(JSON.parse(json.stdout), {
      name: web,
      code: 7,
      stdout: "out\n",
      stderr: "err\n",
    });
  },
);

onEachRuntime("exec: what is piped in is piped on", async (sandbox, it) => {
  await it.foreign("web", ["sleep", "1000"]);
  const stdin = "first\n\tlast, and no end of line ü";
  assertEquals(
    await opsWith(sandbox, { stdin }, "exec", it.name("web"), "--", "cat"),
    { code: 0, stdout: stdin, stderr: "" },
  );
});

onEachRuntime(
  "exec: on a terminal, it has the terminal",
  async (sandbox, it) => {
    await it.foreign("web", ["sleep", "1000"]);
    const shell = ["exec", it.name("web"), "--", "sh"];
    const terminal = await opsInTerminal(sandbox, ...shell);
    const first = "test -t 0 && echo is $((6 * 7)); sleep 1000";
    await terminal.press(first, "Enter");
    await terminal.shows("is 42");
    await terminal.press("C-c");
    await terminal.press("echo still $((6 * 9)); exit 3", "Enter");
    const screen = await terminal.shows("[exit 3, as it was]");
    assertMatch(screen, /^still 54$/m);
  },
);

onEachRuntime(
  "exec: what goes to a file is not for a terminal",
  async (sandbox, it) => {
    await it.foreign("web", ["sleep", "1000"]);
    const argv = opsArgv(["exec", it.name("web"), "--", "printf", "a\\nb\\n"]);
    const redirect = ["sh", "-c", '"$@" > saved', "sh", ...argv];
    await (await inTerminal(sandbox, redirect)).shows("[exit 0, as it was]");
    assertEquals(await Deno.readTextFile(sandbox.path("saved")), "a\nb\n");
  },
);

onEachRuntime("exec: what cannot be run is 126 or 127", async (sandbox, it) => {
  await it.foreign("web", ["sleep", "1000"]);
  await Promise.all(["/tmp", "no-such-program"].map(async (program) => {
    const { code } = await ops(sandbox, "exec", it.name("web"), "--", program);
    assert(code === 126 || code === 127, `${program}: ${code}`);
  }));
});

onEachRuntime("exec: only in what runs", async (sandbox, it) => {
  await it.foreign("web", ["true"], { verb: "create" });
  const web = it.name("web");
  const refused = await ops(sandbox, "exec", web, "--", "true");
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertMatch(refused.stderr, /could not run a program .*start it first\n$/);
  assertEquals((await ops(sandbox, "exec", `${web}2`, "--", "true")).code, 3);
});

tmuxTest("exec: not on tmux, and not without a program", async () => {
  await using sandbox = tmuxSandbox();
  await ops(sandbox, "start", "bot", "-c", "sleep 1000");
  assertEquals(await ops(sandbox, "exec", "bot", "--", "true"), {
    code: 1,
    stdout: "",
    stderr: 'error: session "bot" could not run a program (tmux): ' +
      "only containers can; send it keys, or attach to it\n",
  });
  await Promise.all([["bot"], ["bot", "--"], ["bot", "true"], []].map(
    async (args) => {
      const { code, stderr } = await ops(sandbox, "exec", ...args);
      assertEquals(code, 2, stderr);
    },
  ));
});
