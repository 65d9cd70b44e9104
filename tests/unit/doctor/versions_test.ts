import { assertEquals } from "@std/assert";
import { isOlder, versionIn } from "../../../src/doctor/versions.ts";

Deno.test("versionIn finds what programs say", () => {
  const said = {
    "tmux 3.3a\n": "3.3a",
    "tmux 3.0a": "3.0a",
    "tmux next-3.6": "next-3.6",
    "tmux master": "master",
    "tmux openbsd-7.5": "openbsd-7.5",
    "podman version 4.3.1": "4.3.1",
    "Docker version 28.2.2, build e6534b4": "28.2.2",
    "20.10.24+dfsg1\n": "20.10.24",
    "nothing": null,
    "": null,
  };
  for (const [text, version] of Object.entries(said)) {
    assertEquals(versionIn(text), version, text);
  }
});

Deno.test("isOlder compares numbers, and takes builds for new", () => {
  const older: [version: string, oldest: string, isOlder: boolean][] = [
    ["3.2a", "3.3", true],
    ["3.3a", "3.3", false],
    ["3.10", "3.3", false],
    ["2.9", "3.3", true],
    ["4", "3.3", false],
    ["3.4.4", "4", true],
    ["4.0.0", "4", false],
    ["19.03.15", "20.10", true],
    ["20.9.1", "20.10", true],
    ["20.10.24", "20.10", false],
    ["28.2.2", "20.10", false],
    ["next-3.2", "3.3", false],
    ["master", "3.3", false],
  ];
  for (const [version, oldest, expected] of older) {
    assertEquals(isOlder(version, oldest), expected, `${version} ${oldest}`);
  }
});
