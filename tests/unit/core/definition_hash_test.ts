import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  hasChanged,
  hashDefinition,
  runningReason,
} from "../../../src/core/definition_hash.ts";
import {
  SessionConfig,
  type SessionConfigOptions,
} from "../../../src/core/definition.ts";

function hash(fields: Partial<SessionConfigOptions> = {}): string {
  return hashDefinition(
    new SessionConfig({
      name: "bot",
      backend: "container",
      image: "a",
      env: { A: "1", B: "2" },
      ...fields,
    }),
  );
}

Deno.test("hashDefinition() is short, and stays what it is", () => {
  // A release that changed it would call all that runs changed.
  assertEquals(hash(), "247672");
  assertEquals(hash({ env: { B: "2", A: "1" } }), hash());
  assertEquals(hash({ runtime: "docker", definitionHash: "123456" }), hash());
  for (let i = 0; i < 1000; i++) {
    assertMatch(hash({ image: `a${i}` }), /^[\da-f]{6}$/);
  }
});

const changes: Partial<SessionConfigOptions>[] = [
  { name: "web" },
  { command: "sleep 1" },
  { command: ["sleep", "1"] },
  { command: ["sleep 1"] },
  { workingDir: "/srv" },
  { env: { A: "1" } },
  { env: { A: "1", B: "3" } },
  { env: { A: "1", C: "2" } },
  { env: { A: "2", B: "1" } },
  { image: "b" },
  { volumes: ["/a:/a"] },
  { ports: ["80"] },
  { ports: ["80", "81"] },
  { logVolume: "/a:/a" },
  { log: "none" },
  { logMaxSize: 65_536 },
  { logFiles: 1 },
  { stopSignal: "TERM" },
  { stopTimeout: 1 },
  { restart: "always" },
  { init: false },
];

for (const change of changes) {
  Deno.test(`hashDefinition() with ${JSON.stringify(change)}`, () => {
    const others = changes.filter((it) => it !== change).map(hash);
    assertNotEquals(hash(change), hash());
    assertEquals(others.includes(hash(change)), false);
  });
}

Deno.test("hasChanged() of what runs, and was started from a definition", () => {
  const running = { state: "running", definitionHash: "000001" } as const;
  assertEquals(hasChanged(running, "000002"), true);
  assertEquals(hasChanged(running, "000001"), false);
  assertEquals(hasChanged(running, undefined), false);
  assertEquals(hasChanged({ ...running, state: "exited" }, "000002"), false);
  assertEquals(hasChanged({ ...running, definitionHash: null }, "2"), false);
});

Deno.test("runningReason() names restart where that changes something", () => {
  const bot = {
    name: "bot",
    state: "running",
    definitionHash: "000001",
  } as const;
  assertEquals(
    runningReason(bot, "000001"),
    "it is running; stop it first, or attach to it",
  );
  assertEquals(
    runningReason(bot, "000002"),
    'it is running, and its definition has changed since: "ops restart bot" ' +
      "applies it",
  );
});
