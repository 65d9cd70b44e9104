/** This machine. */
import type { ProcessHost } from "./host.ts";
import { run } from "./run.ts";

/** Runs programs on this machine. */
export const localHost: ProcessHost = {
  run,
  stream: async function* (invocation, options) {
    const { stream } = await import("./stream.ts");
    return yield* stream(invocation, options);
  },
  attach: async (invocation, options) => {
    const { attach } = await import("./attach.ts");
    return await attach(invocation, options);
  },
  isTerminal: () => Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
};
