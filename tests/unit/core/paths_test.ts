import { assertEquals, assertThrows } from "@std/assert";
import { SessionConfigError } from "../../../src/core/errors.ts";
import { resolveHostPath, resolveVolume } from "../../../src/core/paths.ts";

Deno.test("resolveHostPath() makes a path absolute", async (t) => {
  const cases: [path: string, absolute: string][] = [
    [".", "/srv/bot"],
    ["data", "/srv/bot/data"],
    ["./data/", "/srv/bot/data"],
    ["../data", "/srv/data"],
    ["../../../..", "/"],
    ["/data/../x", "/x"],
    ["~", "/home/kim"],
    ["~/", "/home/kim"],
    ["~/a/../b", "/home/kim/b"],
    ["~//a", "/home/kim/a"],
    ["./~", "/srv/bot/~"],
    ["a~", "/srv/bot/a~"],
    ["a b\n", "/srv/bot/a b\n"],
  ];
  for (const [path, absolute] of cases) {
    await t.step(path, () => {
      assertEquals(resolveHostPath(path, "/srv/bot", "/home/kim"), absolute);
    });
  }
});

Deno.test("resolveHostPath() refuses a ~ that it cannot expand", () => {
  const cases: [path: string, home: string | undefined, message: string][] = [
    [
      "~root/x",
      "/home/kim",
      'dir: "~root/x" starts with the home of another user, which is not ' +
      "looked up: write the path in full, or ./~… for that very name",
    ],
    [
      "~/x",
      undefined,
      'dir: "~/x" cannot be expanded: HOME is not set to an absolute path',
    ],
    [
      "~",
      "home",
      'dir: "~" cannot be expanded: HOME is not set to an absolute path',
    ],
  ];
  for (const [path, home, message] of cases) {
    const error = assertThrows(
      () => resolveHostPath(path, "/srv", home, "dir"),
      SessionConfigError,
    );
    assertEquals(error.message, message);
  }
});

Deno.test("resolveVolume() makes the host side absolute", async (t) => {
  const cases: [volume: string, absolute: string][] = [
    ["./data:/data", "/srv/data:/data"],
    [".:/data:ro", "/srv:/data:ro"],
    ["../data:/data:ro,z", "/data:/data:ro,z"],
    [".data:/data", "/srv/.data:/data"],
    ["~/data:/data", "/home/kim/data:/data"],
    ["/data:/data", "/data:/data"],
    ["data:/data:nocopy", "data:/data:nocopy"],
    ["./no-mount", "./no-mount"],
  ];
  for (const [volume, absolute] of cases) {
    await t.step(volume, () => {
      assertEquals(resolveVolume(volume, "/srv", "/home/kim"), absolute);
    });
  }
});

Deno.test("resolveVolume() refuses a path with a colon", () => {
  const error = assertThrows(
    () => resolveVolume("./x:/x", "/srv/a:b", undefined, "volumes[1]"),
    SessionConfigError,
  );
  assertEquals(
    error.message,
    'volumes[1]: lies on the host in "/srv/a:b/x", and a mount cannot hold a ' +
      "path with a colon: move it, or link to it from elsewhere",
  );
});
