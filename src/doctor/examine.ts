/** All checks, side by side. */
import { DEFAULTS } from "../config/defaults.ts";
import { loadConfig } from "../config/load.ts";
import type { LoadedConfig } from "../config/model.ts";
import type { EngineName } from "../core/status.ts";
import type { ProcessHost } from "../host/host.ts";
import { localHost, QUESTION_MS } from "../host/local/local.ts";
import { allRemembered } from "../state/lookup.ts";
import { memoryOf } from "../state/memory.ts";
import { examineConfig } from "./configuration.ts";
import { type Finding, findingOf } from "./finding.ts";
import { examineHealthChecks } from "./health_checks.ts";
import { type Needs, needsOf, type RunningUse } from "../fleet/needs.ts";
import { examineRuntimes } from "./runtimes.ts";
import type { Scene } from "./scene.ts";
import { examineLost, examineSockets, examineTmux } from "./servers.ts";
import { examineStateFolder } from "./state_folder.ts";
import { examineTraps } from "./traps.ts";

/** What is to be examined. */
export interface ExamineOptions {
  /** The only configuration file to read; without it, the search of files. */
  readonly file?: string | undefined;
  /** Where the engines' programs are run. @default {localHost} this machine */
  readonly host?: ProcessHost | undefined;
  /**
   * The folder of logs and history; `null`: there is none.
   *
   * @default {undefined} that of this user
   */
  readonly stateFolder?: string | null | undefined;
  /**
   * How long an engine may take to answer, in milliseconds. A check as a whole
   * is given up after three times that.
   *
   * @default {5000}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * What stands before the paths of the system's own files, such as
   * `/run/systemd/system`.
   *
   * @default {""}
   */
  readonly systemRoot?: string | undefined;
}

/** The checks, in the order of their findings. */
const CHECKS: readonly (readonly [
  check: string,
  examine: (scene: Scene) => Promise<Finding[]>,
  engine?: EngineName,
])[] = [
  ["tmux", examineTmux, "tmux"],
  ["tmux-socket", examineSockets, "tmux"],
  ["tmux-lost", examineLost, "tmux"],
  ["tmux-server", examineTraps, "tmux"],
  ["containers", examineRuntimes],
  ["health-checks", examineHealthChecks, "podman"],
  ["state-folder", examineStateFolder],
  ["config", examineConfig],
];

/** A question takes one limit; what is done about its answer may take another. */
const LIMITS_PER_CHECK = 3;

/**
 * Examines what ops needs on this host: engines, sockets, the folder of logs
 * and history, the configuration. The checks are made side by side, and one
 * that fails or hangs is a finding like any other.
 *
 * @example
 * ```ts ignore
 * import { examine } from "@kstlib/ops";
 *
 * for (const { level, fact, remedy } of await examine()) {
 *   if (level === "broken") console.error(`${fact}: ${remedy}`);
 * }
 * ```
 *
 * @param options What is to be examined.
 */
export async function examine(
  options: ExamineOptions = {},
): Promise<Finding[]> {
  const scene = sceneOf(options);
  const limitMs = LIMITS_PER_CHECK * scene.timeoutMs;
  const findings = await Promise.all(
    CHECKS.map(([check, work, engine]) =>
      guarded(check, async () => {
        // What is left out is not looked at either.
        const isMeant = engine === undefined ||
          (await scene.engines).includes(engine);
        return isMeant ? await work(scene) : [];
      }, limitMs)
    ),
  );
  return findings.flat();
}

function sceneOf(options: ExamineOptions): Scene {
  const { file, stateFolder } = options;
  // What it throws is a rejection here.
  const config = new Promise<LoadedConfig>((resolve) =>
    resolve(loadConfig({ file }))
  );
  // Its own check tells of a failure; the others go on without it.
  const known: Promise<LoadedConfig | null> = config.catch(() => null);
  return {
    host: options.host ?? localHost,
    timeoutMs: options.timeoutMs ?? QUESTION_MS,
    systemRoot: options.systemRoot ?? "",
    config,
    tmuxBinary: known.then((it) => it?.tmuxBinary ?? DEFAULTS.tmuxBinary),
    engines: known.then((it) => it?.engines ?? DEFAULTS.engines),
    needs: known.then((it) => whoNeeds(it, stateFolder)),
    stateFolder,
  };
}

function whoNeeds(
  config: LoadedConfig | null,
  stateFolder: string | null | undefined,
): Needs {
  return needsOf(config, remembered(stateFolder));
}

/** Containers that are remembered as running; none if the folder is unusable. */
function remembered(stateFolder: string | null | undefined): RunningUse[] {
  const isContainer = ({ runtime }: { runtime: string | null }) =>
    runtime !== null;
  return allRemembered(memoryOf({ stateFolder }), isContainer, 1)
    .flatMap(({ runs }) => runs.filter(({ endedBy }) => endedBy === null));
}

/** A check that neither fails nor takes for ever. */
async function guarded(
  check: string,
  work: () => Promise<Finding[]>,
  limitMs: number,
): Promise<Finding[]> {
  const late = Promise.withResolvers<Finding[]>();
  const timer = setTimeout(() => {
    const fact = `not examined within ${limitMs / 1000} s`;
    const remedy = "see whether a disk or a program hangs";
    late.resolve([{ check, level: "broken", fact, remedy }]);
  }, limitMs);
  try {
    return await Promise.race([work(), late.promise]);
  } catch (error) {
    return [findingOf(check, error)];
  } finally {
    clearTimeout(timer);
  }
}
