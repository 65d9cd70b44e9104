/** Which engines are needed, so that their absence is a fault. */
import type { OpsConfig } from "../config/model.ts";
import { BackendType, type ContainerRuntime } from "../core/status.ts";
import { hasRemembered } from "../state/remembered.ts";

/** Which sessions need which engine, by name. */
export interface Needs {
  /** Whether nothing but containers is wanted here. */
  readonly onlyContainers: boolean;
  /** Definitions for this runtime, and sessions that run there. */
  readonly runtime: Readonly<Record<ContainerRuntime, readonly string[]>>;
  /** Definitions for either. */
  readonly either: readonly string[];
}

/** A session that was started in a container and, as far as known, runs. */
export interface RunningUse {
  readonly name: string;
  readonly runtime: ContainerRuntime | null;
}

/**
 * Finds which sessions need which engine.
 *
 * @param config The definitions; `null` if they are not known.
 * @param running What is remembered as running.
 */
export function needsOf(
  config: OpsConfig | null,
  running: readonly RunningUse[],
): Needs {
  const definitions = [...config?.sessions.values() ?? []];
  const isContainer = (backend: BackendType) =>
    backend === BackendType.CONTAINER;
  const containers = definitions.map((it) => it.config)
    .filter((it) => isContainer(it.backend));
  const wanting = (runtime: ContainerRuntime) => [
    ...new Set(
      [...containers, ...running].filter((it) => it.runtime === runtime)
        .map(({ name }) => name),
    ),
  ];
  return {
    onlyContainers: config !== null &&
      (definitions.length === 0
        ? isContainer(config.defaultBackend)
        : containers.length === definitions.length),
    runtime: { podman: wanting("podman"), docker: wanting("docker") },
    either: containers.filter((it) => !it.runtime).map(({ name }) => name),
  };
}

/** What tells whether an engine is needed. */
export interface Uses {
  /** The definitions. @default {null} there are none */
  readonly config?: OpsConfig | null | undefined;
  /** The folder of logs and history. @default {undefined} that of this user */
  readonly stateFolder?: string | null | undefined;
}

/**
 * Whether a container runtime is needed by something defined, or by something
 * of it that is remembered; also where that cannot be known.
 *
 * @param isFirst Whether containers that name no runtime get this one.
 */
export function isNeeded(
  runtime: ContainerRuntime,
  isFirst: boolean,
  { config = null, stateFolder }: Uses,
): boolean {
  const { either, runtime: by } = needsOf(config, []);
  return config?.containerRuntime === runtime || by[runtime].length > 0 ||
    isFirst && either.length > 0 || hasRemembered(runtime, stateFolder);
}
