import { assertEquals, assertStrictEquals } from "@std/assert";
import { runStart, start } from "../../../../src/cli/commands/start.ts";
import { finder } from "../../../../src/cli/shell/finder.ts";
import { worldOf } from "../../../../src/cli/shell/world.ts";
import { OpsError } from "../../../../src/core/errors.ts";
import type {
  FindOptions,
  SessionManagerOptions,
} from "../../../../src/fleet/session_options.ts";
import { localHost } from "../../../../src/host/local/local.ts";
import { SessionConfig } from "../../../../src/core/definition.ts";
import { config, running, session } from "../fakes.ts";
import { input } from "../input.ts";
import { recorder } from "../recorder.ts";

const host = { ...localHost };
const context = { ...recorder(), host };

Deno.test("worldOf() warns once, and notifies only people", () => {
  const reader = recorder();
  const world = worldOf(reader);
  world.warn(new OpsError("careful"));
  world.warn(new OpsError("careful"));
  assertEquals(reader.err(), "warning: careful\n");
  assertEquals(world.notify, undefined);
  const person = recorder({ isTerminal: true });
  worldOf(person).notify?.("pulling");
  assertEquals(person.err(), "pulling");
});

Deno.test("what finds sessions looks on the host of the context", async () => {
  const seen: FindOptions[] = [];
  const flags = {
    backend: undefined,
    runtime: undefined,
    socket: undefined,
    config: undefined,
    help: false,
    json: false,
    "no-color": false,
  };
  await finder(context, flags, {
    finder: (options) => {
      seen.push(options);
      return () => Promise.resolve(session());
    },
    loadConfig: () => Promise.resolve(config()),
  });
  assertStrictEquals(seen[0]?.host, host);
});

Deno.test("start looks and starts on the host of the context", async () => {
  const seen: (FindOptions | SessionManagerOptions)[] = [];
  const startable = {
    config: new SessionConfig({ name: "bot" }),
    start: () => Promise.resolve(running("bot")),
    successExitCodes: [0],
    logs: () => Promise.resolve(""),
  };
  await runStart(context, input(start, "bot", "-c", "ls"), {
    create: (_, options = {}) => {
      seen.push(options);
      return startable;
    },
    finder: (options) => {
      seen.push(options);
      return () => Promise.resolve(startable);
    },
    loadConfig: () => Promise.resolve(config()),
    readVariable: () => undefined,
  });
  assertEquals(seen.length, 2);
  for (const options of seen) assertStrictEquals(options.host, host);
});
