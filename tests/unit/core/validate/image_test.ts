import { assertEquals } from "@std/assert";
import { validateImage } from "../../../../src/core/validate/image.ts";
import { messageOf } from "./fixture.ts";

// What Docker (client 28.2, engine 20.10) says of each was read off `docker
// create`; where we differ from it on purpose, it is said here.

const HEX = "0123456789abcdef".repeat(4);

Deno.test("validateImage() accepts references of images", async (t) => {
  const accepted = [
    "a",
    "nginx",
    "ubuntu:22.04",
    "a/b/c/d/e",
    "a_b",
    "a__b",
    "a.b",
    "a-b",
    "a--b",
    "my_host/a",
    "my_host.x/a",
    "localhost",
    "localhost/a",
    "localhost:5000", // a name and a tag
    "localhost:5000/a",
    "host:5000/a/b:tag",
    "1.2.3.4:5000/a",
    "[::1]:5000/a", // engines of today; 20.10 did not yet
    "Foo.bar/x",
    "Foo:5000/x",
    "host.x:99999999/a",
    "docker.io/library/a",
    "a:Tag",
    "a:_t",
    `a:${"t".repeat(128)}`,
    `a@sha256:${HEX}`,
    `a:1@sha256:${HEX}`,
    `a@sha384:${HEX}${HEX.slice(32)}`,
    `a@sha512:${HEX}${HEX}`,
    HEX, // an ID
    `sha256:${HEX}`, // an ID as well
    `x/${HEX}`,
    `example.com/${"a".repeat(243)}`,
  ];
  for (const image of accepted) {
    await t.step(image, () => {
      assertEquals(messageOf(() => validateImage(image)), "");
    });
  }
});

Deno.test("validateImage() refuses what is none", async (t) => {
  const refused = [
    "-a",
    "a-",
    ".a",
    "a.",
    "_a",
    "a___b",
    "a..b",
    "a._b",
    "/a",
    "a/",
    "a//b",
    "a/-b",
    "host:/a",
    "a:t/x",
    "-host.x/a",
    "host-.x/a",
    "host..x/a",
    "a_b:5000/c",
    "docker://a",
    "https://x/y",
    "[fe80::1%eth0]/a",
    "a b",
    " a",
    "a\n",
    "a\0",
    "é",
    "${image}",
  ];
  for (const image of refused) {
    await t.step(JSON.stringify(image), () => {
      assertEquals(
        messageOf(() => validateImage(image)).replace(/.*? is no/s, "… is no"),
        "… is no image: it is [host[:port]/]name[:tag][@digest], the name of " +
          "lower-case letters and digits, with single ., _ or - between them",
      );
    });
  }
});

Deno.test("validateImage() says what is wrong with a part of it", async (t) => {
  const capitals = "has capitals: the name of an image is in lower case (its " +
    "tag need not be)";
  const tag = "has no valid tag after the colon: it is up to 128 letters, " +
    "digits, _, . and -, and starts with none of the last two";
  const digest = "has no valid digest after the @: it is sha256: and 64 " +
    "digits of lower-case hexadecimals (or sha384: and 96, or sha512: and 128)";
  const cases: [image: string, reason: string][] = [
    ["", "is empty"],
    ["Ab", `"Ab" ${capitals}`],
    ["a/B:1", `"a/B:1" ${capitals}`],
    ["A/b", `"A/b" ${capitals}`],
    ["localhost/A", `"localhost/A" ${capitals}`],
    ["docker.io/A", `"docker.io/A" ${capitals}`],
    ["a:", `"a:" ${tag}`],
    ["a:-t", `"a:-t" ${tag}`],
    ["a:.t", `"a:.t" ${tag}`],
    ["a:t t", `"a:t t" ${tag}`],
    ["a:b:c", `"a:b:c" ${tag}`],
    [`a:${"t".repeat(129)}`, `"a:${"t".repeat(129)}" ${tag}`],
    ["a@", `"a@" ${digest}`],
    ["a@b", `"a@b" ${digest}`],
    ["a@sha256:abc", `"a@sha256:abc" ${digest}`],
    [
      `a@sha256:${HEX.toUpperCase()}`,
      `"a@sha256:${HEX.toUpperCase()}" ${digest}`,
    ],
    [`a@md5:${HEX.slice(32)}`, `"a@md5:${HEX.slice(32)}" ${digest}`],
    [
      "a".repeat(256),
      `"${"a".repeat(20)}"… is 256 characters long; at most 255 are possible`,
    ],
  ];
  for (const [image, reason] of cases) {
    await t.step(image.slice(0, 40), () => {
      assertEquals(
        messageOf(() => validateImage(image, "--image")),
        `--image: ${reason}`,
      );
    });
  }
});
