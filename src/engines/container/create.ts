/** Makes new containers. */
import {
  EngineError,
  type OpsError,
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
import { validateContainerName } from "../../core/validate/container.ts";
import type { RunOptions, RunResult } from "../../host/host.ts";
import {
  deliverEnv,
  type Init,
  logsArgs,
  type PullPolicy,
  type RunArgs,
  runArgs,
} from "./args.ts";
import { type ContainerClient, lastWords } from "./client.ts";
import { prepareMounts } from "./mounts.ts";
import type { Container } from "./parse.ts";

/** Why a start makes way for another one. */
export const STARTED_MEANWHILE = "somebody else started it meanwhile";

/** The exit codes of `run` when the program cannot be run, among others. */
const CANNOT_RUN = [126, 127];

/** What engines say if they lack an init, or cannot be told of another one. */
const LACKS_INIT = /container-init binary not found|init-path|"docker-init"/;

/** All that an init, Docker's tini or Podman's catatonit, says if it cannot run the program. */
const CANNOT_EXEC = new RegExp(
  "^(?:" + [
    String.raw`\[FATAL tini \(\d+\)\] exec .* failed`,
    String.raw`ERROR \(catatonit:\d+\): failed to exec pid1`,
  ].join("|") + String.raw`): (.+)$`,
);

/** The codes that an init ends with then, among others. */
const INIT_CODES = [1, ...CANNOT_RUN];

/** Where to tell what is not the result. */
export interface Hearers {
  /** Shows the progress of a pull. */
  readonly notify: (text: string) => void;
  /** Gets what does not keep the container from being started. */
  readonly warn: (warning: OpsError) => void;
}

/**
 * Makes and starts a container, and returns its id. If its program cannot be
 * run at all, removes the container and returns its status.
 */
export async function createContainer(
  client: ContainerClient,
  config: SessionConfig,
  run: number | null,
  { notify, warn }: Hearers,
): Promise<string | SessionStatus> {
  const { name, image } = config;
  const { runtime } = client.dialect;
  validateContainerName(name, runtime);
  if (image === undefined) throw noImage(name, runtime);
  const prepared = await prepareMounts(client, config);
  const make = (pull: PullPolicy, onStderr?: (text: string) => void) =>
    runWithInit(client, (init) => {
      const args = { image, pull, init, run };
      return runOnce(client, prepared, args, onStderr);
    }, { wanted: config.init ?? true, name, warn });
  let result = await make("never");
  const isAbsent = result.code !== 0 &&
    /no such image|image not known|unable to find image/i.test(result.stderr);
  if (isAbsent) result = await make("missing", notify);
  if (result.code === 0) return result.stdout.trim();

  const reason = lastWords(result.stderr);
  if (/name .*already in use/i.test(reason)) {
    const other = await client.find(name);
    throw new SessionExistsError(
      name,
      runtime,
      other === undefined ? reason : STARTED_MEANWHILE,
    );
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
      detail: faultText(result.code, reason),
    };
  }
  throw new SessionStartError(
    name,
    runtime,
    isAbsent ? `image ${image} cannot be had: ${reason}` : reason,
  );
}

/**
 * The status of a new container after its first moments. With an init, the
 * engine starts also one whose program cannot be run at all, and perhaps again:
 * that is found out from what the init said, and the container is removed as
 * without an init.
 */
export async function afterFirstMoments(
  client: ContainerClient,
  id: string,
  status: SessionStatus,
): Promise<SessionStatus> {
  const { state, exitCode, restartCount, detail } = status;
  const hasEnded = state === SessionState.EXITED
    ? INIT_CODES.includes(exitCode ?? 0)
    : (restartCount ?? 0) > 0 || /^restarting/.test(detail ?? "");
  if (!hasEnded) return status;
  // All of it: of a line that Podman has in pieces, a tail may lack the first.
  const { stdout, stderr } = await client.call(logsArgs(id));
  const reasons = (stdout + stderr).trim().split(/\s*\n/)
    .map((line) => CANNOT_EXEC.exec(line)?.[1]);
  const why = reasons.at(-1);
  if (why === undefined || reasons.includes(undefined)) return status;
  await client.perform(["rm", "--force", id]);
  const [program] = (status.command ?? "").split(" ", 1);
  const code = /no such file/i.test(why) ? 127 : 126;
  return {
    ...status,
    state: SessionState.EXITED,
    pid: null,
    finishedAt: status.finishedAt ?? new Date().toISOString(),
    exitCode: code,
    detail: faultText(code, `exec: "${program}": ${why}`),
  };
}

/** Why a program cannot be run, and what the engine says to it. */
function faultText(code: number, reason: string): string {
  const [, quoted, ticked] =
    /\bexec: "(.+?)": |\bexecutable file `(.+?)` not found/.exec(reason) ?? [];
  const program = quoted ?? ticked;
  if (program === undefined) return reason;
  return code === 127
    ? `there is no program "${program}" in its image: ${reason}`
    : `"${program}" may not be executed in its image: ${reason}`;
}

/** Makes a container with an init if the engine can have one. */
async function runWithInit(
  client: ContainerClient,
  make: (init: Init) => Promise<RunResult>,
  { wanted, name, warn }: Pick<Hearers, "warn"> & {
    readonly wanted: boolean;
    readonly name: string;
  },
): Promise<RunResult> {
  const { runtime, init: program, otherInits } = client.dialect;
  let result = await make(wanted);
  for (const init of [...otherInits, false]) {
    const isLacking = wanted && result.code !== 0 &&
      LACKS_INIT.test(result.stderr);
    if (!isLacking) break;
    if (init === false) {
      await removeLeftover(client, name);
      warn(lackOfInit(runtime, program));
    }
    result = await make(init);
  }
  return result;
}

function lackOfInit(runtime: ContainerRuntime, program: string): EngineError {
  return new EngineError(
    runtime,
    `it finds no ${program}, so containers are started without an init: what ` +
      "ignores its stop signal then takes its whole stop_timeout and a kill; " +
      `install ${program}, or set init: false`,
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

async function runOnce(
  client: ContainerClient,
  config: SessionConfig,
  args: Pick<RunArgs, "image" | "pull" | "init" | "run">,
  onStderr: RunOptions["onStderr"],
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
  return await client.call(runArgs(config, { ...args, delivery }), {
    env: delivery.byName,
    ...(delivery.fileLines.length === 0
      ? {}
      : { stdin: delivery.fileLines.join("\n") + "\n" }),
    // A pull takes as long as it takes.
    ...(onStderr === undefined ? {} : { timeoutMs: null, onStderr }),
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
