/** The command lines for Podman and Docker, as pure argv. */
import type { SessionConfig } from "../../core/definition.ts";
import {
  DEFAULT_LOG_FILES,
  DEFAULT_LOG_MAX_SIZE,
  LogMode,
} from "../../core/lifecycle.ts";
import type { LogLimits } from "../../state/history.ts";
import type { Dialect } from "./dialect.ts";
import { splitWords } from "../../core/words.ts";

/** The label that marks a container as ours. */
export const MANAGED_LABEL = "io.kstlib.ops.managed";

/** The label with the limits of a container's log, if not the default ones. */
export const LOG_LABEL = "io.kstlib.ops.log";

/** The label by which the definition is known that a container comes from. */
export const SPEC_LABEL = "io.kstlib.ops.spec";

/** The label with the name that a container was made under. */
export const NAME_LABEL = "io.kstlib.ops.name";

/** The label with the number of the run that a container was made for. */
export const RUN_LABEL = "io.kstlib.ops.run";

/** The default limits of the log that is kept after a container's removal. */
const USUAL_LOG: LogLimits = {
  maxSize: DEFAULT_LOG_MAX_SIZE,
  maxFiles: DEFAULT_LOG_FILES,
};

/**
 * Variables that the runtime's own client acts on. Set in its environment,
 * they would change which engine it talks to and how.
 */
const CLIENT_VARIABLE = new RegExp(
  "^(?:" + [
    "PATH|HOME|USER|SHELL|TERM|TMPDIR|SSLKEYLOGFILE",
    "(?:ALL|FTP|HTTPS?|NO)_PROXY",
    "GO(?:COVERDIR|DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK)",
    "SSH_A(?:SKPASS.*|UTH_SOCK)|SSL_CERT_(?:DIR|FILE)",
    "(?:BUILDAH|BUILDKIT|_?CONTAINERS?|DBUS|DOCKER|DYLD|LD|LISTEN|NOTIFY|PODMAN|REGISTRY|STORAGE|XDG)_.*",
  ].join("|") + ")$",
  "i",
);

/** How a container gets its environment, without any command line. */
export interface EnvDelivery {
  /** Passed through the environment of the client, by name. */
  readonly byName: Readonly<Record<string, string>>;
  /** Passed as the lines of a file. */
  readonly fileLines: readonly string[];
  /** Variables that neither way can carry. */
  readonly impossible: readonly string[];
}

/** Chooses the way for each variable. */
export function deliverEnv(
  env: Readonly<Record<string, string>>,
): EnvDelivery {
  const entries = Object.entries(env);
  const byName = entries.filter(([name]) => !CLIENT_VARIABLE.test(name));
  const byFile = entries.filter(([name]) => CLIENT_VARIABLE.test(name))
    .map(([name, value]) => ({ name, line: `${name}=${value}` }));
  return {
    byName: Object.fromEntries(byName),
    fileLines: byFile.map(({ line }) => line),
    impossible: byFile.filter(({ line }) => !isLine(line))
      .map(({ name }) => name),
  };
}

/** Whether the clients read a text as one line: they take less than 64 KiB. */
function isLine(text: string): boolean {
  return !/[\r\n]/.test(text) &&
    new TextEncoder().encode(text).length < 65_536;
}

/** What to do about a missing image. */
export type PullPolicy = "never" | "missing";

/**
 * What is to be a container's first process: an init, the one that the runtime
 * has or another one of the host by its path, or the command itself.
 */
export type Init = boolean | string;

/** How a container is made, beside what its session says. */
export interface RunArgs {
  readonly image: string;
  readonly delivery: EnvDelivery;
  readonly pull: PullPolicy;
  readonly init: Init;
  /** The number of its run; `null`: nothing is remembered. */
  readonly run: number | null;
}

/** Creates and starts a container in the background. */
export function runArgs(
  config: SessionConfig,
  { image, delivery: { byName, fileLines }, pull, init, run }: RunArgs,
): string[] {
  const { command = [], logVolume } = config;
  const volumes = [
    ...config.volumes,
    ...(logVolume === undefined ? [] : [logVolume]),
  ];
  return [
    ...["run", "--detach", "--interactive", "--tty"],
    ...["--name", config.name],
    ...["--label", `${MANAGED_LABEL}=true`],
    ...["--label", `${NAME_LABEL}=${config.name}`],
    ...(run === null ? [] : ["--label", `${RUN_LABEL}=${run}`]),
    `--pull=${pull}`,
    ...(init === false ? [] : ["--init"]),
    ...(typeof init === "string" ? ["--init-path", init] : []),
    ...(config.spec === undefined
      ? []
      : ["--label", `${SPEC_LABEL}=${config.spec}`]),
    ...logLabel(config),
    ...lifecycleFlags(config),
    ...(config.workingDir === undefined
      ? []
      : ["--workdir", config.workingDir]),
    ...Object.keys(byName).flatMap((name) => ["--env", name]),
    ...(fileLines.length === 0 ? [] : ["--env-file", "/dev/stdin"]),
    ...volumes.flatMap((volume) => ["--volume", volume]),
    ...config.ports.flatMap((port) => ["--publish", port]),
    image,
    ...(typeof command === "string" ? splitWords(command) : command),
  ];
}

/** A later stop knows only from here what the container was started with. */
function logLabel({ log, logMaxSize, logFiles }: SessionConfig): string[] {
  const isUsual = logMaxSize === USUAL_LOG.maxSize &&
    logFiles === USUAL_LOG.maxFiles;
  if (log === LogMode.NONE) return ["--label", `${LOG_LABEL}=none`];
  return isUsual ? [] : ["--label", `${LOG_LABEL}=${logMaxSize}*${logFiles}`];
}

/** The limits of a container's log, from its labels; `null`: none is kept. */
export function logLimits(
  labels: Readonly<Record<string, string>>,
): LogLimits | null {
  const label = labels[LOG_LABEL];
  if (label === "none") return null;
  const [, maxSize, maxFiles] = /^([1-9]\d*)\*([1-9]\d*)$/.exec(label ?? "") ??
    [];
  return maxSize === undefined
    ? USUAL_LOG
    : { maxSize: Number(maxSize), maxFiles: Number(maxFiles) };
}

function lifecycleFlags(
  { restart, stopSignal, stopTimeout }: SessionConfig,
): string[] {
  return [
    ...(restart === undefined ? [] : ["--restart", restart]),
    ...(stopSignal === undefined ? [] : ["--stop-signal", stopSignal]),
    ...(stopTimeout === undefined
      ? []
      : ["--stop-timeout", String(Math.ceil(stopTimeout))]),
  ];
}

/** Asks for everything about containers. */
export function inspectArgs(ids: readonly string[]): string[] {
  return ["container", "inspect", ...ids];
}

/** Asks for the ids of the containers that were made under a name. */
export function madeAsArgs(name: string): string[] {
  return [
    ...["ps", "--all", "--no-trunc", "--quiet"],
    ...["--filter", `label=${NAME_LABEL}=${name}`],
  ];
}

/** Stops a container: its stop signal, then, after `seconds`, KILL. */
export function stopArgs(id: string, seconds: number): string[] {
  return ["stop", "--time", String(Math.ceil(seconds)), id];
}

/** Which part of a container's output to ask for, and how. */
export interface LogsArgs {
  /** Only so many pieces from its end. @default {null} all */
  readonly tail?: number | null | undefined;
  /** Only what was written since then. */
  readonly since?: string | Date | undefined;
  /** Only what was written until then. */
  readonly until?: Date | undefined;
  /** With the time before each piece. @default {false} */
  readonly timestamps?: boolean | undefined;
  /** Also the output that is still to come. @default {false} */
  readonly follow?: boolean | undefined;
}

/** Asks for a container's output. */
export function logsArgs(
  id: string,
  { tail = null, since, until, timestamps = false, follow = false }: LogsArgs =
    {},
): string[] {
  const from = since instanceof Date ? since.toISOString() : since;
  return [
    "logs",
    ...(follow ? ["--follow"] : []),
    ...(tail === null ? [] : ["--tail", String(tail)]),
    ...(from === undefined ? [] : ["--since", from]),
    ...(until === undefined ? [] : ["--until", until.toISOString()]),
    ...(timestamps ? ["--timestamps"] : []),
    id,
  ];
}

/** Asks for the events of a container's ends between two times. */
export function eventsArgs(
  { endEvents }: Dialect,
  id: string,
  since: Date,
  until: Date,
): string[] {
  return [
    ...endEvents(until.toISOString()),
    ...["--since", since.toISOString(), "--filter", `container=${id}`],
  ];
}

/**
 * Hands the terminal to a container's main process. What is typed reaches it
 * through its own terminal, Ctrl-C too; a signal of the client's, such as the
 * hangup of a terminal that is closed, is not for it.
 *
 * @param canType Whether its input is open. If not, Podman hands on what is typed
 * all the same, and takes Ctrl-C from us.
 */
export function attachArgs(id: string, canType: boolean): string[] {
  const noInput = canType ? [] : ["--no-stdin"];
  return ["attach", "--sig-proxy=false", ...noInput, id];
}

/**
 * Has Podman listen to a container's terminal, and type into it what it reads;
 * no key leaves it. What it does it tells on standard error.
 */
export function typeArgs(id: string): string[] {
  return [
    "--log-level=debug",
    ...["attach", "--sig-proxy=false", "--detach-keys=", id],
  ];
}

/** Runs a further program in a container. */
export function execArgs(
  id: string,
  command: readonly string[],
  { interactive, tty }: {
    readonly interactive: boolean;
    readonly tty: boolean;
  },
): string[] {
  return [
    "exec",
    ...(interactive ? ["--interactive"] : []),
    ...(tty ? ["--tty"] : []),
    id,
    ...command,
  ];
}
