/** What can be said of a session to be started. */
import type { Input } from "../command.ts";
import { listFlag, placeFlags, quietFlag, textFlag } from "../flags.ts";

/** The flags of `ops start`. */
export const startFlags = {
  ...placeFlags,
  "command": textFlag({
    short: "c",
    placeholder: "COMMAND",
    summary: "What to run: a shell command under tmux, words for a container",
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
  "quiet": quietFlag("Print only the names of those started"),
} as const;

/** What this command is given. */
export type StartInput = Input<typeof startFlags>;
