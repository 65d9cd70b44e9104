import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { tmuxTest } from "../helpers/engines.ts";
import { ops, tmuxSandbox } from "../helpers/cli.ts";

tmuxTest(
  "ops init writes a configuration that works, and only once",
  async () => {
    await using sandbox = tmuxSandbox();
    assertEquals(await ops(sandbox, "init"), {
      code: 0,
      stdout: "Wrote kstlib.conf.yml: 1 session (ticker).\n",
      stderr: "",
    });
    assertEquals((await ops(sandbox, "config", "check")).code, 0);
    const up = await ops(sandbox, "up");
    assertEquals([up.code, (await ops(sandbox, "list", "-q")).stdout], [
      0,
      "ticker\n",
    ]);

    const path = sandbox.path("kstlib.conf.yml");
    const before = await Deno.readTextFile(path);
    const again = await ops(sandbox, "init");
    assertEquals([again.code, again.stdout], [1, ""]);
    assertMatch(
      again.stderr,
      /^error: kstlib\.conf\.yml is there already, .*\n$/,
    );
    assertEquals(await Deno.readTextFile(path), before);

    await Deno.symlink("nowhere.yml", sandbox.path("link.yml"));
    assertEquals((await ops(sandbox, "init", "--config", "link.yml")).code, 1);
    const lost = await ops(sandbox, "init", "--config", "no/such.yml");
    assertEquals(lost.code, 1);
    assertMatch(lost.stderr, /^error: cannot write no\/such\.yml: .*\n$/);
    const other = await ops(sandbox, "init", "--json", "--config", "other.yml");
    assertEquals(JSON.parse(other.stdout), {
      file: "other.yml",
      sessions: ["ticker"],
      left_out: [],
      notes: [],
    });
  },
);

tmuxTest("ops init --from-compose says what it leaves out", async () => {
  await using sandbox = tmuxSandbox();
  await sandbox.write(
    "shop/compose.yml",
    "services:\n  web:\n    image: nginx\n    networks: [front]\n" +
      "    volumes: [./site:/site]\n  own: {build: .}\n",
  );
  const file = "shop/compose.yml";
  const made = await ops(sandbox, "init", "--from-compose", file);
  assertEquals(made, {
    code: 0,
    stdout: "Wrote kstlib.conf.yml: 1 session (web).\n",
    stderr: "web: left out: networks: ops has no such thing\n" +
      "own: left out: it is built from a folder and has no image: build one " +
      "and name it\n",
  });
  const text = await Deno.readTextFile(sandbox.path("kstlib.conf.yml"));
  assertStringIncludes(text, `"${sandbox.path("shop/site")}:/site"`);
  const checked = await ops(sandbox, "config", "check");
  assertEquals([checked.code, checked.stderr], [0, ""]);

  await sandbox.write("bad.yml", "services: [");
  await sandbox.write("none.yml", "services: {own: {build: .}}");
  const wrong: [file: string, code: number, says: RegExp][] = [
    ["lost.yml", 4, /^error: lost\.yml: there is no such file\n$/],
    ["bad.yml", 4, /^error: bad\.yml:1:11: .*\n$/],
    ["none.yml", 1, /^error: nothing to define in none\.yml; own: .*\n$/],
  ];
  for (const [file, code, says] of wrong) {
    const args = ["--from-compose", file, "--config", "new.yml"];
    const refused = await ops(sandbox, "init", ...args);
    assertEquals([refused.code, refused.stdout], [code, ""], file);
    assertMatch(refused.stderr, says);
  }
});
