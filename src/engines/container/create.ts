/** Makes new containers. */
import {
  SessionConfigError,
  SessionExistsError,
  SessionStartError,
} from "../../core/errors.ts";
import {
  type ContainerRuntime,
  type SessionConfig,
  SessionState,
  type SessionStatus,
} from "../../core/definition.ts";
import type { RunResult } from "../../host/host.ts";
import { deliverEnv, type PullPolicy, runArgs } from "./args.ts";
import { type ContainerClient, lastWords } from "./client.ts";
import { prepareMounts } from "./mounts.ts";
import type { Container } from "./parse.ts";

/** The exit codes of `run` when the program cannot be run, among others. */
const CANNOT_RUN = [126, 127];

/**
 * Makes and starts a container, and returns its id. If its program cannot be
 * run at all, removes the container and returns its status.
 *
 * @param notify Shows the progress of a pull.
 */
export async function createContainer(
  client: ContainerClient,
  config: SessionConfig,
  notify: (text: string) => void,
): Promise<string | SessionStatus> {
  const { name, image } = config;
  const { runtime } = client.dialect;
  if (image === undefined) throw noImage(name, runtime);
  const prepared = prepareMounts(config, runtime);
  let result = await run(client, prepared, image, "never");
  const isAbsent = result.code !== 0 &&
    /no such image|image not known|unable to find image/i.test(result.stderr);
  if (isAbsent) {
    result = await run(client, prepared, image, "missing", notify);
  }
  if (result.code === 0) return result.stdout.trim();

  const reason = lastWords(result.stderr);
  if (/name .*already in use/i.test(reason)) {
    throw new SessionExistsError(name, runtime, reason);
  }
  const leftover = await removeLeftover(client, name);
  const cannotRun = CANNOT_RUN.includes(result.code) &&
    /\bexec(?:utable)?\b/.test(reason); // the words of runc, or of crun
  if (leftover !== undefined && cannotRun) {
    return {
      ...leftover.status,
      state: SessionState.EXITED,
      finishedAt: new Date().toISOString(),
      exitCode: result.code,
      detail: reason,
    };
  }
  throw new SessionStartError(
    name,
    runtime,
    isAbsent ? `image ${image} cannot be had: ${reason}` : reason,
  );
}

/** The error if there is no image to make a container from. */
export function noImage(
  name: string,
  runtime: ContainerRuntime,
): SessionStartError {
  return new SessionStartError(
    name,
    runtime,
    "there is no such container yet, and no image to make it from: name one",
  );
}

async function run(
  client: ContainerClient,
  config: SessionConfig,
  image: string,
  pull: PullPolicy,
  notify?: (text: string) => void,
): Promise<RunResult> {
  const delivery = deliverEnv(config.env);
  const [impossible] = delivery.impossible;
  if (impossible !== undefined) {
    throw new SessionConfigError(
      `env.${impossible}`,
      `holds a line break or 64 KiB, which ${client.dialect.runtime} cannot ` +
        "be given for a variable that it reads itself",
    );
  }
  return await client.call(runArgs(config, image, delivery, pull), {
    env: delivery.byName,
    ...(delivery.fileLines.length === 0
      ? {}
      : { stdin: delivery.fileLines.join("\n") + "\n" }),
    // A pull takes as long as it takes.
    ...(notify === undefined ? {} : { timeoutMs: null, onStderr: notify }),
  });
}

/** Removes a container that was made but could not be started. */
async function removeLeftover(
  client: ContainerClient,
  name: string,
): Promise<Container | undefined> {
  const container = await client.find(name);
  if (!container?.status.managed || container.status.startedAt !== null) {
    return undefined;
  }
  await client.perform(["rm", container.id]);
  return container;
}
