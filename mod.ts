/**
 * One API over persistent sessions on tmux and in Podman or Docker containers.
 *
 * A session is a named process that outlives whoever started it. This module
 * starts, stops, attaches to and lists sessions, and tells the truth about
 * them: a state is always what the engine says at the time of asking.
 *
 * ```ts ignore
 * import { SessionManager } from "@kstlib/ops";
 *
 * const bot = new SessionManager("bot", { command: "python bot.py" });
 * await bot.start();
 * console.log((await bot.status()).state); // "running"
 * console.log(await bot.logs(10));
 * await bot.stop();
 * ```
 *
 * Run as a program, it is the command line tool:
 *
 * ```sh
 * deno run -A jsr:@kstlib/ops list
 * ```
 *
 * @module
 */
export * from "./src/core/errors.ts";
export {
  type AttachResult,
  BackendType,
  ContainerRuntime,
  type EngineName,
  LogMode,
  type Run,
  RunEnd,
  SessionConfig,
  type SessionConfigOptions,
  SessionState,
  type SessionStatus,
  STOP_SIGNALS,
  type StopResult,
  type StopSignal,
  type Survivor,
} from "./src/core/definition.ts";
export type {
  ExecOptions,
  ExecResult,
  FollowOptions,
  LogOptions,
  Runner,
  Seen,
  SendKeysOptions,
  StopOptions,
} from "./src/engines/runner.ts";
export type {
  AttachOptions,
  Chunk,
  Invocation,
  ProcessHost,
  RunOptions,
  RunResult,
  StreamOptions,
} from "./src/host/host.ts";
export { localHost } from "./src/host/local/local.ts";
export {
  TmuxRunner,
  type TmuxRunnerOptions,
} from "./src/engines/tmux/runner.ts";
export {
  ContainerRunner,
  type ContainerRunnerOptions,
} from "./src/engines/container/runner.ts";
export {
  type Inventory,
  listAll,
  type ListOptions,
} from "./src/fleet/survey.ts";
export type { Place } from "./src/core/place.ts";
export type { Capability, Scope } from "./src/engines/registry.ts";
export { autoDetectBackend } from "./src/fleet/locate.ts";
export { examine, type ExamineOptions } from "./src/doctor/examine.ts";
export type { Finding, FindingLevel } from "./src/doctor/finding.ts";
export { SessionManager } from "./src/fleet/session.ts";
export type {
  FindOptions,
  FromConfigOptions,
  SessionManagerOptions,
  StartOverrides,
} from "./src/fleet/session_options.ts";
export {
  listRuns,
  type ListRunsOptions,
  type RunList,
} from "./src/fleet/history.ts";
export type { StopWait, WatchedStopOptions } from "./src/fleet/stop_wait.ts";
export { type WaitOptions, WaitState } from "./src/fleet/wait.ts";
export type { MemoryOptions } from "./src/state/memory.ts";
export type { RecorderOptions } from "./src/state/recorder.ts";
export { loadConfig } from "./src/config/load.ts";
export {
  Condition,
  type LoadedConfig,
  type Need,
  type OpsConfig,
  type SessionDefinition,
} from "./src/config/model.ts";
export type { HttpProbe, Readiness } from "./src/core/ready.ts";
export {
  apply,
  type ApplyPlanOptions,
  type MadePlan,
  plan,
  type PlanHostOptions,
} from "./src/plan/fleet.ts";
export { type ApplyOptions, Phase, type StepResult } from "./src/plan/apply.ts";
export {
  Act,
  type Kept,
  type Orphan,
  type Plan,
  type PlanOptions,
  type Step,
} from "./src/plan/plan.ts";
export type { LoadOptions } from "./src/config/search.ts";

if (import.meta.main) {
  const { main } = await import("./src/cli/main.ts");
  Deno.exit(await main(Deno.args));
}
