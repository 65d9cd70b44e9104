/** What `ops start` starts: flags before definition before defaults. */
import type { OpsConfig } from "../../../config/model.ts";
import type {
  SessionManagerOptions,
  StartOverrides,
} from "../../../fleet/session_options.ts";
import {
  BackendType,
  type BackendType as Backend,
  enginesOf,
  type SessionConfig,
} from "../../../core/definition.ts";
import { specOf } from "../../../core/spec.ts";
import { saysWhatToStart } from "../../../fleet/startable.ts";
import { UsageError } from "../../errors.ts";
import { withCommand } from "../../grammar/forgotten.ts";
import type { StartInput } from "./start_flags.ts";

/** The flags that only a container can honour. */
const CONTAINER_FLAGS = [
  "image",
  "runtime",
  "volume",
  "port",
  "init",
  "no-init",
] as const;

/**
 * The command that is given, if one is.
 *
 * @param line The line with a `--`, if one may have been forgotten.
 * @throws {UsageError} If two are, or one command or image for several sessions.
 */
export function commandOf(
  { flags, operands, tail }: StartInput,
  line: string | undefined,
): string | readonly string[] | undefined {
  const several = (what: string) =>
    new UsageError(
      `one ${what} is given for ${operands.length} sessions`,
      "start them one by one, or define them in kstlib.conf.yml" +
        (line === undefined ? "" : `; ${withCommand(line)}`),
    );
  if (tail === null && flags.command === undefined) {
    // `ops start web -i busybox sleep 5`: three containers are not meant.
    if (flags.image !== undefined && operands.length > 1) {
      throw several("image");
    }
    return undefined;
  }
  if (flags.shell) {
    throw new UsageError(
      "a command is given beside --shell",
      "leave one of them out",
    );
  }
  if (tail !== null && flags.command !== undefined) {
    throw new UsageError(
      "two commands are given, by --command and after --",
      "leave one of them out",
    );
  }
  if (tail?.length === 0) {
    throw new UsageError("no command follows --", "leave -- out, or add it");
  }
  if (operands.length > 1) {
    throw several("command");
  }
  return tail ?? flags.command;
}

/**
 * What the session's manager is made from, but for the environment.
 *
 * @param command The command that is given, if one is.
 * @throws {UsageError} If a flag is for the other backend.
 */
export function managerOptions(
  name: string,
  flags: StartInput["flags"],
  config: OpsConfig,
  command?: string | readonly string[],
): SessionManagerOptions {
  const definition = config.sessions.get(name);
  const defined: Partial<SessionConfig> = definition?.config ?? {};
  const backend = backendOf(flags, defined.backend ?? config.defaultBackend);
  refuseOtherBackend(name, backend, flags);
  refuseLeftOut(name, backend, flags, config);
  if (flags.shell && defined.command !== undefined) {
    throw new UsageError(
      `--shell is for what has no command, and "${name}" is defined with one`,
      "leave it out, or take another name",
    );
  }
  const order = { backend, command: command ?? defined.command };
  return {
    ...defined,
    ...order,
    // What is defined without a command is a shell, too.
    shell: flags.shell ||
      (definition !== undefined && !saysWhatToStart(order)),
    spec: definition && specOf(definition),
    workingDir: flags.workdir ?? defined.workingDir,
    image: flags.image ?? defined.image,
    volumes: flags.volume.length > 0 ? flags.volume : defined.volumes,
    ports: flags.port.length > 0 ? flags.port : defined.ports,
    init: initOf(flags) ?? defined.init,
    runtime: flags.runtime ?? defined.runtime ?? config.containerRuntime ??
      undefined,
    socketName: flags.socket ?? definition?.socketName,
    successExitCodes: definition?.successExitCodes,
    tmuxBinary: config.tmuxBinary,
    log: defined.log ?? config.log ?? undefined,
    logMaxSize: defined.logMaxSize ?? config.logMaxSize,
    logFiles: defined.logFiles ?? config.logFiles,
    ...lifecycleOverrides(flags),
  };
}

/**
 * What the flags say of how the session is logged, stopped and restarted, on
 * any backend; what they do not say is left to the definition.
 */
export function lifecycleOverrides(
  flags: StartInput["flags"],
): Pick<StartOverrides, "log" | "restart" | "stopSignal" | "stopTimeout"> {
  const {
    log,
    restart,
    "stop-signal": stopSignal,
    "stop-timeout": stopTimeout,
  } = flags;
  return {
    ...log === undefined ? {} : { log },
    ...restart === undefined ? {} : { restart },
    ...stopSignal === undefined ? {} : { stopSignal },
    ...stopTimeout === undefined ? {} : { stopTimeout },
  };
}

/** What the flags say of an init. */
function initOf(flags: StartInput["flags"]): boolean | undefined {
  if (flags.init && flags["no-init"]) {
    throw new UsageError(
      "--init and --no-init contradict each other",
      "leave one of them out",
    );
  }
  return flags.init ? true : flags["no-init"] ? false : undefined;
}

/** What the flags ask for, outright or by what only one backend has. */
function backendOf(flags: StartInput["flags"], otherwise: Backend): Backend {
  if (flags.backend !== undefined) return flags.backend;
  if (flags.shell) return BackendType.TMUX;
  if (flags.image !== undefined || flags.runtime !== undefined) {
    return BackendType.CONTAINER;
  }
  return flags.socket === undefined ? otherwise : BackendType.TMUX;
}

/** Refuses an engine that may not be asked, unless it is named outright. */
function refuseLeftOut(
  name: string,
  backend: Backend,
  { backend: named, runtime, socket }: StartInput["flags"],
  { engines }: OpsConfig,
): void {
  const isNamed = [named, runtime, socket].some((it) => it !== undefined);
  const needed = enginesOf(backend);
  if (isNamed || needed.some((it) => engines.includes(it))) return;
  throw new UsageError(
    `"${name}" would be on ${
      needed.join(" or ")
    }, which ops.engines leaves out`,
    `add it there, or say --backend ${backend}`,
  );
}

function refuseOtherBackend(
  name: string,
  backend: Backend,
  flags: StartInput["flags"],
): void {
  if (backend === BackendType.CONTAINER) {
    if (flags.shell) {
      throw new UsageError(
        `--shell is for tmux, and "${name}" would be a container`,
        "leave it out: without a command a container runs its image's own",
      );
    }
    if (flags.socket === undefined) return;
    throw new UsageError(
      `--socket is for tmux, and "${name}" would be a container`,
      "leave it out, or add --backend tmux",
    );
  }
  const wrong = CONTAINER_FLAGS.find((flag) => {
    const value = flags[flag];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
  if (wrong === undefined) return;
  throw new UsageError(
    `--${wrong} is for containers, and "${name}" would be on tmux`,
    "leave it out, or run it in a container with --image IMAGE",
  );
}
