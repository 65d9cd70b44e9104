/** How `ops start` and `ops restart` tell what came of it. */
import { OpsError, SessionStartError } from "../../../core/errors.ts";
import { placeText } from "../../../core/place.ts";
import { endedWell } from "../../../core/success.ts";
import type { SessionManager } from "../../../fleet/session.ts";
import { SessionState, type SessionStatus } from "../../../core/status.ts";
import type { Context } from "../../shell/context.ts";
import { renderLine } from "../../render/log_lines.ts";
import { sanitize } from "../../render/text.ts";
import { outcomeText, processText } from "../../render/words.ts";
import { reportWarning } from "../../shell/report.ts";
import type { Task } from "../../shell/several.ts";

/** What came of a start. */
export interface Started {
  /** The session, when it had lived through its first moments or ended. */
  readonly status: SessionStatus;
  /** Whether it ended at once, and not well. */
  readonly hasFailed: boolean;
  /** The lines that it wrote before it ended, if it failed at once. */
  readonly lastLines: readonly string[];
}

const LAST_LINES = 20;

/** How shells and engines tell that a program cannot be run. */
const CANNOT_RUN: readonly (number | null)[] = [126, 127];

/** Looks at what was started, for what it said if it failed at once. */
export async function lookAt(
  status: SessionStatus,
  manager: Pick<SessionManager, "logs" | "successExitCodes">,
): Promise<Started> {
  const hasFailed = isFailure(status, manager.successExitCodes);
  const started = { status, hasFailed, lastLines: [] };
  // What was never run has said nothing.
  if (!hasFailed || faultOf(status) !== null) return started;
  try {
    const text = (await manager.logs(LAST_LINES)).replace(/\n$/, "");
    return text === "" ? started : { ...started, lastLines: text.split("\n") };
  } catch (error) {
    // That it ended is the news; its last lines only help to see why.
    if (error instanceof OpsError) return started;
    throw error;
  }
}

/** Whether it ended at once, and not well. */
function isFailure(
  status: SessionStatus,
  successExitCodes: readonly number[],
): boolean {
  return status.state === SessionState.EXITED &&
    !endedWell(status, successExitCodes);
}

/** Tells of each session that it was started, or why that was in vain. */
export function tellStarted(
  context: Context,
  { quiet, verb }: { readonly quiet: boolean; readonly verb: string },
): Omit<Task<Started>, "work"> {
  return {
    show: ({ status, hasFailed, lastLines }) => {
      if (hasFailed) {
        const prefix = `${sanitize(status.name)} | `;
        const style = { prefix, noColor: false };
        for (const line of lastLines) {
          context.stderr.write(`${renderLine(line, style)}\n`);
        }
        return;
      }
      const text = quiet ? sanitize(status.name) : describe(status, verb);
      context.stdout.write(`${text}\n`);
      if (status.changed) {
        const fact =
          `${status.name}: its definition has changed since it was ` +
          `made: "ops restart ${status.name}" applies it`;
        reportWarning(new OpsError(fact), context);
      }
      if (status.detail !== null) {
        const fact = `${status.name}: ${status.detail}`;
        reportWarning(new OpsError(fact), context);
      }
    },
    toData: ({ status }) => status,
    findFault: ({ status, hasFailed }) =>
      hasFailed ? endedAtOnce(status) : null,
  };
}

/** Why its program could not be run at all, if that is how it ended. */
function faultOf({ exitCode, detail }: SessionStatus): string | null {
  return CANNOT_RUN.includes(exitCode) ? detail : null;
}

function endedAtOnce(status: SessionStatus): SessionStartError {
  const outcome = outcomeText(status);
  return new SessionStartError(
    status.name,
    status.runtime ?? status.backend,
    faultOf(status) ??
      (outcome === "" ? "it ended at once" : `it exited (${outcome}) at once`),
  );
}

function describe(status: SessionStatus, verb: string): string {
  if (status.state === SessionState.EXITED) {
    return `Session '${sanitize(status.name)}' ${verb}, and done (${
      outcomeText(status)
    }).`;
  }
  const pid = processText(status);
  const suffix = pid === "" ? "" : ` PID ${pid}.`;
  const place = sanitize(placeText(status));
  return `Session '${sanitize(status.name)}' ${verb} (${place}).${suffix}`;
}
