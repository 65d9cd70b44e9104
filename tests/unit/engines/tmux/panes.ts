/** Panes as tmux would list them. */
import {
  COMMON_FIELDS,
  LAUNCHER,
  PANE_FIELDS,
} from "../../../../src/engines/tmux/listing.ts";
import type { Pane } from "../../../../src/engines/tmux/parse.ts";

const BLANK = Object.fromEntries(PANE_FIELDS.map((f) => [f, ""])) as Pane;

/** A live pane of a foreign session; say what differs. */
export function pane(differs: Partial<Pane> = {}): Pane {
  return {
    ...BLANK,
    session_name: "bot",
    session_id: "$0",
    session_created: "1700000000",
    session_windows: "1",
    session_attached: "0",
    prefix: "C-b",
    pid: "100",
    pane_id: "%0",
    pane_pid: "200",
    pane_dead: "0",
    window_active: "1",
    pane_active: "1",
    pane_current_command: "python",
    ...differs,
  };
}

/** The pane of a session that ops started. */
export function ownPane(differs: Partial<Pane> = {}): Pane {
  return pane({
    "@kstlib_pane": "%0",
    "@kstlib_pid": "201",
    "@kstlib_command": "python%20bot.py",
    pane_start_command: LAUNCHER,
    ...differs,
  });
}

/** The line that tmux prints for a pane. */
export function lineOf(pane: Pane): string {
  const fields = pane["@kstlib_pane"] === "" ? COMMON_FIELDS : PANE_FIELDS;
  return fields.map((field) => pane[field]).join("\t");
}
