/** The values that hold unless a file says otherwise. */
import { DEFAULT_LOG_FILES, DEFAULT_LOG_MAX_SIZE } from "../core/lifecycle.ts";
import { BackendType, ENGINE_NAMES } from "../core/status.ts";
import type { OpsConfig } from "./model.ts";

/** The built-in defaults; `kstlib.conf.yml` in the repository shows them. */
export const DEFAULTS: OpsConfig = {
  name: null,
  engines: ENGINE_NAMES,
  defaultBackend: BackendType.TMUX,
  tmuxBinary: "tmux",
  containerRuntime: null,
  log: null,
  logMaxSize: DEFAULT_LOG_MAX_SIZE,
  logFiles: DEFAULT_LOG_FILES,
  sessions: new Map(),
  groups: new Map(),
};
