/** Hands our terminal to a program. */
import type { AttachOptions, Invocation } from "../host.ts";
import { kill, spawn } from "./spawn.ts";

/** See {@linkcode ProcessHost.attach}. */
export async function attach(
  invocation: Invocation,
  { endOnInterrupt = false }: AttachOptions = {},
): Promise<number> {
  let child: Deno.ChildProcess | undefined;
  // Ctrl-C in cooked mode reaches us as well, but is meant for the program.
  const onInterrupt = () => {
    if (endOnInterrupt && child !== undefined) kill(child);
  };
  Deno.addSignalListener("SIGINT", onInterrupt);
  // Deno remembers the terminal's mode on the first setRaw: it has to see the
  // sane one to be able to restore it after a program that died in raw mode.
  resetTerminal();
  try {
    child = spawn(invocation, {
      // A program that reads our terminal may take Ctrl-C from it.
      stdin: endOnInterrupt ? "null" : "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).child;
    return (await child.status).code;
  } finally {
    resetTerminal();
    Deno.removeSignalListener("SIGINT", onInterrupt);
  }
}

function resetTerminal(): void {
  if (!Deno.stdin.isTerminal()) return;
  Deno.stdin.setRaw(true);
  Deno.stdin.setRaw(false);
}
