/** What a table of measurements has to say about where it was made. */
import { FLAGS } from "../tools/compile.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const PAIR = `${ROOT}../shared/tools/denort`;

/** `ops` as one file, and what made it. */
export interface Binary {
  /** Where it is. */
  readonly path: string;
  /** The version of Deno in it. */
  readonly deno: string;
  /** Its size and what it links to, for people to read. */
  readonly facts: string;
  /** Makes another program such a file. */
  readonly compile: (from: string, to: string) => Promise<void>;
}

/** Makes the binary, or says why there is none. */
export async function makeBinary(): Promise<Binary | string> {
  try {
    const env = await pair();
    if (typeof env === "string") return env;
    await say(["deno", "task", "--quiet", "compile"], env);
    const path = `${ROOT}dist/ops`;
    const { size } = await Deno.stat(path);
    const links = (await say(["ldd", path])).split("\n")
      .map((line) => line.trim().split(" ")[0]!.replace(/^.*\//, ""));
    return {
      path,
      deno: await denoVersion(env.DENO_BIN!),
      facts: `${(size / 1e6).toFixed(1)} MB; \`ldd\`: ${links.join(", ")}`,
      async compile(from, to) {
        const args = ["compile", "--quiet", ...FLAGS, `--output=${to}`, from];
        await say([env.DENO_BIN!, ...args], env);
      },
    };
  } catch (error) {
    return `it could not be made: ${(error as Error).message.trim()}`;
  }
}

/** The Deno and the runtime that binaries are made of here. */
async function pair(): Promise<Record<string, string> | string> {
  try {
    await Deno.stat(PAIR);
  } catch {
    return "there is no ../shared/tools/denort here";
  }
  const lines = (await say(["sh", PAIR])).split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=")));
}

/** The machine and the programs, a line each. */
export async function facts(binary: Binary | string): Promise<string[]> {
  const docker = "{{.Client.Version}}, its engine {{.Server.Version}}";
  const cpu = /model name\s*: (.*)/.exec(await say(["cat", "/proc/cpuinfo"]));
  const cores = navigator.hardwareConcurrency;
  const load = Deno.loadavg().map((it) => it.toFixed(2)).join(", ");
  const commit = await attempt(["git", "rev-parse", "--short", "HEAD"]);
  const changes = await attempt(["git", "status", "--short", "src", "cli.ts"]);
  const versions = [
    `Deno ${Deno.version.deno}`,
    await attempt(["tmux", "-V"]),
    await attempt(["podman", "--version"]),
    `docker version ${await attempt(["docker", "version", "-f", docker])}`,
  ];
  return [
    `Date: ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, ` +
    `at commit ${commit}${changes && ", with changes that it lacks"}`,
    `Machine: ${cpu?.[1] ?? "unknown CPU"}, ${cores} cores; ` +
    `load before the run: ${load}`,
    `Versions: ${versions.join("; ")}`,
    typeof binary === "string"
      ? `Binary: left out, ${binary}`
      : `Binary: made with Deno ${binary.deno}; ${binary.facts}`,
  ];
}

async function denoVersion(deno: string): Promise<string> {
  return (await say([deno, "--version"])).split(/\s/)[1]!;
}

async function attempt(argv: readonly string[]): Promise<string> {
  return await say(argv).catch(() => `${argv[0]}: none`);
}

async function say(
  [binary, ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(
    binary === "deno" ? Deno.execPath() : binary!,
    { args, env, cwd: ROOT },
  ).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout).trim();
  throw new Error(decoder.decode(stderr));
}
