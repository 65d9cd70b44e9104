import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/cli/errors.ts";
import { placeOf } from "../../../src/cli/place.ts";

const nothing = { backend: undefined, runtime: undefined, socket: undefined };

Deno.test("placeOf() says where to look", () => {
  assertEquals(placeOf({ ...nothing, backend: "tmux", socket: "work" }), {
    backend: "tmux",
    runtime: undefined,
    socketName: "work",
  });
});

Deno.test("placeOf() refuses places that there cannot be", () => {
  const wrong = [
    { ...nothing, backend: "container", socket: "work" },
    { ...nothing, backend: "tmux", runtime: "docker" },
    { ...nothing, runtime: "docker", socket: "work" },
  ] as const;
  for (const flags of wrong) assertThrows(() => placeOf(flags), UsageError);
});
