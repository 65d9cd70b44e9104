/**
 * Makes one file of `ops` that needs no Deno where it runs:
 * `deno task compile [--target=NAME]…`. Without a target it is `dist/ops`, for
 * this machine; with targets, or `--target=all`, it is `dist/ops-NAME` for each.
 * `dist/SHA256SUMS` has the checksums of what is there. It is not bundled first:
 * that makes it start no faster.
 *
 * DENO_BIN and DENORT_BIN may name the Deno that compiles and the runtime that
 * goes into the result. Exit code 77: that runtime cannot be fetched here.
 */
import { PERMISSIONS, PROBING, toDenoFlags } from "../src/cli/permissions.ts";

/** What it can be made for, in our words and in Deno's. */
export const TARGETS: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
  "windows-x64": "x86_64-pc-windows-msvc",
};

const ALL = Object.keys(TARGETS);

/** What is baked in: all that any command needs, and nobody is asked. */
export const FLAGS: readonly string[] = [
  "--no-prompt",
  ...toDenoFlags([...Object.values(PERMISSIONS).flat(), PROBING]),
  // It would be a file of a known name in /tmp, whoever has put it there.
  "--no-code-cache",
  "--no-check", // `deno task check` does
];

const root = `${import.meta.dirname}/../`;
const dist = `${root}dist`;

/** The arguments of Deno that make a binary, for this machine by default. */
export function compileArgs(target?: string): string[] {
  const args = ["compile", "--quiet", ...FLAGS];
  if (target === undefined) return [...args, "--output=dist/ops", "cli.ts"];
  const file = `ops-${target}${target.startsWith("windows") ? ".exe" : ""}`;
  const where = [`--target=${TARGETS[target]}`, `--output=dist/${file}`];
  return [...args, ...where, "cli.ts"];
}

/** The targets of a command line, `all` being all there are. */
export function parseTargets(args: readonly string[]): string[] {
  const words = args.flatMap((arg) => arg.split("="));
  const names: string[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const [flag, name = ""] = words.slice(i, i + 2);
    if (flag === "--target" && name === "all") names.push(...ALL);
    else if (flag === "--target" && ALL.includes(name)) names.push(name);
    else throw new Error(`usage: [--target=${[...ALL, "all"].join("|")}]…`);
  }
  return names;
}

async function compile(target: string | undefined): Promise<void> {
  const { success, stderr } = await new Deno.Command(
    Deno.env.get("DENO_BIN") ?? Deno.execPath(),
    { args: compileArgs(target), cwd: root, stdin: "null", stderr: "piped" },
  ).output();
  if (success) return;
  await Deno.stderr.write(stderr);
  const isOffline = new TextDecoder().decode(stderr).includes("base binary");
  Deno.exit(isOffline ? 77 : 1);
}

/** In the form that `sha256sum --check` reads. */
async function writeChecksums(): Promise<string> {
  const names = [...Deno.readDirSync(dist)].map(({ name }) => name)
    .filter((name) => /^ops(-[a-z0-9-]+)?(\.exe)?$/.test(name)).sort();
  const lines = await Promise.all(names.map(async (name) => {
    const bytes = await Deno.readFile(`${dist}/${name}`);
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return `${new Uint8Array(hash).toHex()}  ${name}\n`;
  }));
  await Deno.writeTextFile(`${dist}/SHA256SUMS`, lines.join(""));
  return lines.join("");
}

/** Makes one for this machine, or one for each target; lists what there is. */
async function main(args: readonly string[]): Promise<void> {
  const targets = parseTargets(args);
  for (const { name } of Deno.readDirSync(root)) {
    if (name !== "package.json" && name !== "node_modules") continue;
    throw new Error(`${name} would go into the binary: remove it`);
  }
  for (const target of targets.length > 0 ? targets : [undefined]) {
    await compile(target);
  }
  await Deno.stdout.write(new TextEncoder().encode(await writeChecksums()));
}

if (import.meta.main) {
  await main(Deno.args).catch(({ message }: Error) => {
    console.error(`compile: ${message}`);
    Deno.exitCode = 1;
  });
}
