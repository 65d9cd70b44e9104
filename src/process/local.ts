/** This machine. */
import { attach } from "./attach.ts";
import type { ProcessHost } from "./host.ts";
import { run } from "./run.ts";

/** Runs programs on this machine. */
export const localHost: ProcessHost = {
  run,
  attach,
  isTerminal: () => Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
};
