import { assertEquals, assertThrows } from "@std/assert";
import { PERMISSIONS, PROBING } from "../../../src/cli/permissions.ts";
import { compileArgs, parseTargets, TARGETS } from "../../../tools/compile.ts";

Deno.test("compile: what any command needs is baked in, and no more", () => {
  const baked = compileArgs().filter((arg) => arg.startsWith("--allow-"));
  const granted = new Map(
    baked.map((flag) => {
      const [kind = "", values] = flag.slice("--allow-".length).split("=");
      return [kind, values === undefined ? [] : values.split(",")];
    }),
  );
  const needed = [...Object.values(PERMISSIONS).flat(), PROBING];
  for (const { kind, values } of needed) {
    const given = granted.get(kind)!;
    // Without values it is for all.
    if (values.length === 0) assertEquals(given, []);
    assertEquals(values.filter((it) => !given.includes(it)), [], kind);
  }
  for (const [kind, given] of granted) {
    const all = needed.filter((it) => it.kind === kind).flatMap((it) =>
      it.values
    );
    assertEquals(given.filter((it) => !all.includes(it)), [], kind);
  }
  assertEquals(granted.get("run"), ["tmux", "podman", "docker"]);
  assertEquals(granted.get("net"), PROBING.values);
  assertEquals([granted.get("read"), granted.get("write")], [[], []]);
  assertEquals(compileArgs().includes("--no-prompt"), true);
});

Deno.test("compile: for this machine, for others, for all", () => {
  const all = Object.keys(TARGETS);
  assertEquals(parseTargets([]), []);
  assertEquals(parseTargets(["--target", "macos-x64"]), ["macos-x64"]);
  assertEquals(
    parseTargets(["--target=linux-x64", "--target=linux-arm64"]),
    ["linux-x64", "linux-arm64"],
  );
  assertEquals(parseTargets(["--target=all"]), all);
  const files = [undefined, ...all].map((target) =>
    compileArgs(target).find((arg) => arg.startsWith("--output="))!
      .replace("--output=dist/", "")
  );
  // deno-fmt-ignore
  assertEquals(files, [
    "ops", "ops-linux-x64", "ops-linux-arm64", "ops-macos-x64",
    "ops-macos-arm64", "ops-windows-x64.exe",
  ]);
});

Deno.test("compile: a target that there is not", () => {
  for (const args of [["--target=beos"], ["--target"], ["linux-x64"], ["-x"]]) {
    const { message } = assertThrows(() => parseTargets(args), Error);
    assertEquals(
      message,
      `usage: [--target=${Object.keys(TARGETS).join("|")}|all]…`,
    );
  }
});
