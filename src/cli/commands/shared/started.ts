/** How `ops start` and `ops restart` tell what came of it. */
import { OpsError, SessionStartError } from "../../../core/errors.ts";
import type { SessionManager } from "../../../fleet/session.ts";
import { SessionState, type SessionStatus } from "../../../core/status.ts";
import type { Context } from "../../shell/context.ts";
import { sanitize } from "../../render/text.ts";
import { outcomeText, placeText, processText } from "../../render/words.ts";
import { reportWarning } from "../../shell/report.ts";
import type { Task } from "../../shell/several.ts";

/** What came of a start. */
export interface Started {
  /** The session, when it had lived through its first moments or ended. */
  readonly status: SessionStatus;
  /** What it wrote before it ended, if it ended at once. */
  readonly lastLines: string;
}

const LAST_LINES = 20;

/** Looks at what was started, for what it said if it ended at once. */
export async function lookAt(
  status: SessionStatus,
  manager: Pick<SessionManager, "logs">,
): Promise<Started> {
  if (status.state !== SessionState.EXITED) return { status, lastLines: "" };
  try {
    const text = await manager.logs(LAST_LINES);
    const isOpen = text !== "" && !text.endsWith("\n");
    return { status, lastLines: isOpen ? `${text}\n` : text };
  } catch (error) {
    // That it ended is the news; its last lines only help to see why.
    if (error instanceof OpsError) return { status, lastLines: "" };
    throw error;
  }
}

/** Tells of each session that it was started, or why that was in vain. */
export function tellStarted(
  context: Context,
  { quiet, verb }: { readonly quiet: boolean; readonly verb: string },
): Omit<Task<Started>, "work"> {
  return {
    show: ({ status, lastLines }) => {
      if (status.state === SessionState.EXITED) {
        context.stderr.write(lastLines);
        return;
      }
      const text = quiet ? sanitize(status.name) : describe(status, verb);
      context.stdout.write(`${text}\n`);
      if (status.detail !== null) {
        const fact = `${status.name}: ${status.detail}`;
        reportWarning(new OpsError(fact), context);
      }
    },
    toData: ({ status }) => status,
    findFault: ({ status }) =>
      status.state === SessionState.EXITED ? endedAtOnce(status) : null,
  };
}

function endedAtOnce(status: SessionStatus): SessionStartError {
  const outcome = outcomeText(status);
  return new SessionStartError(
    status.name,
    status.runtime ?? status.backend,
    outcome === "" ? "it ended at once" : `it exited (${outcome}) at once`,
  );
}

function describe(status: SessionStatus, verb: string): string {
  const pid = processText(status);
  const suffix = pid === "" ? "" : ` PID ${pid}.`;
  const place = sanitize(placeText(status));
  return `Session '${sanitize(status.name)}' ${verb} (${place}).${suffix}`;
}
