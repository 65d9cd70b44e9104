import { assertEquals, assertStringIncludes } from "@std/assert";
import { needsOf } from "../../../src/fleet/needs.ts";
import {
  type AllSeen,
  judgeRuntimes,
  type Seen,
} from "../../../src/doctor/runtimes.ts";
import type { SessionConfigOptions } from "../../../src/core/definition.ts";
import { config } from "../cli/fakes.ts";

const missing: Seen = { is: "missing" };
const fine: Seen = { is: "answering", versions: ["28.2.2", "20.10.24"] };
const old: Seen = { is: "answering", versions: ["28.2.2", "3.4.0"] };
const down: Seen = {
  is: "failing",
  diagnosis: { fact: "down", remedy: "start it" },
};

const container = { backend: "container", image: "x" } as const;
const bot: SessionConfigOptions = { name: "bot" };
const any: SessionConfigOptions = { name: "any", ...container };
const web: SessionConfigOptions = {
  name: "web",
  ...container,
  runtime: "docker",
};

/** The levels of podman, docker and, where both are missing, of that. */
function levels(seen: AllSeen, ...definitions: SessionConfigOptions[]) {
  const needs = needsOf(config(...definitions), []);
  return judgeRuntimes(seen, needs).map(({ level }) => level).join(" ");
}

Deno.test("a runtime that nobody needs may be missing, or failing", () => {
  assertEquals(levels({ podman: missing, docker: missing }, bot), "note note");
  assertEquals(levels({ podman: missing, docker: down }, bot), "note warning");
  assertEquals(levels({ podman: old, docker: fine }, bot), "warning ok");
});

Deno.test("a runtime that a definition names must be there, and well", () => {
  const docker = (seen: Seen) => levels({ podman: fine, docker: seen }, web);
  assertEquals(docker(missing), "ok broken");
  assertEquals(docker(down), "ok broken");
  assertEquals(docker(old), "ok broken");
  assertEquals(docker(fine), "ok ok");
});

Deno.test("a definition for either needs the first that is installed", () => {
  assertEquals(levels({ podman: fine, docker: down }, any), "ok warning");
  assertEquals(levels({ podman: down, docker: fine }, any), "broken ok");
  assertEquals(levels({ podman: missing, docker: down }, any), "note broken");
  assertEquals(
    levels({ podman: missing, docker: missing }, any),
    "note note broken",
  );
});

Deno.test("a session that runs in a runtime needs it", () => {
  const needs = needsOf(null, [{ name: "web", runtime: "docker" }]);
  const [, docker] = judgeRuntimes({ podman: fine, docker: down }, needs);
  assertEquals(docker, {
    check: "docker",
    level: "broken",
    fact: "down; needed by web",
    remedy: "start it",
  });
});

Deno.test("what is too old is named, and what would do", () => {
  const [podman] = judgeRuntimes(
    { podman: old, docker: fine },
    needsOf(null, []),
  );
  assertEquals(podman?.fact, "podman 3.4.0 is too old");
  assertStringIncludes(podman?.remedy ?? "", "podman 4 or later");
});

Deno.test("tmux is needed unless nothing but containers is wanted", () => {
  const only = (...definitions: SessionConfigOptions[]) =>
    needsOf(config(...definitions), []).onlyContainers;
  assertEquals(only(), false);
  assertEquals(only(bot, web), false);
  assertEquals(only(web, any), true);
  assertEquals(needsOf(null, []).onlyContainers, false);
  const byDefault = { ...config(), defaultBackend: "container" } as const;
  assertEquals(needsOf(byDefault, []).onlyContainers, true);
});
