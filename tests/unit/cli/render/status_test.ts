import { assertEquals } from "@std/assert";
import { renderStatus } from "../../../../src/cli/render/status.ts";
import { sessionStatus } from "../../../../src/models.ts";
import { running } from "../fakes.ts";
import { recorder } from "../recorder.ts";

Deno.test("renderStatus() shows only what there is", async () => {
  const status = sessionStatus({
    name: "bot",
    state: "defined",
    backend: "tmux",
  });
  assertEquals(
    await renderStatus(status, recorder()),
    "Name\tbot\nState\tdefined\nBackend\ttmux\n",
  );
});

Deno.test("renderStatus() gives people the age, and programs the time", async () => {
  const status = running("bot", { createdAt: "2026-11-23T12:00:00Z" });
  const now = Date.parse("2026-11-23T14:00:00Z");
  const line = async (isTerminal: boolean) =>
    (await renderStatus(status, recorder({ isTerminal, now }))).split("\n")
      .find((it) => it.startsWith("Created"));
  assertEquals(await line(true), "Created   2026-11-23T12:00:00Z (2 h ago)");
  assertEquals(await line(false), "Created\t2026-11-23T12:00:00Z");
});
