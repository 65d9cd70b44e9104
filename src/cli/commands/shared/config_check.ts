/** `ops config check`: everything that is wrong with the configuration. */
import type { loadConfigLazily } from "../../../config/lazy.ts";
import type { LoadedConfig } from "../../../config/model.ts";
import {
  type ConfigProblem,
  SessionConfigError,
} from "../../../core/errors.ts";
import { ExitCode } from "../../errors.ts";
import { toJson } from "../../render/json.ts";
import { sanitize } from "../../render/text.ts";
import { configOf } from "../../shell/configuration.ts";
import type { Context } from "../../shell/context.ts";

/** What was found. */
interface Checked {
  /** The configuration; `null` if there is none, or it is wrong. */
  readonly config: LoadedConfig | null;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Prints a line for each problem, however many; or one that says there is none.
 *
 * @returns The exit code.
 */
export async function checkConfig(
  context: Context,
  file: string | undefined,
  load: typeof loadConfigLazily,
): Promise<number> {
  const { config, problems } = await check(context, file, load);
  const { stdout } = context;
  if (context.json) {
    const files = config?.files ?? [];
    const sessions = config?.sessions.size ?? 0;
    stdout.write(`${toJson({ files, sessions, problems })}\n`);
  } else if (problems.length === 0) {
    stdout.write(`${sanitize(soundText(config))}\n`);
  } else {
    for (const { message } of problems) stdout.write(`${sanitize(message)}\n`);
  }
  return problems.length === 0 ? ExitCode.DONE : ExitCode.CONFIG;
}

async function check(
  context: Context,
  file: string | undefined,
  load: typeof loadConfigLazily,
): Promise<Checked> {
  try {
    return { config: await configOf(context, file, load), problems: [] };
  } catch (error) {
    // Without a file, the command line or its surroundings are wrong.
    const isOfFiles = error instanceof SessionConfigError &&
      error.file !== null;
    if (!isOfFiles) throw error;
    return { config: null, problems: error.problems };
  }
}

function soundText(config: LoadedConfig | null): string {
  const files = config?.files ?? [];
  if (config === null || files.length === 0) {
    return "There is no configuration file.";
  }
  const { size } = config.sessions;
  const sessions = `${size} ${size === 1 ? "session" : "sessions"} defined`;
  return `Nothing is wrong: ${sessions} in ${files.join(", ")}.`;
}
