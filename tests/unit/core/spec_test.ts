import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  differences,
  hasChanged,
  isOwnedBy,
  runningReason,
  specOf,
} from "../../../src/core/spec.ts";
import { SessionConfigError } from "../../../src/core/errors.ts";
import {
  SessionConfig,
  type SessionConfigOptions,
} from "../../../src/core/definition.ts";

function spec(
  fields: Partial<SessionConfigOptions> = {},
  owner?: string,
): string {
  const config = new SessionConfig({
    name: "bot",
    backend: "container",
    image: "a",
    env: { A: "1", B: "2" },
    ...fields,
  });
  return specOf({ config, owner });
}

Deno.test("specOf() has a short hash for each key, and stays what it is", () => {
  // A release that changed it would call all that runs changed.
  assertEquals(spec(), "owner=811c9dc5 env=278f40 image=bf2dff");
  assertEquals(spec({ env: { B: "2", A: "1" } }), spec());
  assertEquals(spec({ runtime: "docker", spec: spec() }), spec());
  assertEquals(spec({ logFiles: 5, logMaxSize: 10_485_760 }), spec());
  const other = spec({ name: "web" });
  assertEquals(differences(spec(), other), ["env", "image"]);
});

Deno.test("a spec tells whose it is, and only that", () => {
  const mine = spec({}, "/srv/kstlib.conf.yml");
  assert(isOwnedBy(mine, "/srv/kstlib.conf.yml"));
  assertEquals(isOwnedBy(mine, "/home/kstlib.conf.yml"), false);
  assertEquals(differences(mine, spec()), []);
});

Deno.test("what is no spec is refused", () => {
  for (const wrong of ["", "x", "command=12345", "owner=0; rm", "a=\nb"]) {
    assertThrows(() => spec({ spec: wrong }), SessionConfigError, "is none");
  }
});

const changes: Partial<SessionConfigOptions>[] = [
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
  Deno.test(`specOf() with ${JSON.stringify(change)}`, () => {
    const [field] = Object.keys(change) as [string];
    const key = field.replace(/[A-Z]/g, (it) => `_${it.toLowerCase()}`);
    assertEquals(differences(spec(), spec(change)), [key]);
    const others = changes.filter((it) => it !== change).map((it) => spec(it));
    assertEquals(others.includes(spec(change)), false);
  });
}

const [ONE, TWO] = ["owner=00000000 env=000001", "owner=00000000 env=000002"];

Deno.test("hasChanged() of what runs, and was started from a definition", () => {
  const running = { state: "running", spec: ONE } as const;
  assertEquals(hasChanged(running, TWO), true);
  assertEquals(hasChanged(running, ONE), false);
  assertEquals(hasChanged(running, undefined), false);
  assertEquals(hasChanged({ ...running, state: "exited" }, TWO), false);
  assertEquals(hasChanged({ ...running, spec: null }, TWO), false);
});

Deno.test("runningReason() names restart where that changes something", () => {
  const bot = { name: "bot", state: "running", spec: ONE } as const;
  assertEquals(
    runningReason(bot, ONE),
    "it is running; stop it first, or attach to it",
  );
  assertEquals(
    runningReason(bot, TWO),
    'it is running, and its definition has changed since: "ops restart bot" ' +
      "applies it",
  );
});
