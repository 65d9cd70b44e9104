/** The one place that spawns programs, and names every failure to do so. */
import {
  BackendNotFoundError,
  EngineError,
  PermissionError,
  SessionConfigError,
} from "../../core/errors.ts";
import type { Invocation } from "../host.ts";

/**
 * The variable that marks the processes of a session, wherever they have gone.
 * We blank it for the programs we run: if we run in a session, stopping that
 * session must not stop an engine that we started.
 */
export const RUN_VARIABLE = "KSTLIB_OPS_RUN";
/** The same, with the socket and the name of the session. */
export const SESSION_VARIABLE = "KSTLIB_OPS_SESSION";

/** Where the program's streams go. */
type Streams = Pick<Deno.CommandOptions, "stdin" | "stdout" | "stderr">;

/** A running program, and the variables that were withheld from it. */
export interface Spawned {
  readonly child: Deno.ChildProcess;
  readonly withheld: readonly string[];
}

/** Starts a program. */
export function spawn(invocation: Invocation, streams: Streams): Spawned {
  try {
    return { child: spawnWith(invocation, streams, []), withheld: [] };
  } catch (error) {
    // Under a scoped --allow-run, Deno refuses to pass on variables that
    // could make any program run anything. Blank ones pass.
    const withheld = error instanceof Deno.errors.NotCapable
      ? [...new Set(error.message.match(/\b(LD|DYLD)_[A-Z0-9_]+\b/g))]
      : [];
    if (withheld.length === 0) throw explain(error, invocation);
    try {
      return { child: spawnWith(invocation, streams, withheld), withheld };
    } catch (again) {
      throw explain(again, invocation);
    }
  }
}

/** Kills a program, which may have ended already. */
export function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    const hasEnded = error instanceof TypeError ||
      error instanceof Deno.errors.NotFound;
    if (!hasEnded) throw error;
  }
}

function spawnWith(
  { binary, args, env, cwd }: Invocation,
  streams: Streams,
  withheld: readonly string[],
): Deno.ChildProcess {
  return new Deno.Command(binary, {
    args: [...args],
    env: {
      [RUN_VARIABLE]: "",
      [SESSION_VARIABLE]: "",
      ...Object.fromEntries(withheld.map((name) => [name, ""])),
      ...env,
    },
    ...(cwd === undefined ? {} : { cwd }),
    ...streams,
  }).spawn();
}

function explain(
  error: unknown,
  { binary, engine, cwd }: Invocation,
): unknown {
  const cause = { cause: error };
  if (
    error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory
  ) {
    const [wrong] = /No such cwd|cwd is not a directory/.exec(error.message) ??
      [];
    return wrong === undefined
      ? new BackendNotFoundError(`${binary} is not installed`, cause)
      : new SessionConfigError(
        "working_dir",
        `${JSON.stringify(cwd)} ${
          wrong === "No such cwd" ? "does not exist" : "is not a directory"
        }; create it or name another`,
        null,
        cause,
      );
  }
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(
      `run ${binary}`,
      `--allow-run=${binary}`,
      cause,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new EngineError(
      engine,
      `${binary} may not be executed: look at the permissions of the ` +
        `program${cwd === undefined ? "" : ` and of ${cwd}`}`,
      cause,
    );
  }
  return error;
}
