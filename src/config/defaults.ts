/** What holds where no file says otherwise. */
import { BackendType } from "../status.ts";
import type { OpsConfig } from "./model.ts";

/** The built-in defaults; `kstlib.conf.yml` in the repository shows them. */
export const DEFAULTS: OpsConfig = {
  defaultBackend: BackendType.TMUX,
  tmuxBinary: "tmux",
  containerRuntime: null,
  sessions: new Map(),
};
