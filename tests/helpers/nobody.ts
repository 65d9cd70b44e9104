/** Programs run as a user of whom are no files, and no group. */
import { opsArgv, pathWithout } from "./cli.ts";
import { type Output, ROOT, type Sandbox } from "./sandbox.ts";

/** That user. */
export const NOBODY = 65_534;

/** Why nobody else can be had, or `null`: only root can be another. */
export const needsRoot: string | null = Deno.uid() === 0
  ? null
  : "only root can be another user";

/** Runs a program as that user. */
export type AsNobody = (argv: readonly string[]) => Promise<Output>;

/**
 * Makes the sandbox that user's; returns what runs programs as that user, with
 * no engine but tmux. `ops` is copied, since it may be where only root may
 * look.
 */
export async function asNobody(sandbox: Sandbox): Promise<AsNobody> {
  const [program] = opsArgv([]);
  await Deno.copyFile(program!, sandbox.path("program"));
  const tree = ["cli.ts", "deno.json", "src", "vendor"];
  await Deno.mkdir(sandbox.path("tree"));
  await sandbox.run("cp", ["-R", ...tree, sandbox.path("tree")]);
  const PATH = pathWithout(sandbox.path("path"), "podman", "docker");
  await sandbox.run("chown", ["-R", `${NOBODY}:${NOBODY}`, sandbox.dir]);
  return ([binary, ...args]) =>
    sandbox.run("setpriv", [
      ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--"],
      binary === program ? sandbox.path("program") : binary!,
      ...args.map((arg) => arg.replace(ROOT, sandbox.path("tree/"))),
    ], { cwd: sandbox.dir, env: { PATH, DENO_DIR: sandbox.path("deno") } });
}
