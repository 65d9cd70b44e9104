/**
 * Tests that need an engine or a shell. Where it is missing they are skipped and say why,
 * except under `CI=true`: there nothing may be missing, and they fail.
 */

type Body = (t: Deno.TestContext) => void | Promise<void>;

/**
 * A test that needs this program.
 *
 * @param args What makes it succeed if it is there: by default to show its
 *   version.
 */
export function programTest(
  binary: string,
  ...args: readonly string[]
): (name: string, body: Body) => void {
  return testsThatNeed(binary, ...(args.length > 0 ? args : ["--version"]));
}

/** A test that needs tmux. */
export const tmuxTest = testsThatNeed("tmux", "-V");

/**
 * `Deno.test` for tests that need an engine.
 *
 * @param binary Its program.
 * @param args What makes the program succeed if the engine is there.
 */
function testsThatNeed(
  binary: string,
  ...args: readonly string[]
): (name: string, body: Body) => void {
  let missing: string | null | undefined;
  return (name, body) => {
    if (missing === undefined) missing = reasonWithout(binary, args);
    if (missing === null) return Deno.test(name, body);
    const reason = missing;
    Deno.test({
      name: `${name} [${reason}]`,
      ignore: Deno.env.get("CI") !== "true",
      fn: () => {
        throw new Error(`${reason}, and CI=true allows no skips`);
      },
    });
  };
}

/** Why an engine cannot be used here, or `null` if it can. */
function reasonWithout(binary: string, args: readonly string[]): string | null {
  try {
    const { success, stderr } = new Deno.Command(binary, { args: [...args] })
      .outputSync();
    if (success) return null;
    const [said] = new TextDecoder().decode(stderr).split("\n");
    return `${binary} does not work: ${said}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `${binary} is not installed`;
  }
}
