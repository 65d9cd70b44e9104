/** Waiting for what a session says or does. */
import type { SessionStatus } from "../../src/core/definition.ts";
import type { Runner } from "../../src/engines/runner.ts";
import { until, type UntilOptions } from "./wait.ts";

/** Waits until the session's logs hold this, and returns them. */
export async function logged(
  runner: Pick<Runner, "logs">,
  name: string,
  text: string | RegExp,
  options?: UntilOptions,
): Promise<string> {
  let logs = "";
  try {
    return await until(async () => {
      logs = await runner.logs(name);
      return contains(logs, text) && logs;
    }, options);
  } catch (cause) {
    throw new Error(`${name} does not say ${text}, but:\n${logs}`, { cause });
  }
}

/** Waits until the session has ended, and returns its status. */
export async function ended(
  runner: Pick<Runner, "status">,
  name: string,
  options?: UntilOptions,
): Promise<SessionStatus> {
  return await until(async () => {
    const status = await runner.status(name);
    return status.state === "exited" && status;
  }, options);
}

/** Whether a text holds another one, or matches. */
export function contains(text: string, part: string | RegExp): boolean {
  return typeof part === "string" ? text.includes(part) : part.test(text);
}
