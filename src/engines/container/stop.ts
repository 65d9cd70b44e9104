/** Ends containers. */
import { pause } from "../../core/pause.ts";
import { SessionStopError } from "../../core/errors.ts";
import { SessionState, type StopResult } from "../../core/status.ts";
import { stopArgs } from "./args.ts";
import type { ContainerClient } from "./client.ts";
import { type Container, hasProcesses, isStopping } from "./parse.ts";

/** How long a stop may take beyond the container's own time, in seconds. */
const STOP_MARGIN_SECONDS = 10;

/** How often a container that is ending is looked at, in milliseconds. */
const ENDING_POLL_MS = 100;

/** How to end a container. */
export interface EndOptions {
  /** Whether the container may clean up. */
  readonly graceful: boolean;
  /** How long it gets for that, in seconds. */
  readonly timeout: number;
}

/**
 * Ends a container that lives: its own stop signal, then, after the timeout,
 * KILL. Returns what it did, and what is left of the container.
 *
 * @throws {SessionStopError} If it is started again whenever it ends.
 * @throws {EngineError} If the runtime cannot stop it.
 */
export async function endContainer(
  client: ContainerClient,
  container: Container,
  { graceful, timeout }: EndOptions,
): Promise<{ result: StopResult; after: Container }> {
  const { id, stopSignal, word } = container;
  const wasAlive = hasProcesses(container);
  const started = performance.now();
  let after: Container | undefined;
  if (wasAlive) {
    if (word === "paused") await client.perform(["unpause", id]);
    after = await untilEnded(
      client,
      container,
      graceful ? stopArgs(id, timeout) : ["kill", id],
      (timeout + STOP_MARGIN_SECONDS) * 1000,
    );
  }
  const durationMs = Math.round(performance.now() - started);
  const { exitCode } = (after ?? container).status;
  const wasKilled = !graceful ||
    exitCode === 137 && durationMs >= timeout * 1000;
  const result = {
    stopped: wasAlive,
    signals: !wasAlive ? [] : [
      ...(graceful ? [stopSignal] : []),
      ...(wasKilled ? ["SIGKILL"] : []),
    ],
    durationMs,
    exitCode,
    signal: null,
    survivors: [],
    leftBehind: [],
  };
  return { result, after: after ?? container };
}

/**
 * Removes a container, which may be gone already.
 *
 * @returns Whether it is gone; else somebody has started it again meanwhile.
 */
export async function removeContainer(
  client: ContainerClient,
  id: string,
): Promise<boolean> {
  const { code, stderr } = await client.call(["rm", id]);
  if (code === 0 || /no such container/i.test(stderr)) return true;
  const [there] = await client.inspect([id]);
  if (there === undefined || there.word === "removing") return true;
  if (hasProcesses(there)) return false;
  throw client.failure(stderr);
}

/**
 * Stops a container, and returns what is left of it. Between two restarts,
 * Podman before 4.6 does nothing, or fails.
 */
async function untilEnded(
  client: ContainerClient,
  { id, isRestarted, status: { name, startedAt } }: Container,
  args: readonly string[],
  timeoutMs: number,
): Promise<Container | undefined> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const { code, stderr } = await client.call(args, { timeoutMs });
    const after = await afterStop(client, id, deadline);
    if (after?.status.state !== SessionState.RUNNING) return after;
    if (!isRestarted && code !== 0) throw client.failure(stderr);
    // Somebody else may have started it again.
    const isAgain = isRestarted || after.status.startedAt !== startedAt;
    if (!isAgain || performance.now() > deadline) {
      const { runtime } = client.dialect;
      throw new SessionStopError(name, runtime, "it is running again");
    }
  }
}

/** What is left of a container once every stop of it is done, ours or not. */
async function afterStop(
  client: ContainerClient,
  id: string,
  deadline: number,
): Promise<Container | undefined> {
  while (true) {
    const [after] = await client.inspect([id]);
    if (
      after === undefined || !isStopping(after) ||
      performance.now() > deadline
    ) return after;
    await pause(ENDING_POLL_MS);
  }
}
