/** Parses the answers of Podman and Docker. */
import {
  BackendType,
  type ContainerRuntime,
  lastEndText,
  SessionState,
  type SessionStatus,
  sessionStatus,
} from "../../core/status.ts";
import type { LogLimits } from "../../state/history.ts";
import {
  logLimits,
  MANAGED_LABEL,
  NAME_LABEL,
  RUN_LABEL,
  SPEC_LABEL,
} from "./args.ts";

/**
 * Whether a container can be typed into: not at all, as long as it runs, or
 * until the first client that types has left.
 */
export type Input = "none" | "open" | "once";

/** A container: its status, and what one must know to act on it. */
export interface Container {
  /** Its full id, which no other container's name or id can match. */
  readonly id: string;
  /** The engine's own word for its state. */
  readonly word: string;
  /** Whether it has a terminal; `null`: not asked. */
  readonly hasTerminal: boolean | null;
  /** What becomes of what is typed into it; `null`: not asked. */
  readonly input: Input | null;
  /** What its output goes to; `null`: not asked. */
  readonly logDriver: string | null;
  /** Whether the engine restarts it when it ends; `null`: not asked. */
  readonly isRestarted: boolean | null;
  /** The signal that asks it to stop. */
  readonly stopSignal: string;
  /** How long a stop lets it clean up by default, in seconds. */
  readonly stopTimeout: number;
  /** The limits of the log that is kept after its removal; `null`: none is. */
  readonly logLimits: LogLimits | null;
  /** The number of the run that it was made for; `null`: not known. */
  readonly run: number | null;
  /**
   * How the previous attempt ended, if the engine has restarted the container
   * or is about to; its exit code is `null` if inspecting does not tell it.
   */
  readonly before: {
    readonly endedAt: string;
    readonly exitCode: number | null;
  } | null;
  /** What callers get. */
  readonly status: SessionStatus;
}

/** The stop timeout of both engines for a container without its own. */
const DEFAULT_STOP_SECONDS = 10;

function inputOf(
  { Tty: hasTerminal, OpenStdin: isOpen, StdinOnce: isOnce }:
    Inspected["Config"],
  runtime: ContainerRuntime,
): Input {
  if (!isOpen) return "none";
  if (hasTerminal) return "open";
  // Podman says that it is not once, and closes it all the same.
  return isOnce || runtime === "podman" ? "once" : "open";
}

/** Where Podman puts its init: from version 4 on, and before. */
const PODMAN_INIT = ["/run/podman-init", "/dev/init"];

/** The part of `container inspect` that both runtimes share. */
interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Path?: string;
  readonly Args?: readonly string[] | null;
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled?: boolean;
    readonly Error?: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: { readonly Status: string } | null;
  };
  readonly Config: {
    readonly Image: string;
    readonly Tty: boolean;
    readonly OpenStdin?: boolean;
    readonly StdinOnce?: boolean;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly StopSignal?: string | number;
    readonly StopTimeout?: number | null;
  };
  readonly RestartCount?: number;
  readonly HostConfig?: {
    readonly LogConfig?: { readonly Type?: string } | null;
    readonly RestartPolicy?: {
      readonly Name: string;
      readonly MaximumRetryCount?: number;
    } | null;
  };
  readonly NetworkSettings?: {
    readonly Ports?:
      | Readonly<
        Record<string, readonly { HostIp: string; HostPort: string }[] | null>
      >
      | null;
  };
}

/** Reads the answer to `inspectArgs`. */
export function parseInspected(
  stdout: string,
  runtime: ContainerRuntime,
): Container[] {
  return (JSON.parse(stdout) as Inspected[]).map((container) => {
    const { State: state, Config: config } = container;
    const policy = container.HostConfig?.RestartPolicy?.Name ?? "";
    const isRestarted = policy !== "" && policy !== "no";
    const word = state.Status === UNDECIDED && isRestarted
      ? "restarting"
      : state.Status;
    const before = attemptBefore(container, word);
    // Docker leaves a container that could not be started `created`, with the
    // exit code a shell would have had.
    const isFailed = word === "created" && state.ExitCode !== 0;
    return {
      id: container.Id,
      word,
      hasTerminal: config.Tty,
      input: inputOf(config, runtime),
      logDriver: container.HostConfig?.LogConfig?.Type ?? null,
      isRestarted,
      stopSignal: signalName(config.StopSignal),
      stopTimeout: config.StopTimeout ?? DEFAULT_STOP_SECONDS,
      logLimits: logLimits(config.Labels ?? {}),
      run: runOf(config.Labels ?? {}, nameOf(container)),
      before,
      status: statusOf(isFailed ? "exited" : word, {
        name: nameOf(container),
        runtime,
        pid: state.Pid || null,
        createdAt: time(container.Created),
        startedAt: time(state.StartedAt),
        finishedAt: time(state.FinishedAt),
        exitCode: state.ExitCode,
        image: config.Image,
        managed: MANAGED_LABEL in (config.Labels ?? {}),
        spec: config.Labels?.[SPEC_LABEL] ?? null,
        startedAs: config.Labels?.[NAME_LABEL] ?? null,
        command: commandOf(container),
        oomKilled: state.OOMKilled ?? null,
        health: state.Health?.Status || null,
        ports: Object.entries(container.NetworkSettings?.Ports ?? {})
          .flatMap(([inside, outside]) =>
            (outside ?? []).map(({ HostIp, HostPort }) =>
              `${
                HostIp === "" ? "" : `${bracket(HostIp)}:`
              }${HostPort}:${inside}`
            )
          ),
        restartCount: container.RestartCount ?? null,
        detail: state.Error || gaveUp(container) ||
          (word === "restarting" && before !== null
            ? lastEndText(word, { exitCode: before.exitCode, signal: null })
            : null),
      }),
    };
  });
}

/** See `Container.before`. */
function attemptBefore(
  { State: state, RestartCount: count = 0 }: Inspected,
  word: string,
): Container["before"] {
  const endedAt = time(state.FinishedAt);
  if (endedAt === null) return null;
  if (word === "restarting") return { endedAt, exitCode: state.ExitCode };
  // While it runs, both engines give the exit code 0. After a stop and a start
  // the count begins at 0 again.
  return word === "running" && count > 0 ? { endedAt, exitCode: null } : null;
}

/** The detail of a container whose restart policy has no attempt left. */
function gaveUp({ State: state, ...container }: Inspected): string | null {
  const most = container.HostConfig?.RestartPolicy?.MaximumRetryCount ?? 0;
  const count = container.RestartCount ?? 0;
  const isUsedUp = most > 0 && count >= most && state.ExitCode !== 0 &&
    EXITED_WORDS.includes(state.Status);
  return isUsedUp
    ? `gave up after ${count} ${count === 1 ? "restart" : "restarts"}`
    : null;
}

function commandOf({ Path: path = "", Args: args }: Inspected): string {
  // Podman tells the init as the program, Docker what the init runs.
  if (PODMAN_INIT.includes(path) && args?.[0] === "--") {
    return args.slice(1).join(" ");
  }
  // Podman 4 gives a program without arguments as its own argument.
  const isAlone = args?.length === 1 && args[0] === path;
  return [path, ...isAlone ? [] : args ?? []].join(" ");
}

/** One element of `podman ps --format json`. */
interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Status?: string;
  readonly Pid: number;
  readonly ExitCode: number;
  readonly Created: number;
  readonly StartedAt: number;
  readonly ExitedAt: number;
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Command: readonly string[] | null;
  readonly Ports:
    | readonly {
      readonly host_ip: string;
      readonly container_port: number;
      readonly host_port: number;
      readonly range: number;
      readonly protocol: string;
    }[]
    | null;
}

/** Reads the answer to Podman's listing, which says nearly everything. */
export function parsePodmanList(stdout: string): Container[] {
  return (JSON.parse(stdout) as Listed[] | null ?? []).map((listed) => ({
    id: listed.Id,
    word: listed.State,
    hasTerminal: null,
    input: null,
    logDriver: null,
    isRestarted: null,
    stopSignal: signalName(undefined),
    stopTimeout: DEFAULT_STOP_SECONDS,
    logLimits: logLimits(listed.Labels ?? {}),
    run: runOf(listed.Labels ?? {}, listed.Names[0]),
    before: null,
    status: statusOf(listed.State, {
      name: listed.Names[0] ?? listed.Id,
      runtime: "podman",
      pid: listed.Pid || null,
      createdAt: time(listed.Created),
      startedAt: time(listed.StartedAt),
      finishedAt: time(listed.ExitedAt),
      exitCode: listed.ExitCode,
      image: listed.Image,
      managed: MANAGED_LABEL in (listed.Labels ?? {}),
      spec: listed.Labels?.[SPEC_LABEL] ?? null,
      startedAs: listed.Labels?.[NAME_LABEL] ?? null,
      command: listed.Command?.join(" ") ?? null,
      health: /\((healthy|unhealthy|starting)\)$/.exec(listed.Status ?? "")
        ?.[1] ?? null,
      ports: (listed.Ports ?? []).flatMap((port) =>
        Array.from({ length: port.range }, (_, i) => {
          const ip = port.host_ip === "" ? "" : `${bracket(port.host_ip)}:`;
          return `${ip}${port.host_port + i}:${
            port.container_port + i
          }/${port.protocol}`;
        })
      ),
    }),
  }));
}

/**
 * Podman's word for a container whose process has just ended, until it is
 * either cleaned up or, by its restart policy, started again.
 */
export const UNDECIDED = "stopped";

/** Whether it has processes, and no stop is ending them. */
export function isAlive({ status, word }: Container): boolean {
  return status.state === SessionState.RUNNING || word === "paused";
}

/** Whether a stop is ending its processes. */
export function isStopping({ word }: Container): boolean {
  return word === "stopping";
}

/** Whether a container has processes, even if somebody is ending them. */
export function hasProcesses(container: Container): boolean {
  return isAlive(container) || isStopping(container);
}

const RUNNING_WORDS = ["running", "restarting"];
const EXITED_WORDS = ["exited", UNDECIDED, "dead"];
const STOPPED_WORDS = [
  "created",
  "configured",
  "initialized",
  "paused",
  "removing",
  "stopping",
];

function nameOf({ Name: name }: Inspected): string {
  return name.replace(/^\//, "");
}

/** Its number is one of the runs of the name that it was made under. */
function runOf(
  labels: Readonly<Record<string, string>>,
  name: string | undefined,
): number | null {
  if (labels[NAME_LABEL] !== name) return null;
  const [number] = /^[1-9]\d*$/.exec(labels[RUN_LABEL] ?? "") ?? [];
  return number === undefined ? null : Number(number);
}

function statusOf(
  word: string,
  known: Partial<SessionStatus> & Pick<SessionStatus, "name">,
): SessionStatus {
  const state = RUNNING_WORDS.includes(word)
    ? SessionState.RUNNING
    : EXITED_WORDS.includes(word)
    ? SessionState.EXITED
    : STOPPED_WORDS.includes(word)
    ? SessionState.STOPPED
    : SessionState.UNKNOWN;
  const hasEnded = state === SessionState.EXITED;
  // Once it has ended, its name is free.
  const isRenamed = !hasEnded && known.startedAs !== known.name;
  const startedAs = isRenamed ? known.startedAs ?? null : null;
  const renamed = startedAs && `started as ${JSON.stringify(startedAs)}`;
  return sessionStatus({
    ...known,
    state,
    startedAs,
    backend: BackendType.CONTAINER,
    exitCode: hasEnded ? known.exitCode ?? null : null,
    finishedAt: hasEnded ? known.finishedAt ?? null : null,
    health: healthOf(word, known.health ?? null),
    detail: known.detail ??
      (word === "running" || word === "exited" ? renamed : word),
  });
}

/**
 * The health of what runs: of anything else inspecting tells the last one that
 * it had, and a listing none. Docker has a word for "no health check".
 */
function healthOf(word: string, told: string | null): string | null {
  return word === "running" && told !== "none" ? told : null;
}

/** Both runtimes give "never" as the year 1. */
function time(told: string | number): string | null {
  const date = new Date(typeof told === "number" ? told * 1000 : told);
  return date.getUTCFullYear() > 1 ? date.toISOString() : null;
}

function bracket(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** Podman 4 gives the number of a stop signal, others its name. */
export function signalName(told: string | number | undefined): string {
  const known: Readonly<Record<string, string>> = {
    "1": "SIGHUP",
    "2": "SIGINT",
    "3": "SIGQUIT",
    "9": "SIGKILL",
    "10": "SIGUSR1",
    "12": "SIGUSR2",
    "15": "SIGTERM",
  };
  const word = String(told || "SIGTERM");
  return known[word] ?? (word.startsWith("SIG") ? word : `SIG${word}`);
}
