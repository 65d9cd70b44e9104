/**
 * What stands in the pipe of a pane, which is `log_writer.sh`: it writes the log
 * and ends what the pane leaves behind.
 */
import type { LogLimits } from "../../state/history.ts";
import { shellQuote } from "./quote.ts";

/** The option of the server that holds the writer's text. */
export const WRITER_OPTION = "@kstlib_log_writer";

/** What the writer of a pane needs to know. */
export interface WriterSpec {
  /** What the names of the run's files begin with; `""` where there are none. */
  readonly prefix: string;
  /** What the processes of the run carry in their environment. */
  readonly tag: string;
  /** How long they get to end after a hang-up, in seconds. */
  readonly timeout: number;
  /** How much is logged; `null`: nothing. */
  readonly log: LogLimits | null;
  /** Whether nothing of the run may outlive the pane. */
  readonly endsProcesses: boolean;
  /** The tmux program. */
  readonly tmuxBinary: string;
}

/** The shell command of `pipe-pane`, in which tmux expands `#{}` and `%`. */
export function logWriter(
  { prefix, tag, timeout, log, endsProcesses, tmuxBinary }: WriterSpec,
): string {
  const words = [
    literal(shellQuote(prefix)),
    literal(shellQuote(tmuxBinary)),
    "#{q:socket_path}",
    "#{pane_id}",
    endsProcesses ? "#{pane_pid}" : "''",
    tag,
    `${Math.ceil(timeout)}`,
    `${log?.maxSize ?? 0}`,
    `${log?.maxFiles ?? 0}`,
  ];
  return `set -- ${words.join(" ")}\n#{${WRITER_OPTION}}`;
}

/** A text in which `pipe-pane` expands nothing. */
function literal(text: string): string {
  return text.replaceAll("%", "%%").replaceAll("#", "##");
}
