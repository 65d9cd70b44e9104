/** Handing over a terminal, which tmux plays here. */
import { assertMatch } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";
import { Terminal } from "../helpers/terminal.ts";

/** A terminal in which a script is attached to; then it shows its mode. */
function attachTo(
  sandbox: Sandbox,
  script: string,
  options = {},
): Promise<Terminal> {
  const program = `
    import { attach } from "./src/host/local/attach.ts";
    const sh = { binary: "sh", args: ["-c", Deno.args[0]], engine: "sh" };
    console.log("code", await attach(sh, ${JSON.stringify(options)}));`;
  return Terminal.openTellingMode(sandbox, [
    Deno.execPath(),
    "eval",
    program,
    script,
  ]);
}

const FOR_EVER = "echo ready; while :; do sleep 0.05; done";

tmuxTest("Ctrl-C is the program's, and we live on", async () => {
  await using sandbox = new Sandbox();
  const terminal = await attachTo(
    sandbox,
    `trap 'echo caught; exit 3' INT; ${FOR_EVER}`,
  );
  await terminal.shows("ready");
  await terminal.press("C-c");
  await terminal.shows("caught");
  await terminal.shows("code 3");
});

tmuxTest("Ctrl-C ends a program that does not heed it, if wanted", async () => {
  await using sandbox = new Sandbox();
  const terminal = await attachTo(
    sandbox,
    `trap '' INT; ${FOR_EVER}`,
    { endOnInterrupt: true },
  );
  await terminal.shows("ready");
  await terminal.press("C-c");
  await terminal.shows("code 137");
});

tmuxTest("what is typed is the program's alone", async () => {
  await using sandbox = new Sandbox();
  const terminal = await attachTo(sandbox, 'echo ready; read x; echo "<$x>"');
  await terminal.shows("ready");
  await terminal.press("all of it", "Enter");
  await terminal.shows("<all of it>");
  await terminal.shows("code 0");
});

tmuxTest(
  "the terminal is sane after a program that died in raw mode",
  async () => {
    await using sandbox = new Sandbox();
    const terminal = await attachTo(
      sandbox,
      "stty raw -echo; stty -a; kill -s KILL $$",
    );
    const screen = await terminal.shows("end of it");
    assertMatch(screen, /-icanon[^]*code 137/);
    const after = screen.slice(screen.indexOf("code 137"));
    for (const mode of ["icanon", "echo", "isig", "icrnl", "opost"]) {
      assertMatch(after, new RegExp(`(?<!-)\\b${mode}\\b`));
    }
  },
);
