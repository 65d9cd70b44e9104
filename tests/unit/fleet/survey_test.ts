/** Podman and Docker together, where one of them is missing or fails. */
import { assertEquals, assertRejects } from "@std/assert";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { OpsConfig } from "../../../src/config/model.ts";
import {
  BackendNotFoundError,
  EngineError,
  SessionAmbiguousError,
  SessionNotFoundError,
} from "../../../src/core/errors.ts";
import { listAll } from "../../../src/fleet/survey.ts";
import { locate } from "../../../src/fleet/locate.ts";
import {
  type ContainerRuntime,
  SessionConfig,
} from "../../../src/core/definition.ts";
import { type Answer, FakeHost } from "../../helpers/fake_host.ts";
import { dockerInspected, podmanListed } from "../engines/container/answers.ts";

const MISSING = new BackendNotFoundError("not installed");
const SILENT = { code: 1, stderr: "Error: out of order" };

/** Containers only, where each runtime has these, or answers so. */
function scope(podman: string[] | Answer, docker: string[] | Answer) {
  const says = (names: string[], one: (name: string) => unknown) => ({
    stdout: JSON.stringify(names.map(one)),
  });
  const host = new FakeHost(({ binary, args }) => {
    if (binary === "podman") {
      return Array.isArray(podman)
        ? says(podman, (name) => podmanListed({ Names: [name] }))
        : podman;
    }
    if (!Array.isArray(docker)) return docker;
    return args[0] === "ps"
      ? { stdout: docker.map((name) => `id of ${name}\n`).join("") }
      : says(docker, (Name) => dockerInspected({}, { Name: `/${Name}` }));
  });
  return { host, backend: "container" as const };
}

/** A configuration that defines `web` in a container. */
function defined(runtime?: ContainerRuntime): OpsConfig {
  const config = new SessionConfig({
    name: "web",
    backend: "container",
    runtime,
  });
  return {
    ...DEFAULTS,
    sessions: new Map([["web", { config, socketName: null }]]),
  };
}

const lists: Array<
  [
    what: string,
    options: Parameters<typeof listAll>[0],
    sessions: string[],
    warnings: number,
  ]
> = [
  ["both are there", scope(["db"], ["web"]), [
    "podman db running",
    "docker web running",
  ], 0],
  ["one is missing", scope(MISSING, ["web"]), ["docker web running"], 0],
  ["one is silent", scope(["db"], SILENT), ["podman db running"], 1],
  [
    "one has what is defined for either",
    { ...scope([], ["web"]), config: defined() },
    ["docker web running"],
    0,
  ],
  [
    "the other one has what is defined",
    { ...scope(["web"], []), config: defined("docker") },
    ["podman web running", "docker web defined"],
    0,
  ],
  [
    "none has what is defined",
    { ...scope([], []), config: defined() },
    ["null web defined"],
    0,
  ],
  [
    "the silent one may have what is defined",
    { ...scope([], SILENT), config: defined("docker") },
    ["docker web unknown"],
    1,
  ],
  [
    "either may have what is defined",
    { ...scope([], SILENT), config: defined() },
    ["null web unknown"],
    1,
  ],
  [
    "the silent one cannot have what is defined",
    { ...scope([], SILENT), config: defined("podman") },
    ["podman web defined"],
    1,
  ],
  [
    "a definition is for the other one",
    { ...scope([], []), config: defined("podman"), runtime: "docker" },
    [],
    0,
  ],
];

for (const [what, options, sessions, warnings] of lists) {
  Deno.test(`list: ${what}`, async () => {
    const inventory = await listAll(options);
    assertEquals(
      inventory.sessions.map((s) => `${s.runtime} ${s.name} ${s.state}`),
      sessions,
    );
    assertEquals(inventory.warnings.length, warnings);
  });
}

Deno.test("list: without an engine, or without an answer, there is none", async () => {
  await assertRejects(
    () => listAll(scope(MISSING, MISSING)),
    BackendNotFoundError,
  );
  await assertRejects(
    () => listAll(scope(SILENT, MISSING)),
    EngineError,
    "podman: out of order",
  );
});

Deno.test("locate: what is found is found, whoever else is silent", async () => {
  assertEquals(
    (await locate("db", scope(["db"], SILENT))).status.runtime,
    "podman",
  );
  assertEquals(
    (await locate("web", scope(MISSING, ["web"]))).status.runtime,
    "docker",
  );
});

Deno.test("locate: what a silent engine may have is not called missing", async () => {
  await assertRejects(() => locate("x", scope(["db"], SILENT)), EngineError);
  await assertRejects(
    () => locate("x", scope(["db"], MISSING)),
    SessionNotFoundError,
    '"x" was not found (podman)',
  );
});

Deno.test("locate: the same name twice is ambiguous", async () => {
  const twice = scope(["web"], ["web"]);
  const { places } = await assertRejects(
    () => locate("web", twice),
    SessionAmbiguousError,
    "choose one with --runtime podman or --runtime docker",
  );
  assertEquals(places, ["--runtime podman", "--runtime docker"]);
  const { status: one } = await locate("web", { ...twice, runtime: "docker" });
  assertEquals(one.runtime, "docker");
});
