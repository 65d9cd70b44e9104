/** How many programs `ops list` runs, counted by what stands in front of them. */
import { assertEquals } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { onEachRuntime, opsWith, tmuxSandbox } from "../helpers/cli.ts";
import type { Sandbox } from "../helpers/sandbox.ts";

/** What a list names, and what it calls to know. */
async function list(sandbox: Sandbox): Promise<[string[], calls: string[]]> {
  const calls = await sandbox.write("calls", "");
  for (const program of ["tmux", "podman", "docker"]) {
    const which = await sandbox.run("sh", ["-c", `command -v ${program}`]);
    if (which.code !== 0) continue;
    const script = `#!/bin/sh\necho ${program} >>'${calls}'\n` +
      `exec ${which.stdout.trimEnd()} "$@"\n`;
    await sandbox.write(`noting/${program}`, script, 0o755);
  }
  const PATH = `${sandbox.path("noting")}:${Deno.env.get("PATH")}`;
  const { stdout } = await opsWith(sandbox, { env: { PATH } }, "list", "-q");
  const noted = await Deno.readTextFile(calls);
  return [stdout.trimEnd().split("\n"), noted.trimEnd().split("\n").toSorted()];
}

tmuxTest("list asks tmux once, be there 1 session or 200", async () => {
  await using sandbox = tmuxSandbox();
  for (const [before, count] of [[0, 1], [1, 200]] as const) {
    const script = Array.from(
      { length: count - before },
      (_, i) => `new-session -d -s s${count}-${i} sleep 1000\n`,
    );
    const file = await sandbox.write("script", script.join(""));
    await sandbox.tmux("start-server", ";", "source-file", file);
    const [names, calls] = await list(sandbox);
    assertEquals([names.length, calls], [count, ["tmux"]]);
  }
});

onEachRuntime(
  "list asks as often for 4 containers as for 1",
  async (sandbox, it) => {
    const create = (what: string) =>
      it.foreign(what, ["true"], { verb: "create" });
    await create("0");
    const [, before] = await list(sandbox);
    await Promise.all(["1", "2", "3"].map(create));
    const [names, after] = await list(sandbox);
    const ours = names.filter((name) => name.startsWith(it.name("")));
    assertEquals(ours.length, 4);
    assertEquals(after, before);
  },
);
