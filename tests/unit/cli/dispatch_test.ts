import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCommandLine } from "../../../src/cli/dispatch.ts";
import config from "../../../deno.json" with { type: "json" };
import { recorder } from "./recorder.ts";

async function run(...words: string[]) {
  const context = recorder({ json: words.includes("--json") });
  const code = await runCommandLine(words, context);
  return { code, out: context.out(), err: context.err() };
}

Deno.test("runCommandLine() without a command shows help", async () => {
  for (const words of [[], ["--help"], ["-h"], ["help"]]) {
    const { code, out, err } = await run(...words);
    assertEquals([code, err], [0, ""]);
    assertStringIncludes(out, "Commands:");
  }
});

Deno.test("runCommandLine() shows the help of a command, whatever else is wrong", async () => {
  const lines = [
    ["stop", "--help"],
    ["stop", "-h"],
    ["-h", "stop"],
    ["help", "stop"],
    ["stop", "--bogus", "-h"],
    ["stop", "-qh", "bot"],
  ];
  for (const words of lines) {
    const { code, out, err } = await run(...words);
    assertEquals([code, err], [0, ""], words.join(" "));
    assertStringIncludes(out, "ops stop [flags] NAME…");
  }
});

Deno.test("runCommandLine() shows the help of an alias", async () => {
  const { out } = await run("ls", "--help");
  assertStringIncludes(out, "ops list [flags]");
});

Deno.test("runCommandLine() shows the version, however it is asked for", async () => {
  const shown = { code: 0, out: `ops ${config.version}\n`, err: "" };
  for (const words of [["--version"], ["-V"], ["version"]]) {
    assertEquals(await run(...words), shown, words.join(" "));
  }
  for (const words of [["--json", "-V"], ["version", "--json"]]) {
    const { out } = await run(...words);
    assertEquals(JSON.parse(out), { version: config.version });
  }
});

Deno.test("runCommandLine() answers wrong usage with 2, and nothing on stdout", async () => {
  const lines = [
    ["bogus"],
    ["help", "bogus"],
    ["--bogus"],
    ["list", "--version"],
    ["version", "extra"],
    ["list", "--bogus"],
    ["list", "extra"],
    ["status"],
    ["attach", "a", "b"],
    ["logs", "a", "--lines=x"],
    ["stop", "a", "--timeout=-1"],
    ["list", "--backend=podman"],
    ["list", "--backend=tmux", "--runtime=docker"],
    ["--config"],
    ["start", "a", "-c", ""],
    ["wait", "a"],
    ["wait", "a", "b", "--for=exited"],
    ["wait", "a", "--for=defined"],
    ["wait", "a", "--for=exited", "--timeout=-1"],
    ["restart"],
    ["restart", "a", "--timeout=x"],
    ["history", "--lines=0.5"],
    ["scale", "a"],
    ["scale", "a", "0"],
    ["scale", "a", "1.5"],
    ["scale", "a", "1001"],
  ];
  for (const words of lines) {
    const { code, out, err } = await run(...words);
    assertEquals([code, out], [2, ""], words.join(" "));
    assertStringIncludes(err, "error: ");
  }
});

Deno.test("runCommandLine() speaks JSON even of what it does not understand", async () => {
  const { code, err } = await run("lst", "--json");
  assertEquals(code, 2);
  assertEquals(JSON.parse(err), {
    error: {
      code: "usage",
      message: 'unknown command "lst"; did you mean "ops list"?',
    },
  });
});

Deno.test("runCommandLine() has no JSON without a command, but help", async () => {
  const { code, out, err } = await run("--json");
  assertEquals([code, out], [2, ""]);
  assertEquals(
    JSON.parse(err).error.message,
    "--json needs a command; see ops --help",
  );
  assertEquals((await run("--json", "--help")).code, 0);
});
