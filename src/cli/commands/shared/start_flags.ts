/** What can be said of a session to be started. */
import {
  LogMode,
  type LogMode as Mode,
  STOP_SIGNALS,
} from "../../../core/definition.ts";
import { validateTimeout } from "../../../core/validate/fields.ts";
import {
  parseRestart,
  parseStopSignal,
} from "../../../core/validate/lifecycle.ts";
import type { Input } from "../../grammar/command.ts";
import {
  choiceFlag,
  listFlag,
  optionalNumberFlag,
  placeFlags,
  quietFlag,
  switchFlag,
  textFlag,
} from "../../grammar/flags.ts";
import { allFlag } from "../../grammar/names.ts";

/** The flags of `ops start`. */
export const startFlags = {
  ...placeFlags,
  "all": allFlag,
  "command": textFlag({
    short: "c",
    placeholder: "COMMAND",
    summary: "What to run: a shell command under tmux, words for a container",
  }),
  "shell": switchFlag({
    summary: "Run an interactive shell on tmux, without a command",
  }),
  "workdir": textFlag({
    short: "w",
    placeholder: "FOLDER",
    summary: "Where to run it; in a container an absolute path inside",
  }),
  "env": listFlag({
    short: "e",
    placeholder: "KEY=VALUE",
    summary: "Set a variable; KEY alone passes on the one set here",
  }),
  "image": textFlag({
    short: "i",
    placeholder: "IMAGE",
    summary: "Run a container of this image",
  }),
  "volume": listFlag({
    short: "v",
    placeholder: "HOST:PATH",
    summary: "Mount a folder or named volume into the container",
  }),
  "port": listFlag({
    short: "p",
    placeholder: "[HOST:]PORT",
    summary: "Publish a port of the container",
  }),
  "init": switchFlag({
    summary: "Start the container's command from a small init (the default)",
  }),
  "no-init": switchFlag({
    summary: "Leave that init out, for an image that has its own",
  }),
  "restart": textFlag({
    placeholder: "POLICY",
    offers: ["no", "on-failure", "always", "unless-stopped"],
    check: parseRestart,
    summary:
      "Start it again when it ends: no, on-failure[:N], always, unless-stopped",
  }),
  "stop-signal": textFlag({
    placeholder: "SIGNAL",
    offers: STOP_SIGNALS.map((signal) => signal.replace(/^SIG/, "")),
    check: parseStopSignal,
    summary: "What a stop begins with (default INT, or the image's own)",
  }),
  "stop-timeout": optionalNumberFlag({
    placeholder: "SECONDS",
    check: validateTimeout,
    summary: "How long a stop lets it clean up (default 10)",
  }),
  "log": choiceFlag<Mode>({
    placeholder: "MODE",
    choices: Object.values(LogMode),
    summary: "Where its output is kept; unset, that of a shell is not",
  }),
  "quiet": quietFlag("Print only the names of those started"),
} as const;

/** What this command is given. */
export type StartInput = Input<typeof startFlags>;
