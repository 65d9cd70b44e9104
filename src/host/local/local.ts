/**
 * This machine, which runs programs. How that is done is loaded when it is, but
 * for the one way that must not wait for anything.
 */
import { EngineTimeoutError } from "../../core/errors.ts";
import type { Invocation, ProcessHost, RunResult } from "../host.ts";
import { kill, spawn } from "./spawn.ts";

// On every host alike; they stand here since everybody comes by here.
/** How long an engine may take to answer a question, in milliseconds. */
export const QUESTION_MS = 5_000;
/** How long it may take to do something. */
export const ACTION_MS = 30_000;

/** Runs programs on this machine. */
export const localHost: ProcessHost = {
  run: async (invocation, options) => {
    const { run } = await import("./run.ts");
    return await run(invocation, options);
  },
  stream: async function* (invocation, options) {
    const { stream } = await import("./stream.ts");
    return yield* stream(invocation, options);
  },
  attach: async (invocation, options) => {
    const { attach } = await import("./attach.ts");
    return await attach(invocation, options);
  },
  folderFault: async (path) => {
    const { folderFault } = await import("./paths.ts");
    return await folderFault(path);
  },
  isAbsent: async (path) => {
    const { isAbsent } = await import("./paths.ts");
    return await isAbsent(path);
  },
  isTerminal: () => Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
};

/**
 * Waits for a program that runs already, up to so many milliseconds from now;
 * `null`: for ever. It fails as {@linkcode ProcessHost.run} does.
 */
export type Waiting = (timeoutMs: number | null) => Promise<RunResult>;

/** Answers that were asked for early. Each can be taken once: then it is old. */
export type EarlyAnswers = (question: Invocation) => Waiting | undefined;

/**
 * Starts a program for a process that exits as soon as it has the answer. A
 * program that is too slow is killed, but reading from its children cannot be
 * cancelled, and the time limit counts only while the answer is awaited. In return
 * this is 4 ms quicker than the ordinary way.
 */
export function runEarly(invocation: Invocation): Waiting {
  let child: Deno.ChildProcess | undefined;
  let result: RunResult | undefined;
  const end = (async () => {
    const spawned = spawn(invocation, {
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    child = spawned.child;
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return result = {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      withheld: spawned.withheld,
    };
  })();
  end.catch(() => {}); // the caller that waits gets the error
  return async (timeoutMs) => {
    // Mostly it is there, and nothing needs to be set up.
    if (result !== undefined || timeoutMs === null) return await end;
    const late = Promise.withResolvers<never>();
    const limit = AbortSignal.timeout(timeoutMs);
    const giveUp = () => {
      if (child !== undefined) kill(child);
      late.reject(new EngineTimeoutError(invocation.engine, timeoutMs));
    };
    limit.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([end, late.promise]);
    } finally {
      limit.removeEventListener("abort", giveUp);
    }
  };
}
