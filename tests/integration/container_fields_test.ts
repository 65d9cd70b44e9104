/** Images, mounts and ports: our checks beside what `docker create` says. */
import { assert, assertEquals } from "@std/assert";
import { pooledMap } from "@std/async/pool";
import { OpsError } from "../../src/core/errors.ts";
import {
  validateImage,
  validatePorts,
  validateVolume,
} from "../../src/core/validate/container.ts";
import { Containers, IMAGE, testOn } from "../helpers/containers.ts";

/** What one kind of field is compared by. */
interface Field {
  /** Throws if we refuse the text. */
  readonly check: (text: string) => void;
  /** The end of the argv that makes a container with it. */
  readonly argv: (text: string) => string[];
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  /** Docker takes it and we do not, because … */
  readonly stricter?: Readonly<Record<string, string>>;
  /** We take it and Docker does not, because … */
  readonly looser?: Readonly<Record<string, string>>;
}

const HEX = "0123456789abcdef".repeat(4);

// deno-fmt-ignore
const images: Field = {
  check: (image) => validateImage(image),
  argv: (image) => ["--", image],
  accepted: [
    "a", "ops-test", "ubuntu:22.04", "a/b/c/d/e", "a_b", "a__b", "a.b", "a--b",
    "localhost/a", "localhost:5000", "localhost:5000/a", "1.2.3.4:5000/a",
    "host.x/a/b:tag", "Foo.bar/x", "Foo:5000/x", "docker.io/library/a", "a:Tag",
    "a:_t", `a:${"t".repeat(128)}`, `a@sha256:${HEX}`, `a:1@sha256:${HEX}`,
    `a@sha512:${HEX}${HEX}`, HEX, `x/${HEX}`, `example.com/${"a".repeat(243)}`,
  ],
  refused: [
    "", "-a", "a-", ".a", "_a", "a___b", "a..b", "/a", "a/", "a//b", "host:/a",
    "Ab", "a/B:1", "localhost/A", "docker.io/A", "a:", "a:-t", "a:.t", "a:b:c",
    `a:${"t".repeat(129)}`, "a@", "a@b", "a@sha256:abc", `a@md5:${HEX}`,
    `a@sha256:${HEX.toUpperCase()}`, "-host.x/a", "a_b:5000/c", "https://x/y",
    "a b", " a", "a\n", "é", "a".repeat(256),
  ],
};

// deno-fmt-ignore
const volumes: Field = {
  check: (volume) => validateVolume(volume),
  argv: (volume) => ["--volume", volume, "--", IMAGE],
  accepted: [
    "/a:/b", "/a:/b:ro", "/a:/b:rw", "/a:/b:ro,z,rshared", "/a:/b:Z",
    "/a:/b:cached", "/a:/b:private", "/a/:/b//c/", "/a:/b/../c", "/a b:/c d",
    "/é:/ü", "/:/host:ro", "./x:/b", "../x:/b", ".:/b", "ops-fields:/b",
    "ops-fields.1:/b:ro,nocopy,z", `ops-fields-${"v".repeat(244)}:/b`,
  ],
  refused: [
    "", ":/b", "/a:/b:ro:x", "d:/b:ro", "-d:/b", "_d:/b", "x/y:/b", "da ta:/b",
    "dä:/b", "/a:", "/a:b", "/a:./b", "/a:ro", "/a:/", "/a:/.", "/a:/b/..",
    "data:/", "/a:/b:", "/a:/b:RO", "/a:/b:xx", "/a:/b:ro,rw", "/a:/b:ro,ro",
    "/a:/b:z,Z", "/a:/b:shared,rshared", "/a:/b:nocopy", "data:/b:rshared",
    "~kim/x:/b",
  ],
  stricter: {
    "d:/b": "Docker's client takes it for a path on Windows",
    "/a": "a volume without a source goes with the container at a stop",
  },
  looser: {
    "/tmp:/b:U": "Podman has it",
    "/tmp:/b:noexec,nosuid,nodev": "Podman has it",
    "/tmp:/b:rbind": "Podman has it",
    "ops-fields:/b:copy": "Podman has it",
  },
};

// deno-fmt-ignore
const ports: Field = {
  check: (port) => validatePorts([port]),
  argv: (port) => ["--publish", port, "--", IMAGE],
  accepted: [
    "80", "65535", "0080", "80/udp", "80/sctp", "80/TCP", "8080:80", "0:80",
    "8080:80/udp", ":80", "80-81", "80-81/udp", "80-81:90-91", "80-90:80",
    "127.0.0.1:8080:80", "127.0.0.1::80", "0.0.0.0:80:80", "[::1]:80:80",
    "[::1]::80", "[::]:80-81:90-91/udp", "[::ffff:1.2.3.4]:80:80",
    "::1:80:80", "2001:db8::1:8080:80",
  ],
  refused: [
    "", ":", "/", "/tcp", "80:", "80/xyz", "80/tcp:80", "65536", "70000:80",
    "+80", " 80", "80 ", "0x50", "abc", "81-80", "80-", "-80", "80-82:90-91",
    "80:90-91", "localhost:80:80", "127.0.0:80:80", "127.0.0.01:80:80",
    "256.0.0.1:80:80", "1.2.3.4.5:80:80", "[::1]:80", "[::1:80:80",
    "[1::2::3]:80:80", "[::12345]:80:80", "[fe80::1%eth0]:80:80",
  ],
  stricter: {
    "0": "a container has no port 0",
    "80:0": "a container has no port 0",
    "80/": "Docker takes what it does not understand for tcp",
    "80/tcp/x": "Docker drops the end in silence",
    "80-81-82": "Docker drops the end in silence",
    "target=80,published=8080": "another notation, which Podman lacks",
  },
};

for (const [what, field] of Object.entries({ images, volumes, ports })) {
  testOn(["docker", "podman"], `fields: ${what} as docker create`, async () => {
    await using docker = new Containers("docker");
    await using podman = new Containers("podman");
    const { check, argv, accepted, refused, stricter, looser } = field;
    const ask = (it: Containers) => (text: string) => accepts(it, argv(text));
    try {
      const alike = [...accepted, ...refused];
      assertEquals(accepted.filter((text) => !passes(check, text)), []);
      assertEquals(refused.filter((text) => passes(check, text)), []);
      assertEquals(await filter(alike, ask(docker)), accepted);

      const more = Object.keys(stricter ?? {});
      assertEquals(more.filter((text) => passes(check, text)), []);
      assertEquals(await filter(more, ask(docker)), more);

      const less = Object.keys(looser ?? {});
      assertEquals(less.filter((text) => passes(check, text)), less);
      assertEquals(await filter(less, ask(docker)), []);
      assertEquals(await filter(less, ask(podman)), less);
    } finally {
      await removeVolumes(docker);
      await removeVolumes(podman);
    }
  });
}

function passes(check: (text: string) => void, text: string): boolean {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof OpsError) return false;
    throw error;
  }
}

let count = 0;

/** Whether the runtime would make a container so, or would if it had the image. */
async function accepts(it: Containers, argv: string[]): Promise<boolean> {
  const name = it.name(`field${count++}`);
  const { code, stderr } = await it.tryEngine(
    ...["create", "--pull=never", "--name", name, ...argv],
  );
  if (code === 0 || /No such image: /.test(stderr)) return true;
  assert(!/connect|panic|already in use/.test(stderr), stderr);
  return false;
}

async function filter(
  texts: readonly string[],
  test: (text: string) => Promise<boolean>,
): Promise<string[]> {
  const passed: string[] = [];
  const results = pooledMap(
    6,
    texts,
    async (text) => [text, await test(text)] as const,
  );
  for await (const [text, passes] of results) if (passes) passed.push(text);
  return passed;
}

/** Named volumes do not go with their containers, which have to go first. */
async function removeVolumes(it: Containers): Promise<void> {
  await it[Symbol.asyncDispose]();
  const names = await it.engine(
    ...["volume", "ls", "--quiet", "--filter", "name=ops-fields"],
  );
  if (names !== "") await it.engine("volume", "rm", ...names.split("\n"));
}
