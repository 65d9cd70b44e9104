import { assertEquals } from "@std/assert";
import {
  isHostPath,
  validateContainerPath,
  validateVolume,
  validateVolumes,
} from "../../../../src/core/validate/mounts.ts";
import { messageOf } from "./fixture.ts";

// What Docker (client 28.2, engine 20.10) says of each was read off `docker
// create`; where we differ from it on purpose, it is said here.

Deno.test("validateVolumes() accepts mounts", async (t) => {
  const accepted = [
    "/a:/b",
    "/a:/b:ro",
    "/a:/b:rw",
    "/a:/b:ro,z,rshared",
    "/a:/b:Z",
    "/a:/b:cached",
    "/a:/b:delegated",
    "/a:/b:consistent",
    "/a:/b:private",
    "/a:/b:rslave",
    "data:/b",
    "data:/b:ro,nocopy,z",
    "dd:/b",
    "d-:/b",
    `${"v".repeat(255)}:/b`,
    "./x:/b",
    "../x:/b",
    ".:/b",
    "..:/b",
    ".data:/b",
    "~:/b", // ours: the home folder
    "~/x:/b",
    "/:/host:ro",
    "/a b:/c d",
    "/é:/ü",
    "/a/:/b//c/",
    "/a:/b/../c",
    "/a:/b:U", // Podman's, as are those below
    "/a:/b:O,upperdir=/u,workdir=/w",
    "/a:/b:noexec,nosuid,nodev",
    "/a:/b:rbind",
    "/a:/b:idmap",
    "/a:/b:idmap=uids=0-1-10",
    "data:/b:copy",
  ];
  for (const volume of accepted) {
    await t.step(volume.slice(0, 40), () => {
      assertEquals(messageOf(() => validateVolumes(["/a:/b", volume])), "");
    });
  }
});

Deno.test("validateVolumes() says what is wrong with a mount", async (t) => {
  const shape =
    "is no mount: it is host:container or host:container:options, " +
    "with a folder of the host or the name of a volume before the first colon";
  const source = "is neither a path nor the name of a volume: a path starts " +
    "with /, ./, ../ or ~/, a name has two or more letters, digits, _, . and -";
  const inside = "is inside the container and must start with /";
  const root = "would cover the whole container: mount it below /";
  const option =
    "is no option of a mount; common are ro, rw, z, Z, U and nocopy";
  const cases: [volume: string, reason: string][] = [
    ["", "is empty"],
    ["/a:/b\0", "holds a NUL character; remove it"],
    ["/a", `"/a" ${shape}`], // Docker: a volume without a name
    ["data", `"data" ${shape}`],
    [":/b", `":/b" ${shape}`],
    ["/a:/b:ro:x", `"/a:/b:ro:x" ${shape}`],
    ["d:/b", `"d" ${source}`],
    ["-d:/b", `"-d" ${source}`],
    ["_d:/b", `"_d" ${source}`],
    ["x/y:/b", `"x/y" ${source}`],
    ["~kim/x:/b", `"~kim/x" ${source}`],
    [" /a:/b", `" /a" ${source}`],
    ["da ta:/b", `"da ta" ${source}`],
    ["dä:/b", `"dä" ${source}`],
    [
      `${"v".repeat(256)}:/b`,
      `"${"v".repeat(20)}"… is 256 characters long; of a volume's name ` +
      "at most 255 are possible",
    ],
    ["/a:", "is empty"],
    ["/a:b", `"b" ${inside}`],
    ["/a:./b", `"./b" ${inside}`],
    ["/a:ro", `"ro" ${inside}`],
    ["/a:/", `"/" ${root}`],
    ["/a://", `"//" ${root}`],
    ["/a:/.", `"/." ${root}`],
    ["/a:/b/..", `"/b/.." ${root}`],
    ["/a:/b/../../..", `"/b/../../.." ${root}`],
    ["data:/", `"/" ${root}`],
    ["/a:/b:", `"" ${option}`],
    ["/a:/b:ro,", `"" ${option}`],
    ["/a:/b:RO", `"RO" ${option}`],
    ["/a:/b:xx", `"xx" ${option}`],
    ["/a:/b:upperdir=", `"upperdir=" ${option}`],
    ["/a:/b:ro,rw", "ro and rw exclude each other"],
    ["/a:/b:ro,ro", "says ro twice"],
    ["/a:/b:z,Z", "z and Z exclude each other"],
    ["/a:/b:shared,rshared", "shared and rshared exclude each other"],
    ["/a:/b:delegated,cached", "delegated and cached exclude each other"],
    ["/a:/b:nocopy", "nocopy is only possible with the name of a volume"],
    ["./a:/b:copy", "copy is only possible with the name of a volume"],
    ["data:/b:rshared", "rshared is only possible with a folder of the host"],
  ];
  for (const [volume, reason] of cases) {
    await t.step(JSON.stringify(volume.slice(0, 40)), () => {
      assertEquals(
        messageOf(() => validateVolumes(["/a:/b", volume])),
        `volumes[1]: ${reason}`,
      );
      assertEquals(
        messageOf(() => validateVolume(volume, "log_volume")),
        `log_volume: ${reason}`,
      );
    });
  }
});

Deno.test("validateVolumes() refuses too many", () => {
  assertEquals(
    messageOf(() => validateVolumes(Array(1_001).fill("/a:/b"))),
    "volumes: has 1001 entries; at most 1000 are possible",
  );
});

Deno.test("validateContainerPath() wants an absolute path", () => {
  assertEquals(messageOf(() => validateContainerPath("/", "dir")), "");
  assertEquals(
    messageOf(() => validateContainerPath("app", "dir")),
    'dir: "app" is inside the container and must start with /',
  );
});

Deno.test("isHostPath() tells paths from names", () => {
  for (const path of ["/", "/a", ".", "./a", "..", ".a", "~", "~/a"]) {
    assertEquals([path, isHostPath(path)], [path, true]);
  }
  for (const name of ["data", "a.b", "a/b", "a~", ""]) {
    assertEquals([name, isHostPath(name)], [name, false]);
  }
});
