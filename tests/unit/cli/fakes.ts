/** Stands in for the library, so that no engine is asked. */
import type { Library, Session } from "../../../src/cli/shell/finder.ts";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { LoadedConfig } from "../../../src/config/model.ts";
import { SessionNotFoundError } from "../../../src/core/errors.ts";
import type { FindOptions } from "../../../src/fleet/session_options.ts";
import {
  type Run,
  SessionConfig,
  type SessionConfigOptions,
  type SessionStatus,
  sessionStatus,
  type StopResult,
} from "../../../src/core/definition.ts";

/** A configuration with these definitions. */
export function config(...definitions: SessionConfigOptions[]): LoadedConfig {
  return {
    ...DEFAULTS,
    sessions: new Map(definitions.map((definition) => [
      definition.name,
      { config: new SessionConfig(definition), socketName: null },
    ])),
    files: [],
  };
}

/** A running session on tmux, but for what is given. */
export function running(
  name: string,
  known: Partial<SessionStatus> = {},
): SessionStatus {
  return sessionStatus({
    name,
    state: "running",
    backend: "tmux",
    pid: 1,
    panePid: 42,
    managed: true,
    ...known,
  });
}

/** A run that ended by itself, but for what is given. */
export function run(name: string, known: Partial<Run> = {}): Run {
  return {
    name,
    run: 1,
    backend: "tmux",
    socketName: null,
    runtime: null,
    command: "./bot",
    startedAt: "2026-11-23T12:00:00.000Z",
    endedAt: "2026-11-23T12:00:05.000Z",
    endedBy: "itself",
    exitCode: 0,
    signal: null,
    oomKilled: null,
    restartCount: 0,
    ...known,
  };
}

/** A stop that worked, but for what is given. */
export function stopped(known: Partial<StopResult> = {}): StopResult {
  return {
    stopped: true,
    signals: ["SIGINT"],
    durationMs: 2100,
    exitCode: 0,
    signal: null,
    survivors: [],
    leftBehind: [],
    ...known,
  };
}

/** A session that can do only what is given. */
export function session(can: Partial<Session> = {}): Session {
  const not = () => Promise.reject(new Error("not expected"));
  return {
    backend: "tmux",
    attach: not,
    exec: not,
    follow: () => {
      throw new Error("not expected");
    },
    followRaw: () => {
      throw new Error("not expected");
    },
    history: not,
    logs: not,
    rawLogs: not,
    restart: not,
    sendKeys: not,
    status: not,
    stopAndReport: not,
    successExitCodes: [0],
    wait: not,
    ...can,
  };
}

/** A library that has these sessions, and remembers how they were looked for. */
export function library(
  sessions: Record<string, Partial<Session>>,
): Library & { readonly asked: FindOptions[] } {
  const asked: FindOptions[] = [];
  return {
    asked,
    finder: (options) => (name) => {
      asked.push(options);
      const can = sessions[name];
      return can === undefined
        ? Promise.reject(new SessionNotFoundError(name, "tmux"))
        : Promise.resolve(session(can));
    },
    loadConfig: () => Promise.resolve(config()),
  };
}
