/** How many programs `ops list` runs, counted by what stands in front of them. */
import { assertEquals } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { listed, onEachRuntime, tmuxSandbox } from "../helpers/cli.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

/** What is called when a command line runs, in a sandbox that notes it. */
async function callsOf(
  sandbox: Sandbox,
  programs: readonly string[],
  run: () => Promise<unknown>,
): Promise<string[]> {
  const path = Deno.env.get("PATH");
  const calls = sandbox.path("calls");
  for (const program of programs) {
    const which = await sandbox.run("sh", ["-c", `command -v ${program}`]);
    const script = `#!/bin/sh\necho ${program} >>'${calls}'\n` +
      `exec ${which.stdout.trimEnd()} "$@"\n`;
    await sandbox.write(`noting/${program}`, script, 0o755);
  }
  Deno.env.set("PATH", `${sandbox.path("noting")}:${path}`);
  await run();
  Deno.env.set("PATH", path!);
  const noted = await Deno.readTextFile(calls);
  await Deno.remove(calls);
  return noted.trimEnd().split("\n").toSorted();
}

tmuxTest("list asks tmux once, be there 1 session or 200", async () => {
  await using sandbox = tmuxSandbox();
  for (const count of [1, 200]) {
    const more = count - (await listed(sandbox)).length;
    const script = Array.from(
      { length: more },
      (_, i) => `new-session -d -s s${count}-${i} sleep 1000\n`,
    );
    const file = await sandbox.write("script", script.join(""));
    await sandbox.tmux("start-server", ";", "source-file", file);
    const calls = await callsOf(sandbox, ["tmux"], async () => {
      assertEquals((await listed(sandbox)).length, count);
    });
    assertEquals(calls, ["tmux"]);
  }
});

onEachRuntime(
  "list asks as often for 4 containers as for 1",
  async (sandbox, it) => {
    const calls: string[][] = [];
    for (const count of [1, 4]) {
      for (let i = calls.length; i < count; i++) {
        await it.foreign(`${count}-${i}`, ["true"], { verb: "create" });
      }
      calls.push(
        await callsOf(sandbox, ["tmux", "podman", "docker"], async () => {
          const names = await listed(sandbox);
          const ours = names.filter((name) => name.startsWith(it.name("")));
          assertEquals(ours.length, count);
        }),
      );
    }
    assertEquals(calls[0], calls[1]);
  },
);
