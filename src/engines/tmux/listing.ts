/** What is said to tmux to list sessions, as pure text. */

import { LAUNCHER_VARIABLE } from "./launcher.ts";

/** What a listing has for the start command of a pane that is a launcher's. */
export const LAUNCHER = "launcher";

/** What is asked of every pane. */
export const COMMON_FIELDS = [
  "session_name",
  "session_id",
  "session_created",
  "session_windows",
  "session_attached",
  "prefix", // an option of the session: what to press to leave it
  "pid",
  "pane_id",
  "pane_pid",
  "pane_dead",
  "pane_dead_status",
  "pane_dead_signal",
  "pane_dead_time",
  "window_active",
  "pane_active",
  "pane_start_command",
  "pane_current_command",
] as const;

/** What is also asked of panes in sessions that ops started. */
const OWN_FIELDS = [
  "@kstlib_pane",
  "@kstlib_pid",
  "@kstlib_command",
  "@kstlib_run",
  "@kstlib_stop",
  "@kstlib_restarts",
  "@kstlib_ended",
  "@kstlib_left",
  "@kstlib_log_error",
  "@kstlib_fault",
  "@kstlib_spec",
  "pane_pipe",
  "alternate_on",
] as const;

/** All of it; {@linkcode parsePanes} reads the answer. */
export const PANE_FIELDS = [...COMMON_FIELDS, ...OWN_FIELDS] as const;

/** Fields that hold what a stranger chose, and so could break a line. */
const GUARDED: Partial<Record<string, string>> = {
  // All that matters of it is whether there is one, and whether it is ours.
  pane_start_command:
    `#{?#{m:*${LAUNCHER_VARIABLE}*,#{pane_start_command}},${LAUNCHER},` +
    "#{?pane_start_command,1,}}",
  // No [[:cntrl:]]: a colon would end the pattern, and the field be empty.
  pane_current_command: "#{s/[\t\n]/?/:pane_current_command}",
  "@kstlib_fault": "#{s/[\t\n]/?/:@kstlib_fault}",
};

/** Our sessions, and our panes wherever a user has moved them. */
const IS_OURS = "#{||:#{@kstlib_pane},#{@kstlib_run}}";

/** TAB is the one separator that no field can hold, given `tmux -u`. */
const PANE_FORMAT = `${formatOf(COMMON_FIELDS)}#{?${IS_OURS},\t${
  formatOf(OWN_FIELDS)
},}`;

function formatOf(fields: readonly string[]): string {
  return fields.map((field) => GUARDED[field] ?? `#{${field}}`).join("\t");
}

/** What errors call the server of a socket. */
export function engineName(socketName: string | null): string {
  return socketName === null ? "tmux" : `tmux (socket ${socketName})`;
}

/** The arguments of every call: UTF-8 whatever the locale, and which server. */
export function serverArgs(socketName: string | null): string[] {
  // Naming the default socket too makes tmux ignore an inherited $TMUX.
  return ["-u", "-L", socketName ?? "default"];
}

/** Asks for every pane of the server. */
export function listPanes(): string[] {
  return ["list-panes", "-a", "-F", PANE_FORMAT];
}

/**
 * Asks again, after the server has been made to notice children it has lost
 * sight of: until tmux 3.6 a pane can be dead without its exit code until the
 * next child ends.
 */
export function listPanesAgain(): string[] {
  return ["run-shell", ":", ";", ...listPanes()];
}
