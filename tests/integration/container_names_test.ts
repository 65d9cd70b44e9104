/** A name is a container's own, to the character, and nothing else's. */
import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { SessionConfig } from "../../src/core/definition.ts";
import {
  SessionConfigError,
  SessionNotFoundError,
} from "../../src/core/errors.ts";
import type { Containers } from "../helpers/containers.ts";
import { forEachRuntime, IMAGE } from "../helpers/containers.ts";

/** Every question and action says that there is no such container. */
async function assertNotFound(it: Containers, name: string): Promise<void> {
  const runner = it.runner();
  assertFalse(await runner.exists(name), name);
  const attempts = [
    () => runner.status(name),
    () => runner.stop(name),
    () => runner.logs(name),
    () => runner.attach(name),
    () => runner.exec(name, ["true"]),
  ];
  for (const attempt of attempts) {
    const error = await assertRejects(attempt, SessionNotFoundError);
    assertEquals([error.sessionName, error.backend], [name, it.runtime]);
  }
}

/** What else has a name, and how it is made and unmade. */
const namesakes: Array<[what: string, make: string[], unmake: string[]]> = [
  ["image", ["tag", IMAGE], ["rmi"]],
  ["volume", ["volume", "create"], ["volume", "rm"]],
  ["network", ["network", "create"], ["network", "rm"]],
];

forEachRuntime("images, volumes and networks are no containers", async (it) => {
  await Promise.all(namesakes.map(async ([what, make, unmake]) => {
    const name = it.name(what);
    await it.engine(...make, name);
    try {
      await it.engine(what, "inspect", name);
      await assertNotFound(it, name);
    } finally {
      await it.engine(...unmake, name);
    }
  }));
});

forEachRuntime("ids and parts of a name are no names", async (it) => {
  const id = await it.foreign("bot", ["sleep", "1000"]);
  assertEquals(id.length, 64);
  const name = it.name("bot");
  const others = [
    ...[id.slice(0, 4), id.slice(0, 12), id],
    ...[name.slice(0, -1), `${name}2`, `/${name}`, name.toUpperCase()],
    ...[`${name}*`, `^${name}$`, `${name} `, `${name}\n`, `-${name}`],
  ];
  await Promise.all(others.map(async (other) => {
    assertFalse(await it.runner().exists(other), other);
  }));
  await assertNotFound(it, id.slice(0, 12));
  assertEquals((await it.runner().status(name)).state, "running");
});

forEachRuntime("a name wins over the id that begins with it", async (it) => {
  const id = await it.foreign("first", ["sleep", "1000"]);
  const name = id.slice(0, 12);
  await it.engine("run", "--detach", "--name", name, IMAGE, "sleep", "1000");
  try {
    const runner = it.runner();
    await runner.stop(name, { graceful: false });
    assertEquals((await runner.status(name)).state, "exited");
    assertEquals((await runner.status(it.name("first"))).state, "running");
  } finally {
    await it.engine("rm", "--force", name);
  }
});

forEachRuntime("names that only others can give are found", async (it) => {
  const names = ["0.x", "1web", "a_b.c-d"].map((end) => `${end}${it.name("")}`);
  await Promise.all(
    names.map((name) =>
      it.engine("run", "--detach", "--name", name, IMAGE, "sleep", "1000")
    ),
  );
  const listed = await it.runner().listSessions();
  await Promise.all(names.map(async (name) => {
    const status = await it.runner().status(name);
    assertEquals([status.name, status.state], [name, "running"]);
    assert(listed.some((session) => session.name === name), name);
  }));
});

forEachRuntime(
  "a name that the engine will not take is refused by us",
  async (it) => {
    // The whole range of what may name a new session, at its edges.
    const taken = ["Zz", "z_", "z-", `z${"Z9_-".repeat(16).slice(1)}`];
    for (const name of it.runtime === "podman" ? ["q", ...taken] : taken) {
      assertEquals(
        (await it.runner().start(
          new SessionConfig({
            name,
            backend: "container",
            image: IMAGE,
            command: "sleep 1000",
          }),
        )).state,
        "running",
      );
      await it.runner().stop(name, { graceful: false });
    }
    if (it.runtime === "podman") return;
    const config = new SessionConfig({
      name: "q",
      backend: "container",
      image: IMAGE,
    });
    const error = await assertRejects(
      () => it.runner().start(config),
      SessionConfigError,
    );
    assertEquals(
      error.message,
      'name: "q" cannot name a container of Docker, which wants two characters ' +
        "or more: give it a longer name",
    );
  },
);
