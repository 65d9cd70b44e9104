import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { SessionConfig } from "../../src/core/definition.ts";
import { EngineError } from "../../src/core/errors.ts";
import {
  discoverSockets,
  socketDirectory,
} from "../../src/engines/tmux/sockets.ts";
import { tmuxTest } from "../helpers/engines.ts";
import { Sandbox } from "../helpers/sandbox.ts";

Deno.test("sockets are where tmux puts them", async () => {
  await using sandbox = new Sandbox();
  assertEquals(socketDirectory(), `${sandbox.dir}/tmux-${Deno.uid()}`);
  Deno.env.set("TMUX_TMPDIR", "");
  assertEquals(socketDirectory(), `/tmp/tmux-${Deno.uid()}`);
});

Deno.test("the default socket is asked though nobody has ever run tmux", async () => {
  await using _sandbox = new Sandbox();
  assertEquals(discoverSockets(), [null]);
});

Deno.test("every socket is found, and nothing that is none", async () => {
  await using sandbox = new Sandbox();
  const directory = socketDirectory();
  await Deno.mkdir(`${directory}/directory`, { recursive: true });
  await sandbox.write(`tmux-${Deno.uid()}/file`, "");
  await Deno.symlink("nowhere", `${directory}/link`);
  const labels = ["work", "default", "a b", "ünï"];
  const listeners = labels.map((label) =>
    Deno.listen({ transport: "unix", path: `${directory}/${label}` })
  );
  try {
    const [first, ...others] = discoverSockets();
    assertEquals(first, null);
    assertEquals(others.toSorted(), ["a b", "work", "ünï"]);
  } finally {
    for (const listener of listeners) listener.close();
  }
});

tmuxTest("a socket whose path is too long says what to shorten", async () => {
  await using sandbox = new Sandbox();
  const folder = sandbox.path("d".repeat(100));
  await Deno.mkdir(folder);
  Deno.env.set("TMUX_TMPDIR", folder);
  const config = new SessionConfig({ name: "bot", command: "cat" });
  const { reason } = await assertRejects(
    () => sandbox.runner().start(config),
    EngineError,
  );
  assertMatch(
    reason,
    /^the path of its socket is too long, .*: give the socket a shorter name, or set TMUX_TMPDIR to a shorter path \(it says: .*File name too long\)\)$/,
  );
});
