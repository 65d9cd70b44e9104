/**
 * What stands in the pipe of a pane, which is `log_writer.sh`: it writes the log
 * with the index of its times, and ends what the pane leaves behind.
 */
import type { LogLimits } from "../../state/history.ts";
import { shellQuote } from "./quote.ts";

/** The option of the server that holds the writer's text, as a shell's word. */
export const WRITER_OPTION = "@kstlib_log_writer";
/** The variable in which the writer gets it: so `ps` stays readable. */
const WRITER_VARIABLE = "KSTLIB_OPS_WRITER";

/** What the writer of a pane needs to know. */
export interface WriterSpec {
  /** The session's name, for `ps`. */
  readonly name: string;
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
  { name, prefix, tag, timeout, log, endsProcesses, tmuxBinary }: WriterSpec,
): string {
  const words = [
    literal(shellQuote(`ops: ${name} (log)`)),
    literal(shellQuote(prefix)),
    literal(shellQuote(tmuxBinary)),
    "#{q:socket_path}",
    "#{pane_id}",
    endsProcesses ? "#{pane_pid}" : "''",
    tag,
    `${Math.ceil(timeout)}`,
    `${log?.maxSize ?? 0}`,
    `${log?.maxFiles ?? 0}`,
    "#{q:@kstlib_log_error}",
  ];
  return `${WRITER_VARIABLE}=#{${WRITER_OPTION}} ` +
    `exec sh -c 'eval "\${${WRITER_VARIABLE}:?}"' ${words.join(" ")}`;
}

/** A text in which `pipe-pane` expands nothing. */
function literal(text: string): string {
  return text.replaceAll("%", "%%").replaceAll("#", "##");
}
