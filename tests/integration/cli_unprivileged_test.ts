/** `ops` as a user who may not open the socket of Docker. */
import { assertEquals, assertMatch } from "@std/assert";
import { opsArgv, pathWithout } from "../helpers/cli.ts";
import { testOn } from "../helpers/containers.ts";
import { type Output, ROOT, Sandbox } from "../helpers/sandbox.ts";

/** Of this user are no files, and no group. */
const NOBODY = 65534;

testOn(
  ["docker"],
  "a user without a right to Docker's socket is told so, and sees the rest",
  async () => {
    await using sandbox = new Sandbox();
    const nobody = await asNobody(sandbox);
    const session = ["new-session", "-d", "-s", "bot", "sleep 1000"];
    assertEquals((await nobody(["tmux", ...session])).code, 0);

    const list = await nobody(opsArgv(["list", "-q"]));
    assertEquals([list.code, list.stdout], [0, "bot\n"]);
    const right = "docker: no right to its socket: run it as a user of the " +
      'group "docker", or as root';
    assertMatch(list.stderr, new RegExp(`^warning: ${right} .*\n$`));

    const status = await nobody(opsArgv(["status", "web"]));
    assertEquals([status.code, status.stdout], [5, ""]);
    assertMatch(status.stderr, new RegExp(`^error: .*${right} .*\n$`));
  },
  (name, body) => {
    if (Deno.uid() === 0) Deno.test(name, body);
    else Deno.test.ignore(`${name} [skipped: only root can be another]`, body);
  },
);

/** Makes the sandbox that user's; returns what runs programs as that user. */
async function asNobody(
  sandbox: Sandbox,
): Promise<(argv: readonly string[]) => Promise<Output>> {
  // The originals may be where only root may look.
  const [program] = opsArgv([]);
  await Deno.copyFile(program!, sandbox.path("program"));
  const tree = ["cli.ts", "deno.json", "src", "vendor"];
  await Deno.mkdir(sandbox.path("tree"));
  await sandbox.run("cp", ["-R", ...tree, sandbox.path("tree")]);
  // Podman has warnings of its own for a user whom it was not set up for.
  const PATH = pathWithout(sandbox.path("path"), "podman");
  await sandbox.run("chown", ["-R", `${NOBODY}:${NOBODY}`, sandbox.dir]);
  return ([binary, ...args]) =>
    sandbox.run("setpriv", [
      ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"],
      binary === program ? sandbox.path("program") : binary!,
      ...args.map((arg) => arg.replace(ROOT, sandbox.path("tree/"))),
    ], { cwd: sandbox.dir, env: { PATH, DENO_DIR: sandbox.path("deno") } });
}
