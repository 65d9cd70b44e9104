/** What the values of `ops` mean: from the tree of the files to a config. */
import { DEFAULTS } from "./defaults.ts";
import { entryOf, readMapping, refuseUnknown } from "./fields.ts";
import type { OpsConfig } from "./model.ts";
import { readSessions } from "./session.ts";
import type { Node } from "./tree.ts";
import type { HomeReader } from "./values.ts";
import { readBackend, readProgram, readRuntime } from "./values.ts";

export type { OpsConfig, SessionDefinition } from "./model.ts";

/** The keys of `ops`. */
export const OPS_KEYS: readonly string[] = [
  "default_backend",
  "tmux_binary",
  "container_runtime",
  "sessions",
];

/**
 * Reads the value of `ops`.
 *
 * @param ops The merged value; `undefined` if no file has one.
 * @param home Reads the home folder; asked only where a path starts with `~`.
 * @throws {SessionConfigError} If a value is wrong; it names key and file.
 */
export function toOpsConfig(
  ops: Node | undefined,
  home: HomeReader,
): OpsConfig {
  if (ops === undefined) return DEFAULTS;
  const field = readMapping({ node: ops, key: "ops" });
  refuseUnknown(field, OPS_KEYS);

  const backend = entryOf(field, "default_backend");
  const binary = entryOf(field, "tmux_binary");
  const runtime = entryOf(field, "container_runtime");
  const settings = {
    defaultBackend: backend ? readBackend(backend) : DEFAULTS.defaultBackend,
    tmuxBinary: binary ? readProgram(binary) : DEFAULTS.tmuxBinary,
    containerRuntime: runtime
      ? readRuntime(runtime)
      : DEFAULTS.containerRuntime,
  };
  const sessions = entryOf(field, "sessions");
  return {
    ...settings,
    sessions: sessions
      ? readSessions(sessions, { ...settings, home })
      : DEFAULTS.sessions,
  };
}
