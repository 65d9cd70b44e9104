/**
 * The main job in one command: sees to tmux, starts the `demo` session of
 * kstlib.conf.yml, shows it, and says how to go on: `deno task demo`.
 */
import { fromFileUrl } from "@std/path/posix/from-file-url";
import { retry } from "@std/async/retry";
import { SessionManager } from "../mod.ts";

const root = fromFileUrl(new URL("..", import.meta.url));

/** Runs a program of this tree in plain sight; the demo ends where it fails. */
async function run(binary: string, ...args: string[]): Promise<void> {
  const { code } = await new Deno.Command(binary, { args, cwd: root }).spawn()
    .status;
  if (code !== 0) Deno.exit(code);
}

async function ops(...args: string[]): Promise<void> {
  console.log(`\n$ ops ${args.join(" ")}`);
  await run(Deno.execPath(), "task", "--quiet", "ops", ...args);
}

await run("tools/engines", "install", "tmux");
const demo = SessionManager.fromConfig("demo", {
  config: `${root}kstlib.conf.yml`,
});
// It may be running from the last time: that is as good.
if (!await demo.isRunning()) await ops("start", "demo");
await retry(async () => {
  if (!(await demo.logs()).includes("tick 2")) throw new Error("still silent");
}, { minTimeout: 100, multiplier: 1, maxAttempts: 50 });
await ops("list");
await ops("logs", "demo");
console.log(`
Attach to it:  ./denow task ops attach demo   (leave with Ctrl-b d)
Stop it:       ./denow task ops stop demo`);
