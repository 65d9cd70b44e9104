/** What this process was given: variables, working directory, user. */
import { PermissionError, SessionConfigError } from "../core/errors.ts";

/** Reads an environment variable; an empty one counts as not set. */
export function readVariable(name: string): string | undefined {
  return readExactVariable(name) || undefined;
}

/** Reads an environment variable, which may be empty. */
export function readExactVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new PermissionError(
      `read the environment variable ${name}`,
      `--allow-env=${name}`,
      { cause },
    );
  }
}

/** The working directory of this process. */
export function workingDirectory(): string {
  try {
    return Deno.cwd();
  } catch (cause) {
    throw new SessionConfigError(
      "",
      "the working directory does not exist any more: change to one that does",
      null,
      { cause },
    );
  }
}

/** The id of this process's user; 0 where the system has none. */
export function userId(): number {
  try {
    return Deno.uid() ?? 0;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new PermissionError("read the user's id", "--allow-sys=uid", {
      cause,
    });
  }
}
